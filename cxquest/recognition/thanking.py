"""A sponsor's thanks to the team whose outcome was proven."""

from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed
from cxquest.core.errors import marked as _
from cxquest.people.models import Person
from cxquest.quests.models import Quest
from cxquest.recognition import policy, queries
from cxquest.recognition.models import Thanks


def thank(session: Session, quest: Quest, text: str, *, by: Person, at: datetime) -> Thanks:
    """Say thanks, or change what was said. Raises NotAllowed but for the sponsor of a win."""
    if not policy.may_thank(by, quest):
        raise NotAllowed(_("The sponsor thanks the team once its outcome is proven."))
    text = text.strip()
    if not text:
        raise BadInput(_("Say what you thank them for."), field="text")
    said = queries.thanks(session, quest.id)
    if said is None:
        said = Thanks(quest_id=quest.id, person_id=by.id, text=text, at=at)
        session.add(said)
    else:
        said.person_id, said.text, said.at = by.id, text, at
    session.flush()
    audit.record(session, "thanked", quest, by=by, at=at, summary=text[:200])
    return said

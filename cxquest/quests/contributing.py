"""What members did for the quest, and what is said on it."""

from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed
from cxquest.core.errors import marked as _
from cxquest.people.models import Person
from cxquest.quests import policy
from cxquest.quests.models import Quest
from cxquest.quests.work import Contribution, Message

SIZES = (1, 2, 3)


def contribute(
    session: Session, quest: Quest, what: str, size: int, *, by: Person, at: datetime
) -> Contribution:
    """Write down a piece of one's own work; it counts once a reviewer has accepted it."""
    if not policy.may_work_on(by, quest):
        raise NotAllowed(_("Only members of the team work on its quest."))
    if size not in SIZES:
        raise BadInput(_("A contribution is small, medium or large."), field="size")
    department_id = next(m.department_id for m in quest.team if m.person_id == by.id)
    contribution = Contribution(
        quest_id=quest.id,
        person_id=by.id,
        department_id=department_id,
        what=what,
        size=size,
        done_at=at,
    )
    session.add(contribution)
    session.flush()
    audit.record(session, "contributed", quest, by=by, at=at, summary=what[:200])
    return contribution


def say(session: Session, quest: Quest, text: str, *, by: Person, at: datetime) -> Message:
    """Say something on the quest."""
    if not policy.may_talk(by, quest):
        raise NotAllowed(_("You do not see this quest."))
    message = Message(quest_id=quest.id, person_id=by.id, text=text, at=at)
    session.add(message)
    session.flush()
    return message

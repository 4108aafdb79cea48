"""Stopping a quest, with the reason and what another team can learn."""

from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, NotAllowed
from cxquest.core.errors import marked as _
from cxquest.pains import deciding as pains
from cxquest.people.models import Person
from cxquest.quests import answering, learning, policy
from cxquest.quests.models import Quest
from cxquest.quests.moving import move


def stop(
    session: Session,
    quest: Quest,
    *,
    reason: str,
    lesson: str,
    by: Person,
    at: datetime,
    base_url: str = "",
) -> None:
    """Stop the quest; its pain point is free again. Raises NotAllowed but for the sponsor."""
    if not policy.may_stop(by, quest):
        raise NotAllowed(_("The sponsor stops a quest; before there is one, its lead."))
    for field, text in (("reason", reason), ("lesson", lesson)):
        if not text:
            raise BadInput(_("A stopped quest leaves its reason and a lesson."), field=field)
    learning.check_names(session, {"lesson": lesson})
    quest.stop_reason = reason
    review = quest.waiting
    if review:
        session.delete(review)
    answering.withdrawn(session, quest, at)
    move(session, quest, "stop", by=by, at=at, summary=reason)
    learning.leave(session, quest, lesson, by=by, at=at)
    pains.give_back(session, quest.pain, by=by, at=at, summary=reason, base_url=base_url)

"""Stopping a quest, with the reason and what another team can learn."""

from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed
from cxquest.core.errors import marked as _
from cxquest.pains import deciding as pains
from cxquest.people.models import Person
from cxquest.quests import answering, policy
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
    quest.stop_reason, quest.lesson = reason, lesson
    review = quest.waiting
    if review:
        session.delete(review)
    answering.withdrawn(session, quest, at)
    move(session, quest, "stop", by=by, at=at, summary=reason)
    pains.give_back(session, quest.pain, by=by, at=at, summary=reason, base_url=base_url)


def learn(session: Session, quest: Quest, lesson: str, *, by: Person, at: datetime) -> None:
    """Write down what another team can reuse. Raises NotAllowed for anyone who was not on it."""
    if not quest.had_member(by):
        raise NotAllowed(_("The team writes its lesson."))
    quest.lesson = lesson
    audit.record(session, "lesson_written", quest, by=by, at=at)
    session.flush()

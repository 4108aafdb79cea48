"""Standards: looked at again on their day by their owner, also long after the quest is closed."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.core.waiting import of_kind
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Quest
from cxquest.quests.work import Countermeasure

AHEAD = timedelta(days=14)  # before its day a standard's review is its owner's turn


def may_review(person: Person, quest: Quest, countermeasure: Countermeasure) -> bool:
    """The standard's owner reviews it, and the lead where there is none who can sign in."""
    owner = countermeasure.standard_owner
    if countermeasure.standard_kind is None or quest.state is State.STOPPED:
        return False
    return person == owner or (
        person.id == quest.lead_id and (owner is None or not owner.is_active)
    )


def reviewed(
    session: Session,
    quest: Quest,
    countermeasure: Countermeasure,
    *,
    next_on: date,
    version: str,
    by: Person,
    at: datetime,
) -> None:
    """Note that a standard was looked at: the version that is in force, and the next day.

    Raises NotAllowed but for its owner, Refusal without a day to review it, BadInput for a
    day that has come.
    """
    if not may_review(by, quest, countermeasure):
        raise NotAllowed(_("The owner of a standard reviews it."))
    if countermeasure.review_on is None:
        raise Refusal(_("This standard has no day on which it is reviewed."))
    check_day(session, next_on, at)
    before = countermeasure.review_on
    countermeasure.review_on, countermeasure.standard_version = next_on, version
    audit.record(
        session,
        "standard_reviewed",
        quest,
        by=by,
        at=at,
        summary=countermeasure.title,
        was_due=before.isoformat(),
        next_on=next_on.isoformat(),
        version=version,
    )
    session.flush()


def check_day(session: Session, review_on: date, at: datetime) -> None:
    """Raise BadInput for a day that has come."""
    if review_on <= people.today(session, at):
        raise BadInput(_("The next review lies ahead: choose a later day."), field="review_on")


def due(owner: Person, today: date) -> Select[Any]:
    """Return the standards of an owner whose review day has come or is near, as what waits."""
    title, review_on = Countermeasure.title, Countermeasure.review_on
    found = of_kind("standard", key=Quest.id, part=Countermeasure.id, title=title, day=review_on)
    return (
        found.select_from(Countermeasure)
        .join(Quest, Quest.id == Countermeasure.quest_id)
        .where(
            Countermeasure.standard_owner_id == owner.id,
            Countermeasure.review_on <= today + AHEAD,
            Countermeasure.standard_kind.is_not(None),
            Countermeasure.in_place_on.is_not(None),
            Quest.state != State.STOPPED,
        )
    )

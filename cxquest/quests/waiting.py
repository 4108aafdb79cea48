"""What waits for a person on quests, each kind as `core.waiting` has it."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func
from sqlalchemy.orm import aliased

from cxquest.core.waiting import of_kind
from cxquest.measures.models import Metric
from cxquest.people.models import Person
from cxquest.quests.lifecycle import ACTIVE, State
from cxquest.quests.models import Membership, Quest
from cxquest.quests.work import HoldCheck, HoldState, Recurrence, Review, Verdict


def outside(person: Person) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that `policy.is_outside` puts on a quest."""
    was_on = exists().where(Membership.quest_id == Quest.id, Membership.person_id == person.id)
    sponsors = func.coalesce(Quest.sponsor_id, 0) == person.id
    return ~was_on, Quest.lead_id != person.id, ~sponsors


def reviews(coach: Person) -> Select[Any]:
    """Return the reviews that wait for a coach who stands outside their quests."""
    found = of_kind(
        "review", key=Quest.id, title=Quest.title, detail=Review.gate, since=Review.asked_at
    )
    found = found.select_from(Review).join(Quest, Quest.id == Review.quest_id)
    return found.where(Review.verdict.is_(None), *outside(coach))


def sizes(coach: Person) -> Select[Any]:
    """Return the quests whose size waits for a coach outside the team."""
    found = of_kind("size", key=Quest.id, title=Quest.title, since=Quest.proposed_at)
    return found.where(Quest.state == State.CHARTERING, Quest.size.is_(None), *outside(coach))


def readings(owner: Person, today: date) -> Select[Any]:
    """Return the hold checks that wait for a reading of this owner's metric."""
    found = of_kind("reading", key=Quest.id, title=Quest.title, day=HoldCheck.due_on)
    return (
        found.select_from(HoldCheck)
        .join(Quest, Quest.id == HoldCheck.quest_id)
        .join(Metric, Metric.id == Quest.metric_id)
        .where(
            Metric.owner_id == owner.id,
            Quest.state == State.HOLDING,
            HoldCheck.state == HoldState.DUE,
            HoldCheck.due_on <= today,
        )
    )


def unread(coach: Person, before: date) -> Select[Any]:
    """Return the hold checks that have waited for a reading since `before`, for a coach."""
    found = of_kind("unread", key=Quest.id, title=Quest.title, day=HoldCheck.due_on)
    return (
        found.select_from(HoldCheck)
        .join(Quest, Quest.id == HoldCheck.quest_id)
        .where(
            Quest.state == State.HOLDING,
            HoldCheck.state == HoldState.DUE,
            HoldCheck.due_on <= before,
            *outside(coach),
        )
    )


def suspicions(coach: Person) -> Select[Any]:
    """Return the problems that may be back, of quests that a coach stands outside of."""
    found = of_kind(
        "suspicion",
        key=Quest.id,
        part=Recurrence.id,
        title=Quest.title,
        since=Recurrence.found_at,
    )
    found = found.select_from(Recurrence).join(Quest, Quest.id == Recurrence.quest_id)
    return found.where(Recurrence.decided_at.is_(None), *outside(coach))


def declined(lead: Person) -> Select[Any]:
    """Return the gates that were declined and not asked for again, of the quests one leads."""
    later = aliased(Review)
    asked_again = exists().where(later.quest_id == Review.quest_id, later.id > Review.id)
    found = of_kind(
        "declined",
        key=Quest.id,
        title=Review.next_step,
        detail=Review.gate,
        since=Review.decided_at,
    )
    return (
        found.select_from(Review)
        .join(Quest, Quest.id == Review.quest_id)
        .where(
            Quest.lead_id == lead.id,
            Quest.state.in_(ACTIVE),
            Review.verdict == Verdict.DECLINE,
            Review.next_step != "",
            ~asked_again,
        )
    )

"""How reliably sponsors answer what their teams ask."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from cxquest.people.models import Person
from cxquest.quests.lifecycle import ACTIVE
from cxquest.quests.models import Membership, Quest, SponsorRequest
from cxquest.rewards.ranking import ranks

LEAST_DUE = 4


@dataclass(frozen=True)
class SponsorRow:
    """A sponsor; below LEAST_DUE requests there is neither a rank nor a reliability."""

    rank: int | None
    person_id: int
    name: str
    title: str
    due: int
    in_time: int
    reliability: Fraction | None


def reliability(in_time: int, due: int) -> Fraction:
    """Return (answered in time + 3) / (due + 4): few answers say little in either direction."""
    return Fraction(in_time + 3, due + 4)


def rows(session: Session, reader: Person, at: datetime, search: str = "") -> list[SponsorRow]:
    """Return the sponsors that a reader may see, the most reliable first, then those with few.

    Executives see all, a member of an active quest the sponsors of their own quests.
    """
    sponsors = _counted(at)
    if not reader.is_executive:
        sponsors = sponsors.where(Person.id.in_(_of_own_quests(reader)))
    found = session.execute(sponsors).all()
    known = [row for row in found if row.due >= LEAST_DUE]
    scores = [reliability(row.in_time, row.due) for row in known]
    ranked = [
        SponsorRow(place, row.id, row.name, row.title, row.due, row.in_time, score)
        for place, row, score in zip(ranks(scores), known, scores, strict=True)
    ]
    few = [
        SponsorRow(None, row.id, row.name, row.title, row.due, row.in_time, None)
        for row in found
        if row.due < LEAST_DUE
    ]
    every = [*sorted(ranked, key=lambda row: (row.rank, row.name, row.person_id)), *few]
    return [row for row in every if search.lower() in row.name.lower()]


def _counted(at: datetime) -> Select[int, str, str, int, int]:
    """Return what was due of each sponsor, and what was answered in time."""
    return (
        select(
            Person.id,
            Person.name,
            Person.title,
            _number(_due(at)).label("due"),
            _number(_in_time()).label("in_time"),
        )
        .join(SponsorRequest, SponsorRequest.sponsor_id == Person.id)
        .where(Person.is_active)
        .group_by(Person.id, Person.name, Person.title)
        .order_by(Person.name, Person.id)
    )


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.sum(case((condition, 1), else_=0)), Integer)


def _due(at: datetime) -> ColumnElement[bool]:
    """Whether a request was answered, or its time is over; one taken back in time never was due."""
    request = SponsorRequest
    answered = and_(~request.withdrawn, request.answered_at.is_not(None))
    late = request.answered_at > request.due_at
    waits_too_long = and_(request.answered_at.is_(None), request.due_at < at)
    return or_(answered, late, waits_too_long)


def _in_time() -> ColumnElement[bool]:
    request = SponsorRequest
    return and_(~request.withdrawn, request.answered_at <= request.due_at)


def _of_own_quests(reader: Person) -> Select[int | None]:
    return (
        select(Quest.sponsor_id)
        .join(Membership, Membership.quest_id == Quest.id)
        .where(
            Membership.person_id == reader.id,
            Membership.left_at.is_(None),
            Quest.state.in_(ACTIVE),
            Quest.sponsor_id.is_not(None),
        )
    )

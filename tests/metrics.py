"""A team's metric defined anew, and what hangs on one: files, a red reading, a key of the API."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.measures import filing, keys, queries
from cxquest.measures.columns import Columns
from cxquest.measures.defining import Definition
from cxquest.measures.filing import Choice
from cxquest.measures.models import Metric, Reaction, Reading, RunState
from cxquest.people.models import Person
from cxquest.quests import measuring
from tests.teams import Team, week

FILE = b"period,value\n2025-01-06,4.5\n2025-01-13,5\nsoon,6\n"


def file_at(session: Session, metric: Metric, state: RunState, *, by: Person, at: datetime) -> int:
    """Bring a file of readings as far as `state`; return its id."""
    run = filing.start(session, metric, f"{state}.csv", FILE, by=by, at=at)
    if state is RunState.DISCARDED:
        filing.discard(session, run, at=at)
    if state in (RunState.PREVIEWED, RunState.DONE, RunState.UNDONE):
        choice = Choice(Columns("period", "value"))
        filing.preview(session, metric, run, choice, by=by, at=at)
    if state in (RunState.DONE, RunState.UNDONE):
        filing.finish(session, metric, run, by=by, at=at)
    if state is RunState.UNDONE:
        filing.undo(session, metric, run, "Of another branch", by=by, at=at)
    return run.id


def red(session: Session, metric: Metric, at: datetime) -> int:
    """Let the metric's first reading wait for a reaction; return the reaction's id."""
    first = select(Reading.id).where(Reading.metric_id == metric.id).order_by(Reading.id)
    waits = Reaction(
        metric_id=metric.id,
        reading_id=session.scalars(first).first() or 0,
        due_at=at + timedelta(hours=24),
    )
    session.add(waits)
    session.flush()
    return waits.id


def key_of(session: Session, metric: Metric, *, by: Person, at: datetime) -> int:
    """Return the id of a new key."""
    return keys.make(session, metric, "Planner", by=by, at=at)[0].id


def metric_of(team: Team) -> Metric:
    """Return the metric of a team's quest."""
    found = team.quest.metric
    assert found
    return found


def defined(team: Team, **changed: Any) -> Definition:
    """Return the definition of a team's metric, with changes."""
    metric = metric_of(team)
    names = Definition.__dataclass_fields__
    return replace(Definition(**{name: getattr(metric, name) for name in names}), **changed)


def define(team: Team, **changed: Any) -> Metric:
    """Let Ida define the metric anew."""
    given = defined(team, **changed)
    return measuring.define(team.session, team.quest, given, by=team.cast.ida, at=week(3))


def shown(team: Team, metric: Metric | None = None) -> list[tuple[date, Decimal]]:
    """Return the values that count, by their periods."""
    found = queries.values(team.session, metric or metric_of(team))
    return [(value.period_start, value.value.normalize()) for value in found]

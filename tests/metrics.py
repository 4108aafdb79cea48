"""What hangs on a metric: a file at each step, a red reading that waits, a key of the API."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.measures import filing, keys
from cxquest.measures.columns import Columns
from cxquest.measures.filing import Choice
from cxquest.measures.models import Metric, Reaction, Reading, RunState
from cxquest.people.models import Person

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

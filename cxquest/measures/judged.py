"""The readings that a verdict rests on: the baseline's, the last ones, and what was corrected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.measures import attainment
from cxquest.measures.attainment import Row, Value
from cxquest.measures.models import Metric, Reading
from cxquest.people.models import Person


@dataclass(frozen=True)
class Correction:
    """That a reading was replaced, or withdrawn: `now` is None then; by whom, when and why."""

    day: date
    before: Decimal
    now: Decimal | None
    who: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Judged:
    """The values of the baseline's window, those that count since the change, all corrections."""

    before: Sequence[Value]
    last: Sequence[Value]
    corrections: Sequence[Correction]


def of(session: Session, metric: Metric) -> Judged:
    """Return the readings that attainment is worked out from, in one query."""
    found = session.execute(
        select(Reading, Person.name)
        .outerjoin(Person, Person.id == Reading.recorded_by_id)
        .where(Reading.metric_id == metric.id)
        .order_by(Reading.id)
    ).all()
    rows = [(reading, name or "") for reading, name in found]
    values = attainment.effective(_row(reading) for reading, _name in rows)
    first, last, changed = metric.baseline_from, metric.baseline_to, metric.changed_on
    return Judged(
        before=attainment.within(values, first, last) if first and last else [],
        last=attainment.fresh(values, changed)[-attainment.FRESH_READINGS :] if changed else [],
        corrections=_corrections(rows),
    )


def _row(reading: Reading) -> Row:
    return Row(
        reading.id,
        reading.period_start,
        reading.value,
        reading.n,
        reading.corrects_id,
        reading.withdrawn,
    )


def _corrections(rows: Sequence[tuple[Reading, str]]) -> list[Correction]:
    """Return what was changed of readings afterwards, the latest change first."""
    known = {reading.id: reading for reading, _name in rows}
    return [
        Correction(
            reading.period_start,
            known[reading.corrects_id].value,
            None if reading.withdrawn else reading.value,
            name,
            reading.recorded_at,
            reading.reason,
        )
        for reading, name in reversed(rows)
        if reading.corrects_id is not None
    ]

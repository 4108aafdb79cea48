"""The readings that a verdict rests on: the baseline's, the last ones, and what was corrected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from cxquest.measures import attainment, queries
from cxquest.measures.attainment import Value
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
    earlier = aliased(Reading)
    counting = queries.standing(metric.id).with_only_columns(Reading.id).correlate(None)
    rows = session.execute(
        select(Reading, Reading.id.in_(counting), earlier.value, Person.name)
        .outerjoin(earlier, earlier.id == Reading.corrects_id)
        .outerjoin(Person, Person.id == Reading.recorded_by_id)
        .where(Reading.metric_id == metric.id)
        .order_by(Reading.period_start, Reading.id)
    ).all()
    values = [_value(reading) for reading, counts, _before, _name in rows if counts]
    first, last, changed = metric.baseline_from, metric.baseline_to, metric.changed_on
    return Judged(
        before=attainment.within(values, first, last) if first and last else [],
        last=attainment.fresh(values, changed)[-attainment.FRESH_READINGS :] if changed else [],
        corrections=_corrections((row[0], row[2], row[3]) for row in rows),
    )


def _value(reading: Reading) -> Value:
    corrected = reading.corrects_id is not None
    return Value(reading.id, reading.period_start, reading.value, reading.n, corrected)


def _corrections(rows: Iterable[tuple[Reading, Decimal | None, str | None]]) -> list[Correction]:
    """Return what was changed of readings afterwards, the latest change first."""
    latest_first = sorted(rows, key=lambda row: row[0].id, reverse=True)
    return [
        Correction(
            reading.period_start,
            before,
            None if reading.withdrawn else reading.value,
            name or "",
            reading.recorded_at,
            reading.reason,
        )
        for reading, before, name in latest_first
        if before is not None
    ]

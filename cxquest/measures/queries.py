"""What pages ask of measures."""

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.measures.attainment import Row, Value, effective
from cxquest.measures.models import Metric, Reading, SideMeasure


def values(session: Session, metric: Metric) -> list[Value]:
    """Return the effective values of a metric, oldest first."""
    return values_of(session.scalars(select(Reading).where(Reading.metric_id == metric.id)))


def values_of(readings: Iterable[Reading]) -> list[Value]:
    """Return the effective values among readings that are loaded, oldest first."""
    return effective(Row(r.id, r.period_start, r.value, r.n, r.corrects_id) for r in readings)


def latest(session: Session) -> dict[int, Decimal]:
    """Return the effective value of each metric's last period, in one query."""
    order = (Reading.period_start.desc(), Reading.id.desc())
    place = func.row_number().over(partition_by=Reading.metric_id, order_by=order)
    ranked = select(Reading.metric_id, Reading.value, place.label("place")).subquery()
    found = select(ranked.c.metric_id, ranked.c.value).where(ranked.c.place == 1)
    return {row.metric_id: row.value for row in session.execute(found)}


def reading(session: Session, metric: Metric, reading_id: int) -> Reading | None:
    """Return a reading of this metric."""
    found = session.get(Reading, reading_id)
    return found if found and found.metric_id == metric.id else None


def side(session: Session, metric: Metric, kind: str) -> SideMeasure | None:
    """Return the side measure of this kind, if it was declared."""
    return session.scalar(
        select(SideMeasure).where(SideMeasure.metric_id == metric.id, SideMeasure.kind == kind)
    )

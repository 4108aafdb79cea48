"""What pages ask of measures."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from cxquest.measures.attainment import Value
from cxquest.measures.models import Metric, Reaction, Reading, Rebase, SideMeasure


def values(session: Session, metric: Metric) -> list[Value]:
    """Return the effective values of a metric, oldest first."""
    counted = standing(metric.id).with_only_columns(
        Reading.id, Reading.period_start, Reading.value, Reading.n, Reading.corrects_id
    )
    return [
        Value(one, start, value, n, corrects_id is not None)
        for one, start, value, n, corrects_id in session.execute(
            counted.order_by(Reading.period_start)
        )
    ]


def span(session: Session, metric: Metric) -> tuple[date | None, date | None]:
    """Return the first and the last period that have a reading."""
    counted = standing(metric.id).with_only_columns(
        func.min(Reading.period_start), func.max(Reading.period_start)
    )
    first, last = session.execute(counted).one()
    return first, last


def standing(metric_id: int) -> Select[Reading]:
    """Return the readings of a metric that count: neither corrected nor withdrawn."""
    return _last_words(metric_id).where(Reading.withdrawn.is_(False))


def last_words(
    session: Session, metric: Metric, starts: Sequence[date] | None = None
) -> dict[date, Reading]:
    """Return the row that speaks for each period, also where it withdraws what was there."""
    found = _last_words(metric.id)
    if starts is not None:
        found = found.where(Reading.period_start.in_(starts))
    return {row.period_start: row for row in session.scalars(found)}


def _last_words(metric_id: int) -> Select[Reading]:
    later = aliased(Reading)
    corrected = exists().where(later.corrects_id == Reading.id)
    return select(Reading).where(Reading.metric_id == metric_id, ~corrected)


def listed(metric_id: int) -> Select[Reading]:
    """Return every row of a metric, corrected or not, the latest period first."""
    mine = select(Reading).where(Reading.metric_id == metric_id)
    return mine.order_by(Reading.period_start.desc(), Reading.id.desc())


def latest(session: Session) -> dict[int, Decimal]:
    """Return the value of each metric's last period, in one query."""
    last = Metric.analysis["last"].as_string()
    found = session.execute(select(Metric.id, last).where(last.is_not(None)))
    return {metric_id: Decimal(value) for metric_id, value in found}


def metric(session: Session, metric_id: int, *, locked: bool = False) -> Metric | None:
    """Return a metric; `locked`, others who would change it wait for this transaction."""
    found = select(Metric).where(Metric.id == metric_id)
    return session.scalar(found.with_for_update() if locked else found)


def neighbour(session: Session, metric: Metric) -> Metric | None:
    """Return the series that the changes should not move, if one was named."""
    return session.get(Metric, metric.neighbour_id) if metric.neighbour_id else None


def watched_by(session: Session, metric: Metric) -> Sequence[Metric]:
    """Return the metrics beside which this one stands as a neighbour."""
    return session.scalars(select(Metric).where(Metric.neighbour_id == metric.id)).all()


def rebases(session: Session, metric: Metric) -> Sequence[Rebase]:
    """Return when the limits of a metric's chart began anew, and why, oldest first."""
    mine = select(Rebase).where(Rebase.metric_id == metric.id)
    return session.scalars(mine.options(joinedload(Rebase.by)).order_by(Rebase.on_day)).all()


def reading(session: Session, metric: Metric, reading_id: int) -> Reading | None:
    """Return a reading of this metric."""
    found = session.get(Reading, reading_id)
    return found if found and found.metric_id == metric.id else None


def reactions(metric_id: int) -> Select[Reaction]:
    """Return what followed when readings passed the red limit, the latest first."""
    mine = select(Reaction).where(Reaction.metric_id == metric_id)
    whole = mine.options(joinedload(Reaction.reading), joinedload(Reaction.done_by))
    return whole.order_by(Reaction.id.desc())


def reaction(session: Session, metric: Metric, reaction_id: int) -> Reaction | None:
    """Return what followed on one reading of this metric."""
    return session.scalar(reactions(metric.id).where(Reaction.id == reaction_id))


def side(session: Session, metric: Metric, kind: str) -> SideMeasure | None:
    """Return the side measure of this kind, if it was declared."""
    return session.scalar(
        select(SideMeasure).where(SideMeasure.metric_id == metric.id, SideMeasure.kind == kind)
    )

"""Metrics and readings: define, read, correct, freeze. Readings are only ever added."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.measures import attainment, queries
from cxquest.measures.models import Direction, Metric, Period, Reading, SideKind, SideMeasure
from cxquest.measures.periods import start_of
from cxquest.people import queries as people
from cxquest.people.models import Person

# What may no longer change once the baseline is frozen: all but the name, source and owner.
GOAL = ("definition", "unit", "direction", "period", "target", "target_on")


@dataclass(frozen=True)
class Definition:
    """What a metric is: its words, its direction, its owner, where it should be by when."""

    name: str
    definition: str
    unit: str
    direction: Direction
    period: Period
    data_source: str
    owner_id: int | None
    target: Decimal | None
    target_on: date | None


def define(session: Session, given: Definition, metric: Metric | None, *, at: datetime) -> Metric:
    """Return the metric with this definition, made if there is none.

    Raises Refusal once the baseline is frozen for what would move the goal posts.
    """
    if metric is None:
        metric = Metric(created_at=at)
        session.add(metric)
    elif metric.baseline_frozen_at and _moves_goal(metric, given):
        raise Refusal(
            _("The baseline is frozen: what is measured and its target stay as they were agreed.")
        )
    for name, value in vars(given).items():
        setattr(metric, name, value)
    session.flush()
    return metric


def _moves_goal(metric: Metric, given: Definition) -> bool:
    return any(getattr(metric, name) != getattr(given, name) for name in GOAL)


def read(
    session: Session,
    metric: Metric,
    *,
    day: date,
    value: Decimal,
    n: int | None = None,
    by: Person,
    at: datetime,
) -> Reading:
    """Add the reading of the period in which `day` lies. Raises BadInput if it has one already."""
    start = start_of(day, metric.period)
    if start > people.today(session, at):
        raise BadInput(_("This period has not begun yet."), field="day")
    known = {v.period_start for v in queries.values(session, metric)}
    if start in known:
        raise BadInput(
            _("The period that starts on %(day)s has a reading. Correct that one instead."),
            field="day",
            day=start.isoformat(),
        )
    reading = Reading(
        metric_id=metric.id,
        period_start=start,
        value=value,
        n=n,
        recorded_by_id=by.id,
        recorded_at=at,
    )
    session.add(reading)
    session.flush()
    return reading


def correct(
    session: Session,
    reading: Reading,
    *,
    value: Decimal,
    n: int | None,
    reason: str,
    by: Person,
    at: datetime,
) -> Reading:
    """Add a row that stands in for `reading`, with the reason. Raises Refusal if one does."""
    if session.scalar(select(Reading.id).where(Reading.corrects_id == reading.id)):
        raise Refusal(_("This reading was corrected already; correct its correction."))
    correction = Reading(
        metric_id=reading.metric_id,
        period_start=reading.period_start,
        value=value,
        n=n,
        corrects_id=reading.id,
        reason=reason,
        recorded_by_id=by.id,
        recorded_at=at,
    )
    session.add(correction)
    session.flush()
    return correction


def freeze(session: Session, metric: Metric, *, first: date, last: date, at: datetime) -> Decimal:
    """Freeze the baseline as the mean of the readings from `first` to `last`, once and for good.

    Raises Refusal when it is frozen, BadInput when the window holds fewer than four readings
    or the target does not lie in the direction that is better.
    """
    if metric.baseline_frozen_at:
        raise Refusal(_("The baseline is frozen already."))
    if last > people.today(session, at):
        raise BadInput(_("The baseline ends today at the latest."), field="baseline_to")
    window = attainment.within(queries.values(session, metric), first, last)
    if len(window) < attainment.BASELINE_READINGS:
        raise BadInput(
            _(
                "There are %(found)s readings from %(first)s to %(last)s; "
                "at least %(least)s are needed."
            ),
            field="baseline_from",
            found=len(window),
            first=first.isoformat(),
            last=last.isoformat(),
            least=attainment.BASELINE_READINGS,
        )
    level = attainment.mean(window)
    _check_target(metric, level)
    metric.baseline, metric.baseline_from, metric.baseline_to = level, first, last
    metric.baseline_frozen_at = at
    session.flush()
    return level


def _check_target(metric: Metric, level: Decimal) -> None:
    if metric.target is None:
        raise BadInput(_("Set the target before the baseline is frozen."), field="baseline_from")
    better = (
        metric.target > level if metric.direction is Direction.INCREASE else metric.target < level
    )
    if not better:
        raise BadInput(
            _("The target %(target)s is not better than the baseline %(level)s."),
            field="baseline_from",
            target=metric.target.normalize(),
            level=level.normalize(),
        )


def declare(
    session: Session,
    metric: Metric,
    kind: SideKind,
    *,
    label: str,
    baseline: Decimal,
    target: Decimal,
) -> SideMeasure:
    """Declare a measure that counts beside the action metric. Raises BadInput if it cannot move."""
    if baseline == target:
        raise BadInput(_("The target is the same as the baseline."), field="target")
    known = session.scalar(
        select(SideMeasure).where(SideMeasure.metric_id == metric.id, SideMeasure.kind == kind)
    )
    if known is None:
        known = SideMeasure(metric_id=metric.id, kind=kind)
        session.add(known)
    known.label, known.baseline, known.target = label, baseline, target
    session.flush()
    return known


def observe(session: Session, side: SideMeasure, *, observed: Decimal, n: int) -> None:
    """Write down where a side measure stands, and on how many observations that rests."""
    side.observed, side.n = observed, n
    session.flush()

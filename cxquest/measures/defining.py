"""Metrics: define one, say who moves it, freeze its baseline, begin its limits anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.measures import analysing, attainment, fitness, queries
from cxquest.measures.models import Direction, Metric, MetricKind, Mover, Period, Rebase
from cxquest.measures.spc import ChartKind
from cxquest.people import queries as people
from cxquest.people.models import Person

# What may no longer change once the baseline is frozen, for it would move the goal posts.
GOAL = ("definition", "kind", "unit", "direction", "period", "chart", "per", "target", "target_on")

# What every reading was entered by: to change it would give the readings another meaning.
READ_BY = {
    "period": _("It has readings of this period. Take them back first, or begin another metric."),
    "chart": _("It has readings of this kind. Take them back first, or begin another metric."),
    "per": _("It has readings out of so many. Take them back first, or begin another metric."),
}

# What a red limit needs, and what is said where it is missing.
PLAN = {
    "reaction": _("Say what is done when it is red: a limit without a plan calls nobody."),
    "reaction_by_id": _("Say who does it."),
    "reaction_hours": _("Say within how many hours."),
}


@dataclass(frozen=True)
class Definition:
    """What a metric is: its words, its direction, its owner, where it should be by when.

    `per` is what a share or rate is counted out of; `red_limit` is the value at which somebody
    reacts within `reaction_hours`.
    """

    name: str
    definition: str
    unit: str
    direction: Direction
    period: Period
    data_source: str
    owner_id: int | None
    target: Decimal | None
    target_on: date | None
    kind: MetricKind = MetricKind.OPERATIONAL
    chart: ChartKind = ChartKind.XMR
    per: int = 1
    red_limit: Decimal | None = None
    reaction: str = ""
    reaction_by_id: int | None = None
    reaction_hours: int | None = None


def define(session: Session, given: Definition, metric: Metric | None, *, at: datetime) -> Metric:
    """Return the metric with this definition, made if there is none.

    Raises BadInput for a score of how customers judge, for a red limit on the good side or
    without a plan, and for another way of reading than the readings that stand were entered by;
    Refusal once the baseline is frozen for what would move the goal posts.
    """
    _check_fit(given)
    if metric is None:
        metric = Metric(created_at=at)
        session.add(metric)
    elif metric.baseline_frozen_at and _moves_goal(metric, given):
        raise Refusal(
            _("The baseline is frozen: what is measured and its target stay as they were agreed.")
        )
    else:
        _check_read_by(session, metric, given)
    for name, value in vars(given).items():
        setattr(metric, name, value)
    session.flush()
    _hand_on(session, metric)
    analysing.refresh(session, metric)
    return metric


def _check_read_by(session: Session, metric: Metric, given: Definition) -> None:
    changed = [name for name in READ_BY if getattr(metric, name) != getattr(given, name)]
    if changed and _is_read(session, metric):
        raise BadInput(READ_BY[changed[0]], field=changed[0])


def _hand_on(session: Session, metric: Metric) -> None:
    """Have the series beside the metric read as the metric is, while it has no readings."""
    found = queries.neighbour(session, metric)
    if found and not _is_read(session, found):
        for name in READ_BY:
            setattr(found, name, getattr(metric, name))
        session.flush()


def _is_read(session: Session, metric: Metric) -> bool:
    first, _last = queries.span(session, metric)
    return first is not None


def _check_fit(given: Definition) -> None:
    objection = fitness.objection(given.name, given.definition, given.unit)
    if objection:
        sentence, word = objection
        raise BadInput(sentence, field="name", word=word)
    if given.red_limit is None:
        return
    for name, sentence in PLAN.items():
        if not getattr(given, name):
            raise BadInput(sentence, field=name)
    if given.target is not None:
        good = given.red_limit >= given.target
        if good is (given.direction is Direction.INCREASE):
            raise BadInput(
                _("The red limit lies on the good side of the target."), field="red_limit"
            )


def _moves_goal(metric: Metric, given: Definition) -> bool:
    return any(getattr(metric, name) != getattr(given, name) for name in GOAL)


def name_movers(session: Session, metric: Metric, movers: Mapping[int, int]) -> None:
    """Say who of each department can move the metric this month; `movers` maps departments."""
    session.execute(delete(Mover).where(Mover.metric_id == metric.id))
    session.add_all(
        Mover(metric_id=metric.id, department_id=department_id, person_id=person_id)
        for department_id, person_id in sorted(movers.items())
    )
    session.flush()
    session.expire(metric, ["movers"])


def beside(session: Session, metric: Metric, name: str, *, at: datetime) -> Metric:
    """Name the series that the changes should not move, read as the metric is; return it."""
    found = queries.neighbour(session, metric)
    if found is None:
        found = Metric(
            direction=metric.direction,
            period=metric.period,
            unit=metric.unit,
            chart=metric.chart,
            per=metric.per,
            owner_id=metric.owner_id,
            created_at=at,
        )
        session.add(found)
    found.name = name
    session.flush()
    metric.neighbour_id = found.id
    analysing.refresh(session, metric)
    return found


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
    analysing.refresh(session, metric)
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


def rebase(
    session: Session, metric: Metric, on_day: date, reason: str, *, by: Person, at: datetime
) -> Rebase:
    """Begin the limits of the chart anew on a day; the baseline, and what is attained, stay.

    Raises Refusal before the baseline is frozen, BadInput for a day that is part of it or has
    been taken, or without a reason.
    """
    if metric.baseline_to is None:
        raise Refusal(_("Freeze the baseline first: limits begin anew only after it."))
    if not reason.strip():
        raise BadInput(
            _("Say why the limits begin anew; it stays beside the chart."), field="reason"
        )
    if not metric.baseline_to < on_day <= people.today(session, at):
        raise BadInput(
            _("Choose a day after the baseline, which ends on %(day)s, and not after today."),
            field="on_day",
            day=metric.baseline_to.isoformat(),
        )
    if any(known.on_day == on_day for known in queries.rebases(session, metric)):
        raise BadInput(_("The limits begin anew on this day already."), field="on_day")
    made = Rebase(metric_id=metric.id, on_day=on_day, reason=reason.strip(), by_id=by.id, at=at)
    session.add(made)
    session.flush()
    analysing.refresh(session, metric)
    return made

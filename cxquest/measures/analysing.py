"""What the readings of a metric say, worked out anew in the transaction that adds one.

Pages read it off the metric, so that they cost the same for three months as for five years.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from cxquest.measures import attainment, effect, queries, spc, verdicts
from cxquest.measures.attainment import Value
from cxquest.measures.effect import Effect
from cxquest.measures.models import Direction, Metric, Period, Rebase
from cxquest.measures.plotted import Plotted
from cxquest.measures.spc import ChartKind, Improvement, PointType
from cxquest.measures.verdicts import ChartSays

DRAWN = 120  # points of a chart on a page; all of them are a click away
SEASONS = {Period.DAY: 7, Period.MONTH: 12}
CYCLES = 2  # whole seasons before the change, so that a season can be told from a trend
IMPROVEMENT = {
    Direction.INCREASE: Improvement.INCREASE,
    Direction.DECREASE: Improvement.DECREASE,
}
BETTER, WORSE = PointType.IMPROVEMENT, PointType.CONCERN


def refresh(session: Session, metric: Metric) -> None:
    """Work out what the readings say now, also for the metrics that this one stands beside."""
    values = queries.values(session, metric)
    beside = queries.neighbour(session, metric)
    near = queries.values(session, beside) if beside else []
    metric.analysis = analysis_of(metric, values, queries.rebases(session, metric), near)
    session.flush()
    for other in queries.watched_by(session, metric):
        refresh(session, other)


def analysis_of(
    metric: Metric, values: Sequence[Value], rebases: Sequence[Rebase], near: Sequence[Value]
) -> dict[str, Any]:
    """Return what `values` say of a metric, beside the series `near` that should not move."""
    if not values:
        return {}
    chart = chart_of(metric, values, [one.on_day for one in rebases])
    found = {
        "n": len(values),
        "last": str(values[-1].value.normalize()),
        "last_on": values[-1].period_start.isoformat(),
        "chart": _drawn(chart, values, _per(metric)),
        "rebases": [[one.on_day.isoformat(), one.reason] for one in rebases],
    }
    if metric.changed_on:
        # The verdict rests on the frozen baseline, also where the limits began anew since.
        frozen = chart_of(metric, values, []) if rebases else chart
        found |= _since_change(metric, frozen, values, near, metric.changed_on)
    return found


def _since_change(
    metric: Metric,
    chart: spc.Chart,
    values: Sequence[Value],
    near: Sequence[Value],
    changed_on: date,
) -> dict[str, Any]:
    own, beside = effect_of(metric, values), effect_of(metric, near)
    finding = verdicts.together(
        _says(chart, values, changed_on),
        own,
        beside,
        IMPROVEMENT[metric.direction],
        named=metric.neighbour_id is not None,
    )
    seen = attainment.observed(values, changed_on)
    return {
        "fresh": len(attainment.fresh(values, changed_on)),
        "observed": None if seen is None else str(seen.normalize()),
        "finding": finding.as_json(),
        "effect": _noted(own),
        "neighbour": _noted(beside),
    }


def drawn_before(
    session: Session, metric: Metric, rebases: Sequence[Rebase], day: date
) -> dict[str, Any]:
    """Return the part of the whole chart that ends before a day, as long as a page draws it."""
    values = queries.values(session, metric)
    chart = chart_of(metric, values, [one.on_day for one in rebases])
    return _drawn(chart, values, _per(metric), _place(values, day))


def chart_of(metric: Metric, values: Sequence[Value], rebases: Sequence[date]) -> spc.Chart:
    """Return the control chart of values, its limits frozen on the baseline.

    It has neither limits nor signals where there is too little to rest them on.
    """
    per = _per(metric)
    whole = spc.chart(
        [
            spc.Observation(v.period_start.isoformat(), float(v.value) / per, _float(v.n))
            for v in values
        ],
        improvement=IMPROVEMENT[metric.direction],
        kind=_kind(metric, values),
        baseline=_baseline(metric, values),
        rebase=[place for place in (_place(values, day) for day in rebases) if place],
    )
    return _without_thin(whole)


def _without_thin(chart: spc.Chart) -> spc.Chart:
    """Take limits and signals off the stretches that rest on fewer than twelve points."""
    points = list(chart.points)
    for one in _thin(chart):
        for place in range(one.first, one.last + 1):
            points[place] = points[place]._replace(
                lower=None, upper=None, rules=(), type=PointType.COMMON_CAUSE
            )
    return replace(chart, points=tuple(points))


def _thin(chart: spc.Chart) -> list[spc.Stretch]:
    return [one for one in chart.stretches if not chart.enough or one.rests_on < spc.ENOUGH]


def effect_of(metric: Metric, values: Sequence[Value]) -> Effect | None:
    """Return how far the changes moved a series; None where there is too little to say.

    What lies between the first change and the day on which all were in place belongs to neither.
    """
    if metric.changed_on is None:
        return None
    first = min([date.fromisoformat(one["on"]) for one in metric.changes] or [metric.changed_on])
    kept = [v for v in values if not first <= v.period_start < metric.changed_on]
    before = sum(v.period_start < first for v in kept)
    season = SEASONS.get(metric.period)
    try:
        return effect.estimate(
            [v.period_start for v in kept],
            [float(v.value) for v in kept],
            metric.changed_on,
            season=season if season and before >= CYCLES * season else None,
        )
    except effect.TooFew:
        return None


def _says(chart: spc.Chart, values: Sequence[Value], changed_on: date) -> ChartSays:
    counts = spc.signals_after(chart, _place(values, changed_on)).counts
    return ChartSays(counts[BETTER], counts[WORSE], chart.enough)


def _drawn(
    chart: spc.Chart, values: Sequence[Value], per: int, end: int | None = None
) -> dict[str, Any]:
    """Return the end of a chart, or of its first `end` points, as pages draw it.

    `thin` are the days from which the limits would rest on too little, where there is `enough`.
    """
    segments = [
        number
        for number, stretch in enumerate(chart.stretches)
        for _place in range(stretch.first, stretch.last + 1)
    ]
    triples = list(zip(values, chart.points, segments, strict=True))[:end][-DRAWN:]
    return {
        "kind": chart.kind.value,
        "enough": chart.enough,
        "thin": [values[one.first].period_start.isoformat() for one in _thin(chart)],
        "points": [_plotted(v, p, segment, per).as_json() for v, p, segment in triples],
    }


def _plotted(value: Value, point: spc.Point, segment: int, per: int) -> Plotted:
    return Plotted(
        value.period_start,
        float(value.value),
        value.n,
        mean=_scaled(point.mean, per),
        lower=_scaled(point.lower, per),
        upper=_scaled(point.upper, per),
        type=point.type.value,
        segment=segment,
        rules=tuple(rule.value for rule in point.rules),
        corrected=value.corrected,
    )


def _per(metric: Metric) -> int:
    return metric.per if metric.is_counted else 1


def _kind(metric: Metric, values: Sequence[Value]) -> ChartKind:
    """Return the chart that was chosen; without a number of cases each, that of single values."""
    return metric.chart if all(v.n for v in values) else ChartKind.XMR


def _baseline(metric: Metric, values: Sequence[Value]) -> tuple[int, int] | None:
    if metric.baseline_from is None or metric.baseline_to is None:
        return None
    inside = [
        place
        for place, v in enumerate(values)
        if metric.baseline_from <= v.period_start <= metric.baseline_to
    ]
    return (inside[0], inside[-1]) if inside else None


def _place(values: Sequence[Value], day: date) -> int:
    return sum(v.period_start < day for v in values)


def _noted(found: Effect | None) -> dict[str, Any] | None:
    return None if found is None else {**asdict(found), "change": found.change.isoformat()}


def _float(number: int | None) -> float | None:
    return None if number is None else float(number)


def _scaled(number: float | None, per: int) -> float | None:
    return None if number is None else round(number * per, 6)

"""What a metric's analysis says, as pages draw and word it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from cxquest.measures import secondary, spc, verdicts
from cxquest.measures.models import Metric
from cxquest.measures.periods import is_stale
from cxquest.measures.verdicts import Finding
from cxquest.quests import facts
from cxquest.web import charts
from cxquest.web.filters import number

KINDS = {
    "special_cause_improvement": "improvement",
    "special_cause_concern": "concern",
    "special_cause_neutral_high": "neutral",
    "special_cause_neutral_low": "neutral",
}


@dataclass(frozen=True)
class Plotted:
    """A point of an analysis, as `measures.analysing` notes it down."""

    day: date
    value: float
    n: int | None
    mean: float | None
    lower: float | None
    upper: float | None
    type: str
    segment: int
    rules: tuple[str, ...]
    corrected: bool


def shown(metric: Metric | None, today: date) -> dict[str, Any]:
    """Return what the section about a metric shows: chart, verdict, how far it came, how old."""
    if metric is None:
        return {"chart": None, "standing": None, "finding": None, "reached": None, "stale": False}
    stands = metric.standing
    return {
        "chart": chart_of(metric),
        "says": says(metric),
        "rebased": rebased(metric),
        "rule_set": _(spc.RULE_SET),
        "refusals": secondary.REFUSALS,
        "standing": stands,
        "finding": finding_of(metric),
        "reasons": reasons_of(metric),
        "effect": metric.analysis.get("effect"),
        "reached": facts.reached_by(metric, stands.observed),
        "stale": stands.last_on is not None and is_stale(stands.last_on, metric.period, today),
    }


def finding_of(metric: Metric) -> Finding | None:
    """Return the verdict on the change; None while nothing has been changed."""
    found = metric.analysis.get("finding")
    return Finding.from_json(found) if found else None


def reasons_of(metric: Metric) -> list[str]:
    """Return why the verdict is what it is, sentence by sentence in the reader's language."""
    finding = finding_of(metric)
    return [_worded(*verdicts.sentence(reason)) for reason in finding.reasons] if finding else []


def _worded(template: str, values: Mapping[str, Any]) -> str:
    spoken = {
        name: number(Decimal(str(round(value, 4)))) if isinstance(value, float) else value
        for name, value in values.items()
    }
    return str(_(template, **spoken))


def points_of(metric: Metric) -> list[Plotted]:
    """Return the points of the metric's chart, oldest first."""
    return plotted(metric.analysis.get("chart", {}))


def plotted(drawn: dict[str, Any]) -> list[Plotted]:
    """Return the points of a chart as an analysis notes it, oldest first."""
    return [_plotted(*point) for point in drawn.get("points", [])]


def _plotted(day: str, *noted: Any) -> Plotted:
    *numbers, rules, corrected = noted
    return Plotted(date.fromisoformat(day), *[*numbers, tuple(rules), corrected])


def chart_of(
    metric: Metric,
    *,
    until: date | None = None,
    broad: charts.Frame = charts.WIDE,
    drawn: dict[str, Any] | None = None,
) -> charts.ControlChart | None:
    """Return the drawing of a metric's readings, or of those before a day; None without any.

    `drawn` is another part of the chart than the one that the analysis holds.
    """
    known = points_of(metric) if drawn is None else plotted(drawn)
    points = [point for point in known if until is None or point.day < until]
    if not points:
        return None
    days = [point.day for point in points]
    return charts.control_chart(
        [_drawn(point) for point in points],
        baseline=_baseline(metric, days),
        target=_float(metric.target),
        red=_float(metric.red_limit),
        changes=[
            charts.Change(_place(days, on), label)
            for on, label in _changes(metric)
            if until is None and days[0] < on and (drawn is None or on <= days[-1])
        ],
        broad=broad,
        form=lambda figure: number(Decimal(str(round(figure, 4)))),
    )


def _changes(metric: Metric) -> list[tuple[date, str]]:
    return [(date.fromisoformat(one["on"]), one["label"]) for one in metric.changes]


def rebased(metric: Metric) -> list[tuple[date, str]]:
    """Return the days from which the limits begin anew, and why."""
    return [(date.fromisoformat(on), why) for on, why in metric.analysis.get("rebases", [])]


def says(metric: Metric) -> str:
    """Return what is to be seen on the metric's chart, in a sentence or two."""
    stands = metric.standing
    said = ngettext("%(num)s reading, the last %(last)s.", "%(num)s readings, the last %(last)s.",
                    stands.n, last=number(stands.last))  # fmt: skip
    if metric.baseline is not None:
        said += " " + _("Baseline %(level)s.", level=number(metric.baseline))
    if metric.target is not None:
        said += " " + _("Target %(target)s.", target=number(metric.target))
    return str(said)


def _drawn(point: Plotted) -> charts.ControlPoint:
    return charts.ControlPoint(
        format_date(point.day, "d MMM y"),
        point.value,
        point.mean,
        point.lower,
        point.upper,
        kind=KINDS.get(point.type, "common"),
        note=_("corrected") if point.corrected else "",
        segment=point.segment,
    )


def _baseline(metric: Metric, days: list[date]) -> tuple[int, int] | None:
    if metric.baseline_from is None or metric.baseline_to is None:
        return None
    inside = [
        place for place, day in enumerate(days) if metric.baseline_from <= day <= metric.baseline_to
    ]
    return (inside[0], inside[-1]) if inside else None


def _place(days: list[date], moment: date) -> int:
    return sum(day < moment for day in days)


def _float(figure: Decimal | None) -> float | None:
    return None if figure is None else float(figure)

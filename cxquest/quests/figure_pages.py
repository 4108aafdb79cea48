"""What a metric's analysis says, as pages draw and word it."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from cxquest.core.errors import marked as _m
from cxquest.measures import plotted, secondary, spc, verdicts
from cxquest.measures.models import Metric
from cxquest.measures.periods import is_stale
from cxquest.measures.plotted import Plotted
from cxquest.measures.spc import ChartKind, Rule
from cxquest.quests import facts
from cxquest.quests.judging import finding_of
from cxquest.web import charts
from cxquest.web.filters import day as day_of
from cxquest.web.filters import number

KINDS = {
    "special_cause_improvement": "improvement",
    "special_cause_concern": "concern",
    "special_cause_neutral_high": "neutral",
    "special_cause_neutral_low": "neutral",
}
RULES = {
    Rule.OUTSIDE_LIMITS: _m("outside the limits"),
    Rule.TREND: _m("one of 7 points rising or falling in a row"),
    Rule.TWO_IN_THREE: _m("one of 2 of 3 points in the outer third on one side"),
    Rule.ONE_SIDE: _m("one of 7 points on one side of the mean"),
}
FEW = _m("Not enough data: a chart of fewer than 12 readings has neither limits nor signals.")
THIN = _m("Not enough data from %(days)s on: fewer than 12 readings to rest limits on.")
LETTERS = {
    ChartKind.XMR: "XmR",
    ChartKind.P: "p",
    ChartKind.P_PRIME: "p′",
    ChartKind.U: "u",
    ChartKind.U_PRIME: "u′",
}


def shown(metric: Metric | None, today: date) -> dict[str, Any]:
    """Return what the section about a metric shows: chart, verdict, how far it came, how old."""
    if metric is None:
        return {"chart": None, "standing": None, "finding": None, "reached": None, "stale": False}
    stands = metric.standing
    return {
        "chart": chart_of(metric),
        "says": says(metric),
        "rebased": rebased(metric),
        "rule_set": rule_set(metric),
        "refusals": secondary.REFUSALS,
        "standing": stands,
        "finding": finding_of(metric),
        "reasons": reasons_of(metric),
        "effect": metric.analysis.get("effect"),
        "reached": facts.reached_by(metric, stands.observed),
        "stale": stands.last_on is not None and is_stale(stands.last_on, metric.period, today),
    }


def rule_set(metric: Metric) -> str:
    """Return how the limits of a metric's chart are worked out, and by which rules it signals."""
    return f"{_(spc.LIMITS[_kind(metric)])} {_(spc.RULE_SET)}"


def rule_set_named(metric: Metric) -> str:
    """Return the same by name only, where a line is all the room there is."""
    letters = LETTERS[_kind(metric)]
    return str(_("%(kind)s chart, rules of NHS England (Making data count)", kind=letters))


def _kind(metric: Metric) -> ChartKind:
    """Return the kind that is drawn: that of single values where a number of cases is missing."""
    return ChartKind(metric.analysis.get("chart", {}).get("kind", metric.chart))


def lacks(metric: Metric) -> str:
    """Return that there is not enough data for limits, or from which days on; empty if enough."""
    drawn = metric.analysis.get("chart", {})
    if not drawn.get("enough", True):
        return str(_(FEW))
    days = ", ".join(day_of(date.fromisoformat(on)) for on in drawn.get("thin", []))
    if not days:
        return ""
    return str(_(THIN, days=days))


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
    known = plotted.points(metric.analysis.get("chart", {}) if drawn is None else drawn)
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
    return f"{said} {lacks(metric)}".rstrip()


def _drawn(point: Plotted) -> charts.ControlPoint:
    return charts.ControlPoint(
        format_date(point.day, "d MMM y"),
        point.value,
        point.mean,
        point.lower,
        point.upper,
        kind=KINDS.get(point.type, "common"),
        note=", ".join(_notes(point)),
        segment=point.segment,
    )


def _notes(point: Plotted) -> Iterator[str]:
    """Yield the first rule that a point is part of, and whether it was corrected."""
    if point.rules:
        yield str(_(RULES[Rule(point.rules[0])]))
    if point.corrected:
        yield str(_("corrected"))


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

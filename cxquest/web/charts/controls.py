"""A control chart: every value against its mean and its limits, with legend and table."""

from collections.abc import Sequence
from dataclasses import dataclass

from cxquest.core.errors import marked as _
from cxquest.web.charts import moments
from cxquest.web.charts.control_drawing import ControlDrawing, ControlPoint, Plan, draw, fitted
from cxquest.web.charts.frames import (
    NARROW,
    WIDE,
    Change,
    Form,
    Frame,
    extent,
    nice_ticks,
    plain,
    worded,
)

KINDS = {
    "common": "",
    "improvement": _("Special point: improvement"),
    "concern": _("Special point: concern"),
    "neutral": _("Special point"),
}


@dataclass(frozen=True)
class ControlRow:
    """The same point in words, for the table; `words` say its kind and are still to translate."""

    label: str
    value: str
    mean: str
    lower: str
    upper: str
    kind: str
    words: str
    note: str


@dataclass(frozen=True)
class Entry:
    """A line of the legend: a sign of the chart, and its words, still to translate."""

    sign: str
    words: str

    @property
    def width(self) -> int:
        """Units that the sign takes: a shape or an upright mark less than a line."""
        return 16 if KINDS.get(self.sign) or self.sign == "moment" else 28


@dataclass(frozen=True)
class ControlChart:
    """A control chart for wide places and for narrow ones, with its table and its legend.

    `moments` are the words of changes whose marks have numbers.
    """

    wide: ControlDrawing
    narrow: ControlDrawing
    rows: tuple[ControlRow, ...]
    legend: tuple[Entry, ...]
    moments: tuple[str, ...]
    target: str
    red: str


def control_chart(
    points: Sequence[ControlPoint],
    *,
    baseline: tuple[int, int] | None,
    target: float | None,
    red: float | None = None,
    changes: Sequence[Change] = (),
    form: Form = plain,
    broad: Frame = WIDE,
) -> ControlChart:
    """Return a control chart of points in the order of time.

    `baseline` holds the indexes of the frozen time's first and last point; `form` writes a number
    in the reader's language; `broad` is the frame for wide places. Raises ValueError without any
    value.
    """
    plan = Plan(
        points, nice_ticks(*extent(_seen(points, target, red))), baseline, target, red, form
    )
    wide, narrow = (fitted(frame, plan, bool(changes)) for frame in (broad, NARROW))
    marks = moments.marks(wide, narrow, changes, len(points))
    return ControlChart(
        wide=draw(wide, plan, marks.wide),
        narrow=draw(narrow, plan, marks.narrow),
        rows=tuple(_row(point, form) for point in points),
        legend=_legend(plan, changes),
        moments=marks.key,
        target=worded(target, form),
        red=worded(red, form),
    )


def _seen(points: Sequence[ControlPoint], target: float | None, red: float | None) -> list[float]:
    values = [p.value for p in points if p.value is not None]
    if not values:
        raise ValueError("A control chart needs at least one value.")
    lines = [number for p in points for number in (p.mean, p.lower, p.upper)]
    return values + [number for number in (*lines, target, red) if number is not None]


def _row(point: ControlPoint, form: Form) -> ControlRow:
    return ControlRow(
        label=point.label,
        value=worded(point.value, form),
        mean=worded(point.mean, form),
        lower=worded(point.lower, form),
        upper=worded(point.upper, form),
        kind=point.kind,
        words=KINDS[point.kind],
        note=point.note,
    )


def _legend(plan: Plan, changes: Sequence[Change]) -> tuple[Entry, ...]:
    """What occurs on the chart, in one order for all charts."""
    points = plan.points
    special = {p.kind for p in points if p.value is not None}
    limits = any(p.lower is not None or p.upper is not None for p in points)
    listed = (
        ("value", _("Value"), True),
        *((kind, words, kind in special) for kind, words in KINDS.items() if words),
        ("mean", _("Mean"), any(p.mean is not None for p in points)),
        ("limit", _("Limits of what chance alone does"), limits),
        ("baseline", _("Frozen baseline"), plan.baseline is not None),
        ("target", _("Target"), plan.target is not None),
        ("red", _("Red limit"), plan.red is not None),
        ("moment", _("Moment of change"), bool(changes)),
    )
    return tuple(Entry(sign, words) for sign, words, occurs in listed if occurs)

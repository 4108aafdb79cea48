"""A run chart: readings in the order of time, special ones with a shape of their own."""

from collections.abc import Sequence
from dataclasses import dataclass

from cxquest.web.charts.frames import (
    NARROW,
    WIDE,
    Form,
    Frame,
    Place,
    Tick,
    across,
    extent,
    nice_ticks,
    path,
    plain,
    upright,
    worded,
    x_ticks,
)


@dataclass(frozen=True)
class Reading:
    """One value of a period; `value` is None where nothing was read."""

    label: str
    value: float | None
    special: bool = False
    note: str = ""


@dataclass(frozen=True)
class Dot:
    """A reading's place; a special one has a shape of its own."""

    x: float
    y: float
    label: str
    value: str
    special: bool


@dataclass(frozen=True)
class Drawing:
    """All places of a run chart in one frame."""

    frame: Frame
    path: str
    dots: tuple[Dot, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class Row:
    """The same reading in words, for the table under the chart."""

    label: str
    value: str
    special: bool
    note: str


@dataclass(frozen=True)
class RunChart:
    """A run chart for wide places and for narrow ones, with its table."""

    wide: Drawing
    narrow: Drawing
    rows: tuple[Row, ...]


def run_chart(readings: Sequence[Reading], *, form: Form = plain) -> RunChart:
    """Return a run chart of readings in the order of time.

    `form` writes a number in the reader's language. Raises ValueError without any value.
    """
    seen = [r.value for r in readings if r.value is not None]
    if not seen:
        raise ValueError("A run chart needs at least one value.")
    ticks = nice_ticks(*extent(seen))
    return RunChart(
        wide=_draw(WIDE, readings, ticks, form),
        narrow=_draw(NARROW, readings, ticks, form),
        rows=tuple(Row(r.label, worded(r.value, form), r.special, r.note) for r in readings),
    )


def _draw(frame: Frame, readings: Sequence[Reading], ticks: Sequence[float], form: Form) -> Drawing:
    _step, x = across(frame, len(readings))
    y = upright(frame, ticks)
    places = [None if r.value is None else (x(i), y(r.value)) for i, r in enumerate(readings)]
    return Drawing(
        frame=frame,
        path=path(places),
        dots=_dots(readings, places, form),
        x_ticks=x_ticks([r.label for r in readings], x, frame.most_labels, frame.end),
        y_ticks=tuple(Tick(y(tick), form(tick)) for tick in ticks),
    )


def _dots(
    readings: Sequence[Reading], places: Sequence[Place | None], form: Form
) -> tuple[Dot, ...]:
    return tuple(
        Dot(place[0], place[1], r.label, worded(r.value, form), r.special)
        for r, place in zip(readings, places, strict=True)
        if place is not None
    )

"""A run chart: readings in the order of time against a baseline and a target."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cxquest.web.charts.frames import (
    LETTER,
    NARROW,
    WIDE,
    Box,
    Change,
    Form,
    Frame,
    Moment,
    Place,
    Tick,
    across,
    beside,
    extent,
    nice_ticks,
    path,
    plain,
    span,
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
class Baseline:
    """The frozen time before: indexes of its first and last reading, its mean and its limits."""

    first: int
    last: int
    mean: float
    lower: float | None = None
    upper: float | None = None


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
    """All places of a run chart in one frame; what is None is not drawn."""

    frame: Frame
    path: str
    dots: tuple[Dot, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    moments: tuple[Moment, ...]
    band: Box | None
    mean: float | None
    mean_text: float
    limits: tuple[float, ...]
    target: float | None
    target_text: float


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
    mean: str
    target: str


def run_chart(
    readings: Sequence[Reading],
    *,
    baseline: Baseline | None = None,
    target: float | None = None,
    changes: Sequence[Change] = (),
    form: Form = plain,
) -> RunChart:
    """Return a run chart of readings in the order of time.

    `form` writes a number in the reader's language. Raises ValueError without any value.
    """
    ticks = nice_ticks(*extent(_seen(readings, baseline, target)))

    def draw(frame: Frame) -> Drawing:
        return _draw(frame, readings, baseline, target, changes, ticks, form)

    return RunChart(
        wide=draw(WIDE),
        narrow=draw(NARROW),
        rows=tuple(Row(r.label, worded(r.value, form), r.special, r.note) for r in readings),
        mean=worded(baseline.mean if baseline else None, form),
        target=worded(target, form),
    )


def _seen(
    readings: Sequence[Reading], baseline: Baseline | None, target: float | None
) -> list[float]:
    seen = [r.value for r in readings if r.value is not None]
    if not seen:
        raise ValueError("A run chart needs at least one value.")
    extra = [target] if baseline is None else [target, baseline.lower, baseline.upper]
    return seen + [number for number in extra if number is not None]


def _draw(
    frame: Frame,
    readings: Sequence[Reading],
    baseline: Baseline | None,
    target: float | None,
    changes: Sequence[Change],
    ticks: Sequence[float],
    form: Form,
) -> Drawing:
    step, x = across(frame, len(readings))
    y = upright(frame, ticks)
    places = [None if r.value is None else (x(i), y(r.value)) for i, r in enumerate(readings)]
    mean = None if baseline is None else y(baseline.mean)
    aim = None if target is None else y(target)
    bounds = () if baseline is None else (baseline.lower, baseline.upper)
    return Drawing(
        frame=frame,
        path=path(places),
        dots=_dots(readings, places, form),
        x_ticks=x_ticks([r.label for r in readings], x, frame.most_labels, frame.end),
        y_ticks=tuple(Tick(y(tick), form(tick)) for tick in ticks),
        moments=_moments(frame, changes, x),
        band=None if baseline is None else span(frame, baseline.first, baseline.last, step),
        mean=mean,
        mean_text=beside(mean, places[-len(places) // 3 :]),
        limits=tuple(y(bound) for bound in bounds if bound is not None),
        target=aim,
        target_text=beside(aim, places[: len(places) // 3 + 1]),
    )


def _dots(
    readings: Sequence[Reading], places: Sequence[Place | None], form: Form
) -> tuple[Dot, ...]:
    return tuple(
        Dot(place[0], place[1], r.label, worded(r.value, form), r.special)
        for r, place in zip(readings, places, strict=True)
        if place is not None
    )


def _moments(
    frame: Frame, changes: Sequence[Change], x: Callable[[float], float]
) -> tuple[Moment, ...]:
    """Marks with their words above the plot, every second one a line higher."""
    middle = (frame.left + frame.end) / 2
    found = []
    for n, change in enumerate(changes):
        at = x(change.before - 0.5)
        turned = at > middle
        text_y = frame.top - (10 if n % 2 == 0 else 28)
        words = _shortened(change.label, at if turned else frame.width - at)
        found.append(
            Moment(at, at - 6 if turned else at + 6, text_y, words, "end" if turned else "start")
        )
    return tuple(found)


def _shortened(words: str, room: float) -> str:
    """Return as much of the words as there is room for, in units."""
    most = int(room / LETTER)
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"

"""The geometry of charts: numbers in, places on a drawing out; templates/ui/charts.html draws them.

Every drawing is in units of its own viewBox. Nothing here knows a colour, a language or a clock.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

Form = Callable[[float], str]


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
class Change:
    """A moment of change, drawn just before the reading with the index `before`."""

    before: int
    label: str


@dataclass(frozen=True)
class Frame:
    """The size of a drawing and the room that its axes take."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    most_labels: int

    @property
    def end(self) -> float:
        """The x at which the plot ends."""
        return self.width - self.right

    @property
    def floor(self) -> float:
        """The y on which the plot stands."""
        return self.height - self.bottom


WIDE = Frame(width=720, height=300, left=48, right=16, top=48, bottom=32, most_labels=8)
LETTER = 7.0  # pixels that a letter of a label takes, roughly
NARROW = Frame(width=360, height=280, left=42, right=10, top=56, bottom=34, most_labels=4)


@dataclass(frozen=True)
class Tick:
    """A place on an axis and its words; `anchor` is the text's start, middle or end."""

    at: float
    label: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Dot:
    """A reading's place; a special one has a shape of its own."""

    x: float
    y: float
    label: str
    value: str
    special: bool


@dataclass(frozen=True)
class Moment:
    """A vertical mark; its words stand at `text_x`, `text_y`."""

    x: float
    text_x: float
    text_y: float
    label: str
    anchor: str


@dataclass(frozen=True)
class Box:
    """An upright rectangle."""

    x: float
    y: float
    width: float
    height: float


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


@dataclass(frozen=True)
class Sparkline:
    """A line without axes; `x` and `y` are its last point."""

    width: float
    height: float
    path: str
    x: float
    y: float
    last: str


@dataclass(frozen=True)
class Share:
    """`part` of `whole`; the tone is '', 'pain' or 'proven'."""

    label: str
    part: float
    whole: float
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Bar:
    """A share's bar, `width` in per cent of the longest one possible."""

    label: str
    url: str
    tone: str
    width: float
    share: str
    n: str


def plain(number: float) -> str:
    """A number without a tail of zeros: 4, 4.5, 1200."""
    return f"{number:.4f}".rstrip("0").rstrip(".")


def nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers, at most `most` + 1 of them, that enclose low and high."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    rough = (high - low) / max(most - 1, 1)
    power: float = 10.0 ** floor(log10(rough))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(step * n, 10) for n in range(first, last + 1)]


def run_chart(
    readings: Sequence[Reading],
    *,
    baseline: Baseline | None = None,
    target: float | None = None,
    changes: Sequence[Change] = (),
    form: Form = plain,
) -> RunChart:
    """A run chart of readings in the order of time.

    `form` writes a number in the reader's language. Raises ValueError without any value.
    """
    ticks = nice_ticks(*_extent(readings, baseline, target))

    def draw(frame: Frame) -> Drawing:
        return _draw(frame, readings, baseline, target, changes, ticks, form)

    return RunChart(
        wide=draw(WIDE),
        narrow=draw(NARROW),
        rows=tuple(Row(r.label, _worded(r.value, form), r.special, r.note) for r in readings),
        mean=_worded(baseline.mean if baseline else None, form),
        target=_worded(target, form),
    )


def sparkline(
    values: Sequence[float | None], *, width: float = 96, height: float = 28, form: Form = plain
) -> Sparkline:
    """A small line of values in the order of time. Raises ValueError without any value."""
    known = [v for v in values if v is not None]
    low, high = min(known), max(known)
    pad = 4.0
    step = (width - 2 * pad) / max(len(values) - 1, 1)
    span = (high - low) or 1.0
    points = [
        None
        if v is None
        else (_near(pad + i * step), _near(height - pad - (v - low) / span * (height - 2 * pad)))
        for i, v in enumerate(values)
    ]
    x, y = [p for p in points if p is not None][-1]
    return Sparkline(width, height, _path(points), x, y, form(known[-1]))


def share_bars(rows: Iterable[Share], *, form: Form = plain) -> tuple[Bar, ...]:
    """Bars for shares, drawn against the largest of them, so that small ones can be told apart."""
    kept = list(rows)
    shares = [row.part / row.whole if row.whole else 0.0 for row in kept]
    longest = max(shares, default=0.0) or 1.0
    return tuple(
        Bar(
            label=row.label,
            url=row.url,
            tone=row.tone,
            width=_near(share / longest * 100),
            share=form(round(share * 100, 1)),
            n=form(row.whole),
        )
        for row, share in zip(kept, shares, strict=True)
    )


def _extent(
    readings: Sequence[Reading], baseline: Baseline | None, target: float | None
) -> tuple[float, float]:
    """Lowest and highest number to show; zero is shown where it lies near enough."""
    seen = [r.value for r in readings if r.value is not None]
    if not seen:
        raise ValueError("A run chart needs at least one value.")
    extra = [target] if baseline is None else [target, baseline.lower, baseline.upper]
    seen += [number for number in extra if number is not None]
    low, high = min(seen), max(seen)
    return (0.0 if 0 < low < 0.6 * high else low), high


def _draw(
    frame: Frame,
    readings: Sequence[Reading],
    baseline: Baseline | None,
    target: float | None,
    changes: Sequence[Change],
    ticks: Sequence[float],
    form: Form,
) -> Drawing:
    step, x = _across(frame, len(readings))
    y = _upright(frame, ticks)
    places = [None if r.value is None else (x(i), y(r.value)) for i, r in enumerate(readings)]
    mean = None if baseline is None else y(baseline.mean)
    aim = None if target is None else y(target)
    bounds = () if baseline is None else (baseline.lower, baseline.upper)
    return Drawing(
        frame=frame,
        path=_path(places),
        dots=_dots(readings, places, form),
        x_ticks=_x_ticks(readings, x, frame.most_labels, frame.end),
        y_ticks=tuple(Tick(y(tick), form(tick)) for tick in ticks),
        moments=_moments(frame, changes, x),
        band=None if baseline is None else _band(frame, baseline, x, step),
        mean=mean,
        mean_text=_beside(mean, places[-len(places) // 3 :]),
        limits=tuple(y(bound) for bound in bounds if bound is not None),
        target=aim,
        target_text=_beside(aim, places[: len(places) // 3 + 1]),
    )


def _across(frame: Frame, count: int) -> tuple[float, Callable[[float], float]]:
    step = (frame.end - frame.left) / max(count, 1)
    return step, lambda index: _near(frame.left + (index + 0.5) * step)


def _upright(frame: Frame, ticks: Sequence[float]) -> Callable[[float], float]:
    unit = (frame.floor - frame.top) / (ticks[-1] - ticks[0])
    return lambda value: _near(frame.floor - (value - ticks[0]) * unit)


def _dots(
    readings: Sequence[Reading], places: Sequence[tuple[float, float] | None], form: Form
) -> tuple[Dot, ...]:
    return tuple(
        Dot(place[0], place[1], r.label, _worded(r.value, form), r.special)
        for r, place in zip(readings, places, strict=True)
        if place is not None
    )


def _x_ticks(
    readings: Sequence[Reading], x: Callable[[float], float], most: int, end: float
) -> tuple[Tick, ...]:
    """Every n-th label, counted back from the last, which stands at the end of the plot.

    Those that would touch the last one are left out.
    """
    every = ceil(len(readings) / most)
    last = readings[-1].label
    free = end - (len(last) + 2) * LETTER
    kept = sorted(range(len(readings) - 1 - every, -1, -every))
    ticks = [Tick(x(i), readings[i].label) for i in kept]
    clear = [tick for tick in ticks if tick.at + len(tick.label) * LETTER / 2 < free]
    return (*clear, Tick(end, last, "end"))


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
    """Return as much of the words as there is room for, in pixels."""
    most = int(room / LETTER)
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def _band(frame: Frame, baseline: Baseline, x: Callable[[float], float], step: float) -> Box:
    start, end = x(baseline.first) - step / 2, x(baseline.last) + step / 2
    return Box(_near(start), frame.top, _near(end - start), frame.floor - frame.top)


def _beside(line: float | None, near: Sequence[tuple[float, float] | None]) -> float:
    """The y of a line's words: on its other side from where the readings near them are."""
    if line is None:
        return 0.0
    heights = [place[1] for place in near if place is not None]
    above = sum(height < line for height in heights)
    return _near(line + 17 if above * 2 > len(heights) else line - 7)


def _path(points: Iterable[tuple[float, float] | None]) -> str:
    """An SVG path through the points, broken where one is missing."""
    parts: list[str] = []
    pen = "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        parts.append(f"{pen}{point[0]:g} {point[1]:g}")
        pen = "L"
    return "".join(parts)


def _worded(number: float | None, form: Form) -> str:
    return "" if number is None else form(number)


def _near(number: float) -> float:
    """A tenth of a unit is finer than any screen."""
    return round(number, 1)

"""What every drawing stands in: its frame, its axes, the marks on them, a line through places."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

Form = Callable[[float], str]
Place = tuple[float, float]


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
NARROW = Frame(width=360, height=280, left=42, right=10, top=56, bottom=34, most_labels=4)
LETTER = 7.0  # units that a letter of a label takes, roughly


@dataclass(frozen=True)
class Tick:
    """A place on an axis and its words; `anchor` is the text's start, middle or end."""

    at: float
    label: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Change:
    """A moment of change, drawn just before the reading with the index `before`."""

    before: int
    label: str


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


def plain(number: float) -> str:
    """Return a number without a tail of zeros: 4, 4.5, 1200."""
    return f"{number:.4f}".rstrip("0").rstrip(".")


def nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers, at most `most` + 1 of them, that enclose low and high."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    rough = (high - low) / max(most - 1, 1)
    power: float = 10.0 ** floor(log10(rough))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(step * n, 10) for n in range(first, last + 1)]


def extent(seen: Sequence[float]) -> tuple[float, float]:
    """Return the lowest and highest number to show; zero is shown where it lies near enough."""
    low, high = min(seen), max(seen)
    return (0.0 if 0 < low < 0.6 * high else low), high


def across(frame: Frame, count: int) -> tuple[float, Callable[[float], float]]:
    """Return the width of a reading, and what turns an index into an x."""
    step = (frame.end - frame.left) / max(count, 1)
    return step, lambda index: near(frame.left + (index + 0.5) * step)


def upright(frame: Frame, ticks: Sequence[float]) -> Callable[[float], float]:
    """Return what turns a value into a y."""
    unit = (frame.floor - frame.top) / (ticks[-1] - ticks[0])
    return lambda value: near(frame.floor - (value - ticks[0]) * unit)


def x_ticks(
    labels: Sequence[str], x: Callable[[float], float], most: int, end: float
) -> tuple[Tick, ...]:
    """Return every n-th label, counted back from the last, which stands at the end of the plot.

    Those that would touch the last one are left out.
    """
    every = ceil(len(labels) / most)
    last = labels[-1]
    free = end - (len(last) + 2) * LETTER
    kept = sorted(range(len(labels) - 1 - every, -1, -every))
    ticks = [Tick(x(i), labels[i]) for i in kept]
    clear = [tick for tick in ticks if tick.at + len(tick.label) * LETTER / 2 < free]
    return (*clear, Tick(end, last, "end"))


def span(frame: Frame, first: int, last: int, step: float) -> Box:
    """Return the box behind the readings from the first to the last one."""
    start, end = frame.left + first * step, frame.left + (last + 1) * step
    return Box(near(start), frame.top, near(end - start), frame.floor - frame.top)


def path(points: Iterable[Place | None]) -> str:
    """Return an SVG path through the points, broken where one is missing."""
    parts: list[str] = []
    pen = "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        parts.append(f"{pen}{point[0]:g} {point[1]:g}")
        pen = "L"
    return "".join(parts)


def worded(number: float | None, form: Form) -> str:
    """Return the number in the reader's language, nothing for none."""
    return "" if number is None else form(number)


def near(number: float) -> float:
    """Return a number to a tenth of a unit, finer than any screen."""
    return round(number, 1)

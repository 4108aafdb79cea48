"""Where everything on a control chart stands: one drawing of it in one frame."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from cxquest.web.charts.frames import (
    LETTER,
    Box,
    Form,
    Frame,
    Moment,
    Place,
    Tick,
    across,
    near,
    path,
    span,
    upright,
    x_ticks,
)

MOST_DOTS = 60  # with more values, those of common cause are told by the line alone
FIGURE = 8.0  # units that a digit takes, roughly
APART = 15.0  # units between two numbers below each other
AIM_WORDS = 15 * LETTER  # the room of a target's or a red limit's words
CROWDED = 9.0  # units between two points; nearer ones have no rim, which would cut the line
Level = Callable[[float], float]
Pick = Callable[["ControlPoint"], float | None]


@dataclass(frozen=True)
class ControlPoint:
    """A value with its mean and limits; what is None is not drawn.

    `kind` is common, improvement, concern or neutral; a rebase begins a new `segment`.
    """

    label: str
    value: float | None
    mean: float | None
    lower: float | None
    upper: float | None
    kind: str = "common"
    note: str = ""
    segment: int = 0


@dataclass(frozen=True)
class Plan:
    """What is drawn, whatever the frame."""

    points: Sequence[ControlPoint]
    ticks: Sequence[float]
    baseline: tuple[int, int] | None
    target: float | None
    red: float | None
    form: Form


@dataclass(frozen=True)
class Sign:
    """A point's place and kind; `path` is the shape of a special one, empty for a round dot."""

    x: float
    y: float
    kind: str
    path: str


@dataclass(frozen=True)
class Aim:
    """A level that holds throughout; its words stand at `text_x`, `text_y`."""

    y: float
    text_x: float
    text_y: float
    anchor: str


@dataclass(frozen=True)
class Readout:
    """The number at the end of a mean or a limit."""

    y: float
    number: str
    kind: str


@dataclass(frozen=True)
class ControlDrawing:
    """All places of a control chart in one frame; what is None or empty is not drawn.

    `places` has an x and a y for each point, only the x where nothing was read.
    """

    frame: Frame
    path: str
    signs: tuple[Sign, ...]
    radius: float
    halo: float
    means: str
    limits: str
    readouts: tuple[Readout, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    moments: tuple[Moment, ...]
    band: Box | None
    target: Aim | None
    red: Aim | None
    places: str


Shown = tuple[Sequence[Place | None], Sequence[Sign]]


def fitted(frame: Frame, plan: Plan, headed: bool) -> Frame:
    """Return the frame with room for numbers at its sides, and for words above if `headed`."""
    left = max(len(plan.form(tick)) for tick in plan.ticks)
    right = max((len(number) for _kind, _level, number in _ends(plan)), default=0)
    return replace(
        frame,
        left=max(frame.left, 14 + FIGURE * left),
        right=max(frame.right, 12 + FIGURE * right if right else 0),
        top=frame.top if headed else 20,
    )


def draw(frame: Frame, plan: Plan, marks: tuple[Moment, ...]) -> ControlDrawing:
    """Return the drawing; `marks` are its moments of change."""
    points = plan.points
    step, x = across(frame, len(points))
    y = upright(frame, plan.ticks)
    places = [None if p.value is None else (x(i), y(p.value)) for i, p in enumerate(points)]
    signs = _signs(points, places, step)
    target, red = _aims(frame, plan, (places, signs), y)
    labels = [p.label for p in points]
    return ControlDrawing(
        frame=frame,
        path=path(places),
        signs=signs,
        radius=near(min(3.5, max(1.8, step * 0.3))),
        halo=1.5 if step > CROWDED else 0,
        means=_steps(frame, points, lambda p: p.mean, y),
        limits=_steps(frame, points, lambda p: p.lower, y)
        + _steps(frame, points, lambda p: p.upper, y),
        readouts=_readouts(frame, plan, y),
        x_ticks=_days(frame, labels, x),
        y_ticks=tuple(Tick(y(tick), plan.form(tick)) for tick in plan.ticks),
        moments=marks,
        band=_band(frame, plan, step),
        target=target,
        red=red,
        places=",".join(
            f"{x(i):g}" if place is None else f"{place[0]:g} {place[1]:g}"
            for i, place in enumerate(places)
        ),
    )


def _days(frame: Frame, labels: Sequence[str], x: Level) -> tuple[Tick, ...]:
    """As many labels as have room; where only the last one has, the first stands at its side."""
    room = frame.end - frame.left
    most = int(room / ((max(len(label) for label in labels) + 2) * LETTER))
    ticks = x_ticks(labels, x, max(1, min(frame.most_labels, most)), frame.end)
    both = (len(labels[0]) + len(labels[-1]) + 2) * LETTER
    if len(ticks) == 1 < len(labels) and both <= room:
        return (Tick(frame.left, labels[0], "start"), *ticks)
    return ticks


def _signs(
    points: Sequence[ControlPoint], places: Sequence[Place | None], step: float
) -> tuple[Sign, ...]:
    """Every special point; of the others as many as can be told apart, and the lone ones."""
    size = min(7.0, max(4.5, step * 0.6))
    few = len(points) <= MOST_DOTS
    return tuple(
        Sign(place[0], place[1], point.kind, _shape(point.kind, place, size))
        for i, (point, place) in enumerate(zip(points, places, strict=True))
        if place is not None and (few or point.kind != "common" or _alone(places, i))
    )


def _alone(places: Sequence[Place | None], i: int) -> bool:
    return not any(places[i - 1 : i] if i else ()) and not any(places[i + 1 : i + 2])


def _shape(kind: str, place: Place, size: float) -> str:
    """A triangle for the better, a diamond for the worse, a square for neither."""
    (x, y), s = place, near(size)
    if kind == "improvement":
        return f"M{x:g} {near(y - s):g}l{s:g} {near(1.75 * s):g}h{-2 * s:g}Z"
    if kind == "concern":
        return f"M{x:g} {near(y - s):g}l{s:g} {s:g} {-s:g} {s:g} {-s:g} {-s:g}Z"
    if kind == "neutral":
        side = near(1.6 * s)
        return f"M{near(x - side / 2):g} {near(y - side / 2):g}h{side:g}v{side:g}h{-side:g}Z"
    return ""


def _steps(frame: Frame, points: Sequence[ControlPoint], pick: Pick, y: Level) -> str:
    """A line that keeps its level for the width of a point, and breaks where a segment begins."""
    width = (frame.end - frame.left) / len(points)
    levels = [(p.segment, None if (n := pick(p)) is None else y(n)) for p in points]
    parts, before, end = [], None, 0
    for (segment, level), group in groupby(levels):
        start, end = end, end + sum(1 for _same in group)
        if level is not None:
            left, right = near(frame.left + start * width), near(frame.left + end * width)
            move = f"V{level:g}" if before == segment else f"M{left:g} {level:g}"
            parts.append(f"{move}H{right:g}")
        before = None if level is None else segment
    return "".join(parts)


def _readouts(frame: Frame, plan: Plan, y: Level) -> tuple[Readout, ...]:
    """The last numbers of mean and limits, moved apart so that each can be read."""
    found: list[Readout] = []
    for kind, level, number in sorted(_ends(plan), key=lambda one: -one[1]):
        at = near(y(level) + 4)
        if found and number == found[-1].number:
            continue
        found.append(Readout(max(at, found[-1].y + APART) if found else at, number, kind))
    over = max(0.0, found[-1].y - frame.floor - 4) if found else 0.0
    return tuple(replace(one, y=near(one.y - over)) for one in found)


def _band(frame: Frame, plan: Plan, step: float) -> Box | None:
    if plan.baseline is None:
        return None
    first, last = plan.baseline
    return span(frame, max(first, 0), min(last, len(plan.points) - 1), step)


def _aims(frame: Frame, plan: Plan, shown: Shown, y: Level) -> list[Aim | None]:
    """Target and red limit, each with its words where they cover the least."""
    aims: list[Aim | None] = []
    for level in (plan.target, plan.red):
        taken = [_words_box(aim) for aim in aims if aim is not None]
        aims.append(None if level is None else _aim(frame, y(level), shown, taken))
    return aims


def _aim(frame: Frame, y: float, shown: Shown, taken: Sequence[Box]) -> Aim:
    """A level whose words stand above or below it, at its beginning or at its end."""
    sides = ((frame.left + 6, "start"), (frame.end - 6, "end"))
    heights = [near(y - 7), near(min(y + 17, frame.floor - 4))]
    options = [Aim(y, x, at, anchor) for x, anchor in sides for at in heights]
    return min(options, key=lambda aim: _covered(_words_box(aim), shown, taken))


def _words_box(aim: Aim) -> Box:
    x = aim.text_x if aim.anchor == "start" else aim.text_x - AIM_WORDS
    return Box(x, aim.text_y - 12, AIM_WORDS, APART)


def _covered(box: Box, shown: Shown, taken: Sequence[Box]) -> int:
    """What words in the box would cover: other words weigh most, then special points."""
    places, signs = shown
    values = sum(_within(box, place) for place in places if place is not None)
    special = sum(_within(box, (sign.x, sign.y)) for sign in signs if sign.path)
    words = sum(abs(one.y - box.y) < APART and abs(one.x - box.x) < AIM_WORDS for one in taken)
    return values + 2 * special + 1000 * words


def _within(box: Box, place: Place) -> bool:
    x, y = place
    return box.x - 6 <= x <= box.x + box.width + 6 and box.y - 6 <= y <= box.y + box.height + 6


def _ends(plan: Plan) -> list[tuple[str, float, str]]:
    """The last limit, mean and limit: their kind, level and number."""
    picks: tuple[tuple[str, Pick], ...] = (
        ("limit", lambda p: p.upper),
        ("mean", lambda p: p.mean),
        ("limit", lambda p: p.lower),
    )
    found: list[tuple[str, float, str]] = []
    for kind, pick in picks:
        level = next((n for p in reversed(plan.points) if (n := pick(p)) is not None), None)
        if level is not None:
            found.append((kind, level, plan.form(level)))
    return found

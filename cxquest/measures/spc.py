"""Statistical process control: limits, rules and what each point of a series is. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import isnan
from typing import NamedTuple

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.measures import limits
from cxquest.measures.limits import Lines
from cxquest.measures.signals import Rule, Signal, signals

__all__ = ["ENOUGH", "RULE_SET", "Chart", "ChartKind", "Improvement", "Observation", "Point"]
__all__ += ["Assurance", "PointType", "Rule", "Saying", "Signals", "Stretch"]
__all__ += ["assurance", "chart", "of_counts", "signals_after"]

ENOUGH = 12

RULE_SET = _(
    "Rules, the first that holds: a point outside the limits; 7 points rising or falling in a "
    "row, a tie ends the row; 2 of 3 points in the outer third on one side; 7 points on one side "
    "of the mean (NHS England, Making data count)."
)


class Improvement(StrEnum):
    """Which way is better; a neutral series has no better way."""

    INCREASE = "increase"
    DECREASE = "decrease"
    NEUTRAL = "neutral"


class ChartKind(StrEnum):
    """How limits are worked out: from moving ranges, from shares, or from rates.

    The primed forms widen the limits by how much more the shares or rates vary than chance would
    have it (Laney).
    """

    XMR = "xmr"
    P = "p"
    P_PRIME = "p_prime"
    U = "u"
    U_PRIME = "u_prime"


SHARES = (ChartKind.P, ChartKind.P_PRIME)
PRIMES = (ChartKind.P_PRIME, ChartKind.U_PRIME)

LIMITS = {
    ChartKind.XMR: _("Limits: mean ± 2.66 × mean moving range (XmR chart)."),
    ChartKind.P: _("Limits: 3 standard deviations of a share of so many (p chart)."),
    ChartKind.P_PRIME: _(
        "Limits: 3 standard deviations of a share of so many, widened by how much more the "
        "shares vary than chance would have it (Laney's p′ chart)."
    ),
    ChartKind.U: _("Limits: 3 standard deviations of a rate over so many (u chart)."),
    ChartKind.U_PRIME: _(
        "Limits: 3 standard deviations of a rate over so many, widened by how much more the "
        "rates vary than chance would have it (Laney's u′ chart)."
    ),
}


class PointType(StrEnum):
    """What a point is: chance, or more than chance and then for better, for worse or neither."""

    COMMON_CAUSE = "common_cause"
    IMPROVEMENT = "special_cause_improvement"
    CONCERN = "special_cause_concern"
    NEUTRAL_HIGH = "special_cause_neutral_high"
    NEUTRAL_LOW = "special_cause_neutral_low"


class Assurance(StrEnum):
    """What the process as it is does to a target: reaches it always, never, or by chance."""

    PASS = "consistent_pass"
    FAIL = "consistent_fail"
    INCONSISTENT = "inconsistent"


class Saying(StrEnum):
    """What the points from some point on say together."""

    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    BOTH = "both"
    CHANGE = "change"
    NOTHING = "nothing"


class Observation(NamedTuple):
    """A value as it came: `x` says when, `y` is the value; for p and u the share or rate of `n`."""

    x: str
    y: float
    n: float | None = None


class Point(NamedTuple):
    """An observation with its lines, None where the chart has none there, and what it is."""

    x: str
    y: float
    n: float | None
    mean: float
    lower: float | None
    upper: float | None
    rules: tuple[Rule, ...]
    type: PointType


class Stretch(NamedTuple):
    """Points under the same limits, `first` to `last`, that rest on so many points."""

    first: int
    last: int
    rests_on: int


@dataclass(frozen=True)
class Chart:
    """A series with its limits and signals; `enough` says whether it holds twelve points."""

    kind: ChartKind
    points: tuple[Point, ...]
    improvement: Improvement
    enough: bool
    rule_set: str
    stretches: tuple[Stretch, ...] = ()


@dataclass(frozen=True)
class Signals:
    """How many points there are of each type, and what they say."""

    counts: dict[PointType, int]
    says: Saying


def of_counts(observations: Iterable[Observation]) -> list[Observation]:
    """Return counts out of `n` as shares, or rates, of it. Raises BadInput where `n` is missing."""
    return [Observation(x, y / _size(x, n), n) for x, y, n in observations]


def chart(
    observations: Sequence[Observation],
    *,
    improvement: Improvement,
    kind: ChartKind = ChartKind.XMR,
    baseline: tuple[int, int] | None = None,
    fix_after: int | None = None,
    rebase: Sequence[int] = (),
    screen: bool = True,
) -> Chart:
    """Return the chart of a series in the order of time.

    At each index of `rebase` a new stretch begins: limits are worked out anew, and no rule
    looks across. Limits rest on all points of their stretch; with `fix_after` on its first so
    many; those of the first stretch on `baseline`, first and last index, where that is given.
    `screen` leaves large moving ranges out, once. Raises BadInput where a share or rate
    cannot be or has no `n`, ValueError for a baseline beyond the series.
    """
    starts = sorted({at for at in (0, *rebase) if 0 <= at < len(observations)})
    points: list[Point] = []
    stretches = []
    for start, end in pairwise([*starts, len(observations)]):
        base = slice(start, end if fix_after is None else min(end, start + fix_after))
        if start == 0 and baseline is not None:
            base = _window(baseline, len(observations))
        whole = _lines(observations, slice(start, end), base, kind, screen=screen)
        points += _points(observations[start:end], whole, improvement)
        stretches.append(Stretch(start, end - 1, base.stop - base.start))
    enough = len(points) >= ENOUGH
    return Chart(kind, tuple(points), improvement, enough, RULE_SET, tuple(stretches))


def _window(baseline: tuple[int, int], count: int) -> slice:
    first, last = baseline
    if not 0 <= first <= last < count:
        raise ValueError(f"the baseline {first} to {last} is not within {count} points")
    return slice(first, last + 1)


def _lines(
    observations: Sequence[Observation],
    stretch: slice,
    base: slice,
    kind: ChartKind,
    *,
    screen: bool,
) -> list[Lines]:
    """Return the lines at each point of the stretch, worked out from the points of the base."""
    if kind is ChartKind.XMR:
        line = limits.individuals([o.y for o in observations[base]], screen=screen)
        return [line] * (stretch.stop - stretch.start)
    first, last = min(base.start, stretch.start), max(base.stop, stretch.stop)
    both = observations[first:last]
    sizes = [_size(o.x, o.n) for o in both]
    values = [_possible(o, kind) for o in both]
    draw = limits.shares if kind in SHARES else limits.rates
    inner = slice(base.start - first, base.stop - first)
    lines = draw(values, sizes, inner, prime=kind in PRIMES, screen=screen)
    return lines[stretch.start - first : stretch.stop - first]


def _size(x: str, n: float | None) -> float:
    if n is None or not n > 0:
        raise BadInput(
            _("%(x)s: say how many it is out of. A share or rate needs an n above 0."), x=x
        )
    return n


def _possible(observation: Observation, kind: ChartKind) -> float:
    x, y, _n = observation
    if y < 0:
        raise BadInput(_("%(x)s: a share or rate is not below 0."), x=x)
    if kind in SHARES and y > 1:
        raise BadInput(_("%(x)s: a share is not above 1; as many as there are is 1."), x=x)
    return y


def _points(
    observations: Sequence[Observation], lines: list[Lines], improvement: Improvement
) -> list[Point]:
    found = signals([o.y for o in observations], lines)
    return [
        Point(
            *observation,
            mean=line.mean,
            lower=_known(line.lower),
            upper=_known(line.upper),
            rules=signal.rules,
            type=_type(signal, improvement),
        )
        for observation, line, signal in zip(observations, lines, found, strict=True)
    ]


def _known(limit: float) -> float | None:
    return None if isnan(limit) else limit


def _type(signal: Signal, improvement: Improvement) -> PointType:
    if not signal.rules:
        return PointType.COMMON_CAUSE
    if improvement is Improvement.NEUTRAL:
        return PointType.NEUTRAL_HIGH if signal.way > 0 else PointType.NEUTRAL_LOW
    better = 1 if improvement is Improvement.INCREASE else -1
    return PointType.IMPROVEMENT if signal.way == better else PointType.CONCERN


def signals_after(chart: Chart, index: int) -> Signals:
    """Return what the points from `index` on say."""
    counted = Counter(point.type for point in chart.points[index:])
    better, worse = (
        counted[PointType.IMPROVEMENT],
        counted[PointType.CONCERN],
    )
    if better or worse:
        says = Saying.BOTH if better and worse else Saying.CONCERN if worse else Saying.IMPROVEMENT
    else:
        changed = counted[PointType.NEUTRAL_HIGH] + counted[PointType.NEUTRAL_LOW]
        says = Saying.CHANGE if changed else Saying.NOTHING
    return Signals({type: counted[type] for type in PointType}, says)


def assurance(chart: Chart, target: float) -> Assurance | None:
    """Return what the process under its last limits does to a target.

    None for a neutral series, for which no target is better to reach, and for an empty one.
    """
    if chart.improvement is Improvement.NEUTRAL or not chart.points:
        return None
    last = chart.points[-1]
    above = last.upper is not None and target > last.upper
    below = last.lower is not None and target < last.lower
    if not above and not below:
        return Assurance.INCONSISTENT
    reached = below if chart.improvement is Improvement.INCREASE else above
    return Assurance.PASS if reached else Assurance.FAIL

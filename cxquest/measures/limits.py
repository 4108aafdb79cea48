"""Where the lines of a control chart stand: centre, limits, outer thirds. Pure.

Individuals: Wheeler, Understanding Variation (1993), with large moving ranges left out once
(Nelson 1982). Shares and rates: Montgomery, Introduction to Statistical Quality Control, 7.3;
their primed forms: Laney 2002.
"""

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise, repeat
from math import fsum, nan, sqrt
from typing import NamedTuple

FACTOR = 2.66  # of the mean moving range: three standard deviations of individuals
NEAR = 2 * (FACTOR / 3)
SCREEN = 3.267  # of the mean moving range: the upper limit of moving ranges
D2 = 1.128  # the mean moving range of a standard normal variable


class Lines(NamedTuple):
    """The lines at one point; NaN where nothing is known of the spread.

    Between a `near_` line and its limit lies the outer third. Limits are kept to what the
    values can be, `near_` lines are not.
    """

    mean: float
    lower: float = nan
    upper: float = nan
    near_lower: float = nan
    near_upper: float = nan


def individuals(base: Sequence[float], *, screen: bool) -> Lines:
    """Return the lines of an XmR chart whose limits are worked out from `base`."""
    centre = mean(base)
    spread = mean_range(base, screen=screen)
    return Lines(
        centre,
        centre - FACTOR * spread,
        centre + FACTOR * spread,
        centre - NEAR * spread,
        centre + NEAR * spread,
    )


def shares(
    values: Sequence[float], sizes: Sequence[float], base: slice, *, prime: bool, screen: bool
) -> list[Lines]:
    """Return the lines of a p chart (0 to 1), or a p′ chart, at each point."""
    centre = pooled(values[base], sizes[base])
    spreads = [sqrt(max(0.0, centre * (1 - centre)) / size) for size in sizes]
    if prime:
        spreads = _widened(values, spreads, centre, base, screen=screen)
    return [_bounded(centre, spread, most=1) for spread in spreads]


def rates(
    values: Sequence[float], sizes: Sequence[float], base: slice, *, prime: bool, screen: bool
) -> list[Lines]:
    """Return the lines of a u chart (0 and more), or a u′ chart, at each point."""
    centre = pooled(values[base], sizes[base])
    spreads = [sqrt(centre / size) for size in sizes]
    if prime:
        spreads = _widened(values, spreads, centre, base, screen=screen)
    return [_bounded(centre, spread) for spread in spreads]


def mean(values: Sequence[float]) -> float:
    """Return the mean, rounded once: values that are all the same lie on it."""
    count = len(values)
    first = fsum(values) / count
    return first + fsum(chain(values, repeat(-first, count))) / count


def pooled(values: Sequence[float], sizes: Sequence[float]) -> float:
    """Return all counts over all sizes, from what each count is of its size."""
    total = fsum(sizes)
    first = fsum(value * size for value, size in zip(values, sizes, strict=True)) / total
    rest = fsum((value - first) * size for value, size in zip(values, sizes, strict=True))
    return first + rest / total


def mean_range(values: Iterable[float], *, screen: bool) -> float:
    """Return the mean moving range, NaN where there is none.

    With `screen` those that reach 3.267 times their mean are left out, once: also all of them,
    where nothing moves.
    """
    ranges = [abs(later - earlier) for earlier, later in pairwise(values)]
    if screen and ranges:
        most = SCREEN * mean(ranges)
        ranges = [one for one in ranges if one < most]
    return mean(ranges) if ranges else nan


def _widened(
    values: Sequence[float],
    spreads: Sequence[float],
    centre: float,
    base: slice,
    *,
    screen: bool,
) -> list[float]:
    """Return the spreads, times how much more the base varies than chance would have it."""
    if not all(spreads[base]):
        return [nan] * len(spreads)
    pairs = zip(values[base], spreads[base], strict=True)
    excess = mean_range(((value - centre) / spread for value, spread in pairs), screen=screen)
    return [spread * (excess / D2) for spread in spreads]


def _bounded(centre: float, spread: float, *, most: float | None = None) -> Lines:
    lower, upper = centre - 3 * spread, centre + 3 * spread
    if lower < 0:
        lower = 0.0
    if most is not None and upper > most:
        upper = float(most)
    return Lines(centre, lower, upper, centre - 2 * spread, centre + 2 * spread)

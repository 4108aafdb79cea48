"""Which points of a series are more than chance: the rules of “Making data count”. Pure.

They are those of the R package NHSRplotthedots 0.2.2, point for point.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import groupby, pairwise
from typing import NamedTuple

from cxquest.measures.limits import Lines

RUN = 7


class Rule(StrEnum):
    """What sets a point apart; the first that holds says which way it points."""

    OUTSIDE_LIMITS = "outside_limits"
    TREND = "trend"
    TWO_IN_THREE = "two_in_three"
    ONE_SIDE = "one_side"


class Signal(NamedTuple):
    """The rules that a point is part of, in their order, and its way: 1 up, -1 down, 0 none."""

    rules: tuple[Rule, ...]
    way: int


def signals(values: Sequence[float], lines: Sequence[Lines]) -> list[Signal]:
    """Return what each point of one stretch signals; nothing is seen across its ends."""
    sides = [_sign(value - line.mean) for value, line in zip(values, lines, strict=True)]
    outside = [v > line.upper or v < line.lower for v, line in zip(values, lines, strict=True)]
    close = [
        not out and (value > line.near_upper or value < line.near_lower)
        for value, line, out in zip(values, lines, outside, strict=True)
    ]
    trend = _trend(values)
    found = {
        Rule.OUTSIDE_LIMITS: outside,
        Rule.TREND: trend,
        Rule.TWO_IN_THREE: _two_in_three(close, sides),
        Rule.ONE_SIDE: _one_side(sides),
    }
    ways = _ways(values, trend)
    made = []
    for place, side in enumerate(sides):
        rules = tuple(rule for rule in Rule if found[rule][place])
        first = rules[0] if rules else None
        made.append(Signal(rules, ways[place] if first is Rule.TREND else side if first else 0))
    return made


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _steps(values: Sequence[float]) -> list[int]:
    return [_sign(later - earlier) for earlier, later in pairwise(values)]


def _trend(values: Sequence[float]) -> list[bool]:
    """Mark every point of seven or more in a row that rise, or fall; a tie ends the row."""
    found = [False] * len(values)
    for start, end in _stretches(_steps(values)):
        if end - start >= RUN - 1:
            found[start : end + 1] = [True] * (end + 1 - start)
    return found


def _one_side(sides: Sequence[int]) -> list[bool]:
    """Mark every point of seven or more in a row on one side of the mean; none lies on it."""
    found = [False] * len(sides)
    for start, end in _stretches(sides):
        if end - start >= RUN:
            found[start:end] = [True] * (end - start)
    return found


def _two_in_three(close: Sequence[bool], sides: Sequence[int]) -> list[bool]:
    """Mark the points in the outer third where it holds two of three on one side of the mean."""
    found = [False] * len(close)
    for start in range(len(close) - 2):
        three = range(start, start + 3)
        if abs(sum(sides[place] for place in three)) == 3:
            near = [place for place in three if close[place]]
            if len(near) >= 2:
                for place in near:
                    found[place] = True
    return found


def _stretches(signs: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield start and end (not included) of every stretch of the same sign, those of 0 left out."""
    start = 0
    for sign, same in groupby(signs):
        end = start + sum(1 for _one in same)
        if sign:
            yield start, end
        start = end


def _ways(values: Sequence[float], trend: Sequence[bool]) -> list[int]:
    """Return the way of each point in a trend: that of the next step, of the last where it ends.

    Where one trend touches another the step between them decides, and a tie points down, as in
    the package.
    """
    steps = _steps(values)
    ways = [0] * len(values)
    for place, part in enumerate(trend):
        if part:
            goes_on = place + 1 < len(trend) and trend[place + 1]
            ways[place] = 1 if steps[place if goes_on else place - 1] > 0 else -1
    return ways

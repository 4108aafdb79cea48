"""Whether a problem has come back: what the readings say, and what customers speak of. Pure.

One bad reading is no return, nor are two: the rule is stated, with how often it errs, in
docs/points.md under "The watch".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from cxquest.measures.attainment import Value, mean
from cxquest.themes.surges import FEWEST_COMMENTS, Count, wilson

# Readings in a row, by what one of them covers: a week of days, a month of weeks.
ENOUGH: Mapping[str, int] = {"day": 7, "week": 4, "month": 3}
WINDOW = 28  # days of comments that are taken together
HALF = Fraction(1, 2)
FEWEST, MOST_ALIKE = 4, Fraction(4, 5)
SURE = 9  # standard errors, squared, by which the mean has left the level that was proven


@dataclass(frozen=True)
class Proof:
    """What was won, from the level before to the one that was proven, and the noise before.

    `noise` is the variance of the baseline's readings, `memory` their lag 1 autocorrelation.
    """

    baseline: Decimal
    proven: Decimal
    noise: Fraction
    memory: Fraction = Fraction(0)

    def kept(self, level: Decimal) -> Fraction:
        """Return what part of the gain a level keeps: 1 all of it, 0 none, less than 0 worse."""
        won = Fraction(self.proven) - Fraction(self.baseline)
        return (Fraction(level) - Fraction(self.baseline)) / won

    def error(self, n: int) -> Fraction:
        """Return the variance of a mean of `n` readings in a row, of a noise that remembers."""
        alike = sum((Fraction(n - lag, n) * self.memory**lag for lag in range(1, n)), Fraction(0))
        return self.noise / n * (1 + 2 * alike)


@dataclass(frozen=True)
class Found:
    """The readings of a return, from the first one that is part of it; their mean."""

    values: tuple[Value, ...]
    level: Decimal

    @property
    def since(self) -> date:
        """Return the first day of the first of these readings."""
        return self.values[0].period_start


def proof(
    baseline: Decimal | None,
    target: Decimal | None,
    proven: Decimal | None,
    before: Sequence[Value],
) -> Proof | None:
    """Return what a return is judged by; None where nothing was won, or nothing is known.

    What went beyond the target is not held against the team, and without a level that was
    proven (an outcome of earlier days) the target stands for it.
    """
    if baseline is None or target is None or baseline == target:
        return None
    level = target if proven is None else proven
    better = min if target > baseline else max
    level = better(level, target)
    if level == baseline or (level > baseline) is not (target > baseline):
        return None
    return Proof(baseline, level, *_noise(before))


def returned(values: Sequence[Value], known: Proof, enough: int) -> Found | None:
    """Return the readings that show a return; None while they show none.

    `values` are those since the outcome, oldest first. The problem is back when the last
    `enough` of them each keep less than half of what was won, and their mean lies more than
    three standard errors from the level that was proven, by the noise there was before.
    """
    last = values[-enough:]
    if len(last) < enough or any(known.kept(one.value) >= HALF for one in last):
        return None
    off = Fraction(mean(last)) - Fraction(known.proven)
    if off * off <= SURE * known.error(enough):
        return None
    run = tuple(reversed(list(_run(values, known))))
    return Found(run, mean(run))


def speak_again(before: Count, after: Count, now: Count) -> bool:
    """Whether customers speak of the problem as they did `before` it was solved, and not by chance.

    Each is a number of comments about the theme, and of all comments, at least 30: before the
    change, in the weeks in which the outcome was proven, and now.
    """
    if any(n < FEWEST_COMMENTS for _tagged, n in (before, after, now)):
        return False
    if Fraction(*now) < Fraction(*before):
        return False
    return wilson(*now)[0] > wilson(*after)[1]


def _run(values: Sequence[Value], known: Proof) -> Iterator[Value]:
    """Yield the latest readings that keep less than half of what was won, newest first."""
    for one in reversed(values):
        if known.kept(one.value) >= HALF:
            return
        yield one


def _noise(values: Sequence[Value]) -> tuple[Fraction, Fraction]:
    """Return the variance of readings, and their lag 1 autocorrelation, from 0 to MOST_ALIKE.

    Of few readings it comes out too small by about (1 + 4 r) / n (Kendall 1954); that is added.
    """
    n = len(values)
    if n < FEWEST:
        return Fraction(0), Fraction(0)
    middle = sum((Fraction(one.value) for one in values), Fraction(0)) / n
    off = [Fraction(one.value) - middle for one in values]
    squares = sum((one * one for one in off), Fraction(0))
    if not squares:
        return Fraction(0), Fraction(0)
    alike = sum((one * other for one, other in pairwise(off)), Fraction(0)) / squares
    alike += (1 + 4 * alike) / n
    memory = min(max(alike, Fraction(0)), MOST_ALIKE).limit_denominator(1000)
    return squares / (n - 1), memory

"""Ranks and the fair comparison of departments of different size."""

from collections.abc import Sequence
from fractions import Fraction


def ranks(scores: Sequence[int | Fraction]) -> list[int]:
    """Return the competition rank of each score, in the order given: 1 + number of better ones.

    Equal scores share a rank: 40, 30, 30, 10 gives 1, 2, 2, 4.
    """
    first: dict[int | Fraction, int] = {}
    for place, value in enumerate(sorted(scores, reverse=True), start=1):
        first.setdefault(value, place)
    return [first[value] for value in scores]


def shrunken_mean(total: int, people: int, mean: Fraction, k: int = 10) -> Fraction:
    """Return (Σ + k · mean) / (n + k): a small department's mean is drawn towards everyone's.

    `mean` is the mean over all people of the organisation.
    """
    return Fraction(total + k * mean) / (people + k)

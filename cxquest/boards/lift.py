"""How much departments work together, against what chance would give.

In a quest, each department has a share of the accepted work. Two departments worked together
in it as much as two pieces of its work, drawn at random, would be one from each: the product of
their shares. Chance is the same product of their shares of all quests: what would be seen if
every quest were mixed as the whole is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import fsum

LEAST_QUESTS = 3
LEAST_EXPECTED = 1.0
MUCH, LITTLE = 1.25, 0.8

Shares = Mapping[int, float]


class Together(StrEnum):
    """How two departments work together, in a word."""

    MORE = "more_than_chance"
    CHANCE = "as_chance"
    LESS = "less_than_chance"
    FEW = "too_few"


@dataclass(frozen=True)
class Pair:
    """Two departments: the quests that both worked on, their work together, what chance gives."""

    first: int
    second: int
    quests: int
    observed: float
    expected: float

    @property
    def lift(self) -> float:
        """What was seen over what chance gives."""
        return self.observed / self.expected if self.expected else 0.0

    @property
    def together(self) -> Together:
        """The lift in a word.

        Too few: fewer than three quests together, where chance alone would not give one either.
        """
        if self.quests < LEAST_QUESTS and self.expected < LEAST_EXPECTED:
            return Together.FEW
        if self.lift >= MUCH:
            return Together.MORE
        return Together.LESS if self.lift < LITTLE else Together.CHANCE


def pairs(quests: Iterable[Mapping[int, int]]) -> dict[tuple[int, int], Pair]:
    """Return every pair of the departments in `quests`, the smaller id first.

    A quest is the size of each department's accepted work. Sums are exact before they are
    rounded, so the order of the quests makes no difference.
    """
    shares = [_shares(quest) for quest in quests if sum(quest.values()) > 0]
    departments = sorted({department for quest in shares for department in quest})
    margin = {d: fsum(quest.get(d, 0.0) for quest in shares) for d in departments}
    return {
        (a, b): Pair(
            a,
            b,
            sum(a in quest and b in quest for quest in shares),
            fsum(quest.get(a, 0.0) * quest.get(b, 0.0) for quest in shares),
            margin[a] * margin[b] / len(shares),
        )
        for a, b in combinations(departments, 2)
    }


def _shares(quest: Mapping[int, int]) -> Shares:
    total = sum(quest.values())
    return {department: size / total for department, size in quest.items() if size > 0}

"""Closed rings of kudos: a few people who mostly thank one another. It finds; it never judges.

The definition is one for all sizes. People form a ring when a cycle of ties leads through all
of them and each of them gives more than two thirds of what they give to the others in it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

# How many kudos each giver gave each receiver.
Counts = Mapping[tuple[int, int], int]
Ties = Mapping[int, frozenset[int]]

LARGEST = 5  # people in a ring
LEAST = 3  # kudos that make a tie
SLIGHTEST = Fraction(1, 8)  # of what its giver gave; so nobody has more than eight ties
MOSTLY = Fraction(2, 3)  # in a team of seven who thank all alike, no five are a ring


@dataclass(frozen=True)
class Ring:
    """People who mostly thank one another: of `given` kudos of theirs, `inside` stayed."""

    members: tuple[int, ...]
    inside: int
    given: int

    @property
    def share(self) -> Fraction:
        """The part of their kudos that stayed."""
        return Fraction(self.inside, self.given)


def rings(counts: Counts) -> list[Ring]:
    """Return the closed rings of two to five people, the most closed first.

    A ring that is part of a larger one is left out.
    """
    kept = {(a, b): n for (a, b), n in counts.items() if a != b and n > 0}
    given: dict[int, int] = defaultdict(int)
    for (giver, _receiver), n in kept.items():
        given[giver] += n
    closed = {
        people
        for people in map(frozenset, _cycles(_ties(kept, given)))
        if all(_inside(kept, one, people) > MOSTLY * given[one] for one in people)
    }
    found = [
        _ring(kept, given, people)
        for people in closed
        if not any(people < other for other in closed)
    ]
    return sorted(found, key=lambda ring: (-ring.share, -ring.inside, ring.members))


def _ring(kept: Counts, given: Mapping[int, int], people: frozenset[int]) -> Ring:
    inside = sum(_inside(kept, one, people) for one in people)
    return Ring(tuple(sorted(people)), inside, sum(given[one] for one in people))


def _inside(kept: Counts, giver: int, people: frozenset[int]) -> int:
    return sum(kept.get((giver, other), 0) for other in people)


def _ties(kept: Counts, given: Mapping[int, int]) -> Ties:
    ties: dict[int, set[int]] = defaultdict(set)
    for (giver, receiver), n in kept.items():
        if n >= LEAST and n >= SLIGHTEST * given[giver]:
            ties[giver].add(receiver)
    return {giver: frozenset(receivers) for giver, receivers in ties.items()}


def _cycles(ties: Ties) -> Iterator[tuple[int, ...]]:
    """Yield every cycle of at most LARGEST people once, from the smallest of its numbers on."""
    paths: list[tuple[int, ...]] = [(start,) for start in ties]
    while paths:
        path = paths.pop()
        onward = ties.get(path[-1], frozenset())
        if len(path) > 1 and path[0] in onward:
            yield path
        if len(path) < LARGEST:
            paths += [(*path, to) for to in onward if to > path[0] and to not in path]

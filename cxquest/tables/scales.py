"""Rating scales seen in the numbers of a column: one, or two that were mixed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

MIXED = ((5, 10), (5, 100), (10, 100))  # that come mixed: stars, school marks, percents
FEW = 0.1  # of the ratings, at most, are told by the larger scale
RARER = 4  # times, on average, than a step of the smaller one
MOST_STEPS = 101


@dataclass(frozen=True)
class Part:
    """A scale by its ends, and how many numbers are told by it."""

    low: Decimal
    high: Decimal
    count: int

    def as_json(self) -> dict[str, str | int]:
        """Return the ends as texts, exact."""
        return {"low": str(self.low), "high": str(self.high), "count": self.count}


def scales(values: Mapping[Decimal, int]) -> list[Part]:
    """Return the scale of the numbers; two where few of them lie beyond the scale of most.

    Empty where they are no ratings: below nought, over a hundred, or of too many steps.
    """
    if not values or min(values) < 0 or max(values) > 100 or len(values) > MOST_STEPS:
        return []
    low, high, total = min(values), max(values), sum(values.values())
    for small, large in MIXED:
        beyond = [often for value, often in values.items() if value > small]
        if small < high <= large and _are_few(beyond, total - sum(beyond), len(values)):
            smaller = Part(low, Decimal(small), total - sum(beyond))
            return [smaller, Part(low, Decimal(large), sum(beyond))]
    return [Part(low, high, total)]


def _are_few(beyond: Sequence[int], within: int, steps: int) -> bool:
    usual = within / max(1, steps - len(beyond))
    return sum(beyond) <= FEW * within and sum(beyond) * RARER <= usual * len(beyond)

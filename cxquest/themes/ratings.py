"""Averages of ratings, one for each scale; scales that differ are never averaged together. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cxquest.core.errors import marked as _

DIFFERENT = _(
    "There is no average over all of them: they are on different scales, and a 4 of 5 is not "
    "a 4 of 10."
)


@dataclass(frozen=True)
class Rated:
    """Ratings of one question of a source, on one scale: how many, and their sum."""

    source: str
    question: str
    low: Decimal
    high: Decimal
    best_is_high: bool
    n: int
    total: Decimal

    @property
    def mean(self) -> Decimal:
        """Return their average, on their own scale."""
        return self.total / self.n

    @property
    def scale(self) -> tuple[Decimal, Decimal, bool]:
        """Return the ends of the scale, and whether the highest is best."""
        return self.low, self.high, self.best_is_high


def overall(rated: Sequence[Rated]) -> Decimal | None:
    """Return the average of all, None where their scales differ or where there are none."""
    if len({one.scale for one in rated}) != 1:
        return None
    return sum((one.total for one in rated), Decimal(0)) / sum(one.n for one in rated)

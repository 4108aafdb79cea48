"""What readings say of a metric: its effective values, its baseline, where it stands now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

FRESH_READINGS = 4
BASELINE_READINGS = 4
SIDE_OBSERVATIONS = 30


@dataclass(frozen=True)
class Value:
    """The value that counts for a period: the last correction, or the first entry."""

    id: int
    period_start: date
    value: Decimal
    n: int | None
    corrected: bool = False


def mean(values: Sequence[Value]) -> Decimal:
    """Return the mean to four places. Raises ValueError when there is nothing to average."""
    if not values:
        raise ValueError("no values")
    total = sum((Fraction(v.value) for v in values), Fraction(0)) / len(values)
    return (Decimal(total.numerator) / Decimal(total.denominator)).quantize(Decimal("0.0001"))


def within(values: Sequence[Value], first: date, last: date) -> list[Value]:
    """Return the values whose period starts from `first` to `last`, both included."""
    return [v for v in values if first <= v.period_start <= last]


def fresh(values: Sequence[Value], after: date) -> list[Value]:
    """Return the values whose period starts on or after the day of the change."""
    return [v for v in values if v.period_start >= after]


def observed(values: Sequence[Value], after: date) -> Decimal | None:
    """Return the mean of the last FRESH_READINGS values after the change, None if fewer."""
    latest = fresh(values, after)[-FRESH_READINGS:]
    return mean(latest) if len(latest) == FRESH_READINGS else None


@dataclass(frozen=True)
class Standing:
    """Where a metric stands, as its analysis holds it: `fresh` readings since the change, their
    `observed` level, None before there are enough, and its `last` value of `n`.
    """

    n: int = 0
    last: Decimal | None = None
    last_on: date | None = None
    fresh: int = 0
    observed: Decimal | None = None


def standing(analysis: Mapping[str, Any]) -> Standing:
    """Return where a metric stands by its analysis."""
    if not analysis:
        return Standing()
    seen = analysis.get("observed")
    return Standing(
        analysis["n"],
        Decimal(analysis["last"]),
        date.fromisoformat(analysis["last_on"]),
        analysis.get("fresh", 0),
        None if seen is None else Decimal(seen),
    )

"""Shares and rates: so many cases out of so many, said per one, per hundred, per thousand. Pure."""

from decimal import Decimal
from fractions import Fraction

PLACES = Decimal("0.0001")
MOST = Decimal("999999999999.9999")  # a figure has at most 12 digits
MOST_N = 2_000_000_000


def value_of(count: Decimal | int, n: int, per: int) -> Decimal:
    """Return how many there are per `per`, with the four decimals that are kept.

    Raises ZeroDivisionError where there are none to count out of.
    """
    exact = Fraction(count) * per / n
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(PLACES)


def count_of(value: Decimal, n: int, per: int) -> int:
    """Return the whole number of cases that a value stands for."""
    return round(Fraction(value) * n / per)

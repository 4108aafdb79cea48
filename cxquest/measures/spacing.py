"""How far apart the readings of a series lie, counted in its own periods. Pure."""

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from statistics import median_low

MONTH = 28  # days that readings of different months lie apart at least, usually


def positions(days: Sequence[date]) -> list[int]:
    """Return the number of each period, the first being 0; a gap leaves numbers out.

    `days` are in order and different. Readings about a month apart or more, none two in one
    month, count in months (or in quarters, or years), others in their usual distance.
    """
    apart = [(later - earlier).days for earlier, later in pairwise(days)]
    if not apart:
        return [0] * len(days)
    months = [day.year * 12 + day.month for day in days]
    if median_low(apart) >= MONTH and len(set(months)) == len(months):
        step = math.gcd(*(month - months[0] for month in months))
        return [(month - months[0]) // step for month in months]
    return _counted(days, median_low(apart)) or _counted(days, min(apart))


def _counted(days: Sequence[date], step: int) -> list[int]:
    """Return the places in steps of so many days, none at all where two fall together."""
    places = [math.floor((day - days[0]).days / step + 0.5) for day in days]
    return places if len(set(places)) == len(places) else []

"""Periods: to which one a day belongs, and when the next reading is late."""

from calendar import monthrange
from datetime import date, timedelta

from cxquest.measures.models import Period

# Days after the end of a period until its reading is late.
GRACE = {Period.DAY: 2, Period.WEEK: 3, Period.MONTH: 7}


def start_of(day: date, period: Period) -> date:
    """Return the first day of the period: the day itself, its Monday, or the first of its month."""
    if period is Period.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period is Period.MONTH else day


def end_of(start: date, period: Period) -> date:
    """Return the last day of the period that begins on `start`."""
    if period is Period.WEEK:
        return start + timedelta(days=6)
    if period is Period.MONTH:
        return start.replace(day=monthrange(start.year, start.month)[1])
    return start


def due_on(last_start: date, period: Period) -> date:
    """Return the day by which the reading of the period after this one is there."""
    following = end_of(last_start, period) + timedelta(days=1)
    return end_of(following, period) + timedelta(days=GRACE[period])


def is_stale(last_start: date, period: Period, today: date) -> bool:
    """Whether the reading that should follow the last one is late."""
    return today > due_on(last_start, period)

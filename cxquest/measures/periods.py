"""Periods: to which one a day belongs."""

from calendar import monthrange
from datetime import date, timedelta

from cxquest.measures.models import Period


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

"""Periods: to which one a day belongs."""

from datetime import date, timedelta

from cxquest.measures.models import Period


def start_of(day: date, period: Period) -> date:
    """Return the first day of the period: the day itself, its Monday, or the first of its month."""
    if period is Period.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period is Period.MONTH else day

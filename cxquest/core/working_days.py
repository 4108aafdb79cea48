"""Working days, Monday to Friday, by which answers are due."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SATURDAY = 5


def due(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the instant in UTC at which the `days`-th working day after that of `at` ends.

    Days begin and end at midnight in `zone`; the day of asking does not count.
    """
    last = after(at.astimezone(zone).date(), days)
    return datetime.combine(last + DAY, time(), tzinfo=zone).astimezone(UTC)


def after(day: date, days: int) -> date:
    """Return the `days`-th working day after `day`."""
    for _ in range(days):
        day += DAY
        while day.weekday() >= SATURDAY:
            day += DAY
    return day

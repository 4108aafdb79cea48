"""The time zones that people can choose: those that every part of the product knows."""

from collections.abc import Sequence
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import get_timezone

UTC = "UTC"


@cache
def names() -> Sequence[str]:
    """Return the names of the zones of places, and UTC, in order."""
    return sorted(name for name in available_timezones() if is_zone(name))


def is_zone(name: str) -> bool:
    """Whether `name` is a zone that clock, calendar and formatting all know."""
    if name != UTC and "/" not in name:
        return False
    try:
        ZoneInfo(name)
        get_timezone(name)
    except (LookupError, ValueError, OSError):
        return False
    return True

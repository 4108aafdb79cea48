"""Seasons: calendar quarters in the organisation's time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Span:
    """A season's name and its instants in UTC; the first belongs to it, the last does not."""

    name: str
    starts_at: datetime
    ends_at: datetime


def quarter_of(at: datetime, zone: ZoneInfo) -> Span:
    """Return the quarter in which `at` lies for people who live in `zone`."""
    local = at.astimezone(zone)
    quarter = (local.month - 1) // 3
    start = date(local.year, 3 * quarter + 1, 1)
    end = date(local.year + (quarter == 3), 1 if quarter == 3 else 3 * quarter + 4, 1)
    return Span(f"{local.year}-Q{quarter + 1}", _midnight(start, zone), _midnight(end, zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)

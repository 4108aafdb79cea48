"""Seasons, weeks and days as spans of instants: fiscal quarters unless a season was declared.

Every instant lies in exactly one season, one week and one day of the organisation, also where
daylight saving makes a day of 23 or 25 hours, or leaves midnight out.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from string import ascii_lowercase
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SHORTEST = timedelta(weeks=4)
LONGEST = timedelta(weeks=53)
SETTLES = 14  # days from the end of a season to its seal


@dataclass(frozen=True)
class Span:
    """A season's name and its instants in UTC; the first belongs to it, the last does not."""

    name: str
    starts_at: datetime
    ends_at: datetime

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.starts_at <= at < self.ends_at


class SeasonState(StrEnum):
    """How far a season is."""

    TO_COME = "to_come"
    RUNNING = "running"
    SETTLING = "settling"
    SETTLED = "settled"
    SEALED = "sealed"


Named = tuple[str, date, date]  # its name, its first day, the day after its last one


def quarter_of(at: datetime, zone: ZoneInfo, fiscal_month: int = 1) -> Span:
    """Return the quarter of the fiscal year in which `at` lies for people who live in `zone`.

    The year begins in `fiscal_month`, and is named after both calendar years that it touches.
    """
    return _holding(at, zone, lambda day: _span(_quarter(day, fiscal_month), zone))


def week_of(at: datetime, zone: ZoneInfo) -> Span:
    """Return the ISO week, Monday to Sunday, in which `at` lies for people who live in `zone`."""
    return _holding(at, zone, lambda day: _week_of(day, zone))


def day_of(at: datetime, zone: ZoneInfo) -> Span:
    """Return the day in which `at` lies for people who live in `zone`."""
    return _holding(at, zone, lambda day: _whole_day(day, zone))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant in UTC at which a day begins: the first one where there are two."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def span_at(at: datetime, zone: ZoneInfo, fiscal_month: int, stored: Sequence[Span]) -> Span:
    """Return the stored season in which `at` lies; else what no stored one holds of its quarter."""
    known = next((span for span in stored if span.holds(at)), None)
    if known:
        return known
    before = max((span.ends_at for span in stored if span.ends_at <= at), default=None)
    after = min((span.starts_at for span in stored if span.starts_at > at), default=None)
    quarter = _quarter_between(at, zone, fiscal_month, before, after)
    part = clipped(quarter, before, after)
    return replace(part, name=_free_name(part, quarter, {span.name for span in stored}))


def _quarter_between(
    at: datetime, zone: ZoneInfo, month: int, before: datetime | None, after: datetime | None
) -> Span:
    """Return the quarter of `at`, or the next one where too little is left of it for a season."""
    span = quarter_of(at, zone, month)
    if before and span.ends_at < before + SHORTEST:
        return quarter_of(span.ends_at, zone, month)
    if after and span.starts_at > after - SHORTEST:
        return quarter_of(span.starts_at - timedelta.resolution, zone, month)
    return span


def clipped(span: Span, before: datetime | None, after: datetime | None) -> Span:
    """Return `span` between the seasons that end at `before` and begin at `after`.

    It overlaps neither. Where less than the shortest season would be left between one of them
    and the span, it reaches up to that one, so that no instant is left without a season.
    """
    start, end = span.starts_at, span.ends_at
    if before and start < before + SHORTEST:
        start = before
    if after and end > after - SHORTEST:
        end = after
    return replace(span, starts_at=start, ends_at=end)


def _free_name(part: Span, quarter: Span, taken: Collection[str]) -> str:
    """Return the quarter's name; with a letter for what is left of one, or where it is taken."""
    whole = part.starts_at - quarter.starts_at < DAY and quarter.ends_at - part.ends_at < DAY
    if whole and quarter.name not in taken:
        return quarter.name
    letters = (f"{quarter.name}-{letter}" for letter in ascii_lowercase[1:])
    return next(name for name in letters if name not in taken)


def seals_from(ends_at: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant from which a season that ended at `ends_at` may be sealed: a midnight."""
    return midnight(ends_at.astimezone(zone).date() + SETTLES * DAY, zone)


def state_of(span: Span, at: datetime, zone: ZoneInfo, *, sealed: bool) -> SeasonState:
    """Return how far a season is at an instant."""
    if sealed:
        return SeasonState.SEALED
    if at < span.starts_at:
        return SeasonState.TO_COME
    if at < span.ends_at:
        return SeasonState.RUNNING
    return SeasonState.SETTLING if at < seals_from(span.ends_at, zone) else SeasonState.SETTLED


def first_day(span: Span, zone: ZoneInfo) -> date:
    """Return the day on which a season begins in `zone`."""
    return span.starts_at.astimezone(zone).date()


def last_day(span: Span, zone: ZoneInfo) -> date:
    """Return the last day of a season in `zone`."""
    return (span.ends_at - timedelta.resolution).astimezone(zone).date()


def _holding(at: datetime, zone: ZoneInfo, period: Callable[[date], Span]) -> Span:
    """Return the period that holds `at`: that of its local day, or of the day beside it.

    The day beside it where a clock that is put back repeats the end of a day after midnight.
    """
    day = at.astimezone(zone).date()
    today = period(day)
    if today.holds(at):
        return today
    spans = (period(day + shift * DAY) for shift in (1, -1))
    return next(span for span in spans if span.holds(at))


# Replaying history asks for the same days and weeks again and again.
@lru_cache(maxsize=1024)
def _whole_day(day: date, zone: ZoneInfo) -> Span:
    return _span((day.isoformat(), day, day + DAY), zone)


@lru_cache(maxsize=1024)
def _week_of(day: date, zone: ZoneInfo) -> Span:
    return _span(_week(day), zone)


def _span(named: Named, zone: ZoneInfo) -> Span:
    name, first, end = named
    return Span(name, midnight(first, zone), midnight(end, zone))


def _quarter(day: date, fiscal_month: int) -> Named:
    into = (day.month - fiscal_month) % 12
    year = day.year - (day.month < fiscal_month)
    quarter = into // 3
    first = _month(year, fiscal_month + 3 * quarter)
    end = _month(year, fiscal_month + 3 * quarter + 3)
    names = str(year) if fiscal_month == 1 else f"FY{year}/{(year + 1) % 100:02}"
    return f"{names}-Q{quarter + 1}", first, end


def _month(year: int, number: int) -> date:
    """Return the first day of a month; number 13 is January of the year after."""
    return date(year + (number - 1) // 12, (number - 1) % 12 + 1, 1)


def _week(day: date) -> Named:
    year, week, weekday = day.isocalendar()
    monday = day - (weekday - 1) * DAY
    return f"{year}-W{week:02}", monday, monday + 7 * DAY

"""P16: every instant lies in exactly one season, week and day, daylight saving included."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cxquest.rewards import seasons
from cxquest.rewards.seasons import (
    SHORTEST,
    SeasonState,
    Span,
    clipped,
    day_of,
    midnight,
    quarter_of,
    seals_from,
    span_at,
    state_of,
    week_of,
)

ODD = (
    "UTC",
    "Europe/Oslo",
    "America/Santiago",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "America/Havana",
)
OSLO = ZoneInfo("Europe/Oslo")
zones = st.sampled_from([ZoneInfo(name) for name in ODD])
# Hypothesis wants the bounds without a zone, and adds it itself.
instants = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
months = st.integers(1, 12)
TICK = timedelta(microseconds=1)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def shifts(zone: ZoneInfo) -> list[datetime]:
    """Return the hours in whose course a zone's clocks were put forward or back."""
    hours = [at(2006, 1, 1) + timedelta(hours=n) for n in range(24 * 365 * 8)]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    return [h for h, (a, b) in zip(hours, pairwise(offsets), strict=False) if a != b]


def partitions(period: Callable[[datetime], Span], instant: datetime) -> Span:
    """Check that one span holds an instant, and that its neighbours begin and end with it."""
    span = period(instant)
    assert span.starts_at <= instant < span.ends_at
    for inside in (span.starts_at, span.ends_at - TICK):
        assert period(inside) == span
    following, before = period(span.ends_at), period(span.starts_at - TICK)
    assert following.starts_at == span.ends_at
    assert before.ends_at == span.starts_at
    assert len({before.name, span.name, following.name}) == 3
    return span


@given(instants, zones, months)
def test_p16_an_instant_lies_in_one_season_one_week_and_one_day(
    instant: datetime, zone: ZoneInfo, month: int
) -> None:
    quarter = partitions(lambda x: quarter_of(x, zone, month), instant)
    week = partitions(lambda x: week_of(x, zone), instant)
    day = partitions(lambda x: day_of(x, zone), instant)
    assert 88 < (quarter.ends_at - quarter.starts_at) / timedelta(days=1) < 93
    assert timedelta(hours=5 * 24) < week.ends_at - week.starts_at < timedelta(hours=8 * 24)
    assert week.starts_at <= day.starts_at < day.ends_at <= week.ends_at
    assert quarter.starts_at <= day.starts_at < day.ends_at <= quarter.ends_at


@pytest.mark.parametrize("name", ODD)
def test_p16_also_where_the_clocks_are_put_forward_or_back(name: str) -> None:
    zone = ZoneInfo(name)
    for hour in shifts(zone):
        for minutes in range(-90, 120, 15):
            instant = hour + timedelta(minutes=minutes)
            partitions(lambda x: day_of(x, zone), instant)
            partitions(lambda x: week_of(x, zone), instant)
            partitions(lambda x: quarter_of(x, zone, 4), instant)


def test_a_day_has_23_24_or_25_hours_and_one_was_left_out_in_apia() -> None:
    def hours(instant: datetime, zone: str) -> float:
        day = day_of(instant, ZoneInfo(zone))
        return (day.ends_at - day.starts_at) / timedelta(hours=1)

    assert hours(at(2026, 3, 29, 12), "Europe/Oslo") == 23
    assert hours(at(2026, 6, 29, 12), "Europe/Oslo") == 24
    assert hours(at(2026, 10, 25, 12), "Europe/Oslo") == 25
    assert hours(at(2026, 4, 4, 20), "Australia/Lord_Howe") == 24.5
    assert hours(at(2026, 9, 6, 12), "America/Santiago") == 23  # it has no midnight
    before, after = at(2011, 12, 30, 9, 59), at(2011, 12, 30, 10)
    apia = ZoneInfo("Pacific/Apia")
    assert (day_of(before, apia).name, day_of(after, apia).name) == ("2011-12-29", "2011-12-31")


@pytest.mark.parametrize(
    ("month", "day", "name", "first"),
    [
        (1, (2026, 11, 22), "2026-Q4", (2026, 9, 30, 22)),
        (1, (2026, 1, 1), "2026-Q1", (2025, 12, 31, 23)),
        (4, (2026, 7, 1), "FY2026/27-Q2", (2026, 6, 30, 22)),
        (4, (2026, 3, 31), "FY2025/26-Q4", (2025, 12, 31, 23)),
        (10, (2099, 11, 1), "FY2099/00-Q1", (2099, 9, 30, 22)),
        (12, (2026, 2, 10), "FY2025/26-Q1", (2025, 11, 30, 23)),
    ],
)
def test_a_quarter_is_named_after_its_fiscal_year(
    month: int, day: tuple[int, ...], name: str, first: tuple[int, ...]
) -> None:
    span = quarter_of(at(*day), OSLO, month)
    assert (span.name, span.starts_at) == (name, at(*first))


def test_a_week_is_named_as_iso_does() -> None:
    assert week_of(at(2027, 1, 3, 12), OSLO).name == "2026-W53"
    assert week_of(at(2026, 11, 22, 12), OSLO).starts_at == at(2026, 11, 15, 23)


Asked = tuple[datetime, ZoneInfo, int]


@given(st.lists(st.tuples(instants, zones, months), max_size=12))
@example([(at(2026, 9, 30, 12), OSLO, 1), (at(2026, 10, 1, 1), ZoneInfo("America/Havana"), 1)])
def test_stored_seasons_never_overlap_and_leave_no_gap_whatever_was_set_when(
    asked: list[Asked],
) -> None:
    """Seasons are stored as they are asked for, under zones and fiscal years that change."""
    stored: list[Span] = []
    for instant, zone, month in asked:
        span = span_at(instant, zone, month, stored)
        assert span.starts_at <= instant < span.ends_at
        if span not in stored:
            stored.append(span)
        assert span_at(instant, OSLO, 1, stored) == span  # what is stored stays
    in_order = sorted(stored, key=lambda span: span.starts_at)
    for one, following in pairwise(in_order):
        assert one.ends_at <= following.starts_at
    assert len({span.name for span in stored}) == len(stored)
    for span in stored:
        assert span_at(span.ends_at, OSLO, 4, stored).starts_at == span.ends_at
        assert span_at(span.starts_at - TICK, OSLO, 4, stored).ends_at == span.starts_at


@given(instants, zones, months, st.lists(instants, max_size=5))
def test_in_what_order_seasons_are_first_used_changes_none_of_them(
    instant: datetime, zone: ZoneInfo, month: int, others: list[datetime]
) -> None:
    stored = [Span("Declared", at(2020, 2, 10), at(2020, 9, 1))]
    alone = span_at(instant, zone, month, stored)
    for other in others:
        span = span_at(other, zone, month, stored)
        stored += [] if span in stored else [span]
    after = span_at(instant, zone, month, stored)
    assert (after.starts_at, after.ends_at) == (alone.starts_at, alone.ends_at)


def test_what_a_declared_season_leaves_of_a_quarter_gets_a_letter() -> None:
    push = Span("Spring push", at(2026, 1, 31, 23), at(2026, 5, 31, 22))
    rest = span_at(at(2026, 6, 10), OSLO, 1, [push])
    assert rest == Span("2026-Q2-b", push.ends_at, at(2026, 6, 30, 22))
    january = span_at(at(2026, 1, 10), OSLO, 1, [push])
    assert january == Span("2026-Q1-b", at(2025, 12, 31, 23), push.starts_at)


def test_a_rest_shorter_than_a_season_goes_with_its_neighbour() -> None:
    push = Span("Spring push", at(2026, 1, 31, 23), at(2026, 6, 20, 22))
    summer = span_at(at(2026, 6, 25), OSLO, 1, [push])
    assert summer == Span("2026-Q3", push.ends_at, at(2026, 9, 30, 22))
    assert span_at(at(2026, 8, 1), OSLO, 1, [push]) == summer


def test_a_name_that_is_taken_gets_a_letter_too() -> None:
    april = quarter_of(at(2026, 4, 10), OSLO, 4)
    july = span_at(at(2026, 7, 10), OSLO, 7, [april])
    assert (april.name, july.name) == ("FY2026/27-Q1", "FY2026/27-Q1-b")


@given(instants, st.integers(0, 120), st.integers(0, 120))
def test_what_is_clipped_lies_between_its_neighbours(
    instant: datetime, before: int, after: int
) -> None:
    span = quarter_of(instant, OSLO)
    least, most = instant - timedelta(days=before), instant + timedelta(days=after, seconds=1)
    part = clipped(span, least, most)
    assert least <= part.starts_at <= instant < part.ends_at <= most
    assert part.starts_at in (least, span.starts_at)
    assert part.ends_at in (most, span.ends_at)
    assert part.starts_at == least or part.starts_at >= least + SHORTEST
    assert clipped(span, None, None) == span


def test_a_season_settles_to_a_midnight_14_days_on_and_then_is_sealed() -> None:
    span = quarter_of(at(2026, 3, 2), OSLO)
    settled = seals_from(span.ends_at, OSLO)
    assert settled == midnight(date(2026, 4, 15), OSLO) == at(2026, 4, 14, 22)
    states = [
        state_of(span, instant, OSLO, sealed=False)
        for instant in (
            span.starts_at - TICK,
            span.starts_at,
            span.ends_at,
            settled - TICK,
            settled,
        )
    ]
    assert states == [*list(SeasonState)[:3], SeasonState.SETTLING, SeasonState.SETTLED]
    assert state_of(span, settled, OSLO, sealed=True) is SeasonState.SEALED
    assert seasons.first_day(span, OSLO) == date(2026, 1, 1)
    assert seasons.last_day(span, OSLO) == date(2026, 3, 31)

"""Working days: what is due, in which zone, also where the clocks are changed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.core.working_days import after, due

OSLO = ZoneInfo("Europe/Oslo")
zones = st.sampled_from(
    [OSLO, ZoneInfo("UTC"), ZoneInfo("Africa/Cairo"), ZoneInfo("Pacific/Auckland")]
)
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
instants = st.timedeltas(timedelta(0), timedelta(days=3650)).map(lambda more: FIRST + more)
days = st.integers(1, 15)


def working(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("asked", "ends"),
    [
        ("2026-03-02T10:00", "2026-03-09"),  # a Monday: the Monday after
        ("2026-03-06T23:30", "2026-03-13"),
        ("2026-03-07T12:00", "2026-03-13"),  # a Saturday: the Friday after
        ("2026-03-08T12:00", "2026-03-13"),
    ],
)
def test_five_working_days(asked: str, ends: str) -> None:
    at = datetime.fromisoformat(asked).replace(tzinfo=OSLO)
    end = due(at, 5, OSLO).astimezone(OSLO)
    assert end == datetime.fromisoformat(ends).replace(tzinfo=OSLO) + timedelta(days=1)


def test_a_day_of_23_hours_ends_at_its_midnight() -> None:
    """Clocks go forward on Sunday the 29th: two days after this Friday's are 47 hours."""
    friday = datetime(2026, 3, 27, 0, 0, tzinfo=OSLO)
    assert due(friday, 1, OSLO) - friday.astimezone(UTC) == timedelta(days=4, hours=-1)


@given(instants, days, zones)
def test_it_ends_with_a_working_day_of_the_zone(at: datetime, n: int, zone: ZoneInfo) -> None:
    end = due(at, n, zone)
    assert end > at
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    assert working(last)
    first = at.astimezone(zone).date()
    between = [first + timedelta(days=d) for d in range(1, (last - first).days + 1)]
    assert sum(working(day) for day in between) == n


@given(instants, days, zones, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_later_is_never_sooner(at: datetime, n: int, zone: ZoneInfo, more: timedelta) -> None:
    assert due(at, n, zone) <= due(at + more, n, zone)
    assert due(at, n, zone) < due(at, n + 1, zone)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), days, days)
def test_days_add_up(day: date, a: int, b: int) -> None:
    assert after(after(day, a), b) == after(day, a + b)

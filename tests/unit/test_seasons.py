"""Every instant lies in exactly one season, daylight saving included."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from cxquest.rewards.seasons import quarter_of

ZONES = [
    ZoneInfo(name) for name in ("UTC", "Europe/Copenhagen", "America/Sao_Paulo", "Pacific/Apia")
]
instants = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(instants, st.sampled_from(ZONES))
def test_an_instant_lies_in_one_season_and_the_next_begins_where_it_ends(
    at: datetime, zone: ZoneInfo
) -> None:
    span = quarter_of(at, zone)
    assert span.starts_at <= at < span.ends_at
    following = quarter_of(span.ends_at, zone)
    assert following.starts_at == span.ends_at
    assert quarter_of(span.ends_at - timedelta(microseconds=1), zone) == span
    assert following.name != span.name


def test_a_quarter_begins_at_midnight_where_people_live() -> None:
    span = quarter_of(datetime(2026, 11, 22, tzinfo=UTC), ZoneInfo("Europe/Copenhagen"))
    assert span.name == "2026-Q4"
    assert span.starts_at == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert span.ends_at == datetime(2026, 12, 31, 23, tzinfo=UTC)

"""The token of a customer's form, and the mark that stands for a network."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.surveys import limiting, tokens

AT = datetime(2026, 3, 2, 8, 15, 30, tzinfo=UTC)
SECRET = "s" * 64
MOMENTS = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(st.text("abcdefgh23", min_size=1, max_size=8), st.integers(1, 999), MOMENTS)
def test_a_token_says_what_was_shown(code: str, version: int, at: datetime) -> None:
    token = tokens.issued(SECRET, code, version, at)
    shown = tokens.read(token, SECRET, code)
    assert shown
    assert (shown.version, shown.at) == (version, at.replace(microsecond=0))
    assert tokens.read(token, SECRET, code + "x") is None
    assert tokens.read(token, "t" * 64, code) is None


@given(st.text(max_size=80))
def test_what_we_did_not_sign_says_nothing(token: str) -> None:
    assert tokens.read(token, SECRET, "code") is None


@given(st.data())
def test_a_token_that_was_changed_says_nothing(data: st.DataObject) -> None:
    token = tokens.issued(SECRET, "code", 1, AT)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("abcXYZ019"))
    changed = token[:place] + letter + token[place + 1 :]
    shown = tokens.read(changed, SECRET, "code")
    assert shown is None or shown == tokens.read(token, SECRET, "code")


def test_each_form_has_a_mark_of_its_own() -> None:
    shown = [tokens.read(tokens.issued(SECRET, "code", 1, AT), SECRET, "code") for _ in range(50)]
    assert len({one.mark for one in shown if one}) == 50


@pytest.mark.parametrize(
    ("hours", "late"), [(0, False), (11.9, False), (12, True), (90, True), (-1, True)]
)
def test_a_token_lives_for_twelve_hours(hours: float, late: bool) -> None:
    assert tokens.Shown("m", 1, AT).is_late(AT + timedelta(hours=hours)) is late


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_an_address_belongs_to_a_network(address: str, network: str) -> None:
    assert limiting.network(address) == network


@given(st.ip_addresses(), MOMENTS)
def test_a_mark_tells_neither_address_nor_hour(address: object, at: datetime) -> None:
    hour = limiting.hour_of(at)
    mark = limiting.mark(SECRET, str(address), hour)
    assert len(mark) == 64
    assert mark == limiting.mark(SECRET, str(address), hour)
    assert mark != limiting.mark(SECRET, str(address), hour + limiting.HOUR)
    assert mark != limiting.mark("t" * 64, str(address), hour)
    assert str(address) not in mark

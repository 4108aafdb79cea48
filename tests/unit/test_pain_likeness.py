"""Which pain points look alike: words weighed by length, runs of letters, any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.pains import likeness
from cxquest.pains.likeness import ALIKE, Known

TEXT = st.text(max_size=60)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nobody came on the day", "I took the day off and nobody came"),
        ("appointment moved", "Apointment was moved!"),
        ("delivery late", "Late deliveries"),
        ("La facture est erronée", "la facture est erronee"),
        ("配送が遅い", "配送がとても遅い"),
        ("ส่งของช้ามาก", "ส่งของช้า"),
        ("الفني لم يحضر", "لم يحضر الفني اليوم"),
        ("Техник не приехал", "техник не приехал вовремя"),
    ],
)
def test_the_same_said_otherwise_looks_alike(one: str, other: str) -> None:
    assert likeness.likeness(one, other) >= ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The app is slow", "The bill is wrong"),
        ("My first bill might as well be in code", "It hums when we want to sleep"),
        ("配送が遅い", "請求書が間違っている"),
        ("a", "b"),
        ("", ""),
        ("…", "?!"),
    ],
)
def test_another_matter_does_not(one: str, other: str) -> None:
    assert likeness.likeness(one, other) < ALIKE


@given(TEXT, TEXT)
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    found = likeness.likeness(one, other)
    assert 0 <= found <= 1
    assert found == likeness.likeness(other, one)


@given(st.text(alphabet="abcdefg 配送遅い", min_size=1, max_size=60).filter(str.strip))
def test_a_text_is_like_itself_whatever_its_capitals(text: str) -> None:
    assert likeness.likeness(text, text.upper()) == 1


def test_the_likest_come_first_and_ties_by_age() -> None:
    known = [
        Known(3, "Nobody came on the day"),
        Known(2, "Nobody came"),
        Known(1, "Nobody came"),
        Known(4, "It hums at night"),
    ]
    assert likeness.alike(["nobody came"], known) == [1, 2, 3]
    assert likeness.alike(["nobody came"], known, most=1) == [1]
    assert likeness.alike(["zeppelin"], known) == []
    assert likeness.likest("zeppelin", known, 2) == [1, 2]


def test_what_the_customer_experienced_is_compared_too() -> None:
    known = [Known(1, "A day wasted", "Nobody came, and nobody rang")]
    assert likeness.alike(["Nobody came and nobody rang"], known) == [1]
    assert likeness.alike(["Something else", "nobody came, nobody rang"], known) == [1]


def test_nothing_typed_is_like_nothing() -> None:
    assert likeness.alike(["", "  "], [Known(1, "Nobody came")]) == []


def test_a_very_long_text_is_compared_by_its_beginning() -> None:
    assert likeness.likeness("nobody came " * 5000, "nobody came") >= ALIKE

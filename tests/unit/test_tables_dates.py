"""Dates: in the order that was chosen, with the ambiguous and the doubtful counted."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.tables import dates
from cxquest.tables.dates import DateOrder, parsed, readings

YMD, DMY, MDY = DateOrder
FIFTH = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2026-03-05", YMD),
        ("2026/3/5", YMD),
        ("2026-03-05T14:07:09.123Z", YMD),
        ("2026-03-05 14:07:09+02:00", YMD),
        ("20260305", YMD),
        ("20260305T140709Z", YMD),
        ("05.03.2026", DMY),
        ("5.3.26", DMY),
        ("05/03/2026 14:07", DMY),
        ("05032026", DMY),
        ("3/5/2026", MDY),
        ("3/5/2026 0:00:00", MDY),
        ("3/5/26 2:07 PM", MDY),
    ],
)
def test_it_reads_the_day_in_its_order(text: str, order: DateOrder) -> None:
    assert parsed(text, order) == FIFTH
    assert parsed(f"  {text} ", order) == FIFTH


@pytest.mark.parametrize("order", DateOrder)
@pytest.mark.parametrize(
    "text",
    [
        "Mar 5, 2026",
        "March 5 2026",
        "5 March 2026",
        "5-Mar-26",
        "5th March, 2026",
        "5. März 2026",
        "5 mars 2026",
        "5 de marzo de 2026",
        "Thu, 05 Mar 2026 14:07:00 +0000",
        "Thursday, March 5, 2026 at 2:07 PM",
    ],
)
def test_a_named_month_reads_alike_in_every_order(text: str, order: DateOrder) -> None:
    assert parsed(text, order) == FIFTH


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "2026", "31.02.2026", "2026-13-01", "1900-01-00", "5 Foo 2026", "12:30"),
        *("123456789", "1.2", "99999999", "5/3", "2026-03-05 and more", "x" * 500, "٥/٣/٢٠٢٦"),
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert [parsed(text, order) for order in DateOrder] == [None] * 3


def test_two_digits_of_a_year() -> None:
    assert parsed("5.3.68", DMY) == date(2068, 3, 5)
    assert parsed("5.3.69", DMY) == date(1969, 3, 5)
    assert parsed("26-03-05", YMD) is None, "a year of two digits stands at the end"


def test_a_count_of_days_is_a_date_in_workbooks_only() -> None:
    assert parsed("46086", YMD) is None
    assert parsed("46086", YMD, serials=True) == FIFTH
    assert parsed("46086.58", YMD, serials=True) == FIFTH
    assert parsed("7", YMD, serials=True) is None


def test_each_order_is_counted_in_one_pass() -> None:
    ymd, dmy, mdy = readings(iter(["05/03/2026", "13/03/2026", "", "3/14/2026", "4/4/2026", "x"]))
    assert (ymd.parsed, ymd.impossible) == (0, 5)
    assert (dmy.parsed, dmy.ambiguous, dmy.impossible) == (3, 1, 2)
    assert (dmy.earliest, dmy.latest) == (date(2026, 3, 5), date(2026, 4, 4))
    assert (mdy.parsed, mdy.ambiguous, mdy.latest) == (3, 1, date(2026, 5, 3))
    assert mdy.as_json()["latest"] == "2026-05-03"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(1970, 1, 1), "programs write"),
        (date(1900, 1, 1), "programs write"),
        (date(1899, 12, 30), "programs write"),
        (date(1899, 12, 31), "programs write"),
        (date(2026, 3, 6), "future"),
        (date(1989, 12, 31), "before 1990"),
    ],
)
def test_doubtful_days_say_why(day: date, words: str) -> None:
    assert words in dates.doubtful(day, FIFTH)


def test_a_likely_day_is_not_doubted() -> None:
    assert dates.doubtful(FIFTH, FIFTH) == ""
    assert dates.doubtful(date(1990, 1, 1), FIFTH) == ""


@given(st.dates(date(1000, 1, 1)))
def test_a_day_is_read_as_it_was_written(day: date) -> None:
    assert parsed(day.isoformat(), YMD) == day
    assert parsed(f"{day.day}.{day.month}.{day.year}", DMY) == day
    assert parsed(f"{day.month:02}/{day.day:02}/{day.year}", MDY) == day


@given(st.text(max_size=40))
def test_no_text_makes_it_stumble(text: str) -> None:
    for order in DateOrder:
        found = parsed(text, order, serials=True)
        assert found is None or isinstance(found, date)

"""Numbers: with the chosen decimal sign, or none at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.tables.numbers import number


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("5", ".", "5"),
        ("5", ",", "5"),
        ("4.5", ".", "4.5"),
        ("4,5", ",", "4.5"),
        ("1,234.5", ".", "1234.5"),
        ("1.234,5", ",", "1234.5"),
        ("1 234,5", ",", "1234.5"),
        ("1’234’567.8", ".", "1234567.8"),
        ("26%", ".", "26"),
        ("26,5 %", ",", "26.5"),
        ("−3", ".", "-3"),
        ("–3", ".", "-3"),
        ("+2", ".", "2"),
        (" 7 ", ".", "7"),
        (".5", ".", "0.5"),
        ("5.", ".", "5"),
        ("1.5e3", ".", "1500"),
        ("007", ".", "7"),
    ],
)
def test_it_reads_the_number(text: str, decimal: str, value: str) -> None:
    assert number(text, decimal) == Decimal(value)


@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize(
    "text",
    [
        *("", "-o", "SS", "NA", "-NA", "n/a", "-", "5/10", "5 of 10", "1 2", "12,34,56.7", "1..2"),
        *("--5", "5-", "%", "1e", "0x1F", "٣", "½", "nan", "inf", "Infinity", "5stars", "1_000"),
    ],
)
def test_what_is_no_number_is_none(text: str, decimal: str) -> None:
    assert number(text, decimal) is None


def test_the_other_sign_is_never_guessed() -> None:
    assert number("4,5", ".") is None
    assert number("4.5", ",") is None
    assert number("1,234", ".") == 1234
    assert number("1,234", ",") == Decimal("1.234")


@given(st.decimals(-(10**9), 10**9, places=3))
def test_what_was_written_is_read(value: Decimal) -> None:
    assert number(f"{value:,}", ".") == value
    swapped = f"{value:,}".translate(str.maketrans(",.", ".,"))
    assert number(swapped, ",") == value


@given(st.text(max_size=30), st.sampled_from([".", ","]))
def test_no_text_makes_it_stumble(text: str, decimal: str) -> None:
    found = number(text, decimal)
    assert found is None or found.is_finite()

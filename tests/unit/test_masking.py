"""Contact data inside texts is hidden; what only looks like it stays, and no text takes long."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.voice.masking import CARD, EMAIL, PHONE, holds, masked


def luhn(digits: str) -> str:
    """Return the digits with their check digit."""
    twice = [int(d) * (2 - place % 2) for place, d in enumerate(reversed(digits))]
    return digits + str(-sum(n - 9 * (n > 9) for n in twice) % 10)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Write to ann.lee+x@mail.example.co.uk, please.", f"Write to {EMAIL}, please."),
        ("mailto:jörg@büro-süd.example", f"mailto:{EMAIL}"),
        ("連絡はann@mail.exampleです", f"連絡は{EMAIL}です"),
        ("Mail 用户@mail.example now", f"Mail {EMAIL} now"),
        ("<ann@mail.example>", f"<{EMAIL}>"),
        ("Call +49 171 1234567 today", f"Call {PHONE} today"),
        ("+1 (212) 555-0199.", f"{PHONE}."),
        ("0049 30 123456", PHONE),
        ("(030) 123 45 67", PHONE),
        ("020 7946 0958 rings out", f"{PHONE} rings out"),
        ("06.12.34.56.78 ou 06 12 34 56 78", f"{PHONE} ou {PHONE}"),
        ("212-555-0199 or 212.555.0199 or (212) 555 0199", f"{PHONE} or {PHONE} or {PHONE}"),
        ("22 33 44 55", PHONE),
        ("Mi número es 612 345 678", f"Mi número es {PHONE}"),
        ("ring me on 5550199", f"ring me on {PHONE}"),
        ("Tel.: 555-0199", f"Tel.: {PHONE}"),
        ("my phone number 9876543210", f"my phone number {PHONE}"),
        ("9876543210", PHONE),
        ("٠٣٠١٢٣٤٥٦٧", PHONE),
        ("Card 4111 1111 1111 1111 was charged", f"Card {CARD} was charged"),
        ("378282246310005 and 5500-0000-0000-0004", f"{CARD} and {CARD}"),
        ("2 cards: 1 4111111111111111 2", f"2 cards: 1 {CARD} 2"),
    ],
)
def test_contact_data_is_hidden(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "In 2024 it was better than in 1998-1999.",
        "On 01.02.2024 and 2024-05-06 and 3/4/24 at 09:30",
        "06 05 2024",
        "12.03.2024 14.03.2024",
        "We paid 1,234,567.89 and 10 000 000 kr and $1500000000",
        "It cost 612 345 678 EUR",
        "order 123456",
        "I had to call about order 123456789",
        "call it {$700000.00}",
        "order no. 0123456789",
        "Ticket #9876543210",
        "my account number is 1234567890",
        "invoice 0012345678",
        "4111 1111 1111 1112",
        "0000 0000 0000 0000",
        "I waited 45 minutes, 3 times, for 12 people",
        "0.1234567 and 3.14159265",
        "Room 12-14, floors 1 2 3 4 5 6 7",
        "Version 10.2.33 from 192.168.100.1",
        "@home we waited, a@b",
        "20240506",
        "",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert masked(text) == text
    assert not holds(text)


@given(
    digits=st.from_regex(r"[2-6]\d{11,17}", fullmatch=True),
    gap=st.sampled_from(["", " ", "-"]),
    size=st.integers(3, 6),
)
def test_every_card_with_a_right_check_digit_is_hidden(digits: str, gap: str, size: int) -> None:
    whole = luhn(digits)
    written = gap.join(whole[n : n + size] for n in range(0, len(whole), size))
    assert masked(f"Paid with {written}, twice") == f"Paid with {CARD}, twice"


@given(
    st.text(max_size=60), st.from_regex(r"[a-z][a-z0-9.]{0,8}@[a-z]{1,9}\.(com|de)", fullmatch=True)
)
def test_an_address_between_spaces_is_always_hidden(around: str, address: str) -> None:
    shown = masked(f"{around} {address} {around}")
    assert address not in shown or address in around
    assert EMAIL in shown


@given(st.text("+0123456789 .-/()@abc$€,:\n", max_size=80) | st.text(max_size=80))
def test_what_is_masked_needs_no_more_masking(text: str) -> None:
    once = masked(text)
    assert masked(once) == once
    assert holds(text) == (once != text)


@given(st.text(st.characters(exclude_categories=["Nd"], exclude_characters="@"), max_size=200))
def test_a_text_without_digits_and_at_signs_stays(text: str) -> None:
    assert masked(text) == text


SEEDS = (
    "a|a@|a.|a@a.|@|1|1 |0 |01 |12-|+1|+1 |(|(0|call |call a |00 "
    "|1.1.|212 555 |4111 |411 |tel 1|é|- |order #|999999999 "
)


@pytest.mark.parametrize("seed", SEEDS.split("|"))
def test_no_text_takes_long(seed: str) -> None:
    text = (seed * 100_000)[:100_000]
    begun = time.process_time()
    masked(text)
    assert time.process_time() - begun < 0.2

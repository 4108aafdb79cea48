"""What leaving a pain point costs: the sum, its parts, and what is left out of it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.core.errors import BadInput
from cxquest.pains import costing
from cxquest.pains.costing import Inputs

MONEY = st.decimals(0, 100_000, places=2, allow_nan=False, allow_infinity=False)
MAYBE = st.none() | MONEY
SHARE = st.none() | st.decimals(0, 100, places=2, allow_nan=False, allow_infinity=False)
INPUTS = st.builds(Inputs, leaving=SHARE, worth=MAYBE, minutes=MAYBE, hour=MAYBE, direct=MAYBE)


def whole(**changed: str) -> Inputs:
    given = {
        "leaving": "5",
        "worth": "600",
        "minutes": "11",
        "hour": "42",
        "direct": "3",
        **changed,
    }
    return Inputs(**{name: Decimal(value) for name, value in given.items() if value})


def test_the_sum_is_worked_out_as_it_is_told() -> None:
    cost = costing.worked_out(46, whole())
    # 46 × 5 % × 600 = 1,380 · 46 × 11/60 × 42 = 354.20 · 46 × 3 = 138
    assert [part.month for part in cost.parts] == [
        Decimal("1380.00"),
        Decimal("354.20"),
        Decimal("138.00"),
    ]
    assert (cost.month, cost.year) == (Decimal("1872.20"), Decimal("22466.40"))
    assert cost.left_out == ()


@pytest.mark.parametrize(
    ("blank", "part", "missing"),
    [
        ("leaving", "lost", ("leaving",)),
        ("worth", "lost", ("worth",)),
        ("minutes", "work", ("minutes",)),
        ("hour", "work", ("hour",)),
        ("direct", "direct", ("direct",)),
    ],
)
def test_a_part_with_a_blank_is_left_out_and_says_what_it_lacks(
    blank: str, part: str, missing: tuple[str, ...]
) -> None:
    cost = costing.worked_out(46, whole(**{blank: ""}))
    (left_out,) = cost.left_out
    assert (left_out.name, left_out.missing) == (part, missing)
    whole_sum = costing.worked_out(46, whole()).month
    assert cost.month is not None
    assert whole_sum is not None
    assert cost.month < whole_sum


def test_nothing_known_costs_nothing_that_could_be_said() -> None:
    cost = costing.worked_out(46, Inputs())
    assert (cost.month, cost.year, cost.inputs.known) == (None, None, False)
    nobody = costing.worked_out(0, whole())
    assert nobody.month is None
    assert all("reach" in part.missing for part in nobody.parts)


def test_a_zero_is_known_and_counts() -> None:
    cost = costing.worked_out(46, Inputs(direct=Decimal(0)))
    assert cost.month == Decimal("0.00")


@given(st.integers(0, 10**7), INPUTS)
def test_the_parts_add_up_and_a_year_is_twelve_months(reach: int, inputs: Inputs) -> None:
    cost = costing.worked_out(reach, inputs)
    known = [part.month for part in cost.parts if part.month is not None]
    assert len(known) + len(cost.left_out) == len(cost.parts)
    if cost.month is None:
        assert known == []
        return
    assert cost.year is not None
    assert cost.month == sum(known, Decimal(0)) >= 0
    assert cost.year == sum((part.year for part in cost.parts if part.year is not None), Decimal(0))
    rounding = Decimal("0.005") * 13 * len(known)  # a year's cents, and twelve months' cents
    assert abs(cost.year - 12 * cost.month) <= rounding
    assert cost.month == cost.month.quantize(Decimal("0.01"))


@given(st.integers(1, 10**6), INPUTS)
def test_more_customers_never_cost_less(reach: int, inputs: Inputs) -> None:
    less, more = costing.worked_out(reach, inputs), costing.worked_out(reach + 1, inputs)
    assert (less.month or 0) <= (more.month or 0)
    assert [part.name for part in less.left_out] == [part.name for part in more.left_out]


@given(INPUTS)
def test_what_is_kept_is_read_again_to_the_digit(inputs: Inputs) -> None:
    kept = costing.stored(inputs)
    assert all(isinstance(value, str) for value in kept.values())
    assert costing.read(kept) == inputs


def test_what_is_no_number_counts_as_blank() -> None:
    kept = {"leaving": "many", "worth": "NaN", "hour": None, "direct": "2.50", "else": "1"}
    assert costing.read(kept) == Inputs(direct=Decimal("2.50"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("leaving", "101"), ("leaving", "-1"), ("minutes", "10001"), ("worth", "-0.01")],
)
def test_an_input_out_of_its_range_is_refused_by_name(field: str, value: str) -> None:
    with pytest.raises(BadInput) as refused:
        costing.check(whole(**{field: value}))
    assert refused.value.field == field
    costing.check(whole())


def test_a_year_is_not_twelve_times_a_rounded_month() -> None:
    cost = costing.worked_out(40, Inputs(minutes=Decimal(10), hour=Decimal(10)))
    assert (cost.month, cost.year) == (Decimal("66.67"), Decimal("800.00"))

"""Who shares in an award, the cause tree, and the attainment of readings."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.measures.attainment import Value, fresh, mean, observed
from cxquest.measures.models import Period
from cxquest.measures.periods import start_of
from cxquest.quests import whys
from cxquest.quests.eligibility import Stay, judge, time_on

GATE, NEXT_GATE = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 30, tzinfo=UTC)


def verdict(joined: int, left: int | None = None, accepted: int = 1, earlier: int = 0) -> str:
    """Judge somebody who joined and left so many days after the previous gate (60 days long)."""
    end = GATE + timedelta(days=left) if left is not None else None
    return judge(
        [Stay(GATE + timedelta(days=joined), end)],
        since=GATE,
        until=NEXT_GATE,
        accepted=accepted,
        earlier_quests=earlier,
        most_quests=2,
    )


def test_half_of_the_time_is_enough_and_a_day_less_is_not() -> None:
    assert verdict(30) == ""
    assert "less than half" in verdict(31)
    assert verdict(-100, left=30) == ""
    assert "less than half" in verdict(0, left=29)


def test_without_accepted_work_or_with_two_other_quests_there_is_no_share() -> None:
    assert "No accepted contribution" in verdict(0, accepted=0)
    assert "two active quests" in verdict(0, earlier=2)
    assert verdict(0, earlier=1) == ""


@given(st.integers(-90, 90), st.integers(0, 90))
def test_time_on_a_team_never_exceeds_the_time_that_there_was(joined: int, days: int) -> None:
    begin = GATE + timedelta(days=joined)
    stay = Stay(begin, begin + timedelta(days=days))
    assert timedelta() <= time_on([stay], GATE, NEXT_GATE) <= NEXT_GATE - GATE


@dataclass
class Node:
    id: int
    parent_id: int | None


def test_whys_are_read_under_their_parents() -> None:
    tree = [Node(1, None), Node(2, 1), Node(3, 1), Node(4, 2), Node(5, None)]
    assert [(depth, why.id) for depth, why in whys.in_order(tree)] == [
        (0, 1),
        (1, 2),
        (2, 4),
        (1, 3),
        (0, 5),
    ]


@given(st.lists(st.integers(0, 30), max_size=30))
def test_no_why_is_lost_whatever_its_parent(parents: list[int]) -> None:
    tree = [Node(n, parent if parent < n else None) for n, parent in enumerate(parents, start=1)]
    assert sorted(why.id for _, why in whys.in_order(tree)) == [why.id for why in tree]


def test_a_named_person_is_found_as_a_whole_name() -> None:
    names = ["Ida Holm", "Bo"]
    assert whys.people_named(["Because ida holm forgot it"], names) == ["Ida Holm"]
    assert whys.people_named(["The boiler's Ida Holmes model"], names) == []


def test_the_level_is_the_mean_of_the_last_four_fresh_readings() -> None:
    values = [Value(n, date(2026, 1, n), Decimal(10 - n), None) for n in range(1, 8)]
    assert len(fresh(values, date(2026, 1, 3))) == 5
    assert observed(values, date(2026, 1, 3)) == Decimal("4.5")
    assert observed(values, date(2026, 1, 5)) is None


def test_there_is_no_mean_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        mean([])


@given(st.dates())
def test_a_period_begins_on_its_day_its_monday_or_its_first(day: date) -> None:
    assert start_of(day, Period.DAY) == day
    monday = start_of(day, Period.WEEK)
    assert monday.weekday() == 0
    assert timedelta() <= day - monday < timedelta(days=7)
    assert start_of(day, Period.MONTH).day == 1

"""Decisions are a plain function of facts: the same facts, the same lines."""

import json
from datetime import UTC, datetime
from fractions import Fraction
from math import prod
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.core.errors import BadInput
from cxquest.rewards import deciding, deeds
from cxquest.rewards.book import Memory, Slot
from cxquest.rewards.deciding import decide, remember
from cxquest.rewards.engine import Deed, round_half_up, score
from cxquest.rewards.happening import Happened, Member
from cxquest.rewards.rulebook import DEFAULT, Gate
from tests.unit.test_engine import deeds as any_deed
from tests.unit.test_engine import done

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
members = st.lists(
    st.builds(Member, st.integers(2, 60), st.booleans(), st.just("")),
    unique_by=lambda member: member.account_id,
    max_size=9,
)


def passed(facts: dict[str, Any]) -> Happened:
    """A gate that was passed, as decisions see it."""
    return Happened("quest:1:G", "gate_passed", "quest:1", "quest:1", facts, AT, UTC_ZONE, AT)


@given(any_deed, st.sampled_from(list(Gate)), members)
def test_facts_survive_json_and_give_the_same_lines(
    deed: Deed, gate: Gate, team: list[Member]
) -> None:
    facts = deciding.gate_facts(gate, deed, 1, team)
    again = json.loads(json.dumps(facts))
    assert decide(passed(again), DEFAULT, Memory()) == decide(passed(facts), DEFAULT, Memory())


@given(any_deed, st.sampled_from(list(Gate)), members)
def test_p12_every_eligible_member_gets_the_same_in_full_and_nobody_else(
    deed: Deed, gate: Gate, team: list[Member]
) -> None:
    facts = deciding.gate_facts(gate, deed, 1, team)
    first, *others = decide(passed(facts), DEFAULT, Memory())
    award = score(gate, deed, DEFAULT).points
    assert (first.account_id, first.points) == (1, award)
    assert {line.account_id: line.points for line in others} == {
        member.account_id: award if member.eligible else 0 for member in team
    }
    assert len(others) == len(team)


@given(any_deed, st.sampled_from(list(Gate)), members)
def test_without_factors_the_decisions_are_the_same(
    deed: Deed, gate: Gate, team: list[Member]
) -> None:
    event = passed(deciding.gate_facts(gate, deed, 1, team))
    explained = decide(event, DEFAULT, Memory())
    bare = decide(event, DEFAULT, Memory(), explain=False)
    assert bare == [line._replace(factors=()) for line in explained]
    product = prod((factor.value for factor in explained[0].factors), start=Fraction(1))
    assert round_half_up(product) == explained[0].asked


@given(
    st.lists(st.tuples(st.integers(1, 2000), st.integers(0, 2000)), max_size=5),
    st.integers(0, 300),
    st.booleans(),
)
def test_no_more_is_taken_back_than_is_left(
    entries: list[tuple[int, int]], days: int, by_team: bool
) -> None:
    book = Memory()
    for number, (points, gone) in enumerate(entries):
        slot = Slot("quest:1:G3", "gate_G3", number, "team_part")
        book.keep(slot, subject="quest:1", chain="quest:1", gate="G3", asked=points, points=points)
        book.reverse(slot, -min(gone, points))
    vested = book.vested("quest:1")
    facts = {"days": days, "self_reported": by_team}
    event = Happened("back", "problem_returned", "quest:1", "quest:1", facts, AT, UTC_ZONE, AT)
    lines = decide(event, DEFAULT, book)
    assert len(lines) == len(entries)
    for entry, line in zip(vested, lines, strict=True):
        assert -entry.left <= line.points <= 0
        assert line.reverses == entry.slot
        assert line.points or line.reason
    remember(book, event, lines)
    assert all(entry.left >= 0 for entry in book.vested("quest:1"))


def test_a_copied_book_is_filled_apart() -> None:
    book = Memory()
    slot = Slot("quest:1:G3", "gate_G3", 1, "team_outcome")
    book.keep(slot, subject="quest:1", chain="quest:1", gate="G3", asked=9, points=9)
    book.use([("pool", None)], 5, AT)
    copy = book.copy()
    copy.reverse(slot, -4)
    copy.use([("pool", None)], 5, AT)
    assert [one.left for one in book.vested("quest:1")] == [9]
    assert [one.left for one in copy.vested("quest:1")] == [5]
    assert (book.used("pool", None), copy.used("pool", None)) == ((1, 5), (2, 10))


def document() -> dict[str, object]:
    return {
        "impact": "L",
        "work": "prevention",
        "cause": "systemic",
        "contributions": {"Billing": 40, "Field": 30, "Care": 30},
        "measures": {"action": {"baseline": "12", "target": "4", "observed": "5"}},
    }


def test_a_deed_is_read_from_json() -> None:
    deed = deeds.read(document())
    assert deed.contributions == done().contributions
    assert deed.measures[next(iter(deed.measures))].observed == Fraction(5)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"impact": "XXL"}, "impact"),
        ({"measures": {}}, "measures.action"),
        ({"contributions": {}}, "contributions"),
        ({"contributions": {"Care": -1}}, ""),
        ({"measures": {"action": {"baseline": 1, "target": 1, "observed": 1}}}, "measures.action"),
        (
            {"measures": {"action": {"baseline": "NaN", "target": 1, "observed": 1}}},
            "measures.action.baseline",
        ),
        ({"bonus": 5}, "bonus"),
    ],
)
def test_a_wrong_deed_is_refused_with_its_place(change: dict[str, object], place: str) -> None:
    with pytest.raises(BadInput) as refused:
        deeds.read({**document(), **change})
    assert refused.value.field == place

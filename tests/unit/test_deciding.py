"""Decisions are a plain function of facts: the same facts, the same lines."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.core.errors import BadInput
from cxquest.rewards import deciding, deeds
from cxquest.rewards.deciding import Member, Vested
from cxquest.rewards.engine import score
from cxquest.rewards.rulebook import DEFAULT, Gate
from tests.unit.test_engine import deeds as any_deed
from tests.unit.test_engine import done

members = st.lists(
    st.builds(Member, st.integers(2, 60), st.booleans(), st.just("")),
    unique_by=lambda member: member.account_id,
    max_size=9,
)


@given(any_deed, st.sampled_from(list(Gate)), members)
def test_facts_survive_json_and_give_the_same_lines(
    deed: object, gate: Gate, team: list[Member]
) -> None:
    facts = deciding.gate_facts(gate, deed, 1, team)  # type: ignore[arg-type]
    again = json.loads(json.dumps(facts))
    assert deciding.gate_passed(again, DEFAULT) == deciding.gate_passed(facts, DEFAULT)


@given(any_deed, st.sampled_from(list(Gate)), members)
def test_p12_every_eligible_member_gets_the_same_in_full_and_nobody_else(
    deed: object, gate: Gate, team: list[Member]
) -> None:
    facts = deciding.gate_facts(gate, deed, 1, team)  # type: ignore[arg-type]
    first, *others = deciding.gate_passed(facts, DEFAULT)
    award = score(gate, deed, DEFAULT).points  # type: ignore[arg-type]
    assert (first.account_id, first.points) == (1, award)
    assert {line.account_id: line.points for line in others} == {
        member.account_id: award if member.eligible else 0 for member in team
    }
    assert len(others) == len(team)


@given(
    st.lists(st.tuples(st.integers(1, 2000), st.integers(0, 2000)), max_size=5),
    st.integers(0, 300),
    st.booleans(),
)
def test_no_more_is_taken_back_than_is_left(
    entries: list[tuple[int, int]], days: int, by_team: bool
) -> None:
    vested = [
        Vested(number, number, "team_outcome", points, min(left, points))
        for number, (points, left) in enumerate(entries)
    ]
    facts = {"days": days, "self_reported": by_team}
    for entry, line in zip(vested, deciding.problem_returned(facts, vested, DEFAULT), strict=True):
        assert -entry.left <= line.points <= 0
        assert line.reverses_id == entry.entry_id
        assert line.points or line.reason


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

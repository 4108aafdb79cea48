"""The life of a quest as a table: nothing moves but by it, and nothing is refused in silence."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.core.errors import Refusal
from cxquest.quests.lifecycle import (
    ACTIVE,
    NEXT,
    STEPS,
    Facts,
    State,
    checklist,
    next_step,
    take,
)

READY = Facts(
    departments=2,
    shared_goal=True,
    customer_change=True,
    value=True,
    size_agreed=True,
    sponsor="Karl",
    whys=3,
    unnoticed=True,
    communication=True,
    roots=1,
    aim=True,
    returned=True,
    changed_since_return=True,
    metric=True,
    baseline_frozen=True,
    target=True,
    owner_apart=True,
    reaction=True,
    fresh_readings=4,
    half_way=True,
    customers_told=True,
    recognition_needed=True,
    recognised=True,
    hold_checks_passed=True,
)

SPOILED = {
    "sign": {
        "departments": 1,
        "shared_goal": False,
        "chairs_without_goal": ("Care",),
        "customer_change": False,
        "value": False,
        "members_without_hours": ("Ida",),
        "size_agreed": False,
        "sponsor": "",
    },
    "G1": {
        "chairs_empty": ("Care",),
        "unnoticed": False,
        "whys": 0,
        "whys_without_evidence": 1,
        "communication": False,
        "chairs_not_heard": ("Field",),
        "roots": 0,
        "people_named": ("Ida Holm",),
        "aim": False,
    },
    "G2": {
        "roots_without_countermeasure": 1,
        "countermeasures_not_in_place": 1,
        "countermeasures_without_standard": 1,
        "standards_incomplete": ("A free hour",),
        "changed_since_return": False,
        "without_mover": ("Field",),
        "reaction": False,
        "metric": False,
        "baseline_frozen": False,
        "target": False,
        "owner_apart": False,
    },
    "G3": {
        "owner_apart": False,
        "fresh_readings": 3,
        "half_way": False,
        "customers_told": False,
        "recognised": False,
    },
    "G4": {"hold_checks_passed": False},
}
CASES = [(step, name, value) for step, facts in SPOILED.items() for name, value in facts.items()]


def test_the_way_from_proposed_to_closed() -> None:
    state, passed = State.PROPOSED, []
    while (step := next_step(state)) is not None:
        state = take(step.name, state, READY)
        passed.append(step.name)
    assert passed == ["open_charter", "sign", "G1", "G2", "G3", "G4"]
    assert state is State.CLOSED


@pytest.mark.parametrize(("step", "name", "value"), CASES)
def test_each_need_refuses_by_itself_and_says_who_can_supply_it(
    step: str, name: str, value: object
) -> None:
    source = next(iter(STEPS[step].sources))
    with pytest.raises(Refusal) as refused:
        take(step, source, replace(READY, **{name: value}))  # type: ignore[arg-type]
    missing = refused.value.missing
    assert missing
    assert all(item.text and item.who and item.anchor and not item.done for item in missing)


def test_every_need_of_the_table_has_a_case() -> None:
    for name, step in STEPS.items():
        refused = set()
        for _, fact, value in (case for case in CASES if case[0] == name):
            spoiled = replace(READY, **{fact: value})  # type: ignore[arg-type]
            refused |= {item.text for item in checklist(step, spoiled) if not item.done}
        assert refused == {need.text for need in step.needs}


def test_only_a_differentiator_asks_for_customers_who_recognise_it() -> None:
    plain = replace(READY, recognition_needed=False, recognised=False)
    assert take("G3", State.PROVING, plain) is State.HOLDING
    asked = len(checklist(STEPS["G3"], READY)) - len(checklist(STEPS["G3"], plain))
    assert asked == 1


@given(st.sampled_from(sorted(STEPS)), st.sampled_from(list(State)))
def test_a_step_starts_only_where_the_table_says(name: str, state: State) -> None:
    if state in STEPS[name].sources:
        assert take(name, state, READY) is STEPS[name].target
    else:
        with pytest.raises(Refusal, match=state.value):
            take(name, state, READY)


def test_what_is_active_can_be_stopped_and_what_has_ended_cannot() -> None:
    assert STEPS["stop"].sources == ACTIVE
    assert NEXT.keys() == ACTIVE

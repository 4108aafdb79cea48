"""What a simulation's numbers say: bands, concentration, warnings."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.rewards import simulation_result
from cxquest.rewards.book import Memory
from cxquest.rewards.happening import Happened
from cxquest.rewards.rulebook import DEFAULT, Rulebook
from cxquest.rewards.simulation import Simulation
from cxquest.rewards.simulation_result import Employee, gini, merged, top_share

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
TEAM = 100
amounts = st.lists(st.integers(-50, 5000), max_size=40)


def simulation(draft: Rulebook) -> Simulation:
    return Simulation(DEFAULT, draft, begins=BEGUN, in_force_at=lambda _at: DEFAULT, book=Memory())


def gate(name: str, work: str, account: int = 1) -> Happened:
    facts = {
        "gate": name,
        "impact": "L",
        "work": work,
        "cause": "systemic",
        "contributions": {"Care": "1"},
        "measures": {"action": {"baseline": "1", "target": "0", "observed": "0"}},
        "team": TEAM,
        "members": [{"account_id": account, "eligible": True, "reason": ""}],
    }
    return Happened(
        f"quest:1:{name}", "gate_passed", "quest:1", "quest:1", facts, BEGUN, UTC_ZONE, BEGUN
    )


def pain(number: int) -> Happened:
    key = f"pain:{number}"
    facts = {"finder": number, "approver": 0}
    return Happened(key, "pain_accepted", key, key, facts, BEGUN, UTC_ZONE, BEGUN)


def looked(draft: Rulebook, *events: Happened) -> Simulation:
    made = simulation(draft)
    for event in events:
        made.look(event, "Nobody waits")
    made.end()
    return made


def people(n: int) -> list[Employee]:
    return [Employee(number, 1, "Care") for number in range(1, n + 1)]


@given(amounts)
def test_concentration_lies_between_nothing_and_one(points: list[int]) -> None:
    assert 0 <= gini(points) < 1
    assert 0 <= top_share(points) <= 1


def test_concentration_of_known_fields() -> None:
    assert gini([5, 5, 5, 5]) == 0
    assert gini([0, 0, 0, 8]) == Fraction(3, 4)
    assert top_share([10, *[1] * 10]) == Fraction(11, 20)
    assert top_share([]) == 0


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=8))
def test_a_band_of_fewer_than_five_is_never_shown(counts: list[tuple[int, int]]) -> None:
    bands = [
        {"from": n, "to": n, "before": was, "after": is_} for n, (was, is_) in enumerate(counts)
    ]
    shown = merged(bands)
    assert all(min(band["before"], band["after"]) >= 5 for band in shown)
    if shown:
        for side in ("before", "after"):
            assert sum(band[side] for band in shown) == sum(band[side] for band in bands)
        assert (shown[0]["from"], shown[-1]["to"]) == (0, len(counts) - 1)


def test_a_department_that_moves_and_less_for_prevention_are_warned_of() -> None:
    work = {**DEFAULT.work, "resolution": Fraction(4, 3)}
    draft = replace(DEFAULT, version=2, work=work)
    events = (gate("G1", "prevention"), gate("G3", "resolution", account=2))
    found = simulation_result.result(looked(draft, *events), people(5))
    assert [one["kind"] for one in found["warnings"]] == ["department", "prevention"]
    department, prevention = found["warnings"]
    # 120 and 270 points, then 120 and 360
    assert department["values"] == {"name": "Care", "before": 390, "after": 480, "change": "3/13"}
    assert prevention["values"] == {"share_before": "4/13", "share_after": "1/4"}
    assert simulation_result.sentence(department).startswith("Care moves by 23.1 %")


def test_a_rule_that_carries_most_is_warned_of() -> None:
    first, *others = DEFAULT.rules
    draft = replace(DEFAULT, version=2, rules=(replace(first, give=10), *others))
    found = simulation_result.result(
        looked(draft, gate("G1", "recovery"), *(pain(n) for n in range(1, 8))), people(4)
    )
    assert [one["kind"] for one in found["warnings"]] == ["rule"]
    assert found["warnings"][0]["values"] == {"name": "Pain point accepted", "share": "7/10"}
    assert found["departments"] == []
    assert found["bands"] == []


def test_what_is_taken_back_counts_with_what_it_was_paid_for() -> None:
    back = Happened(
        "quest:1:return",
        "problem_returned",
        "quest:1",
        "quest:1",
        {"days": 0, "self_reported": False},
        BEGUN,
        UTC_ZONE,
        BEGUN,
    )
    made = looked(DEFAULT, gate("G3", "prevention"), back)
    found = simulation_result.result(made, people(5))
    assert found["types"] == [
        {"name": "gate_passed", "before": 0, "after": 0, "share_before": "0", "share_after": "0"}
    ]
    assert found["teams"][0]["before"] == 0


@pytest.mark.parametrize("own", [0, 60, 400])
def test_a_season_closes_with_the_cap_of_its_own_rulebook(own: int) -> None:
    draft = replace(DEFAULT, version=2, starter_allowance=20)
    made = looked(draft, *(pain(1) for _ in range(own // 5)))
    run = made.after
    assert run.points[1] == min(10, own)
    assert sum(made.before.paid.values()) == min(10, own)


def test_a_department_that_begins_at_nothing_has_a_sentence_of_its_own() -> None:
    warning = simulation_result._moving({"name": "Care", "before": 0, "after": 12}, 12)
    said = simulation_result.sentence(warning)
    assert said == "Care, which had no points, comes to 12 points."

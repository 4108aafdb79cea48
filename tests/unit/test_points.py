"""What would have changed a decision, worked out under the same rulebook."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cxquest.rewards import deciding, explaining, limiting
from cxquest.rewards.engine import Deed, Measure, points_of
from cxquest.rewards.event_rules import Comparison, Condition, EventRule, Group, Joint
from cxquest.rewards.explaining import Case, Way
from cxquest.rewards.happening import Happened, Member
from cxquest.rewards.rulebook import DEFAULT, Cause, Gate, Impact, MeasureKind, Work

ZONE = ZoneInfo("Europe/Oslo")
AT = datetime(2026, 3, 25, 12, tzinfo=UTC)  # a Wednesday, before the clocks go forward
ENDS = datetime(2026, 3, 31, 22, tzinfo=UTC)
HALF_WAY = {MeasureKind.ACTION: Measure(Fraction(12), Fraction(4), Fraction(8))}
DEED = Deed(
    Impact.L,
    Work.RESOLUTION,
    Cause.CONTRIBUTING,
    {"Care": Fraction(1), "Field": Fraction(1)},
    HALF_WAY,
)


def case(kind: str, facts: dict[str, Any], rule: str, **more: Any) -> Case:
    event = Happened("e", kind, "quest:1", "quest:1", facts, AT, ZONE, AT)
    known = {"component": "individual", "points": 0, "asked": 0, "reason": "", "values": {}}
    return Case(event, 7, rule, season_ends=ENDS, **{**known, **more})


def of_gate(deed: Deed, gate: Gate = Gate.G3, **more: Any) -> Case:
    facts = deciding.gate_facts(gate, deed, 1, [Member(7, more.pop("eligible", True))])
    return case("gate_passed", facts, f"gate_{gate.value}", **more)


def points(found: list[Way]) -> dict[str, int | None]:
    return {way.text: way.points for way in found}


def test_a_gate_names_the_next_step_of_each_factor() -> None:
    """L 400 × 45 % × 1 × 1 × 1.15 × 0.5 = 103.5, rounded half up to 104."""
    found = explaining.ways(of_gate(DEED, points=104), DEFAULT)
    assert points(found) == {
        explaining.BETTER: 129,  # detection: × 1.25 = 129.375
        explaining.DEEPER: 155,  # systemic: × 1.5 = 155.25
        explaining.WIDER: 117,  # three equal departments: 400 × 0.45 × 1.3 × 0.5
        explaining.REACHED: 207,  # × 2
    }


def test_the_most_that_a_gate_pays_is_said_to_be_that() -> None:
    best = Deed(
        Impact.M,
        Work.PREVENTION,
        Cause.SYSTEMIC,
        {name: Fraction(1) for name in "abcd"},
    )
    full = points_of(Gate.G1, best, DEFAULT)
    (way,) = explaining.ways(of_gate(best, Gate.G1, points=full), DEFAULT)
    assert (way.text, way.values) == (explaining.MOST, {"impact": "M"})


@given(
    some.sampled_from(Impact),
    some.sampled_from(Work),
    some.sampled_from(Cause),
    some.sampled_from(Gate),
    some.lists(some.integers(0, 9), min_size=1, max_size=5),
    some.integers(0, 12),
)
def test_what_would_change_a_gate_is_always_more(
    impact: Impact, work: Work, cause: Cause, gate: Gate, shares: list[int], seen: int
) -> None:
    measure = Measure(Fraction(0), Fraction(10), Fraction(seen))
    weights = {f"d{n}": Fraction(w) for n, w in enumerate(shares)}
    deed = Deed(impact, work, cause, weights, {MeasureKind.ACTION: measure})
    paid = points_of(gate, deed, DEFAULT)
    for way in explaining.ways(of_gate(deed, gate, points=paid), DEFAULT):
        assert way.points is None or way.points > paid


def test_the_unrounded_product_is_told() -> None:
    product = explaining.gate_product(of_gate(DEED).event.facts, DEFAULT)
    assert (product.exact, product.points) == (Fraction(207, 2), 104)
    assert len(product.factors) == 6


def test_who_did_not_share_reads_what_makes_eligible() -> None:
    (way,) = explaining.ways(of_gate(DEED, eligible=False, asked=104), DEFAULT)
    assert (way.text, way.values, way.points) == (explaining.ELIGIBLE, {"most": 2}, 104)


def test_of_a_continuation_what_the_first_earned_is_taken_off() -> None:
    values = {"points": 100, "full": 104}
    found = explaining.ways(of_gate(DEED, points=4, reason=deciding.EARNED, values=values), DEFAULT)
    assert points(found)[explaining.REACHED] == 107


def test_a_teams_own_change_leaves_nothing_to_do() -> None:
    found = explaining.ways(of_gate(DEED, reason=deciding.OWN_CHANGE), DEFAULT)
    assert found == [Way(explaining.CHANGED_ITSELF)]


@pytest.mark.parametrize(
    ("window", "begins"),
    [("day", date(2026, 3, 26)), ("week", date(2026, 3, 30)), ("season", date(2026, 4, 1))],
)
def test_a_limit_says_when_it_begins_anew(window: str, begins: date) -> None:
    clipped = case("pain_accepted", {}, "rule_pain", reason=limiting.FULL, asked=5)
    clipped = replace(clipped, values={"window": window})
    assert explaining.ways(clipped, DEFAULT) == [Way(explaining.ANEW, {"day": begins}, 5)]


def test_a_limit_for_ever_never_begins_anew() -> None:
    values = {"window": "ever"}
    clipped = case("pain_accepted", {}, "rule_pain", reason=limiting.CLIPPED, values=values)
    assert explaining.ways(clipped, DEFAULT) == [Way(explaining.NEVER_ANEW)]


def test_a_cooling_time_says_its_day() -> None:
    values = {"days": 10, "last": "2026-03-20", "rule": "x"}
    cooled = case("pain_accepted", {}, "rule_pain", reason=limiting.COOLING, values=values, asked=5)
    assert explaining.ways(cooled, DEFAULT) == [
        Way(explaining.COOLED, {"day": date(2026, 3, 30)}, 5)
    ]


def test_a_condition_that_was_not_met_is_named() -> None:
    met = Condition("comments", Comparison.AT_LEAST, Fraction(2))
    unmet = Condition("interviews", Comparison.AT_LEAST, Fraction(3))
    rule = EventRule("mine", "Mine", "pain_accepted", 4, "finder", Group(Joint.ALL, (met, unmet)))
    rules = replace(DEFAULT, rules=(rule,))
    facts = {"comments": 5, "interviews": 0}
    asked = case("pain_accepted", facts, "rule_mine", reason=limiting.NOT_MET)
    (way,) = explaining.ways(asked, rules)
    assert (way.text, way.values, way.points) == (
        explaining.AS_ASKED,
        {"field": "Observed interviews"},
        4,
    )
    either = replace(rule, only_if=Group(Joint.ANY, (unmet,)))
    (way,) = explaining.ways(asked, replace(DEFAULT, rules=(either,)))
    assert way.text == explaining.AS_RULED


@pytest.mark.parametrize(
    ("reason", "text"),
    [(limiting.OWN_APPROVAL, explaining.SOMEBODY_ELSE), ("", explaining.IN_FULL)],
)
def test_other_reasons_have_their_words(reason: str, text: str) -> None:
    (way,) = explaining.ways(case("pain_accepted", {}, "rule_pain", reason=reason), DEFAULT)
    assert way.text == text


def test_of_a_return_less_is_taken_when_told_first_or_later() -> None:
    """514 on day 45 is 386 (points.md, case F); told first 193; on day 75: 514 × 105/180."""
    facts = {"days": 45, "self_reported": False}
    back = case("problem_returned", facts, "return_G3", points=-386, asked=-386, award=514)
    assert points(explaining.ways(back, DEFAULT)) == {
        explaining.TOLD_FIRST: -193,
        explaining.COME_LATER: -300,
    }
    product = explaining.return_product(514, facts, DEFAULT)
    assert (product.exact, product.points) == (Fraction(-771, 2), -386)


@pytest.mark.parametrize(("team", "more"), [(0, 720), (200, 520)])
def test_what_is_held_says_how_many_team_points_release_it(team: int, more: int) -> None:
    held = case("pain_accepted", {}, explaining.CAP, component="held", individual=180, team=team)
    (way,) = explaining.ways(held, DEFAULT)
    assert way.values == {"more": more}
    assert way.points == 130
    assert explaining.ways(replace(held, team=720), DEFAULT) == [Way(explaining.RELEASED)]

"""Event rules: conditions, limits, and what the constitution says of a rule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.rewards.book import Memory
from cxquest.rewards.catalogue import CATALOGUE, Kind, Pays
from cxquest.rewards.constitution import breaches, faults, most_without_a_team
from cxquest.rewards.deciding import decide, remember
from cxquest.rewards.event_rules import (
    Comparison,
    Condition,
    EventRule,
    Group,
    Joint,
    Limit,
    Per,
    Unit,
    Window,
    holds,
    room,
)
from cxquest.rewards.happening import Happened
from cxquest.rewards.rulebook import DEFAULT, Rulebook

BEGUN = datetime(2026, 3, 2, 8, tzinfo=UTC)  # a Monday
ZONE = ZoneInfo("Europe/Oslo")
BIG = Condition("comments", Comparison.AT_LEAST, Fraction(5))
TALKED = Condition("interviews", Comparison.AT_LEAST, Fraction(1))
STAKE = Condition("pain_class", Comparison.IS, "table_stake")


@pytest.mark.parametrize(
    ("joint", "values", "expected"),
    [
        (Joint.ALL, {"comments": Fraction(5), "interviews": Fraction(1)}, True),
        (Joint.ALL, {"comments": Fraction(5), "interviews": Fraction(0)}, False),
        (Joint.ANY, {"comments": Fraction(5), "interviews": Fraction(0)}, True),
        (Joint.ANY, {"comments": Fraction(4), "interviews": Fraction(0)}, False),
        (Joint.NOT, {"comments": Fraction(4), "interviews": Fraction(0)}, True),
        (Joint.NOT, {"comments": Fraction(5), "interviews": Fraction(0)}, False),
        (Joint.ALL, {}, False),
        (Joint.NOT, {}, True),
    ],
)
def test_all_any_and_not(joint: Joint, values: dict[str, Fraction], expected: bool) -> None:
    assert holds(Group(joint, (BIG, TALKED)), values) is expected


def test_groups_hold_groups() -> None:
    either = Group(Joint.ANY, (BIG, TALKED))
    rule = Group(Joint.ALL, (STAKE, Group(Joint.NOT, (either,))))
    assert holds(rule, {"pain_class": "table_stake", "comments": Fraction(2)})
    assert not holds(rule, {"pain_class": "table_stake", "comments": Fraction(7)})


@given(st.integers(0, 9), st.integers(0, 99), st.integers(1, 20), st.integers(1, 50))
def test_a_limit_never_gives_more_than_is_left(
    times: int, points: int, amount: int, wanted: int
) -> None:
    counted = Limit("p", amount, Unit.TIMES, Per.ACCOUNT, Window.DAY)
    summed = Limit("p", amount, Unit.POINTS, Per.ACCOUNT, Window.DAY)
    assert room(counted, times, points, wanted) in (0, wanted)
    assert 0 <= room(summed, times, points, wanted) <= max(0, amount - points)


def rule(**changed: Any) -> EventRule:
    """Return a rule that pays 5 to who found a pain point, with changes."""
    plain = EventRule("found", "Found", "pain_accepted", 5, "finder")
    return replace(plain, **changed)


def given_points(
    one: EventRule, *told: tuple[float, dict[str, object]], rules: Rulebook = DEFAULT
) -> list[int]:
    """Return what a rule pays for events so many days after the beginning, in order."""
    book, paid = Memory(), []
    with_rule = replace(rules, rules=(one,))
    for number, (days, facts) in enumerate(told):
        event = Happened(
            key=f"pain:{number}",
            kind="pain_accepted",
            subject=str(facts.get("subject", f"pain:{number}")),
            chain="",
            facts={"finder": 1, **facts},
            at=BEGUN + timedelta(days=days),
            zone=ZONE,
            season_start=datetime(2025, 12, 31, 23, tzinfo=UTC),
        )
        lines = decide(event, with_rule, book)
        remember(book, event, lines)
        paid.append(sum(line.points for line in lines))
    return paid


def at_most(amount: int, unit: Unit, per: Per, window: Window) -> tuple[Limit, ...]:
    return (Limit("found", amount, unit, per, window),)


@pytest.mark.parametrize(
    ("limits", "told", "paid"),
    [
        (at_most(2, Unit.TIMES, Per.ACCOUNT, Window.DAY), [0, 0.1, 0.2, 1], [5, 5, 0, 5]),
        (at_most(7, Unit.POINTS, Per.ACCOUNT, Window.WEEK), [0, 1, 6, 7], [5, 2, 0, 5]),
        (at_most(1, Unit.TIMES, Per.ACCOUNT, Window.SEASON), [0, 20], [5, 0]),
        (at_most(1, Unit.TIMES, Per.ACCOUNT, Window.EVER), [0, 400], [5, 0]),
    ],
)
def test_windows(limits: tuple[Limit, ...], told: list[float], paid: list[int]) -> None:
    assert given_points(rule(at_most=limits), *((days, {}) for days in told)) == paid


@pytest.mark.parametrize(
    ("per", "first", "same", "other"),
    [
        (Per.ACCOUNT, {}, {"theme": 2}, {"finder": 2}),
        (Per.PAIR, {"with": 7}, {"with": 7, "theme": 2}, {"with": 8}),
        (Per.OBJECT, {"subject": "a"}, {"subject": "a", "finder": 2}, {"subject": "b"}),
        (Per.THEME, {"theme": 1}, {"theme": 1, "finder": 2}, {"theme": 2}),
    ],
)
def test_whose_a_limit_is(
    per: Per, first: dict[str, object], same: dict[str, object], other: dict[str, object]
) -> None:
    one = rule(at_most=at_most(1, Unit.TIMES, per, Window.EVER))
    assert given_points(one, (0, first), (1, same), (2, other)) == [5, 0, 5]


def test_a_cooling_time_counts_from_the_last_payment() -> None:
    one = rule(after_days=10)
    assert given_points(one, (0, {}), (5, {}), (9.9, {}), (10, {}), (15, {})) == [5, 0, 0, 5, 0]


def test_a_rule_that_is_not_met_leaves_its_reason() -> None:
    one = rule(only_if=Group(Joint.ALL, (BIG,)))
    assert given_points(one, (0, {"comments": 4}), (1, {"comments": 5})) == [0, 5]


def paying_for(when: str, **changed: object) -> Rulebook:
    return replace(DEFAULT, rules=(rule(when=when, to="team", **changed),))


@pytest.mark.parametrize(
    ("when", "article"), [("kudos_given", "C7"), ("signed_in", "C8"), ("quest_joined", "C8")]
)
def test_no_rule_pays_for_what_is_worth_nothing(when: str, article: str) -> None:
    found = breaches(paying_for(when))
    assert [(one.article, one.found, one.limit) for one in found] == [(article, 5, 0)]


def is_(field: str, value: str) -> Group:
    return Group(Joint.ALL, (Condition(field, Comparison.IS, value),))


@pytest.mark.parametrize(
    ("only_if", "article"),
    [
        (is_("work", "resolution"), "C1"),
        (is_("work", "recovery"), "C1"),
        (Group(), "C1"),  # the same for everyone makes prevention worth relatively less
        (is_("cause", "symptom"), "C2"),
        (Group(Joint.ALL, (is_("gate", "G1"), is_("work", "prevention"))), "C3"),
        (Group(Joint.ALL, (is_("impact", "S"), is_("gate", "G4"))), "C9"),
    ],
)
def test_a_bonus_is_judged_with_the_formula(only_if: Group, article: str) -> None:
    found = breaches(paying_for("gate_passed", give=2000, only_if=only_if))
    assert article in {one.article for one in found}
    assert all(one.found != one.limit for one in found if one.article != "C9")


def test_a_bonus_that_strengthens_the_constitution_is_allowed() -> None:
    best = Group(
        Joint.ALL,
        (
            is_("work", "prevention"),
            is_("cause", "systemic"),
            is_("impact", "XL"),
            is_("gate", "G4"),
        ),
    )
    assert breaches(paying_for("gate_passed", give=50, only_if=best)) == []


@pytest.mark.parametrize(
    "limited",
    [
        {"at_most": at_most(1, Unit.TIMES, Per.ACCOUNT, Window.EVER)},
        {"at_most": at_most(1, Unit.POINTS, Per.ACCOUNT, Window.EVER)},
        {"after_days": 366},
    ],
)
def test_a_bonus_that_can_be_used_up_does_not_hide_another(limited: dict[str, object]) -> None:
    """From the second time on, the unlimited rule for resolution would pay more."""

    def member_rule(name: str, work: str, give: int, **more: Any) -> EventRule:
        only_if = Group(Joint.ALL, (is_("work", work), is_("cause", "systemic")))
        plain = rule(id=name, when="gate_passed", to="members", give=give, only_if=only_if)
        return replace(plain, **more)

    rules = (
        member_rule("best", "prevention", 300, **limited),
        member_rule("good", "detection", 100),
        member_rule("usual", "resolution", 100),
    )
    found = {one.article for one in breaches(replace(DEFAULT, rules=rules))}
    assert "C1" in found
    assert "C1" not in {
        one.article
        for one in breaches(replace(DEFAULT, rules=(member_rule("best", "prevention", 300),)))
    }


def test_a_limit_for_each_pair_needs_a_pair() -> None:
    of_pairs = rule(at_most=at_most(1, Unit.TIMES, Per.PAIR, Window.EVER))
    assert faults(replace(DEFAULT, rules=(of_pairs,))) == []
    wrong = replace(of_pairs, when="gate_passed", to="team")
    assert len(faults(replace(DEFAULT, rules=(wrong,)))) == 1


def test_a_rule_for_members_never_prefers_resolution() -> None:
    one = rule(when="gate_passed", to="members", only_if=is_("work", "resolution"))
    found = breaches(replace(DEFAULT, rules=(one,)))
    assert found[0].article == "C1"
    assert (found[0].found, found[0].limit) == (0, Fraction(15, 2))


@pytest.mark.parametrize(
    "wrong",
    [
        rule(when="never_heard_of"),
        rule(to="reviewer"),
        rule(only_if=Group(Joint.ALL, (Condition("mood", Comparison.IS, "good"),))),
        rule(only_if=Group(Joint.ALL, (Condition("pain_class", Comparison.IS, "nice"),))),
        rule(only_if=Group(Joint.ALL, (Condition("comments", Comparison.IS, "many"),))),
        rule(only_if=Group(Joint.ALL, (Condition("pain_class", Comparison.AT_LEAST, "x"),))),
    ],
)
def test_a_senseless_rule_is_a_fault_with_its_place(wrong: EventRule) -> None:
    assert [fault.place for fault in faults(replace(DEFAULT, rules=(wrong,)))] == ["rules.1"]


def test_two_limits_of_one_pool_have_to_agree() -> None:
    first = rule(at_most=at_most(1, Unit.TIMES, Per.ACCOUNT, Window.DAY))
    second = rule(id="other", at_most=at_most(2, Unit.TIMES, Per.ACCOUNT, Window.DAY))
    assert len(faults(replace(DEFAULT, rules=(first, second)))) == 1
    assert len(faults(replace(DEFAULT, rules=(first, first)))) == 1  # the same id


def test_c11_shows_the_most_that_counts_without_a_team() -> None:
    assert most_without_a_team(DEFAULT) == (None, 50)  # lessons have no limit
    limited = replace(DEFAULT, rules=DEFAULT.rules[:3])
    assert most_without_a_team(limited) == (14 * 10 + 14 * 5 * 8, 50)
    assert most_without_a_team(replace(DEFAULT, rules=())) == (0, 0)


def test_the_default_has_no_faults() -> None:
    assert faults(DEFAULT) == []
    assert breaches(DEFAULT) == []


def test_the_catalogue_is_typed_and_closed() -> None:
    for name, kind in CATALOGUE.items():
        assert kind.name == name
        assert kind.title
        assert kind.meaning
        assert kind.caused_by
        assert bool(kind.recipients) == kind.is_payable
        for field in kind.fields:
            assert bool(field.choices) == (field.kind is Kind.CHOICE)
            assert bool(field.unit) == (field.kind is Kind.NUMBER)
    assert CATALOGUE["kudos_given"].pays is Pays.NOTHING


@pytest.mark.parametrize(
    ("field", "comparison", "value"),
    [
        ("departments", Comparison.AT_MOST, "0"),
        ("departments", Comparison.AT_MOST, "1/2"),
        ("departments", Comparison.AT_LEAST, "10"),
        ("people", Comparison.AT_LEAST, "10"),
        ("people", Comparison.IS, "10"),
        ("people", Comparison.AT_MOST, "900000"),
    ],
)
@pytest.mark.parametrize("to", ["team", "members"])
def test_no_number_hides_a_bonus_for_symptoms(
    field: str, comparison: Comparison, value: str, to: str
) -> None:
    parts = (
        is_("work", "resolution"),
        is_("cause", "symptom"),
        Condition(field, comparison, Fraction(value)),
    )
    one = rule(when="gate_passed", to=to, give=10000, only_if=Group(Joint.ALL, parts))
    assert "C1" in {fault.article for fault in breaches(replace(DEFAULT, rules=(one,)))}


def test_a_rule_adds_nothing_to_a_gate_that_pays_nothing() -> None:
    one = rule(when="gate_passed", to="team", only_if=is_("gate", "G3"))
    measure = {"baseline": "12", "target": "4", "observed": "11"}
    facts = {
        "gate": "G3",
        "impact": "L",
        "work": "prevention",
        "cause": "systemic",
        "contributions": {"Care": "1"},
        "measures": {"action": measure},
        "team": 1,
        "members": [],
    }
    event = Happened("q", "gate_passed", "q", "q", facts, BEGUN, ZONE, BEGUN)
    formula, added = decide(event, replace(DEFAULT, rules=(one,)), Memory())
    assert (formula.points, added.points) == (0, 0)
    assert "no rule adds" in added.reason
    reached = {**facts, "measures": {"action": {**measure, "observed": "4"}}}
    event = Happened("q", "gate_passed", "q", "q", reached, BEGUN, ZONE, BEGUN)
    assert [line.points for line in decide(event, replace(DEFAULT, rules=(one,)), Memory())] == [
        540,
        5,
    ]

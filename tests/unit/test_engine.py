"""The points engine: the worked examples to the point, and the properties of the formula."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.rewards.engine import (
    Deed,
    Measure,
    attained,
    attainment,
    bridge,
    effective_departments,
    individual_part,
    person_total,
    round_half_up,
    score,
    taken_back,
)
from cxquest.rewards.rulebook import DEFAULT, Cause, Gate, Impact, MeasureKind, Rulebook, Work

ACTION, THEME, SURVEY = MeasureKind
LADDER, DEPTH, SIZES = list(Work), list(Cause), list(Impact)


def measure(baseline: str, target: str, observed: str) -> Measure:
    return Measure(Fraction(baseline), Fraction(target), Fraction(observed))


def done(**changed: object) -> Deed:
    """Case A of the worked examples, with what is changed about it."""
    given = {
        "impact": Impact.L,
        "work": Work.PREVENTION,
        "cause": Cause.SYSTEMIC,
        "contributions": {"Billing": Fraction(40), "Field": Fraction(30), "Care": Fraction(30)},
        "measures": {
            ACTION: measure("12", "4", "5"),
            THEME: measure("40", "20", "26"),
            SURVEY: measure("3.2", "4.0", "3.4"),
        },
    }
    return Deed(**{**given, **changed})  # type: ignore[arg-type]


FULL = {ACTION: measure("1", "0", "0")}


def points(deed: Deed) -> list[int]:
    return [score(gate, deed, DEFAULT).points for gate in Gate]


def even(*shares: int) -> dict[str, Fraction]:
    return {f"department {n}": Fraction(share) for n, share in enumerate(shares)}


def test_case_a_prevention_of_a_systemic_cause_by_three_departments() -> None:
    deed = done()
    assert effective_departments(deed.contributions) == Fraction(100, 34)
    assert round(float(bridge(deed.contributions, DEFAULT)), 4) == 1.2912
    assert attainment(deed.measures, DEFAULT) == Fraction("0.7375")
    assert points(deed) == [155, 232, 514, 343]
    assert sum(points(done(measures=FULL))) == 1549


def test_case_b_resolution_of_a_symptom_by_one_department() -> None:
    deed = done(work=Work.RESOLUTION, cause=Cause.SYMPTOM, contributions=even(1), measures=FULL)
    assert points(deed) == [20, 30, 90, 60]


def test_case_c_resolution_of_a_systemic_cause_by_two() -> None:
    deed = done(work=Work.RESOLUTION, contributions=even(60, 40), measures=FULL)
    assert round(float(bridge(deed.contributions, DEFAULT)), 4) == 1.1385
    assert points(deed) == [68, 102, 307, 205]


def test_case_d_a_token_outsider_and_four_equal_departments() -> None:
    assert round(float(effective_departments(even(9, 1))), 4) == 1.2195
    assert round(float(bridge(even(9, 1), DEFAULT)), 4) == 1.0329
    assert bridge(even(1, 1, 1, 1), DEFAULT) == Fraction("1.45")


def test_case_e_the_survey_moved_and_the_action_metric_did_not() -> None:
    measures = {ACTION: measure("12", "4", "11"), SURVEY: measure("3.2", "4.0", "4.0")}
    assert attained(measures[ACTION]) == Fraction(1, 8)
    assert points(done(measures=measures))[2:] == [0, 0]


def test_case_f_what_is_taken_back_depends_on_the_day() -> None:
    assert [taken_back(514, days, DEFAULT) for days in (45, 10, 180)] == [386, 485, 0]
    assert taken_back(514, 45, DEFAULT, self_reported=True) == 193


@pytest.mark.parametrize(("team", "total"), [(0, 50), (155, 205), (901, 1081)])
def test_case_g_a_person_with_180_points_of_their_own(team: int, total: int) -> None:
    assert person_total(180, team, DEFAULT) == total


def test_case_h_detection_of_a_contributing_cause() -> None:
    deed = done(
        impact=Impact.M,
        work=Work.DETECTION,
        cause=Cause.CONTRIBUTING,
        contributions=even(1, 1),
        measures={ACTION: measure("10", "0", "2")},
    )
    assert points(deed) == [22, 32, 78, 52]


def test_case_i_a_survey_that_was_not_declared_spreads_its_weight() -> None:
    measures = {ACTION: measure("12", "4", "5"), THEME: measure("40", "20", "26")}
    assert attainment(measures, DEFAULT) == Fraction(14, 17)


def test_a_half_is_rounded_up() -> None:
    assert [round_half_up(Fraction(n, 2)) for n in (1, 3, 5)] == [1, 2, 3]


def test_without_the_action_metric_nothing_is_attained() -> None:
    with pytest.raises(ValueError, match="never be left out"):
        attainment({THEME: measure("4", "2", "2")}, DEFAULT)


def test_a_target_that_is_the_baseline_is_refused() -> None:
    with pytest.raises(ValueError, match="same as the baseline"):
        attained(measure("4", "4", "4"))


def test_a_negative_contribution_is_refused() -> None:
    with pytest.raises(ValueError, match="never negative"):
        effective_departments({"Care": Fraction(-1)})


def test_an_award_is_the_rounded_product_of_its_factors() -> None:
    award = score(Gate.G3, done(), DEFAULT)
    product = Fraction(1)
    for factor in award.factors:
        product *= factor.value
    assert award.points == round_half_up(product) == 514
    assert [factor.name for factor in award.factors] == [
        "base",
        "share",
        "work",
        "cause",
        "bridge",
        "attainment",
    ]


shares = st.dictionaries(
    st.sampled_from("ABCDEF"), st.fractions(min_value=0, max_value=1000), max_size=6
)
portions = st.fractions(min_value=0, max_value=1)
deeds = st.builds(
    done,
    impact=st.sampled_from(SIZES),
    work=st.sampled_from(LADDER),
    cause=st.sampled_from(DEPTH),
    contributions=shares,
    measures=portions.map(lambda a: {ACTION: Measure(Fraction(0), Fraction(1), a)}),
)


@given(deeds, st.sampled_from(list(Gate)))
def test_p1_more_prevention_or_a_deeper_cause_never_pays_less(deed: Deed, gate: Gate) -> None:
    paid = score(gate, deed, DEFAULT).points
    for work in LADDER[LADDER.index(deed.work) :]:
        for cause in DEPTH[DEPTH.index(deed.cause) :]:
            better = Deed(deed.impact, work, cause, deed.contributions, deed.measures)
            assert score(gate, better, DEFAULT).points >= paid


@given(shares, st.fractions(min_value="1/100", max_value=100))
def test_p2_the_bridge_knows_neither_order_nor_scale(
    given_shares: dict[str, Fraction], scale: Fraction
) -> None:
    value = bridge(given_shares, DEFAULT)
    assert 1 <= value <= Fraction("1.45")
    assert value == bridge(dict(reversed(given_shares.items())), DEFAULT)
    assert value == bridge({k: v * scale for k, v in given_shares.items()}, DEFAULT)


@given(st.integers(0, 10_000), st.integers(0, 400), st.integers(0, 400))
def test_p3_never_more_is_taken_back_later_than_sooner(award: int, one: int, other: int) -> None:
    sooner, later = sorted((one, other))
    found_out = taken_back(award, sooner, DEFAULT)
    assert 0 <= taken_back(award, later, DEFAULT) <= found_out <= award
    assert taken_back(award, sooner, DEFAULT, self_reported=True) <= found_out


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 500))
def test_p4_a_person_never_loses_by_more(raw: int, team: int, more: int) -> None:
    total = person_total(raw, team, DEFAULT)
    assert person_total(raw + more, team, DEFAULT) >= total
    assert person_total(raw, team + more, DEFAULT) >= total
    own = individual_part(raw, team, DEFAULT)
    assert own <= 50 or own * 5 <= total


@given(deeds)
def test_p7_splitting_a_quest_never_pays(deed: Deed) -> None:
    """Two quests of the size below are worth less than the one, whatever else is the same."""
    if deed.impact is Impact.S:
        return
    smaller = Deed(
        SIZES[SIZES.index(deed.impact) - 1],
        deed.work,
        deed.cause,
        deed.contributions,
        deed.measures,
    )
    assert 2 * sum(points(smaller)) <= sum(points(deed)) + 4  # each gate is rounded by itself


@given(deeds)
def test_a_quest_pays_what_its_gates_pay_and_outcomes_most(deed: Deed) -> None:
    paid = points(deed)
    assert min(paid) >= 0
    if attainment(deed.measures, DEFAULT) == 1:
        assert paid[2] + paid[3] >= paid[0] + paid[1]


tables = st.builds(
    lambda step, most, weights, floor: replace(
        DEFAULT,
        bridge_step=step,
        bridge_departments=most,
        weight=dict(zip(MeasureKind, weights, strict=True)),
        attainment_floor=floor,
    ),
    st.fractions(min_value=0, max_value=1, max_denominator=100),
    st.integers(1, 9),
    st.lists(
        st.fractions(min_value="1/100", max_value=1, max_denominator=100), min_size=3, max_size=3
    ),
    portions,
)
way = st.fractions(min_value=-50, max_value=50, max_denominator=30)
measured = st.dictionaries(
    st.sampled_from(MeasureKind),
    st.builds(Measure, way, way, way).filter(lambda one: one.baseline != one.target),
).map(lambda found: FULL | found)


@given(shares, measured, tables, st.sampled_from(list(Gate)))
def test_whole_numbers_give_what_the_plain_formula_gives(
    contributions: dict[str, Fraction],
    measures: dict[MeasureKind, Measure],
    rules: Rulebook,
    gate: Gate,
) -> None:
    total = sum(contributions.values(), Fraction(0))
    parts = [weight / total for weight in contributions.values()] if total else [Fraction(1)]
    n = 1 / sum((part * part for part in parts), Fraction(0))
    spanned = 1 + rules.bridge_step * (min(n, Fraction(rules.bridge_departments)) - 1)
    assert bridge(contributions, rules) == spanned
    gone = {
        kind: min(
            max((m.baseline - m.observed) / (m.baseline - m.target), Fraction(0)), Fraction(1)
        )
        for kind, m in measures.items()
    }
    assert {kind: attained(measure) for kind, measure in measures.items()} == gone
    weights = sum((rules.weight[kind] for kind in gone), Fraction(0))
    reached = sum((rules.weight[kind] * a for kind, a in gone.items()), Fraction(0)) / weights
    reached = reached if gone[ACTION] >= rules.attainment_floor else Fraction(0)
    assert attainment(measures, rules) == reached
    deed = done(contributions=contributions, measures=measures)
    product = rules.base[deed.impact] * rules.share[gate] * 2 * Fraction(3, 2) * spanned
    product *= reached if gate in (Gate.G3, Gate.G4) else 1
    assert score(gate, deed, rules).points == round_half_up(product)

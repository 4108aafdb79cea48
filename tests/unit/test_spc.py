"""Control charts: limits and rules, by example and by what must hold of any series."""

import math
import random
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cxquest.core.errors import BadInput
from cxquest.measures import spc
from cxquest.measures.limits import Lines, mean, pooled
from cxquest.measures.signals import signals
from cxquest.measures.spc import (
    Chart,
    ChartKind,
    Improvement,
    Observation,
    PointType,
    Rule,
    Saying,
)

MIRRORED = {Improvement.INCREASE: Improvement.DECREASE, Improvement.DECREASE: Improvement.INCREASE}
LEVELS = st.lists(st.integers(0, 9), min_size=1, max_size=60)
WALKS = st.lists(st.integers(-4, 4).filter(bool), min_size=2, max_size=60)
SIZED = st.lists(
    st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=40,
)


def drawn(
    values: Sequence[float], way: Improvement = Improvement.INCREASE, **more: object
) -> Chart:
    seen = [Observation(str(place), value) for place, value in enumerate(values)]
    return spc.chart(seen, improvement=way, **more)  # type: ignore[arg-type]


def shares(counts: Sequence[tuple[float, float]], kind: ChartKind, **more: object) -> Chart:
    seen = spc.of_counts(Observation(str(p), y, n) for p, (y, n) in enumerate(counts))
    return spc.chart(seen, improvement=Improvement.DECREASE, kind=kind, **more)  # type: ignore[arg-type]


def types(chart: Chart) -> list[str]:
    return [point.type.value for point in chart.points]


def rules(chart: Chart, rule: Rule) -> list[int]:
    return [place for place, point in enumerate(chart.points) if rule in point.rules]


def windows(
    values: Sequence[float], width: int, holds: Callable[[Sequence[float]], bool]
) -> set[int]:
    """Return the places that any window of so many values covers in which it holds."""
    return {
        place
        for start in range(len(values) - width + 1)
        if holds(values[start : start + width])
        for place in range(start, start + width)
    }


def rises(seven: Sequence[float]) -> bool:
    return all(a < b for a, b in pairwise(seven))


@given(LEVELS)
def test_seven_in_a_row_are_seven_whatever_stands_beside_them(values: list[int]) -> None:
    chart = drawn(values)
    falling = windows([-v for v in values], 7, rises)
    assert set(rules(chart, Rule.TREND)) == windows(values, 7, rises) | falling
    apart = [v - chart.points[0].mean for v in values]
    above = windows(apart, 7, lambda seven: min(seven) > 0)
    below = windows(apart, 7, lambda seven: max(seven) < 0)
    assert set(rules(chart, Rule.ONE_SIDE)) == above | below


@given(LEVELS)
def test_two_of_three_lie_on_one_side_and_only_those_two_are_marked(values: list[int]) -> None:
    chart = drawn(values)
    centre, _lower, upper = chart.points[0][3:6]
    if upper is None:
        assert rules(chart, Rule.TWO_IN_THREE) == []
        return
    apart = [v - centre for v in values]
    width = upper - centre
    assume(all(abs(abs(a) - width * part) > 1e-9 for a in apart for part in (1, 2 / 3)))
    outer = [width * 2 / 3 < abs(a) < width for a in apart]
    found = set()
    for start in range(len(values) - 2):
        three = range(start, start + 3)
        one_side = len({apart[p] > 0 for p in three}) == 1 and all(apart[p] for p in three)
        if one_side and sum(outer[p] for p in three) >= 2:
            found |= {p for p in three if outer[p]}
    assert set(rules(chart, Rule.TWO_IN_THREE)) == found


@given(LEVELS, st.integers(-1000, 1000), st.sampled_from([0.25, 0.5, 1.0, 2.0, 16.0]))
def test_another_unit_or_origin_changes_no_type(values: list[int], by: int, unit: float) -> None:
    before = drawn(values)
    centre, lower, upper = before.points[0][3:6]
    if lower is not None and upper is not None:
        lines = [centre, lower, upper, *(centre + 2 / 3 * (e - centre) for e in (lower, upper))]
        assume(all(abs(v - line) > 1e-9 for v in values for line in lines))
    else:
        assume(all(abs(v - centre) > 1e-9 for v in values))
    after = drawn([v * unit + by for v in values])
    assert types(after) == types(before)
    assert after.points[0].mean == pytest.approx(centre * unit + by)


@given(WALKS, st.sampled_from(list(MIRRORED)))
def test_a_mirror_turns_both_direction_and_values(steps: list[int], way: Improvement) -> None:
    values = [sum(steps[:count]) for count in range(len(steps) + 1)]
    mirrored = [-value for value in values]
    assert types(drawn(mirrored, MIRRORED[way])) == types(drawn(values, way))
    told = types(drawn(values, MIRRORED[way]))
    swap = {"special_cause_improvement": "special_cause_concern"}
    swap |= {b: a for a, b in swap.items()}
    assert told == [swap.get(kind, kind) for kind in types(drawn(values, way))]


@given(LEVELS.filter(lambda v: len(v) >= 2), LEVELS)
def test_a_frozen_baseline_does_not_move(base: list[int], later: list[int]) -> None:
    alone, together = drawn(base), drawn([*base, *later], baseline=(0, len(base) - 1))
    assert {point[3:6] for point in together.points} == {alone.points[0][3:6]}
    assert drawn([*base, *later], fix_after=len(base)).points == together.points


@given(LEVELS, LEVELS)
def test_a_rebase_begins_anew(before: list[int], after: list[int]) -> None:
    chart = drawn([*before, *after], rebase=[len(before)])
    parts = [*drawn(before).points, *drawn(after).points]
    assert [point[1:] for point in chart.points] == [point[1:] for point in parts]
    assert [one.rests_on for one in chart.stretches] == [len(before), len(after)]


@given(LEVELS.filter(lambda v: len(v) >= 2), LEVELS, LEVELS)
def test_the_baseline_holds_until_the_first_rebase(
    a: list[int], b: list[int], c: list[int]
) -> None:
    chart = drawn([*a, *b, *c], baseline=(0, len(a) - 1), rebase=[len(a) + len(b)])
    assert {p[3:6] for p in chart.points[: len(a) + len(b)]} == {drawn(a).points[0][3:6]}
    assert {p[3:6] for p in chart.points[len(a) + len(b) :]} == {drawn(c).points[0][3:6]}


@given(st.floats(-1e6, 1e6), st.integers(2, 40))
def test_a_flat_series_has_no_limits_and_no_signal(value: float, count: int) -> None:
    chart = drawn([value] * count)
    assert chart.points[0].mean == value
    assert {point[4:] for point in chart.points} == {(None, None, (), PointType.COMMON_CAUSE)}
    plain = drawn([value] * count, screen=False)
    assert plain.points[0].lower == plain.points[0].upper == value
    assert set(types(plain)) == {"common_cause"}


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=50))
def test_a_mean_is_rounded_once(values: list[float]) -> None:
    assert mean(values) == pytest.approx(statistics.mean(values), rel=1e-15, abs=1e-300)


@given(SIZED)
def test_shares_and_rates_step_with_their_size(counts: list[tuple[int, int]]) -> None:
    centre = sum(y for y, _n in counts) / sum(n for _y, n in counts)
    for kind, spread in ((ChartKind.P, centre * (1 - centre)), (ChartKind.U, centre)):
        for point in shares(counts, kind).points:
            assert point.n is not None
            width = 3 * math.sqrt(max(0, spread) / point.n)
            most = 1 if kind is ChartKind.P else math.inf
            assert point.mean == pytest.approx(centre)
            assert point.lower == pytest.approx(max(0, centre - width), abs=1e-9)
            assert point.upper == pytest.approx(min(most, centre + width), abs=1e-9)


@given(SIZED, st.sampled_from([ChartKind.P_PRIME, ChartKind.U_PRIME]))
def test_primed_limits_are_the_plain_ones_times_one_factor(
    counts: list[tuple[int, int]], kind: ChartKind
) -> None:
    chart = shares(counts, kind, screen=False)
    centre = chart.points[0].mean
    spread = centre * (1 - centre) if kind is ChartKind.P_PRIME else centre
    if spread < 1e-9:
        assert {point.upper for point in chart.points} == {None}
        return
    scores = [(y / n - centre) / math.sqrt(spread / n) for y, n in counts]
    moves = [abs(b - a) for a, b in pairwise(scores)]
    factor = statistics.mean(moves) / 1.128
    for point in chart.points:
        assert point.n is not None
        wanted = centre + 3 * factor * math.sqrt(spread / point.n)
        assert point.upper == pytest.approx(
            min(wanted, 1) if kind is ChartKind.P_PRIME else wanted, abs=1e-9
        )


@given(st.integers(1, 99), st.lists(st.integers(1, 50), min_size=2, max_size=30))
def test_shares_that_are_all_the_same_lie_on_the_mean(percent: int, tens: list[int]) -> None:
    """Not a hair beside it, which would be seven on one side."""
    share = percent / 100
    assert pooled([share] * len(tens), [float(n) for n in tens]) == share


def test_a_crafted_step_is_an_improvement_once_the_baseline_is_frozen() -> None:
    dice = random.Random(5)
    values = [50 + level + dice.gauss(0, 3) for level in (0, 12) for _month in range(12)]
    chart = drawn(values, baseline=(0, 11))
    after = spc.signals_after(chart, 12)
    assert after.says is Saying.IMPROVEMENT
    assert after.counts[PointType.IMPROVEMENT] == 12
    assert spc.signals_after(drawn(values[:12]), 0).says is Saying.NOTHING
    worse = drawn(values, Improvement.DECREASE, baseline=(0, 11))
    assert spc.signals_after(worse, 12).says is Saying.CONCERN
    neutral = drawn(values, Improvement.NEUTRAL, baseline=(0, 11))
    assert spc.signals_after(neutral, 12).says is Saying.CHANGE
    assert neutral.points[-1].type is PointType.NEUTRAL_HIGH
    whole = spc.signals_after(drawn([*values, *(v - 24 for v in values)], baseline=(0, 11)), 12)
    assert whole.says is Saying.BOTH


def test_a_tie_ends_a_trend() -> None:
    assert rules(drawn([1, 2, 3, 4, 5, 6, 7, 3]), Rule.TREND) == list(range(7))
    assert rules(drawn([1, 2, 3, 4, 4, 5, 6, 7]), Rule.TREND) == []


def test_where_one_trend_touches_another_the_step_between_them_decides() -> None:
    """As in NHSRplotthedots, where a tie points down."""
    rise, fall = [30, 31, 33, 36, 40, 45, 51], [51, 45, 40, 36, 33, 31, 30]
    for values in ([*rise, *fall[1:]], [*rise, *fall], [*rise, *(one - 15 for one in rise)]):
        found = signals(values, [Lines(40, -1000, 1000, -900, 900)] * len(values))
        assert all(signal.rules[0] is Rule.TREND for signal in found)
        assert [signal.way for signal in found[:7]] == [1] * 6 + [-1]


def test_the_first_rule_gives_the_direction() -> None:
    """A falling trend above the mean is a fall, unless its points are beyond the limits."""
    values = [50.0, 52, 49, 51, 50, 52, 49, 51, 50, 51, 49, 52, *(58 - n for n in range(7))]
    chart = drawn(values, baseline=(0, 11))
    top, low = chart.points[12], chart.points[16]
    assert top.rules[:2] == (Rule.OUTSIDE_LIMITS, Rule.TREND)
    assert top.type is PointType.IMPROVEMENT
    assert low.rules[0] is Rule.TREND
    assert low.type is PointType.CONCERN


def test_twelve_points_are_enough() -> None:
    assert not drawn([1, 2] * 5 + [1]).enough
    assert drawn([1, 2] * 6).enough
    assert drawn([]).points == ()
    assert spc.assurance(drawn([]), 3) is None


def test_what_cannot_be_drawn_is_refused() -> None:
    up = Improvement.INCREASE
    for y, n in ((0.5, None), (0.5, 0), (0.5, math.nan), (-0.1, 10), (1.1, 10)):
        with pytest.raises(BadInput, match=r"^May: "):
            spc.chart([Observation("May", y, n)], improvement=up, kind=ChartKind.P)
    with pytest.raises(BadInput, match=r"^May: "):
        spc.of_counts([Observation("May", 3)])
    with pytest.raises(ValueError, match="baseline"):
        drawn([1, 2, 3], baseline=(1, 3))


def test_a_target_beyond_the_limits_is_reached_always_or_never() -> None:
    values = [50, 52, 49, 51] * 4
    assert spc.assurance(drawn(values), 30) == "consistent_pass"
    assert spc.assurance(drawn(values), 80) == "consistent_fail"
    assert spc.assurance(drawn(values, Improvement.DECREASE), 80) == "consistent_pass"
    assert spc.assurance(drawn(values, Improvement.DECREASE), 30) == "consistent_fail"
    assert spc.assurance(drawn(values), 51) == "inconsistent"
    assert spc.assurance(drawn(values, Improvement.NEUTRAL), 80) is None


@pytest.mark.parametrize("kind", [ChartKind.XMR, ChartKind.P_PRIME])
def test_five_years_of_days_take_a_moment(kind: ChartKind) -> None:
    dice = random.Random(1)
    seen = [Observation(str(day), dice.random(), 100) for day in range(2000)]
    taken = []
    for _try in range(5):
        started = time.perf_counter()
        spc.chart(seen, improvement=Improvement.INCREASE, kind=kind)
        taken.append(time.perf_counter() - started)
    assert min(taken) < 0.05

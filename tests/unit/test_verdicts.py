"""What is said of a change: nine made series with a known truth, and what speaks against."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.measures import verdicts
from cxquest.measures.effect import Effect, TooFew, estimate
from cxquest.measures.spc import Improvement
from cxquest.measures.verdicts import ChartSays, Finding, Reason, Verdict, of_effect, together
from tests.unit.test_effect import by_chance, found

UP, DOWN, NEUTRAL = Improvement.INCREASE, Improvement.DECREASE, Improvement.NEUTRAL
BETTER, WORSE, QUIET = ChartSays(5, 0, True), ChartSays(0, 5, True), ChartSays(0, 0, True)
AFTER = np.arange(24) >= 12


def made(name: str, seed: int) -> tuple[list[float], int | None]:
    """Return a series of a known truth, and its season; it changes after half of it."""
    time = np.arange(24)
    chance = by_chance(seed, 24)
    wave = 8 * np.sin(np.arange(48) * np.pi / 6)
    outlier = np.where(time == 17, 30, 0)
    values = {
        "none": 50 + chance,
        "step": 50 + chance + 12 * AFTER,
        "slope": 50 + chance + 2 * np.maximum(time - 12, 0),
        "step on a trend": 50 + chance + time + 12 * AFTER,
        "trend": 50 + chance + 2 * time,
        "seasonal": 50 + by_chance(seed, 48) + wave,
        "autocorrelated": 50 + by_chance(seed, 24, memory=0.5),
        "outlier": 50 + chance + outlier,
        "too short": (50 + chance)[7:18],
        "flat": np.full(24, 50.0),
    }[name]
    return list(values), 12 if name == "seasonal" else None


def judged(values: list[float], season: int | None, way: Improvement) -> tuple[Verdict, str]:
    try:
        effect = found(values, len(values) // 2, season)
    except TooFew as few:
        return Verdict.NOT_ENOUGH_DATA, str(verdicts.too_few(few))
    verdict, reason = of_effect(effect, way)
    return verdict, str(reason)


@pytest.mark.parametrize("seed", [21, 22, 23])
@pytest.mark.parametrize(
    ("name", "truth", "words"),
    [
        ("none", "no_effect", "No effect found"),
        ("step", "improved", "higher than where the time before was leading"),
        ("slope", "improved", "Improved: since the change"),
        ("step on a trend", "improved", "Improved: since the change"),
        ("trend", "trend_before", "already rising before it"),
        ("seasonal", "no_effect", "may be chance"),
        ("autocorrelated", "no_effect", "may be chance"),
        ("outlier", "no_effect", "may be chance"),
        ("too short", "not_enough_data", "there are 5 readings before the change and 6 since"),
        ("flat", "no_effect", "The difference of 0 may be chance"),
    ],
)
def test_the_truth_is_said(name: str, truth: str, words: str, seed: int) -> None:
    verdict, sentence = judged(*made(name, seed), UP)
    assert verdict == truth, sentence
    assert words in sentence
    assert "%" not in sentence.replace("95 % confidence", "")


@pytest.mark.parametrize("a_period", [0.1, 0.5, 3])
@pytest.mark.parametrize(("before", "after"), [(12, 12), (24, 12), (36, 24)])
def test_a_trend_alone_is_not_called_an_effect(before: int, after: int, a_period: float) -> None:
    trend = a_period * np.arange(before + after)
    said = [
        of_effect(found(list(trend + by_chance(seed, before + after)), before), UP)[0]
        for seed in range(40)
    ]
    assert said.count(Verdict.IMPROVED) + said.count(Verdict.WORSENED) <= 2
    if a_period == 3:
        assert said.count(Verdict.TREND_BEFORE) >= 38


STEP = found(made("step", 1)[0])
NONE = found(made("none", 1)[0])
TREND = found(made("trend", 1)[0])
TREND_AND_STEP = found(made("step on a trend", 3)[0])
FALL = found([-value for value in made("step", 1)[0]])


@pytest.mark.parametrize(
    ("effect", "way", "verdict", "code"),
    [
        (STEP, UP, "improved", "improved_higher"),
        (STEP, DOWN, "worsened", "worsened_higher"),
        (STEP, NEUTRAL, "rose", "rose_higher"),
        (FALL, UP, "worsened", "worsened_lower"),
        (FALL, DOWN, "improved", "improved_lower"),
        (FALL, NEUTRAL, "fell", "fell_lower"),
        (NONE, UP, "no_effect", "no_effect"),
        (TREND, DOWN, "trend_before", "trend_before_rising"),
        (None, UP, "not_enough_data", "not_enough_data"),
        (replace(STEP, autocorrelation=0.95), UP, "unclear", "wanders"),
    ],
)
def test_the_better_way_decides(
    effect: Effect | None, way: Improvement, verdict: str, code: str
) -> None:
    said, reason = of_effect(effect, way)
    assert (said, reason.code) == (verdict, code)
    assert str(reason)


def test_a_mirrored_series_has_the_mirrored_verdict() -> None:
    for name in ("none", "step", "slope", "step on a trend", "trend", "autocorrelated"):
        values, season = made(name, 30)
        mirrored = [-value for value in values]
        assert judged(values, season, UP)[0] == judged(mirrored, season, DOWN)[0]


@pytest.mark.parametrize(
    ("chart", "effect", "verdict", "plain", "codes"),
    [
        (BETTER, STEP, "improved", True, ["improved_higher"]),
        (WORSE, FALL, "worsened", True, ["worsened_lower"]),
        (QUIET, NONE, "no_effect", True, ["no_effect"]),
        (QUIET, STEP, "unclear", False, ["improved_higher", "chart_quiet"]),
        (BETTER, NONE, "unclear", False, ["no_effect", "chart_improves"]),
        (WORSE, NONE, "unclear", False, ["no_effect", "chart_worsens"]),
        (WORSE, STEP, "unclear", False, ["improved_higher", "chart_worsens"]),
        (ChartSays(3, 2, True), STEP, "unclear", False, ["improved_higher", "chart_mixed"]),
        (BETTER, TREND, "trend_before", False, ["trend_before_rising", "chart_improves"]),
        (QUIET, TREND, "trend_before", False, ["trend_before_rising"]),
        (BETTER, TREND_AND_STEP, "improved", False, ["improved_higher", "trend_rising"]),
        (ChartSays(0, 0, False), STEP, "not_enough_data", False, ["chart_short"]),
        (ChartSays(0, 0, False), None, "not_enough_data", False, ["chart_short"]),
        (BETTER, None, "not_enough_data", False, ["not_enough_data"]),
    ],
)
def test_chart_and_estimate_are_weighed(
    chart: ChartSays, effect: Effect | None, verdict: str, plain: bool, codes: list[str]
) -> None:
    finding = together(chart, effect, None, UP)
    assert (finding.verdict, finding.plain) == (verdict, plain)
    assert [reason.code for reason in finding.reasons] == codes


@pytest.mark.parametrize(
    ("neighbour", "codes"),
    [(STEP, ["neighbour_rose"]), (FALL, ["neighbour_fell"]), (NONE, []), (TREND, [])],
)
def test_a_neighbour_that_moved_too_is_an_objection(neighbour: Effect, codes: list[str]) -> None:
    finding = together(BETTER, STEP, neighbour, UP)
    assert finding.verdict is Verdict.IMPROVED
    assert [reason.code for reason in finding.reasons[1:]] == codes
    assert finding.plain is not bool(codes)


def test_less_is_better_where_it_is() -> None:
    assert together(BETTER, FALL, None, DOWN).plain
    assert together(BETTER, STEP, None, DOWN).verdict is Verdict.UNCLEAR


CHARTS = st.builds(ChartSays, st.integers(0, 3), st.integers(0, 3), st.booleans())
EFFECTS = st.sampled_from([STEP, NONE, TREND, TREND_AND_STEP, FALL, None])


@given(CHARTS, EFFECTS, EFFECTS, st.sampled_from(Improvement))
def test_a_plain_verdict_has_no_objection(
    chart: ChartSays, effect: Effect | None, neighbour: Effect | None, way: Improvement
) -> None:
    finding = together(chart, effect, neighbour, way)
    assert finding.reasons
    if finding.plain:
        assert len(finding.reasons) == 1
        assert chart.enough
    if finding.plain and finding.verdict is Verdict.IMPROVED:
        assert chart.improvements
        assert not chart.concerns
    assert Finding.from_json(json.loads(json.dumps(finding.as_json()))) == finding
    for reason in finding.reasons:
        assert str(reason).endswith(".")


def test_readings_left_out_are_named() -> None:
    values, _season = made("outlier", 21)
    left_out = verdicts.left_out(found(values))
    assert left_out is not None
    assert "2021-06-01" in str(left_out)
    assert verdicts.left_out(STEP) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (12, "12"),
        (0.5, "0.5"),
        (1234567.8, "1,234,568"),
        (-0.0012345, "-0.00123"),
        (99.96, "100"),
        (2.5e-10, "0.00000000025"),
    ],
)
def test_figures_are_told_with_what_counts(value: float, text: str) -> None:
    assert verdicts.told(value) == text


def test_every_sentence_takes_what_its_reason_brings() -> None:
    with pytest.raises(KeyError):
        str(Reason("no_effect", {}))
    assert all(one.endswith(".") for one in verdicts.SENTENCES.values())


# Published series


def read(file: Path, column: str) -> tuple[list[date], list[float]]:
    header, *rows = [line.split(",") for line in file.read_text().replace('"', "").split()]
    place = header.index(column)
    years = [float(row[0]) for row in rows]
    days = [date(int(y + 1e-6), round((y % 1) * 12) % 12 + 1, 1) for y in years]
    return days, [float(row[place]) for row in rows]


def test_seat_belts_saved_drivers(shared_data: Path) -> None:
    days, values = read(shared_data / "spc" / "R_Seatbelts.csv", "drivers")
    effect = estimate(days, values, date(1983, 2, 1), season=12)
    assert of_effect(effect, DOWN)[0] is Verdict.IMPROVED


def test_the_dam_took_the_nile_its_water(shared_data: Path) -> None:
    days, values = read(shared_data / "spc" / "R_Nile.csv", "value")
    verdict, reason = of_effect(estimate(days, values, date(1899, 1, 1)), NEUTRAL)
    assert verdict is Verdict.FELL
    assert "lower" in str(reason)


def test_no_effect_is_seen_where_nothing_was_changed(shared_data: Path) -> None:
    days, values = read(shared_data / "spc" / "R_Nile.csv", "value")
    still = list(zip(days, values, strict=True))[30:]
    effect = estimate([day for day, _v in still], [v for _day, v in still], date(1930, 1, 1))
    assert of_effect(effect, NEUTRAL)[0] is Verdict.NO_EFFECT

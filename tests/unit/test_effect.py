"""What a change did to a series: by example, by what must hold of any, and by chance alone."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from math import isclose

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import GLS

from cxquest.measures import noise
from cxquest.measures.effect import Effect, TooFew, estimate
from cxquest.measures.spacing import positions

BEGIN = date(2024, 1, 1)
SERIES = st.lists(st.integers(-50, 50), min_size=14, max_size=30)
PLACES = st.lists(st.integers(1, 4), min_size=5, max_size=12).map(lambda gaps: np.cumsum(gaps))
FIGURES = ("estimate", "low", "high", "level", "slope", "trend", "trend_low", "trend_high")


def months(count: int) -> list[date]:
    return [date(2020 + n // 12, n % 12 + 1, 1) for n in range(count)]


def found(
    values: Sequence[float], before: int = 12, season: int | None = None, days: int = 0
) -> Effect:
    """Estimate the effect on months, or on readings so many days apart."""
    dates = [BEGIN + timedelta(days * n) for n in range(len(values))] if days else None
    dates = dates or months(len(values))
    return estimate(dates, values, dates[before], season=season)


def by_chance(seed: int, count: int, memory: float = 0.0) -> np.ndarray:
    """Return values of variance 1 whose neighbours are correlated so."""
    news = np.random.default_rng(seed).standard_normal(count)
    news[1:] *= np.sqrt(1 - memory**2)
    for place in range(1, count):
        news[place] += memory * news[place - 1]
    return news


# By example


def test_a_step_without_any_noise_is_exact() -> None:
    effect = found([50] * 12 + [62] * 12)
    assert [effect.estimate, effect.low, effect.high, effect.level] == pytest.approx([12] * 4)
    assert (effect.slope, effect.trend, effect.trend_found) == (0, 0, False)
    assert (effect.n_before, effect.n_after, effect.outliers) == (12, 12, ())


@pytest.mark.parametrize("level", [0, 0.1, -7.3, 1e12, 1e-12])
def test_a_flat_series_has_no_effect_at_all(level: float) -> None:
    effect = found([level] * 24)
    assert [getattr(effect, name) for name in FIGURES] == [0] * 8


@pytest.mark.parametrize("a_period", [0.3, -12.5])
def test_a_line_goes_on_as_a_trend(a_period: float) -> None:
    effect = found([7.1 + a_period * n for n in range(24)])
    assert (effect.estimate, effect.low, effect.high) == (0, 0, 0)
    assert effect.trend == pytest.approx(a_period)
    assert effect.trend_found


def test_level_and_slope_are_told_apart() -> None:
    line = np.arange(24) * 2.0
    line[12:] += 10 + np.arange(12) * 3
    effect = found(list(line))
    assert (effect.level, effect.slope, effect.trend) == pytest.approx((10, 3, 2))
    assert effect.estimate == pytest.approx(10 + 3 * 5.5)


def test_it_looks_no_farther_than_it_has_seen() -> None:
    """Eight readings before, sixty after: what the line foretells is compared for eight."""
    line = np.zeros(68)
    line[8:] = np.arange(60)
    assert found(list(line), before=8).estimate == pytest.approx(3.5)


def test_one_outlier_is_left_out_and_named() -> None:
    values = by_chance(5, 24)
    values[12:] += 6
    clean = found(list(values))
    values[7] += 40
    effect = found(list(values))
    assert effect.outliers == ("2020-08-01",)
    assert effect.low > 0
    assert effect.estimate == pytest.approx(clean.estimate, abs=1)


def test_an_outlier_after_a_change_that_did_nothing_is_no_effect() -> None:
    values = by_chance(6, 24)
    values[20] += 60
    assert found(list(values)).direction == 0


def test_a_season_is_no_effect_and_hides_none() -> None:
    wave = 10 * np.sin(np.arange(48) * 2 * np.pi / 12)
    still = found(list(by_chance(7, 48) + wave), before=30, season=12)
    assert still.direction == 0
    moved = found(list(by_chance(7, 48) + wave + 5 * (np.arange(48) > 29)), before=30, season=12)
    assert moved.estimate == pytest.approx(still.estimate + 5)
    assert moved.direction == 1


def test_a_long_season_is_reckoned_in_waves() -> None:
    day = np.arange(1000)
    wave = 10 * np.sin(day * 2 * np.pi / 365)
    effect = found(list(by_chance(8, 1000) + wave + 3 * (day > 799)), 800, season=365, days=1)
    assert 2 < effect.low < effect.estimate < effect.high < 4


def test_a_gap_counts_as_the_time_that_it_is() -> None:
    days = [day for place, day in enumerate(months(30)) if place not in (4, 5, 20)]
    values = [2.0 * (day.year * 12 + day.month) for day in days]
    effect = estimate(days, values, months(30)[15])
    assert (effect.trend, effect.estimate) == pytest.approx((2, 0))
    assert effect.n_before == 13


@pytest.mark.parametrize(
    ("before", "after", "season", "needed"),
    [(7, 30, None, (8, 4)), (30, 3, None, (8, 4)), (23, 12, 12, (24, 4)), (11, 0, None, (8, 4))],
)
def test_too_few_readings_are_said(
    before: int, after: int, season: int | None, needed: tuple[int, int]
) -> None:
    days = months(before + after)
    change = days[before] if after else date(2030, 1, 1)
    with pytest.raises(TooFew) as few:
        estimate(days, [float(n) for n in range(len(days))], change, season=season)
    assert (few.value.n_before, few.value.n_after, few.value.needed) == (before, after, needed)


def test_a_season_that_the_change_cannot_be_told_from_is_too_few() -> None:
    """Every other month before the change, the months between them after it."""
    days = [day for n, day in enumerate(months(40)) if (n % 2 == 0) == (n < 24)]
    with pytest.raises(TooFew):
        estimate(days, [float(n) for n in range(len(days))], days[12], season=2)


def test_the_least_is_enough() -> None:
    assert found([1, 2, 1, 2, 1, 2, 1, 2, 9, 8, 9, 8], before=8).direction == 1


def test_autocorrelation_is_found_and_widens_the_interval() -> None:
    values = by_chance(9, 300, memory=0.7)
    effect = found(list(values), before=200, days=1)
    assert effect.autocorrelation == pytest.approx(0.7, abs=0.12)
    shuffled = found(list(np.random.default_rng(1).permutation(values)), before=200, days=1)
    assert shuffled.autocorrelation == pytest.approx(0, abs=0.12)
    assert effect.high - effect.low > 1.5 * (shuffled.high - shuffled.low)


# What must hold of any series


def same(one: Effect, other: Effect, times: float = 1) -> bool:
    """Say whether the figures of one are so many times those of the other."""
    scale = max(abs(getattr(one, name)) for name in FIGURES) + 1
    return all(
        isclose(getattr(one, name) * times, getattr(other, name), abs_tol=1e-6 * scale * abs(times))
        for name in FIGURES
    )


@given(SERIES, st.integers(-1000, 1000), st.sampled_from([0.01, 0.5, 3, 1000]))
@settings(max_examples=25)
def test_shifted_and_scaled_readings_have_that_effect(
    values: list[int], shift: int, times: float
) -> None:
    moved = found([times * value + shift for value in values], before=8)
    assert same(found(values, before=8), moved, times)


@given(SERIES)
@settings(max_examples=25)
def test_mirrored_readings_have_the_mirrored_effect(values: list[int]) -> None:
    plain, mirrored = found(values, before=9), found([-value for value in values], before=9)
    assert mirrored.estimate == pytest.approx(-plain.estimate, abs=1e-6)
    assert (mirrored.low, mirrored.high) == pytest.approx((-plain.high, -plain.low), abs=1e-6)
    assert mirrored.trend_found == plain.trend_found
    assert plain.low <= plain.estimate <= plain.high


@given(SERIES, st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_rows_does_not_matter(values: list[int], dice: st.DrawFn) -> None:
    rows = list(zip(months(len(values)), values, strict=True))
    change = rows[8][0]
    tidy = estimate([day for day, _value in rows], values, change)
    dice.shuffle(rows)  # type: ignore[attr-defined]
    assert estimate([day for day, _v in rows], [v for _day, v in rows], change) == tidy


@given(SERIES, st.integers(-20, 20))
@settings(max_examples=25)
def test_a_trend_that_goes_on_adds_nothing(values: list[int], a_period: int) -> None:
    tilted = found([value + a_period * n for n, value in enumerate(values)], before=8)
    plain = found(values, before=8)
    assert tilted.estimate == pytest.approx(plain.estimate, abs=1e-6)
    assert tilted.trend == pytest.approx(plain.trend + a_period, abs=1e-6)


@given(SERIES)
@settings(max_examples=25)
def test_an_effect_can_be_kept_as_json(values: list[int]) -> None:
    kept = asdict(found(values, before=8))
    numbers = [value for value in kept.values() if isinstance(value, float)]
    assert np.isfinite(numbers).all()
    assert not [one for one in kept["outliers"] if not isinstance(one, str)]


# The parts


@given(PLACES)
def test_freed_of_memory_is_least_squares_with_that_memory(places: np.ndarray) -> None:
    """As generalised least squares with the whole matrix of correlations finds it."""
    kinds = noise.KINDS
    dice = np.random.default_rng(len(places))
    values = dice.standard_normal(len(places))
    design = np.column_stack([np.ones(len(places)), places])
    free = noise.freed(np.column_stack([design, values]), places)
    apart = np.abs(np.subtract.outer(places, places))
    for kind in range(0, len(kinds.memory), 7):
        share = kinds.share[kind]
        matrix = share * kinds.memory[kind] ** apart + (1 - share) * np.eye(len(places))
        known = GLS(values, design, sigma=matrix).fit()
        columns = free.columns[kind]
        assert np.linalg.lstsq(columns[:, :2], columns[:, 2], rcond=None)[0] == pytest.approx(
            known.params
        )
        assert free.log_spread[kind] == pytest.approx(np.linalg.slogdet(matrix)[1], abs=1e-9)


def test_a_spread_of_one_kind_is_students() -> None:
    one = noise.Spread(np.ones(1), np.array([3.0]), np.array([2.0]), 7)
    for share in (0.025, 0.5, 0.975):
        assert one.quantile(share) == pytest.approx(stats.t.ppf(share, 7, 3, 2))
    assert noise.Spread(np.ones(1), np.array([3.0]), np.zeros(1), 7).quantile(0.025) == 3


@pytest.mark.parametrize(
    ("days", "places"),
    [
        (["2024-01-01", "2024-01-02", "2024-01-05"], [0, 1, 4]),
        (["2024-01-01", "2024-01-08", "2024-01-22", "2024-01-29"], [0, 1, 3, 4]),
        (["2024-01-31", "2024-02-29", "2024-03-31", "2024-05-31"], [0, 1, 2, 4]),
        (["2024-01-01", "2024-04-01", "2024-10-01"], [0, 1, 3]),
        (["1871-01-01", "1872-01-01", "1873-01-01"], [0, 1, 2]),
        (["2024-01-01", "2024-01-02", "2024-01-12", "2024-01-22"], [0, 1, 11, 21]),
        (["2024-01-01"], [0]),
        ([], []),
    ],
)
def test_positions_count_periods(days: list[str], places: list[int]) -> None:
    assert positions([date.fromisoformat(day) for day in days]) == places


@given(st.sets(st.dates(date(2000, 1, 1), date(2030, 1, 1)), min_size=2, max_size=40))
def test_positions_rise_with_the_days(days: set[date]) -> None:
    places = positions(sorted(days))
    assert places[0] == 0
    assert places == sorted(set(places))


# By chance alone; `bench/effect.py` looks longer


@pytest.mark.parametrize("memory", [0, 0.5])
@pytest.mark.parametrize(("before", "after"), [(12, 12), (24, 12)])
def test_chance_alone_seldom_moves_a_series(memory: float, before: int, after: int) -> None:
    ways = [
        found(list(by_chance(seed, before + after, memory)), before).direction
        for seed in range(100)
    ]
    assert ways.count(1) <= 0.05 * len(ways)
    assert ways.count(-1) <= 0.05 * len(ways)


def test_large_steps_are_seen() -> None:
    lift = np.repeat([0, 6], 12)
    seen = [found(list(by_chance(seed, 24) + lift)).direction for seed in range(50)]
    assert seen.count(1) >= 45

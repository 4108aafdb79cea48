"""Intervals of shares, and weeks that are unusual against a theme's own past."""

import random
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.themes.surges import FEWEST_TAGGED, Count, _at_least, judge, series, wilson

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def made(
    dice: random.Random, shares: list[float], sizes: list[int], vary: float = 0
) -> list[Count]:
    """Return weeks in which each comment is about the theme with the week's own chance."""
    weeks = []
    for share, n in zip(shares, sizes, strict=True):
        own = dice.betavariate(share / vary, (1 - share) / vary) if vary else share
        weeks.append((sum(dice.random() < own for _ in range(n)), n))
    return weeks


@given(COUNTS)
def test_an_interval_holds_its_share_and_lies_between_0_and_100(week: Count) -> None:
    tagged, n = week
    low, high = wilson(tagged, n)
    assert 0 <= low <= 100 * tagged / n <= high <= 100
    mirrored = wilson(n - tagged, n)
    assert mirrored == pytest.approx((100 - high, 100 - low), abs=1e-9)


@given(COUNTS, st.integers(2, 50))
def test_more_comments_make_it_narrower(week: Count, times: int) -> None:
    tagged, n = week
    low, high = wilson(tagged, n)
    closer = wilson(tagged * times, n * times)
    assert closer[1] - closer[0] < high - low


def test_known_intervals() -> None:
    """Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20."""
    assert wilson(81, 263) == pytest.approx((25.53, 36.62), abs=0.01)
    assert wilson(15, 148) == pytest.approx((6.24, 16.05), abs=0.01)
    assert wilson(0, 20) == pytest.approx((0, 16.11), abs=0.01)


@pytest.mark.parametrize(("n", "alpha", "beta"), [(10, 0.5, 3), (40, 2, 38), (200, 30, 500)])
def test_the_chances_add_up(n: int, alpha: float, beta: float) -> None:
    whole = [_at_least(k, n, alpha, beta) for k in range(n + 2)]
    assert whole == sorted(whole, reverse=True)
    assert whole[n + 1] == 0
    mean = alpha / (alpha + beta)
    spread = sqrt(n * mean * (1 - mean) * (alpha + beta + n) / (alpha + beta + 1))
    assert whole[min(n, int(n * mean + 6 * spread))] < 0.01


@given(st.lists(COUNTS, max_size=40), COUNTS)
def test_a_higher_share_is_never_less_of_a_surge(past: list[Count], week: Count) -> None:
    tagged, n = week
    found = judge(past, tagged, n)
    if found is None:
        return
    more = judge(past, min(n, tagged + 1), n)
    assert more is not None
    assert more.is_surge >= found.is_surge
    assert found.tagged >= tagged
    assert found.is_surge == (found.share >= found.limit - 1e-9)
    assert found.limit > found.usual or found.tagged < FEWEST_TAGGED or found.n <= FEWEST_TAGGED
    assert not (found.is_surge and found.tagged < FEWEST_TAGGED)


def test_too_little_is_not_judged() -> None:
    assert judge([(3, 100)] * 7, 90, 100) is None
    assert judge([(1, 4)] * 30, 4, 4) is None  # 26 weeks make only three stretches of 30
    assert judge([(60, 60)] * 3 + [(0, 0)] * 20, 9, 60) is None
    assert judge([(3, 100)] * 8, 0, 0) is None
    found = judge([(0, 100)] * 8, 4, 100)
    assert found
    assert not found.is_surge
    assert series([(3, 100)] * 8) == [None] * 8


def test_few_comments_are_judged_in_stretches_of_neighbouring_weeks() -> None:
    past = [(0, 12)] * 24
    found = judge([*past, (2, 12), (2, 10)], 3, 11)
    assert found
    assert (found.tagged, found.n, found.weeks, found.is_surge) == (7, 33, 3, True)
    alone = judge([*past, (2, 12), (2, 10)], 3, 31)
    assert alone
    assert (alone.tagged, alone.n, alone.weeks, alone.is_surge) == (3, 31, 1, False)
    least = judge([(0, 30)] * 8 + [(1, 1)] * 9, 1, 1)
    assert least
    assert (least.n, least.weeks) == (4, 4)


def test_a_week_of_no_comments_takes_none_away() -> None:
    past = [(1, 12)] * 24
    found, spread = judge(past, 3, 12), judge([*past[:12], (0, 0), *past[12:]], 3, 12)
    assert found == spread


def test_a_small_company_is_not_alarmed_for_nothing() -> None:
    dice = random.Random(4)
    alarms = judged = 0
    for _ in range(2000):
        share = dice.choice([0.01, 0.02, 0.05, 0.1, 0.2, 0.4])
        sizes = [dice.randint(8, 15) for _ in range(24)]
        found = series(made(dice, [share] * 24, sizes))
        judged += sum(one is not None for one in found)
        alarms += sum(one is not None and one.is_surge for one in found)
    assert judged > 2000 * 8
    assert alarms / judged < 0.01


def test_a_rise_in_a_small_company_is_found() -> None:
    """From none to 31 per 100 over ten weeks, of 8 to 15 comments each: in 9 of 10 series."""
    dice = random.Random(7)
    shares = [0.0] * 20 + [0.31 * week / 9 for week in range(10)]
    found = 0
    for _ in range(200):
        weeks = made(dice, shares, [dice.randint(8, 15) for _ in shares])
        found += any(one and one.is_surge for one in series(weeks)[20:])
    assert found >= 180


def test_only_the_newest_weeks_count() -> None:
    assert judge([(90, 100)] * 50 + [(3, 100)] * 26, 20, 100) == judge([(3, 100)] * 26, 20, 100)


@pytest.mark.parametrize("vary", [0, 0.002, 0.005])
def test_a_flat_series_hardly_ever_raises_an_alarm(vary: float) -> None:
    dice = random.Random(4)
    alarms = judged = 0
    for _ in range(2000):
        share = dice.choice([0.01, 0.02, 0.05, 0.1, 0.2, 0.4])
        size = dice.choice([30, 60, 120])
        sizes = [max(30, round(dice.gauss(size, size / 5))) for _ in range(14)]
        found = series(made(dice, [share] * 14, sizes, vary))
        judged += sum(one is not None for one in found)
        alarms += sum(one is not None and one.is_surge for one in found)
    assert judged == 2000 * 6
    assert alarms / judged < 0.01


@pytest.mark.parametrize(("share", "size"), [(0.05, 300), (0.1, 150), (0.2, 100)])
def test_a_series_that_doubles_is_found(share: float, size: int) -> None:
    """In 9 of 10 made series, within the four weeks after it doubled."""
    dice = random.Random(7)
    found = 0
    for _ in range(200):
        weeks = made(dice, [share] * 20 + [2 * share] * 4, [size] * 24)
        found += any(one and one.is_surge for one in series(weeks)[20:])
    assert found >= 180


def test_weeks_that_vary_by_themselves_ask_for_more() -> None:
    calm, wild = [(10, 100)] * 12, [(2, 100), (18, 100)] * 6
    calmly, wildly = judge(calm, 22, 100), judge(wild, 22, 100)
    assert calmly
    assert wildly
    assert calmly.is_surge
    assert not wildly.is_surge
    assert wildly.limit > calmly.limit


def test_a_large_week_is_judged_at_once() -> None:
    found = judge([(10_000, 100_000)] * 26, 10_600, 100_000)
    assert found
    assert found.is_surge

"""Whether a problem is back: never by one bad reading, seldom by chance, surely when it is."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.measures.attainment import Value
from cxquest.quests.recurring import ENOUGH, Found, Proof, proof, returned, speak_again

FIRST = date(2026, 1, 5)
WEEKS, DAYS = 26, 180  # within which a proven quest is watched
SERIES = 200  # for each rate
levels = st.integers(-300, 300).map(lambda cents: Decimal(cents) / 100)
KNOWN = Proof(Decimal(12), Decimal(4), Fraction(1, 4))


def values(levels: Sequence[object]) -> list[Value]:
    return [
        Value(place, FIRST + timedelta(weeks=place), Decimal(str(level)), None)
        for place, level in enumerate(levels)
    ]


def found(levels: Sequence[object], known: Proof = KNOWN, enough: int = 4) -> Found | None:
    return returned(values(levels), known, enough)


@given(st.lists(levels, min_size=4, max_size=40), levels)
def test_one_bad_reading_is_no_return(noise: list[Decimal], bad: Decimal) -> None:
    good = [Decimal(4) + one / 2 for one in noise]  # 2.5 to 5.5
    assert found([*good, Decimal(12) + bad]) is None
    assert found([*good, Decimal(12) + bad, *good[:3]]) is None


@given(st.lists(levels, max_size=20), st.lists(levels, min_size=4, max_size=8))
def test_a_return_is_found_with_its_fourth_reading_and_dated_by_its_first(
    noise: list[Decimal], back: list[Decimal]
) -> None:
    good = [Decimal(4) + one / 2 for one in noise]
    bad = [Decimal(12) + one for one in back]
    for shown in range(1, len(bad) + 1):
        seen = found([*good, *bad[:shown]])
        assert (seen is not None) is (shown >= 4)
        if seen:
            assert seen.since == FIRST + timedelta(weeks=len(good))
            assert len(seen.values) == shown


@given(st.lists(levels, min_size=4, max_size=12))
def test_both_directions_are_judged_alike(noise: list[Decimal]) -> None:
    rising = Proof(Decimal(-12), Decimal(-4), Fraction(1, 4))
    series = [Decimal(9) + one for one in noise]
    one, other = found(series), found([-level for level in series], rising)
    assert (one is None) is (other is None)
    assert one is None or other is None or one.since == other.since


@given(levels, levels, levels, st.lists(levels, max_size=14))
def test_what_is_judged_by_lies_between_baseline_and_target(
    baseline: Decimal, target: Decimal, level: Decimal, before: list[Decimal]
) -> None:
    known = proof(baseline, target, level, values(before))
    if known is None:
        return
    assert known.kept(baseline) == 0
    assert known.kept(known.proven) == 1
    assert min(baseline, target) <= known.proven <= max(baseline, target)
    assert known.noise >= 0
    assert 0 <= known.memory <= Fraction(4, 5)
    assert known.error(4) <= known.error(3) <= known.error(1) == known.noise


def test_nothing_known_is_nothing_found() -> None:
    assert proof(None, Decimal(4), None, []) is None
    assert proof(Decimal(4), Decimal(4), None, []) is None
    assert proof(Decimal(12), Decimal(4), Decimal(12), []) is None
    assert proof(Decimal(12), Decimal(4), Decimal(13), []) is None
    assert proof(Decimal(12), Decimal(4), None, []) == Proof(
        Decimal(12), Decimal(4), Fraction(0), Fraction(0)
    )
    beyond = proof(Decimal(12), Decimal(4), Decimal(2), [])
    assert beyond
    assert beyond.proven == 4
    assert found([12, 12, 12]) is None


def test_less_than_half_of_what_was_won_is_the_line() -> None:
    flat = Proof(Decimal(12), Decimal(4), Fraction(0))
    assert found(["8"] * 4, flat) is None
    assert found(["8.01"] * 4, flat) is not None
    lukewarm = Proof(Decimal(12), Decimal(8), Fraction(0))  # half of the way was proven
    assert found(["9"] * 4, lukewarm) is None
    assert found(["10.01"] * 4, lukewarm) is not None


def test_noise_that_reaches_the_line_by_itself_is_no_return() -> None:
    assert found(["9"] * 4, Proof(Decimal(12), Decimal(4), Fraction(9))) is not None
    assert found(["9"] * 4, Proof(Decimal(12), Decimal(4), Fraction(16))) is None
    wandering = Proof(Decimal(12), Decimal(4), Fraction(9), Fraction(1, 2))
    assert found(["9"] * 4, wandering) is None


def remembering(random: Random, n: int, memory: float) -> list[float]:
    """Return noise of one unit whose neighbours are alike by `memory`."""
    noise = [random.gauss(0, 1)]
    while len(noise) < n:
        noise.append(memory * noise[-1] + (1 - memory**2) ** 0.5 * random.gauss(0, 1))
    return noise


def alarms(gain: float, memory: float, *, n: int, before: int, enough: int) -> float:
    """Return how many series that hold are said to have come back, looked at after each reading.

    Baseline, proof and what follows have the same noise; the gain is counted in its units.
    """
    random, fired = Random(2026), 0
    for _series in range(SERIES):
        noise = [round(one, 3) for one in remembering(random, before + 4 + n, memory)]
        base = values([10 + one for one in noise[:before]])
        since = values([10 - gain + one for one in noise[before:]])
        known = proof(
            sum((one.value for one in base), Decimal(0)) / before,
            Decimal(str(10 - gain)),
            sum((one.value for one in since[:4]), Decimal(0)) / 4,
            base,
        )
        fired += known is not None and any(
            returned(since[4 : 4 + shown], known, enough) for shown in range(1, n + 1)
        )
    return fired / SERIES


@pytest.mark.parametrize("gain", [1, 1.5, 2, 3, 4])
def test_weekly_readings_that_hold_are_seldom_taken_for_a_return(gain: float) -> None:
    """At most 5 % within 180 days, with the noise of the baseline; 2.5 % were seen at most."""
    assert alarms(gain, 0, n=WEEKS, before=12, enough=ENOUGH["week"]) <= 0.05


@pytest.mark.parametrize("gain", [2, 3])
def test_nor_where_one_week_is_like_the_next(gain: float) -> None:
    assert alarms(gain, 0.5, n=WEEKS, before=12, enough=ENOUGH["week"]) <= 0.07


def test_nor_where_they_are_daily() -> None:
    assert alarms(2, 0, n=DAYS, before=60, enough=ENOUGH["day"]) <= 0.05


SHARES: dict[str, Callable[[], bool]] = {
    "back where it was": lambda: speak_again((20, 80), (4, 80), (22, 80)),
    "more than it ever was": lambda: speak_again((20, 80), (4, 80), (40, 80)),
}


@pytest.mark.parametrize("what", SHARES)
def test_customers_speak_of_it_again(what: str) -> None:
    assert SHARES[what]()


@pytest.mark.parametrize(
    ("before", "after", "now"),
    [
        ((20, 80), (4, 80), (19, 80)),  # not yet what it was
        ((20, 80), (15, 80), (21, 80)),  # the difference may be chance
        ((10, 29), (1, 40), (15, 40)),  # too few before
        ((10, 40), (1, 29), (15, 40)),  # too few then
        ((10, 40), (1, 40), (15, 29)),  # too few now
        ((0, 40), (0, 40), (0, 40)),
    ],
)
def test_what_is_no_return_of_a_theme(
    before: tuple[int, int], after: tuple[int, int], now: tuple[int, int]
) -> None:
    assert not speak_again(before, after, now)


@given(st.integers(30, 300), st.integers(0, 300))
def test_the_same_share_as_when_it_was_proven_is_never_a_return(n: int, tagged: int) -> None:
    share = min(tagged, n), n
    assert not speak_again((0, 30), share, share)

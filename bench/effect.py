"""How often a change that did nothing is called an improvement, and how often one that helped is.

Series by chance alone, 2,000 of each length: independent and with autocorrelation 0.5; a quarter
as many with more of it, and random walks, which no straight line foretells. Of series with a step
the share that is seen is told, by the step's height in standard deviations. Then the time that
one estimate takes, by the length of the series. `python -m bench.effect [SERIES]`
"""

import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from functools import partial

import numpy as np

from cxquest.measures.effect import estimate
from cxquest.measures.spc import Improvement
from cxquest.measures.verdicts import Verdict, of_effect

SERIES, PARTS = 2_000, 20
LENGTHS = ((12, 12), (24, 12), (52, 26), (90, 90))
SHORT = {"independent": 0.0, "autocorrelation 0.5": 0.5}
LONG = {"autocorrelation 0.8": 0.8, "random walk": 1.0}
STEPS = (1, 2, 3)
READINGS = (24, 180, 730, 2_000)
FIRST = date(2020, 1, 1)


def main() -> None:
    series = int(sys.argv[1]) if len(sys.argv) > 1 else SERIES
    with ProcessPoolExecutor() as pool:
        print("verdicts on series by chance alone; at most 5 % should be improved")
        nothing(pool, series, SHORT)
        nothing(pool, series // 4, LONG)
        print("improved of series with a step of 1, 2 and 3 standard deviations")
        something(pool, series // 10, SHORT)
    for readings in READINGS:
        print(f"one estimate of {readings:5,} readings: {timed(readings):7.1f} ms")


def nothing(pool: ProcessPoolExecutor, series: int, chance: dict[str, float]) -> None:
    """Print the verdicts on changes that did nothing."""
    for name, memory in chance.items():
        for lengths in LENGTHS:
            found = judged(pool, series, lengths, memory, 0)
            print(f"{told(name, lengths)} {shares(found)}", flush=True)


def something(pool: ProcessPoolExecutor, series: int, chance: dict[str, float]) -> None:
    """Print how often steps are seen."""
    for name, memory in chance.items():
        for lengths in LENGTHS:
            steps = [judged(pool, series, lengths, memory, step) for step in STEPS]
            seen = [found[Verdict.IMPROVED] / found.total() for found in steps]
            print(told(name, lengths), *(f"{one:6.1%}" for one in seen), flush=True)


def told(name: str, lengths: tuple[int, int]) -> str:
    """Return a kind of chance and the lengths before and after as the beginning of a line."""
    return f"  {name:20} {lengths[0]:3} + {lengths[1]:2}:"


def shares(found: Counter[Verdict]) -> str:
    """Tell how many of a hundred series got each verdict."""
    said = [f"{verdict} {found[verdict] / found.total():.1%}" for verdict in sorted(found)]
    return f"{', '.join(said)} of {found.total():,}"


def judged(
    pool: ProcessPoolExecutor, series: int, lengths: tuple[int, int], memory: float, step: float
) -> Counter[Verdict]:
    """Count the verdicts on so many series."""
    one = partial(verdicts, max(1, series // PARTS), lengths, memory, step)
    total: Counter[Verdict] = Counter()
    for found in pool.map(one, range(PARTS)):
        total += found
    return total


def verdicts(
    series: int, lengths: tuple[int, int], memory: float, step: float, seed: int
) -> Counter[Verdict]:
    """Count the verdicts on the series that a seed makes."""
    dice = np.random.default_rng(seed)
    days = [FIRST + timedelta(weeks=week) for week in range(sum(lengths))]
    lift = np.repeat([0.0, step], lengths)
    found = [
        estimate(days, list(chance(dice, len(days), memory) + lift), days[lengths[0]])
        for _one in range(series)
    ]
    return Counter(of_effect(one, Improvement.INCREASE)[0] for one in found)


def chance(dice: np.random.Generator, length: int, memory: float) -> np.ndarray:
    """Return values of variance 1 with this lag 1 autocorrelation; with 1 a walk of such steps."""
    news = dice.standard_normal(length)
    if memory < 1:
        news[1:] *= np.sqrt(1 - memory**2)
    for place in range(1, length):
        news[place] += memory * news[place - 1]
    return news


def timed(readings: int) -> float:
    """Return the milliseconds of one estimate, the best of five."""
    days = [FIRST + timedelta(days=day) for day in range(readings)]
    values = list(chance(np.random.default_rng(readings), readings, 0.5))
    times = []
    for _round in range(5):
        begun = time.perf_counter()
        estimate(days, values, days[readings // 2])
        times.append(time.perf_counter() - begun)
    return 1_000 * min(times)


if __name__ == "__main__":
    main()

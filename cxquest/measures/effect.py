"""What a change did to a series of readings, beyond where the time before would have led. Pure.

An interrupted time series by segmented regression (Wagner et al., J Clin Pharm Ther 2002): a
line before the change, which is led on, and a level and a slope of its own after it. The line
before is always allowed a slope: to leave it out where it does not stand out from chance would
call slow trends effects. Chance may remember (see `noise`); without that, series of 24 months
seem to have changed far too often.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxquest.measures import noise
from cxquest.measures.noise import Fits, Floats, Places
from cxquest.measures.spacing import positions

LEAST_BEFORE = 8  # a line and its scatter need that many; with LEAST_AFTER a chart's twelve
LEAST_AFTER = 4
CYCLES = 2  # whole seasons before the change, or a season cannot be told from a trend
MOST_SINGLE = 12  # a longer season is not reckoned period by period, but by waves
WAVES = 3
LEVEL = 0.95
NEGLIGIBLE = 0.5  # standard deviations that a trend moves the time before, at least
FAR_OFF = 0.01  # how rarely any point of a series lies as far off by chance as one left out
MOST_LEFT_OUT = 5
EXACT = 1e-9  # of the values' spread: nearer than that, a line goes through them
SAME = 1e-13  # of the values: nearer to each other than that, they are equal
METHOD = (
    "segmented regression, least squares after whitening; AR(1) noise, alone or beside "
    "independent noise, averaged over its strength by restricted likelihood; 95 % t interval"
)
TIME, STEP, BEND = 1, 2, 3  # the columns of the design, after the constant


class TooFew(Exception):
    """There are too few readings to estimate an effect; `needed` before and after the change."""

    def __init__(self, n_before: int, n_after: int, needed: tuple[int, int]) -> None:
        super().__init__(f"{n_before} before and {n_after} after; {needed} are needed")
        self.n_before, self.n_after, self.needed = n_before, n_after, needed


@dataclass(frozen=True)
class Effect:
    """What a change did, in the metric's unit.

    `estimate` is how far the readings after the change lie from where the time before would
    have led, on average over as much time as was seen before (or as there is), and lies between
    `low` and `high` with 95 % confidence. `level` is the
    step at the change, `slope` what a period adds to it; `trend` is the slope before, a period.
    `trend_found` says whether that stands out from chance and is of any size. `outliers` are
    the days of readings that lay so far off that they were left out. `season` is in periods,
    `autocorrelation` that of neighbouring periods (lag 1), by chance alone.
    """

    change: date
    n_before: int
    n_after: int
    estimate: float
    low: float
    high: float
    level: float
    slope: float
    trend: float
    trend_low: float
    trend_high: float
    trend_found: bool
    autocorrelation: float
    season: int | None
    outliers: tuple[str, ...] = ()
    method: str = METHOD

    @property
    def direction(self) -> int:
        """1 where the readings rose beyond chance, -1 where they fell, else 0."""
        return (self.low > 0) - (self.high < 0)


def estimate(
    days: Sequence[date], values: Sequence[float], change: date, *, season: int | None = None
) -> Effect:
    """Estimate what the change did; readings from its day on are after it, in whatever order.

    `days` differ from each other. A `season` repeats after so many periods. Raises TooFew for
    fewer than 8 readings before it (or two whole seasons) or 4 after it, and where these lie so
    that the change cannot be told from the season.
    """
    pairs = sorted(zip(days, values, strict=True))
    ordered = [day for day, _value in pairs]
    n_before = sum(day < change for day in ordered)
    _refuse_too_few(n_before, len(pairs) - n_before, season)
    figures, unit = _scaled(np.array([value for _day, value in pairs], dtype=float))
    places = np.array(positions(ordered))
    design = _design(places, n_before, season)
    with noise.one_thread():
        if np.linalg.matrix_rank(design) < design.shape[1]:
            raise TooFew(n_before, len(pairs) - n_before, _needed(season))
        kept = _kept(design, figures)
        fits = _fits(design[kept], figures[kept], places[kept])
    return _effect(_Series(ordered, change, season, n_before, unit, places), design, kept, fits)


class _Series(NamedTuple):
    """What is known of the readings before anything is fitted; `unit` scales figures back."""

    days: list[date]
    change: date
    season: int | None
    n_before: int
    unit: float
    places: Places


def _needed(season: int | None) -> tuple[int, int]:
    return max(LEAST_BEFORE, CYCLES * (season or 0)), LEAST_AFTER


def _refuse_too_few(n_before: int, n_after: int, season: int | None) -> None:
    needed = _needed(season)
    if n_before < needed[0] or n_after < needed[1]:
        raise TooFew(n_before, n_after, needed)


def _scaled(values: Floats) -> tuple[Floats, float]:
    """Return values from -1 to 1 about their mean, and what 1 is; equal values are all 0."""
    off = values - values.mean()
    unit = float(np.abs(off).max())
    if unit <= SAME * float(np.abs(values).max()):
        return np.zeros(len(values)), 1.0
    return off / unit, unit


def _design(places: Places, n_before: int, season: int | None) -> Floats:
    """Return the columns; time is counted in lengths of the series, and is 0 at the change."""
    time = (places - places[n_before]) / (places[-1] - places[0])
    after = (np.arange(len(places)) >= n_before) * 1.0
    return np.column_stack(
        [np.ones(len(places)), time, after, after * time, *_seasonal(places, season)]
    )


def _seasonal(places: Places, season: int | None) -> list[Floats]:
    """Return a column for each period of a season but its first; waves for a long season."""
    if season is None:
        return []
    if season > MOST_SINGLE:
        turns = [2 * np.pi * wave * places / season for wave in range(1, WAVES + 1)]
        return [wave(turn) for turn in turns for wave in (np.sin, np.cos)]
    met = sorted(set(places % season))
    return [(places % season == one) * 1.0 for one in met[1:]]


def _kept(design: Floats, values: Floats) -> NDArray[np.bool_]:
    """Say which readings take part: all but single ones that lie impossibly far off.

    The farthest by its deleted residual goes first, as long as chance would hardly ever put one
    of so many so far (Bonferroni), and no more than a twentieth of them, at least one.
    """
    kept = np.ones(len(values), dtype=bool)
    for _one in range(min(MOST_LEFT_OUT, max(1, len(values) // 20))):
        rarity = noise.rarity(design[kept], values[kept], EXACT)
        if rarity.min() * len(rarity) >= FAR_OFF:
            break
        kept[np.flatnonzero(kept)[rarity.argmin()]] = False
    return kept


def _fits(design: Floats, values: Floats, places: Places) -> Fits:
    exact = noise.exactly(design, values, EXACT)
    return noise.fitted(design, values, places) if exact is None else exact


def _effect(series: _Series, design: Floats, kept: NDArray[np.bool_], fits: Fits) -> Effect:
    unit, before = series.unit, series.places[: series.n_before]
    a_period = unit / int(series.places[-1] - series.places[0])
    weights = np.zeros(design.shape[1])
    weights[STEP], weights[BEND] = 1, _looked_at(series, design)
    low, middle, high = _figures(fits, weights, unit)
    trend_low, trend, trend_high = _figures(fits, np.eye(len(weights))[TIME], a_period)
    moved = abs(trend) * int(before[-1] - before[0])
    steady = moved <= NEGLIGIBLE * fits.deviation * unit
    return Effect(
        series.change,
        series.n_before,
        len(series.days) - series.n_before,
        middle,
        low,
        high,
        level=_figures(fits, np.eye(len(weights))[STEP], unit)[1],
        slope=_figures(fits, np.eye(len(weights))[BEND], a_period)[1],
        trend=trend,
        trend_low=trend_low,
        trend_high=trend_high,
        trend_found=not steady and (trend_low > 0 or trend_high < 0),
        autocorrelation=fits.autocorrelation,
        season=series.season,
        outliers=tuple(series.days[place].isoformat() for place in np.flatnonzero(~kept)),
    )


def _looked_at(series: _Series, design: Floats) -> float:
    """Return the mean time after the change, no farther from it than the time before reaches.

    Led on farther than it was seen, a line foretells nothing.
    """
    end = 2 * series.places[series.n_before] - series.places[0]
    return float(design[(design[:, STEP] > 0) & (series.places < end), TIME].mean())


def _figures(fits: Fits, weights: Floats, unit: float) -> tuple[float, float, float]:
    """Return the low end of the interval, the estimate and the high end; 0 for next to it."""
    found = fits.of(weights)
    ends = (1 - LEVEL) / 2
    figures = (found.quantile(ends), found.mean, found.quantile(1 - ends))
    low, middle, high = (0.0 if abs(one) < EXACT else one * unit for one in figures)
    return low, middle, high

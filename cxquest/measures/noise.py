"""Chance that remembers: what it may be like, and readings freed of its memory. Pure.

What is by chance high this month is often high next month too; reckoned as if it were not, a
change seems surer than it is. How strong the memory is cannot be known from a few dozen
readings, so every strength is tried and has a say by how well it fits (its restricted
likelihood: Patterson & Thompson, Biometrika 1971), as in a Bayesian average with flat priors.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int_]

MEMORIES = (*(round(step / 10, 1) for step in range(-5, 10)), 0.95, 0.985)
SHARES = (0.7, 0.4)  # of the variance that remembers, where the rest does not
SAY = 0.2  # of each share, beside 1 for the whole


class Kinds(NamedTuple):
    """Kinds of noise of variance 1, side by side.

    `memory` is the lag 1 autocorrelation of the part that remembers (an AR(1) process),
    `share` that part's share of the variance, `say` the weight before any reading was seen.
    """

    memory: Floats
    share: Floats
    say: Floats


def _kinds() -> Kinds:
    whole = [(memory, 1.0, 1.0) for memory in MEMORIES]
    mixed = [(memory, share, SAY) for memory in MEMORIES if memory > 0 for share in SHARES]
    return Kinds(*(np.array(column) for column in zip(*whole, *mixed, strict=True)))


KINDS = _kinds()


class Freed(NamedTuple):
    """Columns under each kind of noise as they would be without memory.

    `columns` is kinds × rows × columns; `log_spread` the logarithm of the determinant of the
    correlations that were taken out.
    """

    columns: Floats
    log_spread: Floats


def freed(columns: Floats, places: Places) -> Freed:
    """Take the memory out of columns of readings, whose rows lie at whole `places` in time.

    A Kalman filter: each row less what the rows before it foretell, divided by how far that is
    off as a rule. It costs the same for each row, however many there are.
    """
    count, width = columns.shape
    free = np.empty((len(KINDS.memory), count, width))
    log_spread = np.zeros(len(KINDS.memory))
    foretold: Floats = np.zeros((len(KINDS.memory), width))
    unsure = KINDS.share
    for row in range(count):
        spread = unsure + 1 - KINDS.share
        miss = columns[row] - foretold
        free[:, row] = miss / np.sqrt(spread)[:, None]
        log_spread += np.log(spread)
        if row + 1 < count:
            kept = KINDS.memory ** (places[row + 1] - places[row])
            gain = unsure / spread
            foretold = kept[:, None] * (foretold + gain[:, None] * miss)
            unsure = kept**2 * unsure * (1 - gain) + KINDS.share * (1 - kept**2)
    return Freed(free, log_spread)


@dataclass(frozen=True)
class Fits:
    """A regression under each kind of noise: how much say it has, and what it found.

    `coefficients` is kinds × coefficients, `covariances` kinds × coefficients × coefficients,
    `variances` of the noise; `df` the degrees of freedom of all.
    """

    kinds: Kinds
    say: Floats
    coefficients: Floats
    covariances: Floats
    variances: Floats
    df: int

    def of(self, combination: Floats) -> "Spread":
        """Return what is known of a combination of the coefficients."""
        variances = np.einsum("i,kij,j->k", combination, self.covariances, combination)
        return Spread(self.say, self.coefficients @ combination, np.sqrt(variances), self.df)

    @property
    def autocorrelation(self) -> float:
        """The lag 1 autocorrelation of the noise, as far as the readings tell it."""
        return float(self.say @ (self.kinds.memory * self.kinds.share))

    @property
    def deviation(self) -> float:
        """The standard deviation of the noise."""
        return float(np.sqrt(self.say @ self.variances))


@dataclass(frozen=True)
class Spread:
    """Where a figure may lie: a weighted average of t distributions."""

    say: Floats
    centres: Floats
    widths: Floats
    df: int

    @property
    def mean(self) -> float:
        """The figure's estimate."""
        return float(self.say @ self.centres)

    def quantile(self, share: float) -> float:
        """Return the value below which the figure lies with this probability."""
        from scipy.special import stdtr, stdtrit  # loaded where something is estimated

        ends = self.centres + stdtrit(self.df, share) * self.widths
        low, high = float(ends.min()), float(ends.max())
        widths = np.maximum(self.widths, np.finfo(float).tiny)
        for _halving in range(60):
            middle = (low + high) / 2
            below = float(self.say @ stdtr(self.df, (middle - self.centres) / widths))
            low, high = (middle, high) if below < share else (low, middle)
        return (low + high) / 2


def fitted(design: Floats, values: Floats, places: Places) -> Fits:
    """Fit `values` by least squares to the columns of `design` under every kind of noise."""
    free = freed(np.column_stack([design, values]), places)
    regress = _regression()
    found = [regress(columns[:, -1], columns[:, :-1]) for columns in free.columns]
    covariances = np.array([fit.normalized_cov_params for fit in found])
    squares = np.array([fit.ssr for fit in found])
    df = len(values) - design.shape[1]
    certainty = np.linalg.slogdet(covariances)[1]
    likelihood = (certainty - free.log_spread - df * np.log(squares)) / 2
    say = KINDS.say * np.exp(likelihood - likelihood.max())
    return Fits(
        KINDS,
        say / say.sum(),
        np.array([fit.params for fit in found]),
        covariances * (squares / df)[:, None, None],
        squares / df,
        df,
    )


def exactly(design: Floats, values: Floats, close: float) -> Fits | None:
    """Return the fit where it meets every value to within `close`, None where it does not."""
    found = _regression()(values, design)
    if np.abs(found.resid).max() > close:
        return None
    none, width = np.zeros(1), design.shape[1]
    return Fits(
        Kinds(none, np.ones(1), np.ones(1)),
        np.ones(1),
        found.params[None, :],
        np.zeros((1, width, width)),
        none,
        len(values) - width,
    )


def rarity(design: Floats, values: Floats, close: float) -> Floats:
    """Return how rarely chance puts a value as far as each lies from what the others foretell.

    Two-sided probabilities of deleted studentized residuals (Cook & Weisberg, Residuals and
    Influence, 1982). What lies within `close` is not far.
    """
    from scipy.special import stdtr

    found = _regression()(values, design)
    off: Floats = found.resid
    free = 1 - np.einsum("ij,jk,ik->i", design, found.normalized_cov_params, design)
    alone = (free < close) | (np.abs(off) < close)
    free = np.where(alone, 1.0, free)
    df = found.df_resid - 1
    others = np.maximum(found.ssr - off**2 / free, 0.0) / df
    far = np.abs(off) / np.sqrt(np.maximum(others, close**2) * free)
    rare: Floats = np.where(alone, 1.0, 2 * stdtr(df, -far))
    return rare


def one_thread() -> AbstractContextManager[Any]:
    """Keep linear algebra to one thread: in tables this narrow, several wait for each other."""
    found: AbstractContextManager[Any] = _threads().limit(limits=1)
    return found


@cache
def _threads() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _regression() -> Callable[[Floats, Floats], Any]:
    from statsmodels.regression.linear_model import OLS  # takes a second: where it is needed

    return lambda values, design: OLS(values, design).fit()

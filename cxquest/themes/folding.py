"""Texts as they are compared, and how they are dealt into folds for a fair trial."""

import unicodedata
from collections.abc import Hashable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

SEED = 1

Drawn = TypeVar("Drawn")


def normal(text: str) -> str:
    """Return a text as it is compared: one form of each letter, no case, no invisible marks."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(c for c in plain if unicodedata.category(c) != "Cf" or c == "\u200c")
    return " ".join(kept.split())


def dealt(
    texts: Sequence[str], strata: Sequence[Hashable], folds: int, *, repeats_together: bool = True
) -> NDArray[np.int_]:
    """Return the fold of each text: every stratum is spread over all folds alike.

    Repeats of one text share a fold, unless asked otherwise: nobody is tried on a text that
    they have learned. The same texts are dealt in the same way every time.
    """
    keys: Sequence[Hashable] = texts if repeats_together else range(len(texts))
    stratum_of = dict(zip(reversed(keys), reversed(strata), strict=True))
    shuffled = drawn(sorted(stratum_of, key=str), len(stratum_of))
    order = sorted(shuffled, key=lambda key: str(stratum_of[key]))
    fold_of = {key: number % folds for number, key in enumerate(order)}
    return np.array([fold_of[key] for key in keys], dtype=np.int_)


def drawn(several: Sequence[Drawn], n: int) -> list[Drawn]:
    """Return `n` of several at random, the same ones every time."""
    order = np.random.default_rng(SEED).permutation(len(several))
    return [several[i] for i in order[:n]]

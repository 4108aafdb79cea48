"""Groups of texts that say something alike: proposals for a person to name or to drop.

Importing this module loads scikit-learn: do so only where groups are looked for.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from cxquest.themes.folding import SEED, drawn, normal
from cxquest.themes.learning import Floats
from cxquest.themes.phrasing import UNSPACED
from cxquest.voice.language import SMALL_WORDS

MOST_TEXTS = 20_000  # different texts that are looked at; of more, a sample
LEAST = 5  # different texts of a group
CLEAR = 0.5  # how alike a text is to the middle of its group at least (cosine)
FAIR = 0.55  # how alike the texts of a group are to its middle on average
TYPICAL, KEYWORDS = 5, 6
DEPTH = 120  # dimensions that texts are compared in
TURNS = 50  # of k-means, at the most

RUNS = re.compile(f"[{UNSPACED}]+")
WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Group:
    """Texts that say something alike, by their ids: all, and the most typical ones first.

    `cohesion` (0 to 1) is how alike its texts are to its middle on average.
    """

    ids: tuple[int, ...]
    keywords: tuple[str, ...]
    typical: tuple[int, ...]
    cohesion: float


def groups(texts: Sequence[str], ids: Sequence[int], most: int = 12) -> list[Group]:
    """Return the groups found in texts, the largest first; unclear texts are in none.

    Repeats of one text count once, so that they make no group by themselves, and go where
    that text goes. The same texts give the same groups.
    """
    ids_of = _distinct(texts, ids)
    known = sorted(ids_of)
    if len(known) > MOST_TEXTS:
        known = sorted(drawn(known, MOST_TEXTS))
    if len(known) < 2 * LEAST:
        return []
    words = TfidfVectorizer(analyzer=terms, sublinear_tf=True, min_df=2, max_df=0.5)
    try:
        read = words.fit_transform(known)
    except ValueError:  # no word is in two texts
        return []
    return _found(known, ids_of, read, words.get_feature_names_out(), most)


def terms(text: str) -> Iterator[str]:
    """Yield what a text names: its words but the small ones; of scripts without spaces, runs."""
    for word in WORD.findall(RUNS.sub(" ", text)):
        if word not in SMALL_WORDS:
            yield word
    for run in RUNS.findall(text):
        for size in (2, 3):
            yield from (run[i : i + size] for i in range(len(run) - size + 1))


def _distinct(texts: Sequence[str], ids: Sequence[int]) -> dict[str, list[int]]:
    """Return the ids of each different text that says anything."""
    found: dict[str, list[int]] = {}
    for text, one in sorted(zip(texts, ids, strict=True), key=lambda pair: pair[1]):
        if plain := normal(text):
            found.setdefault(plain, []).append(one)
    return found


def _found(
    known: Sequence[str], ids_of: dict[str, list[int]], read: Any, words: NDArray[Any], most: int
) -> list[Group]:
    placed = _placed(read)
    middles = _middles(placed, most)
    likeness = placed @ middles.T
    nearest = likeness.argmax(axis=1)
    found = []
    for middle in range(len(middles)):
        alike = likeness[:, middle]
        members = np.flatnonzero((nearest == middle) & (alike >= CLEAR))
        if len(members) < LEAST or alike[members].mean() < FAIR:
            continue
        members = members[np.argsort(-alike[members], kind="stable")]
        alike_ids = [ids_of[known[int(i)]] for i in members]
        found.append(
            Group(
                ids=tuple(one for several in alike_ids for one in several),
                keywords=_keywords(read, members, words),
                typical=tuple(several[0] for several in alike_ids[:TYPICAL]),
                cohesion=round(float(alike[members].mean()), 4),
            )
        )
    return sorted(found, key=lambda group: (-len(group.ids), group.ids))[:most]


def _placed(read: Any) -> Floats:
    """Return where each text lies: a direction of at most DEPTH dimensions, or nowhere."""
    depth = min(DEPTH, min(read.shape) - 1)
    if depth < 2:
        return np.asarray(normalize(read).toarray())
    svd = TruncatedSVD(depth, random_state=SEED)
    return np.asarray(normalize(svd.fit_transform(read)))


def _middles(placed: Floats, most: int) -> Floats:
    """Return the middles of more clusters than are wanted, so that the unclear ones can go."""
    many = min(6 * most, max(2, len(placed) // (3 * LEAST)))
    nearest = KMeans(many, n_init=3, max_iter=TURNS, random_state=SEED).fit(placed)
    return np.asarray(normalize(nearest.cluster_centers_))


def _keywords(read: Any, members: NDArray[np.intp], words: NDArray[Any]) -> tuple[str, ...]:
    """Return the words that set a group apart from all texts, none part of another."""
    apart = np.asarray(read[members].mean(axis=0) - read.mean(axis=0)).ravel()
    chosen: list[str] = []
    for j in np.argsort(-apart, kind="stable")[: 8 * KEYWORDS]:
        word = str(words[j])
        if apart[j] > 0 and not any(word in other or other in word for other in chosen):
            chosen.append(word)
    return tuple(chosen[:KEYWORDS])

"""Learning from people's tags what a text is about, and how sure that is.

One linear classifier per theme reads words and runs of two to four characters, so that
languages without spaces work too. How sure it is, is calibrated on texts that it had not seen
(Platt, Probabilistic outputs for support vector machines, 1999).
Importing this module loads scikit-learn: do so only where something is learned.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.themes.folding import SEED, dealt, normal

LEAST = 8  # different texts that a theme needs to be learned
FOLDS = 3  # parts in which sureness is calibrated
WORD = re.compile(r"\w+|[^\w\s]+")  # or signs, such as smileys
BATCH = 5_000  # texts read at a time
SOFTNESS = 0.3  # the classifier's C: lower lets more of the learned texts be misjudged
FEATURES = 100_000  # the most frequent words, and as many runs of characters

Floats = NDArray[np.float64]
Label = TypeVar("Label", str, int)


class TooLittle(Refusal):
    """There are not two themes with enough texts to learn from."""


class Judged(NamedTuple, Generic[Label]):
    """What a text may be about, and how sure that is (0 to 1)."""

    label: Label
    confidence: float


@dataclass(frozen=True)
class Learned(Generic[Label]):
    """What was learned: judges texts. `left_out` had too few texts to learn from."""

    labels: tuple[Label, ...]
    left_out: tuple[Label, ...]
    features: Any
    weights: Floats  # features by labels
    shifts: Floats
    slopes: Floats  # of the sigmoids that turn scores into confidence
    offsets: Floats

    def judge(self, texts: Iterable[str], most: int = 5) -> Iterator[list[Judged[Label]]]:
        """Yield for each text what it may be about, the surest first, `most` at the most."""
        waiting = iter(texts)
        while batch := list(islice(waiting, BATCH)):
            sure = self.confidences(batch)
            best = np.argsort(-sure, axis=1, kind="stable")[:, :most]
            for row, columns in zip(sure, best, strict=True):
                yield [Judged(self.labels[j], float(row[j])) for j in columns]

    def confidences(self, texts: Sequence[str]) -> Floats:
        """Return how sure it is of each label (columns, as in `labels`) for each text (rows)."""
        read = self.features.transform([normal(text) for text in texts])
        return _sigmoid(read @ self.weights + self.shifts, self.slopes, self.offsets)


def train(
    texts: Sequence[str],
    labels: Sequence[Collection[Label]],
    refused: Sequence[Collection[Label]] | None = None,
    *,
    least: int = LEAST,
) -> Learned[Label]:
    """Learn from texts with the labels that people gave, and those that they refused.

    A text with labels stands for "not about" every other label; one with refusals only, for
    those alone. Raises TooLittle where fewer than two labels have `least` different texts.
    """
    plain = [normal(text) for text in texts]
    refusals = refused or [()] * len(plain)
    known, left_out = enough(plain, labels, least)
    truth = _truth(known, labels, refusals)
    slopes, offsets = _calibrated(plain, truth, dealt(plain, rarest(labels), FOLDS))
    features = _features()
    weights, shifts = _fitted(features.fit_transform(plain), truth)
    return Learned(known, left_out, features, weights, shifts, slopes, offsets)


def rarest(labels: Sequence[Collection[Label]]) -> list[Label | None]:
    """Return for each text the rarest of its labels, or None: what folds are dealt by."""
    often = Counter(label for some in labels for label in some)
    return [min(some, key=lambda label: (often[label], label), default=None) for some in labels]


def enough(
    plain: Sequence[str], labels: Sequence[Collection[Label]], least: int
) -> tuple[tuple[Label, ...], tuple[Label, ...]]:
    """Return the labels with so many different texts, and the others; raises TooLittle."""
    seen = {(label, text) for text, some in zip(plain, labels, strict=True) for label in some}
    often = Counter(label for label, _text in seen)
    known = tuple(sorted(label for label in often if often[label] >= least))
    if len(known) < 2:
        raise TooLittle(
            _(
                "There is too little to learn from: at least two themes need %(least)s different "
                "comments each that people tagged. Tag more comments first."
            ),
            least=least,
        )
    return known, tuple(sorted(label for label in often if often[label] < least))


def _truth(
    known: Sequence[Label],
    labels: Sequence[Collection[Label]],
    refused: Sequence[Collection[Label]],
) -> NDArray[np.int8]:
    """Return 1 where a text (row) is about a label (column), 0 where not, -1 where unknown."""
    column = {label: j for j, label in enumerate(known)}
    truth = np.full((len(labels), len(known)), -1, dtype=np.int8)
    for i, (some, others) in enumerate(zip(labels, refused, strict=True)):
        if some:
            truth[i] = 0
        truth[i, [column[label] for label in others if label in column]] = 0
        truth[i, [column[label] for label in some if label in column]] = 1
    return truth


def _features() -> Any:
    words = TfidfVectorizer(
        tokenizer=WORD.findall,
        token_pattern=None,
        ngram_range=(1, 2),
        sublinear_tf=True,
        max_features=FEATURES,
    )
    characters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, max_features=FEATURES
    )
    return FeatureUnion([("words", words), ("characters", characters)])


def _fitted(read: Any, truth: NDArray[np.int8]) -> tuple[Floats, Floats]:
    """Return the weights (features by labels) and the shifts of one classifier per label."""
    columns = [_separated(read, truth[:, j]) for j in range(truth.shape[1])]
    return np.stack([weight for weight, _shift in columns], axis=1), np.array(
        [shift for _weight, shift in columns]
    )


def _separated(read: Any, about: NDArray[np.int8]) -> tuple[Floats, float]:
    known = about >= 0
    classes = np.unique(about[known])
    if len(classes) < 2:  # everything known of this label is the same
        return np.zeros(read.shape[1]), 1.0 if 1 in classes else -1.0
    machine = LinearSVC(C=SOFTNESS, tol=1e-2, random_state=SEED)
    machine.fit(read if known.all() else read[known], about[known])
    return machine.coef_[0], float(machine.intercept_[0])


def _calibrated(
    plain: Sequence[str], truth: NDArray[np.int8], folds: NDArray[np.int_]
) -> tuple[Floats, Floats]:
    """Return slopes and offsets of the sigmoids, from scores of texts that were not learned.

    The words of those texts are not known either, as those of new texts will not be: a known
    word that no other text has would lower the score.
    """
    scores = np.zeros(truth.shape)
    for fold in range(FOLDS):
        kept, tried = np.flatnonzero(folds != fold).tolist(), np.flatnonzero(folds == fold).tolist()
        features = _features()
        weights, shifts = _fitted(features.fit_transform([plain[i] for i in kept]), truth[kept])
        if tried:
            read = features.transform([plain[i] for i in tried])
            scores[tried] = read @ weights + shifts
    found = [_slope(scores[:, j], truth[:, j]) for j in range(truth.shape[1])]
    return np.array([slope for slope, _o in found]), np.array([offset for _s, offset in found])


def _slope(scores: Floats, about: NDArray[np.int8]) -> tuple[float, float]:
    """Return slope and offset of one sigmoid; where scores say nothing, the plain share."""
    known = about >= 0
    n, positive = int(known.sum()), int((about == 1).sum())
    if 0 < positive < n:
        curve = LogisticRegression(C=10).fit(scores[known, np.newaxis], about[known])
        if curve.coef_[0, 0] > 0:
            return float(curve.coef_[0, 0]), float(curve.intercept_[0])
    return 0.0, float(np.log((positive + 1) / (n - positive + 1)))


def _sigmoid(scores: Floats, slopes: Floats, offsets: Floats) -> Floats:
    bent = np.clip(scores * slopes + offsets, -500, 500)
    return np.asarray(1 / (1 + np.exp(-bent)), dtype=np.float64)

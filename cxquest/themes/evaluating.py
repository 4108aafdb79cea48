"""How far the program agrees with people about texts that it had not learned."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Generic

import numpy as np
from numpy.typing import NDArray

from cxquest.themes.folding import dealt, normal
from cxquest.themes.learning import LEAST, Floats, Label, enough, rarest, train

STEPS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True)
class OfLabel(Generic[Label]):
    """One label: how often people gave it, how often the program did, and how often both.

    Precision is the share of the program's that people gave too, recall the share of people's
    that the program found; None where there is none to take a share of.
    """

    label: Label
    n: int
    proposed: int
    both: int

    @property
    def precision(self) -> float | None:
        return self.both / self.proposed if self.proposed else None

    @property
    def recall(self) -> float | None:
        return self.both / self.n if self.n else None

    @property
    def f1(self) -> float:
        return 2 * self.both / (self.n + self.proposed) if self.n + self.proposed else 0.0


@dataclass(frozen=True)
class Kept:
    """What remains where the program keeps silent below a confidence.

    `coverage` is the share of texts that it speaks about, `accuracy` how often it is right then.
    """

    confidence: float
    coverage: float
    accuracy: float | None


@dataclass(frozen=True)
class Agreement(Generic[Label]):
    """How often the surest label of a text was one that people gave, over `n` texts.

    `majority_baseline` is what naming the commonest label each time would reach.
    """

    n: int
    accuracy: float
    macro_f1: float
    majority_baseline: float
    labels: tuple[OfLabel[Label], ...]
    left_out: tuple[Label, ...]
    abstained: Kept
    steps: tuple[Kept, ...]

    def as_json(self) -> dict[str, Any]:
        """Return all of it as JSON values, with the shares of each label."""
        shares = [
            {**asdict(one), "precision": one.precision, "recall": one.recall, "f1": one.f1}
            for one in self.labels
        ]
        return {**asdict(self), "labels": shares}


@dataclass(frozen=True)
class _Tried(Generic[Label]):
    """How sure the program was of each label (columns) for each text (rows) that it tried."""

    names: tuple[Label, ...]
    sure: Floats
    given: NDArray[np.bool_]
    left_out: tuple[Label, ...]
    baseline: float


def cross_validated(
    texts: Sequence[str],
    labels: Sequence[Collection[Label]],
    refused: Sequence[Collection[Label]] | None = None,
    *,
    folds: int = 5,
    abstain: float = 0.2,
    bound: float | None = None,
    repeats_together: bool = True,
    tell: Callable[[], None] = lambda: None,
) -> Agreement[Label]:
    """Learn from all folds but one and try that one, each in turn; `tell` is called after each.

    It abstains below `bound`, or else on the share `abstain` of which it is least sure; with a
    bound, all that it is as sure of counts as proposed, otherwise the surest label alone.
    Raises TooLittle where there is too little to learn from.
    """
    plain = [normal(text) for text in texts]
    refusals = refused or [()] * len(plain)
    enough(plain, labels, LEAST)
    names = _names(labels)
    fold_of = dealt(plain, rarest(labels), folds, repeats_together=repeats_together)
    sure = np.zeros((len(plain), len(names)))
    left_out: set[Label] = set()
    for fold in range(folds):
        kept, tried = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        left_out |= _try(plain, labels, refusals, names, sure, kept, tried, folds)
        tell()
    asked = np.array([bool(some) for some in labels])
    given = _given(names, labels)[asked]
    found = _Tried(names, sure[asked], given, tuple(sorted(left_out)), _commonest(given, given))
    return _agreement(found, abstain, bound)


def on_split(
    texts: Sequence[str],
    labels: Sequence[Collection[Label]],
    test_texts: Sequence[str],
    test_labels: Sequence[Collection[Label]],
    *,
    abstain: float = 0.2,
) -> Agreement[Label]:
    """Learn from some texts and try others. Raises TooLittle, as `train` does."""
    names = _names(list(labels) + list(test_labels))
    learned = train(texts, labels)
    sure = np.zeros((len(test_texts), len(names)))
    sure[:, _columns(names, learned.labels)] = learned.confidences(test_texts)
    given = _given(names, test_labels)
    baseline = _commonest(_given(names, labels), given)
    return _agreement(_Tried(names, sure, given, learned.left_out, baseline), abstain, None)


def _try(
    plain: Sequence[str],
    labels: Sequence[Collection[Label]],
    refused: Sequence[Collection[Label]],
    names: tuple[Label, ...],
    sure: Floats,
    kept: NDArray[np.intp],
    tried: NDArray[np.intp],
    folds: int,
) -> set[Label]:
    """Fill in how sure it is of one fold; return the labels that were too rare to learn."""
    learned = train(
        [plain[i] for i in kept],
        [labels[i] for i in kept],
        [refused[i] for i in kept],
        least=LEAST * (folds - 1) // folds,
    )
    if len(tried):
        found = learned.confidences([plain[i] for i in tried])
        sure[np.ix_(tried, _columns(names, learned.labels))] = found
    return set(learned.left_out)


def _names(labels: Sequence[Collection[Label]]) -> tuple[Label, ...]:
    return tuple(sorted({label for some in labels for label in some}))


def _columns(names: Sequence[Label], some: Collection[Label]) -> NDArray[np.int_]:
    place = {name: j for j, name in enumerate(names)}
    return np.array([place[name] for name in some], dtype=np.int_)


def _given(names: Sequence[Label], labels: Sequence[Collection[Label]]) -> NDArray[np.bool_]:
    given = np.zeros((len(labels), len(names)), dtype=np.bool_)
    for i, some in enumerate(labels):
        given[i, _columns(names, some)] = True
    return given


def _commonest(learned: NDArray[np.bool_], tried: NDArray[np.bool_]) -> float:
    return float(tried[:, learned.sum(axis=0).argmax()].mean()) if len(tried) else 0.0


def _agreement(found: _Tried[Label], abstain: float, bound: float | None) -> Agreement[Label]:
    first = found.sure.argmax(axis=1)
    rows = np.arange(len(first))
    right, surest = found.given[rows, first], found.sure[rows, first]
    if bound is None:
        bound = float(np.sort(surest)[int(len(surest) * abstain)])
        said = np.zeros_like(found.given)
        said[rows, first] = True
    else:
        said = found.sure >= bound
    labels = tuple(_of_label(found, said, j) for j in range(len(found.names)))
    return Agreement(
        n=len(first),
        accuracy=float(right.mean()),
        macro_f1=float(np.mean([one.f1 for one in labels])),
        majority_baseline=found.baseline,
        labels=labels,
        left_out=found.left_out,
        abstained=_kept(surest, right, bound),
        steps=tuple(_kept(surest, right, step) for step in STEPS),
    )


def _of_label(found: _Tried[Label], said: NDArray[np.bool_], j: int) -> OfLabel[Label]:
    given, proposed = found.given[:, j], said[:, j]
    return OfLabel(
        found.names[j], int(given.sum()), int(proposed.sum()), int((given & proposed).sum())
    )


def _kept(surest: Floats, right: NDArray[np.bool_], confidence: float) -> Kept:
    spoken = surest >= confidence
    accuracy = float(right[spoken].mean()) if spoken.any() else None
    return Kept(confidence, float(spoken.mean()), accuracy)

"""Which lessons fit a quest: those of the same theme, and those of a cause that is alike. Pure.

Causes are compared by `pains.likeness`, as pain points are: by what their words share.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cxquest.pains.likeness import ALIKE, likeness

MOST = 3


@dataclass(frozen=True)
class Known:
    """A lesson as it is compared: whether its theme is the quest's, and the causes it is about."""

    id: int
    same_theme: bool
    causes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """A lesson that fits, and why: its theme, the cause that is alike (or ""), and how alike."""

    id: int
    same_theme: bool
    cause: str = ""
    likeness: float = 0.0


def suggested(causes: Sequence[str], known: Iterable[Known]) -> list[Suggestion]:
    """Return the few that fit best."""
    return ranked(causes, known)[:MOST]


def ranked(causes: Sequence[str], known: Iterable[Known]) -> list[Suggestion]:
    """Return what fits: of the same theme with a cause alike, then the theme, then the cause.

    `causes` are the quest's own. Equal ones stand in the order in which they are given.
    """
    found = [_suggestion(causes, one) for one in known]
    fitting = [one for one in found if one.same_theme or one.cause]
    return sorted(fitting, key=lambda one: (-one.same_theme, -one.likeness))


def _suggestion(causes: Sequence[str], known: Known) -> Suggestion:
    pairs = ((likeness(mine, theirs), theirs) for mine in causes for theirs in known.causes)
    best, cause = max(pairs, key=lambda pair: pair[0], default=(0.0, ""))
    if best < ALIKE:
        return Suggestion(known.id, known.same_theme)
    return Suggestion(known.id, known.same_theme, cause, best)

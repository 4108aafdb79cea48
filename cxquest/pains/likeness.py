"""Which pain points look alike: a rule of overlap that needs no language. Pure.

The likeness of two texts is from 0 to 1, the larger of two measures. *Words*: the part of both
texts that stands in words they share, each word weighing as much as it has letters, so that
"the" and "is" tell little; a script without spaces is cut into pairs of letters instead.
*Letters*: the part of the runs of three letters that they share (Dice 1945), which sees through
endings and slips. Capitals, accents and punctuation do not count.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from cxquest.core.errors import marked as _

ALIKE = 0.5
MOST = 3
LONGEST = 400  # letters of a text that are compared
RULE = _(
    "Shown are those that share at least half of their words, weighed by length, or half of "
    "their runs of three letters."
)
# Letters of scripts that are written without spaces between words.
UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")


@dataclass(frozen=True)
class Known:
    """A pain point as it is compared: by its name and by what the customer experienced."""

    id: int
    title: str
    experienced: str = ""


@dataclass(frozen=True)
class Pieces:
    """What a text is made of."""

    words: frozenset[str]
    runs: frozenset[str]

    @property
    def weight(self) -> int:
        """The letters in all its words."""
        return _weight(self.words)


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, from 0 (nothing shared) to 1."""
    mine, theirs = pieces(one), pieces(other)
    letters = len(mine.runs) + len(theirs.runs)
    weight = mine.weight + theirs.weight
    by_letters = 2 * len(mine.runs & theirs.runs) / letters if letters else 0.0
    by_words = 2 * _weight(mine.words & theirs.words) / weight if weight else 0.0
    return max(by_letters, by_words)


def alike(texts: Sequence[str], known: Iterable[Known], most: int = MOST) -> list[int]:
    """Return the ids of those that look like one of the texts, the likest first."""
    said = [text for text in texts if text.strip()]
    scores = {one.id: _closest(said, one) for one in known}
    found = [key for key, score in scores.items() if score >= ALIKE]
    return sorted(found, key=lambda key: (-scores[key], key))[:most]


def likest(text: str, known: Iterable[Known], most: int) -> list[int]:
    """Return the ids of the likest, whether they look alike or not."""
    scores = {one.id: _closest([text], one) for one in known}
    return sorted(scores, key=lambda key: (-scores[key], key))[:most]


def _closest(texts: Sequence[str], one: Known) -> float:
    theirs = [text for text in (one.title, one.experienced) if text]
    return max((likeness(mine, other) for mine in texts for other in theirs), default=0.0)


@lru_cache(maxsize=8192)
def pieces(text: str) -> Pieces:
    """Return the words of a text, or pairs of letters where none are written, and its runs."""
    words = list(_words(_folded(text[:LONGEST])))
    spaced = f" {' '.join(words)} " if words else ""
    runs = frozenset(spaced[n : n + 3] for n in range(max(len(spaced) - 2, 0)))
    return Pieces(frozenset(part for word in words for part in _parts(word)), runs)


def _folded(text: str) -> str:
    """Return small letters without accents; what is no letter or digit becomes a space."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(
        letter if letter.isalnum() or unicodedata.category(letter) == "Mc" else " "
        for letter in apart
        if unicodedata.category(letter) != "Mn"
    )


def _words(folded: str) -> Iterator[str]:
    return (word for word in folded.split() if word)


def _parts(word: str) -> Iterator[str]:
    """Yield a word whole; the stretches of a script without spaces in pairs of letters."""
    for unspaced, letters in groupby(word, _is_unspaced):
        stretch = "".join(letters)
        if not unspaced or len(stretch) < 3:
            yield stretch
        else:
            yield from (stretch[n : n + 2] for n in range(len(stretch) - 1))


@lru_cache(maxsize=4096)
def _is_unspaced(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(UNSPACED)


def _weight(words: Iterable[str]) -> int:
    return sum(map(len, words))

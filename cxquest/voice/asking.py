"""Reading what a person searches for: words, phrases in quotes, beginnings with a star. Pure.

The words are cut and folded as SQLite's full-text index does it (FTS5, tokenizer `unicode61
remove_diacritics 2`), so that what is searched, found and marked is the same.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

MOST_TERMS = 12
# The combining marks that unicode61 takes as part of a letter, from U+0300 on
# (sqlite3Fts5UnicodeIsdiacritic).
_MARKS = (0x000361F8 << 32) | 0x08029FDF
_KEPT = "Ǡǡ"  # which it does not take apart, for reasons of its own
# Han, kana, Thai, Lao, Burmese, Khmer.
_UNSPACED = re.compile(
    r"[\u3041-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\uFF66-\uFF9D"
    r"\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\U00020000-\U0003FFFF]"
)
_SIGNS = re.compile(r"^(?:[^\w]|_)+|[*.,;:!?\"'()\[\]。、，！？；：（）「」『』“”‘’]+$")
_TERM = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')


@dataclass(frozen=True)
class Term:
    """Words that must follow each other; with `beginning`, the last may go on.

    `said` are the same words with their marks, for a database that does not fold these.
    """

    words: tuple[str, ...]
    beginning: bool = False
    said: tuple[str, ...] = field(default=(), compare=False)

    @property
    def lies_inside(self) -> bool:
        """Return whether it is in a script without spaces, whose words no index tells apart."""
        return any(map(_UNSPACED.search, self.said))


@dataclass(frozen=True)
class Word:
    """A word of a text as the index has it, and where it stands."""

    start: int
    end: int
    folded: str


def terms(q: str) -> tuple[Term, ...]:
    """Return what must be in a comment, every part of it; signs that are no letters say nothing."""
    found = []
    for quoted, star, plain in _TERM.findall(q):
        said = quoted or plain
        words = words_of(said)
        if words:
            read = tuple(word.folded for word in words)
            spaced = not _UNSPACED.search(said)
            written = tuple(
                (said[word.start : word.end].lower() for word in words) if spaced else _parts(said)
            )
            found.append(Term(read, bool(star) or said.rstrip().endswith("*"), written))
    return tuple(dict.fromkeys(found))[:MOST_TERMS]


def _parts(said: str) -> list[str]:
    """Return what stands between spaces, without signs around it: its vowels may be marks."""
    parts = (_SIGNS.sub("", part) for part in said.lower().split())
    return [part for part in parts if part]


def words_of(text: str) -> list[Word]:
    """Return the words of a text, folded, in their order."""
    words: list[Word] = []
    start, read = -1, ""
    for place, letter in enumerate(text):
        kept = _folded(letter)
        if kept is None or (not kept and start < 0):
            if start >= 0:
                words.append(Word(start, place, read))
            start, read = -1, ""
        else:
            start, read = (place if start < 0 else start), read + kept
    if start >= 0:
        words.append(Word(start, len(text), read))
    return words


def folded(letters: str) -> str:
    """Return letters of one word as the index has them."""
    return "".join(_folded(letter) or "" for letter in letters)


@lru_cache(maxsize=4096)
def _folded(letter: str) -> str | None:
    """Return a letter without capitals and marks, "" for a mark alone, None between words."""
    if 0 <= ord(letter) - 0x300 < 50:
        return "" if _MARKS >> (ord(letter) - 0x300) & 1 else None
    category = unicodedata.category(letter)
    if category[0] not in "LN" and category != "Co":
        return None
    small = letter.casefold()
    small = small if len(small) == 1 or unicodedata.combining(small[-1]) else letter.lower()
    parts = small if letter in _KEPT else unicodedata.normalize("NFD", small)
    marked = len(parts) > 1 and all(map(unicodedata.combining, parts[1:]))
    return parts[0] if marked and parts[0].isascii() else small

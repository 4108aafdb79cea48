"""Marking in a text what was searched for, and cutting the text around it. Pure."""

import re

from cxquest.voice.asking import Term, Word, folded, terms, words_of

BEFORE = 80  # characters kept before the first hit


def marked(text: str, q: str) -> list[tuple[str, bool]]:
    """Return the text in pieces, each with whether it was searched for; they join to the text."""
    pieces: list[tuple[str, bool]] = []
    last = 0
    for start, end in hits(text, q):
        if start > last:
            pieces.append((text[last:start], False))
        pieces.append((text[start:end], True))
        last = end
    if last < len(text):
        pieces.append((text[last:], False))
    return pieces


def hits(text: str, q: str) -> list[tuple[int, int]]:
    """Return where the searched words stand, from the first on; overlapping ones are one."""
    asked = terms(q)
    if not asked:
        return []
    words = words_of(text)
    spans = sorted(span for term in asked for span in _places(text, words, term))
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def excerpt(text: str, q: str, most: int) -> str:
    """Return at most `most` characters of a text, with the first hit in them.

    A cut is shown by an ellipsis and falls between words where there is one near.
    """
    if len(text) <= most:
        return text
    found = hits(text, q)
    first = found[0][0] if found else 0
    start = max(0, min(first - BEFORE, len(text) - most)) if first > most // 2 else 0
    if start:
        start = _after_space(text, start + 1, first)
    room = most - 1 - bool(start)
    if len(text) - start <= most - bool(start):
        return "…" * bool(start) + text[start:]
    end = text.rfind(" ", start + room - 40, start + room) if room > 80 else -1
    end = end if end > first else start + room
    return "…" * bool(start) + text[start:end].rstrip() + "…"


def _after_space(text: str, start: int, latest: int) -> int:
    gap = text.find(" ", start, min(start + 40, latest))
    return gap + 1 if gap >= 0 else start


def _places(text: str, words: list[Word], term: Term) -> list[tuple[int, int]]:
    """Return where a term stands; of a word that goes on, only the beginning counts."""
    if term.lies_inside:
        small = text.lower() if len(text.lower()) == len(text) else text
        inside = (re.finditer(re.escape(part), small) for part in term.said)
        return [found.span() for each in inside for found in each]
    *whole, last = term.words
    found = []
    for place in range(len(words) - len(whole)):
        ahead = words[place : place + len(whole)]
        end = words[place + len(whole)]
        fits = end.folded.startswith(last) if term.beginning else end.folded == last
        if fits and all(w.folded == said for w, said in zip(ahead, whole, strict=True)):
            found.append((words[place].start, _end(text, end, last)))
    return found


def _end(text: str, word: Word, beginning: str) -> int:
    """Return where a word's beginning ends, with the marks on its last letter."""
    if word.folded == beginning:
        return word.end
    place = word.start
    while len(folded(text[word.start : place + 1])) <= len(beginning):
        place += 1
    return place

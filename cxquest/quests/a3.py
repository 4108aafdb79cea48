"""The budget of the one-page sheet: how much of a text has room, how many things of a list. Pure.

Room is counted in lines of so many letters, letters of an ordinary text; what is broader counts
for more of them.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil
from unicodedata import combining, east_asian_width

CUT = "…"
LOOSE = " ,;:.-–"  # that a cut leaves at the end
BROAD = 2.0
CAPITAL = 1.35

Pair = tuple[str, str]  # a term, and what is said of it


@dataclass(frozen=True)
class Room:
    """So many lines of so many letters, at least one of each."""

    lines: int
    letters: int


@dataclass(frozen=True)
class Kept:
    """What has room, in its order and cut where it is long, and how many things have none."""

    texts: tuple[str, ...]
    more: int = 0


def lines(text: str, letters: int) -> int:
    """Return how many lines a text takes; a word longer than a line is broken."""
    count, used = 0, float(letters)
    for word in text.split():
        wide = sum(map(_breadth, word))
        if count and used + 1 + wide <= letters:
            used += 1 + wide
            continue
        full = max(ceil(wide / letters), 1)
        count += full
        used = wide - (full - 1) * letters
    return count


def cut(text: str, room: Room) -> str:
    """Return a text that takes no more than its room: cut at a word, with "…", where it is longer.

    Only a first word that has no room by itself is cut within.
    """
    text = " ".join(text.split())
    if lines(text, room.letters) <= room.lines:
        return text
    ends = [place for place, letter in enumerate(text) if letter == " "]
    fitting = _last_fitting(text, ends, room)
    if fitting is None:
        fitting = _last_fitting(text, range(1, len(text)), room) or 0
    return text[:fitting].rstrip(LOOSE) + CUT


def shared(texts: Sequence[str], room: Room, *, head: int = 0) -> Kept:
    """Return the texts within one room: the long ones are cut until all of them fit.

    Each takes `head` lines more than its words. Where not even a line for each is left, the last
    ones go, for a line that says how many they are.
    """
    needs = [head + min(lines(text, room.letters), room.lines) for text in texts]
    given = portions(needs, room.lines, max(head + 1, 1))
    cuts = (
        cut(text, Room(max(n - head, 1), room.letters))
        for text, n in zip(texts, given, strict=False)
    )
    return Kept(tuple(cuts), len(texts) - len(given))


def portions(needs: Sequence[int], total: int, least: int) -> list[int]:
    """Return how many of `total` lines each of several things gets, in their order.

    Only the largest give way, the later ones first. Where not even `least` lines for each are
    left, the last ones go: the result is shorter than `needs`, and a line of `total` is left to
    say so.
    """
    for most in range(max([*needs, least]), least - 1, -1):
        given = [min(need, most) for need in needs]
        spare = total - sum(given)
        if spare >= 0:
            large = [place for place, need in enumerate(needs) if need > most]
            return [n + (place in large[:spare]) for place, n in enumerate(given)]
    sums = accumulate(min(need, least) for need in needs)
    return [min(need, least) for need, used in zip(needs, sums, strict=True) if used < total]


def chained(steps: Sequence[str], room: Room) -> Kept:
    """Return the steps of a chain within one room: those left out are the ones before the last."""
    if len(steps) <= room.lines:
        return shared(steps, room)
    line = Room(1, room.letters)
    shown = [*steps[: room.lines - 1], steps[-1]] if room.lines > 1 else steps[:1]
    return Kept(tuple(cut(step, line) for step in shown), len(steps) - len(shown))


def _breadth(letter: str) -> float:
    if combining(letter):
        return 0.0
    if east_asian_width(letter) in "WF":
        return BROAD
    return CAPITAL if letter.isupper() else 1.0


def _last_fitting(text: str, ends: Sequence[int], room: Room) -> int | None:
    """Return the last of these places before which a text fits with its sign of being cut."""
    fitting = bisect_right(
        ends, False, key=lambda end: lines(text[:end] + CUT, room.letters) > room.lines
    )
    return ends[fitting - 1] if fitting else None


def pairs(given: Iterable[Pair], room: Room) -> list[Pair]:
    """Return the pairs that say something, within one room."""
    said = [(term, text) for term, text in given if text.strip()]
    kept = shared([f"{term}: {text}" for term, text in said], room)
    return [
        (term, _without(f"{term}: ", whole, text, room))
        for (term, text), whole in zip(said, kept.texts, strict=False)
    ]


def _without(term: str, whole: str, text: str, room: Room) -> str:
    """Return what stands after a term; a first word that is cut away gives what the line holds."""
    if whole.startswith(term):
        return whole.removeprefix(term)
    return cut(text, Room(1, max(room.letters - len(term), 1)))

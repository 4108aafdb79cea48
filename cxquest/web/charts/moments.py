"""Where the words of moments of change stand, and when a number has to stand for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from cxquest.web.charts.frames import LETTER, Change, Frame, Moment, near

ROWS = 2  # lines of words above the plot
GAP = 10.0  # units between two words in one line
JOIN = " · "


@dataclass(frozen=True)
class Marks:
    """The marks of a wide and a narrow drawing; `key` holds their words where numbers stand."""

    wide: tuple[Moment, ...]
    narrow: tuple[Moment, ...]
    key: tuple[str, ...]


@dataclass(frozen=True)
class _Spot:
    """All changes before one reading, with their numbers."""

    before: int
    numbers: tuple[int, ...]
    labels: tuple[str, ...]

    @property
    def words(self) -> str:
        return JOIN.join(self.labels)

    @property
    def figures(self) -> str:
        return ", ".join(str(n) for n in self.numbers)

    @property
    def both(self) -> str:
        return JOIN.join(
            f"{n}. {label}" for n, label in zip(self.numbers, self.labels, strict=True)
        )


def marks(wide: Frame, narrow: Frame, changes: Sequence[Change], count: int) -> Marks:
    """Return marks with words if all fit on both drawings, else with numbers and a key."""
    spots = _spots(changes, count)
    words = [spot.words for spot in spots]
    there, here = _placed(wide, spots, words, count), _placed(narrow, spots, words, count)
    if there is not None and here is not None:
        return Marks(there, here, ())
    figures = [spot.figures for spot in spots]
    full = _placed(wide, spots, [spot.both for spot in spots], count)
    return Marks(
        _forced(wide, spots, figures, count) if full is None else full,
        _forced(narrow, spots, figures, count),
        tuple(label for spot in spots for label in spot.labels),
    )


def _spots(changes: Sequence[Change], count: int) -> list[_Spot]:
    ordered = sorted(changes, key=lambda change: change.before)
    numbered = enumerate(ordered, start=1)
    spots = []
    for before, group in groupby(numbered, key=lambda one: min(max(one[1].before, 0), count)):
        some = list(group)
        spots.append(_Spot(before, tuple(n for n, _ in some), tuple(c.label for _, c in some)))
    return spots


def _placed(
    frame: Frame, spots: Sequence[_Spot], words: Sequence[str], count: int
) -> tuple[Moment, ...] | None:
    """Every mark with its words in a line where they touch nothing; None if one has no room."""
    lines: list[list[tuple[float, float]]] = [[] for _ in range(ROWS)]
    found = []
    for spot, said in zip(spots, words, strict=True):
        at = _x(frame, spot.before, count)
        start, end = _taken(frame, at, said)
        row = next((n for n, line in enumerate(lines) if _free(line, start, end)), None)
        if row is None or start < 0 or end > frame.width:
            return None
        lines[row].append((start, end))
        found.append(_moment(frame, at, said, row))
    return tuple(found)


def _forced(
    frame: Frame, spots: Sequence[_Spot], words: Sequence[str], count: int
) -> tuple[Moment, ...]:
    """Every mark with its number, in one line after the other where they are too near."""
    placed = _placed(frame, spots, words, count)
    if placed is not None:
        return placed
    return tuple(
        _moment(frame, _x(frame, spot.before, count), said, n % ROWS)
        for n, (spot, said) in enumerate(zip(spots, words, strict=True))
    )


def _x(frame: Frame, before: int, count: int) -> float:
    return near(frame.left + (frame.end - frame.left) * before / max(count, 1))


def _turned(frame: Frame, at: float) -> bool:
    """Whether the words stand before their mark: they do in the second half."""
    return at > (frame.left + frame.end) / 2


def _taken(frame: Frame, at: float, words: str) -> tuple[float, float]:
    room = 6 + len(words) * LETTER
    return (at - room, at) if _turned(frame, at) else (at, at + room)


def _free(line: Sequence[tuple[float, float]], start: float, end: float) -> bool:
    return all(end + GAP <= left or right + GAP <= start for left, right in line)


def _moment(frame: Frame, at: float, words: str, row: int) -> Moment:
    turned = _turned(frame, at)
    text_x = near(at - 6 if turned else at + 6)
    return Moment(at, text_x, frame.top - 10 - 18 * row, words, "end" if turned else "start")

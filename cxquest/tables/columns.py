"""One column, cell by cell: what kind it is and what can be said of it, in bounded memory."""

import re
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from cxquest.tables import dates, numbers
from cxquest.tables.dates import Readings
from cxquest.tables.ids import Ids, distinct
from cxquest.tables.row import Column
from cxquest.tables.scales import Part, scales

EXAMPLES = 5
EXAMPLE = 120  # letters
MOST_DISTINCT = 1_000
MOSTLY = 0.6  # of the cells make a column one of dates or numbers, whatever the others say
CHOICES = 0.2  # of the cells are different at most in a column of choices
FIXED = 0.02  # of the cells are different at most where choices are whole sentences
CODE = re.compile(r"0[0-9]+")  # a leading nought is no number's: a code
LONG = 60  # letters: no choice is longer on average
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
IDENTITY = frozenset({"id", "ids", "uuid", "guid"})
NUMBERED = frozenset({"ref", "reference", "key", "nr", "number", "ticket", "nummer", "kennung"})


class ColumnKind(StrEnum):
    """What the cells of a column seem to be."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    ID = "id"
    CHOICE = "choice"
    EMPTY = "empty"


@dataclass(frozen=True)
class NumberFacts:
    """The numbers of a column, in the decimal sign that fits more of them."""

    decimal: str
    count: int
    low: Decimal
    high: Decimal
    integers: bool
    no_numbers: int
    examples: list[str]
    scales: list[Part]

    def as_json(self) -> dict[str, Any]:
        """Return the facts with numbers as texts, exact."""
        return {
            **vars(self),
            "low": str(self.low),
            "high": str(self.high),
            "scales": [part.as_json() for part in self.scales],
        }


@dataclass(frozen=True)
class Found:
    """What was found in a column.

    `distinct` stops at a thousand unless `exactly`; `repeats` counts cells that say the same
    as an earlier one, and is known for texts and ids. `doubtful` counts dates by reason.
    """

    name: str
    title: str
    kind: ColumnKind
    filled: int
    distinct: int
    exactly: bool
    longest: int
    examples: list[str]
    repeats: int = 0
    dates: list[dict[str, str | int]] = field(default_factory=list)
    doubtful: dict[str, int] = field(default_factory=dict)
    numbers: NumberFacts | None = None
    id_reasons: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        return {**vars(self), "kind": self.kind.value, "numbers": self._numbers()}

    def _numbers(self) -> dict[str, Any] | None:
        return self.numbers.as_json() if self.numbers else None


class Facts:
    """Counts of one column of the kind that its first cells suggest."""

    def __init__(self, column: Column, kind: ColumnKind) -> None:
        self.column, self.kind = column, kind
        self.filled = 0
        self.longest = 0
        self.examples: list[str] = []
        self.different: set[int] = set()
        self.hashes = array("q")

    def add(self, cell: str) -> None:
        """Count one cell; those without text are passed over."""
        text = cell.strip()
        if not text:
            return
        self.filled += 1
        if len(cell) > self.longest:
            self.longest = len(cell)
        if len(self.different) < MOST_DISTINCT:
            self._different(text)
        self.count(cell)

    def _different(self, text: str) -> None:
        before = len(self.different)
        self.different.add(hash(text))
        if len(self.different) > before and before < EXAMPLES:
            self.examples.append(text[:EXAMPLE])

    def count(self, text: str) -> None:
        """Keep what the kind needs: of texts, by which repeats are told."""
        if self.kind is ColumnKind.TEXT:
            self.hashes.append(hash(text))

    def found(self, rows: int) -> Found:
        """Return what the cells came to."""
        held = distinct(self.hashes) if self.hashes else len(self.different)
        exactly = bool(self.hashes) or held < MOST_DISTINCT
        return Found(
            self.column.name,
            self.column.title,
            self.kind if self.filled else ColumnKind.EMPTY,
            self.filled,
            held,
            exactly,
            self.longest,
            self.examples,
            repeats=self.filled - held if self.kind is ColumnKind.TEXT else 0,
            **self.more(rows),
        )

    def more(self, rows: int) -> dict[str, Any]:
        """Return what only this kind of column has."""
        return {}


class DateFacts(Facts):
    """Dates: how they read in each order, and which are hardly meant."""

    def __init__(self, column: Column, today: date) -> None:
        super().__init__(column, ColumnKind.DATE)
        self.today = today
        self.readings = Readings()
        self.doubtful: Counter[str] = Counter()

    def count(self, text: str) -> None:
        self.readings.add(text)
        day = next((day for day in dates.days(text.strip()) if day), None)
        reason = dates.doubtful(day, self.today) if day else ""
        if reason:
            self.doubtful[reason] += 1

    def more(self, rows: int) -> dict[str, Any]:
        found = [reading.as_json() for reading in self.readings.found()]
        return {"dates": found, "doubtful": dict(self.doubtful)}


class NumberColumn(Facts):
    """Numbers: their ends, their scales, and what stands among them that is none."""

    def __init__(self, column: Column, decimal: str) -> None:
        super().__init__(column, ColumnKind.NUMBER)
        self.decimal = decimal
        self.values: Counter[Decimal] = Counter()
        self.low, self.high = Decimal("Infinity"), Decimal("-Infinity")
        self.numbers, self.integers = 0, True
        self.others, self.odd = 0, dict[str, None]()

    def count(self, text: str) -> None:
        value = numbers.number(text, self.decimal)
        if value is None:
            self.others += 1
            if len(self.odd) < EXAMPLES:
                self.odd[text.strip()[:EXAMPLE]] = None
            return
        self.numbers += 1
        self.low, self.high = min(self.low, value), max(self.high, value)
        self.integers = self.integers and value == value.to_integral_value()
        if value in self.values or len(self.values) < MOST_DISTINCT:
            self.values[value] += 1

    def more(self, rows: int) -> dict[str, Any]:
        if not self.numbers:
            return {}
        parts = scales(self.values) if len(self.values) < MOST_DISTINCT else []
        ends = (self.low, self.high, self.integers, self.others, list(self.odd), parts)
        return {"numbers": NumberFacts(self.decimal, self.numbers, *ends)}


class IdColumn(Facts):
    """Ids, and whether rows can be told apart by them."""

    def __init__(self, column: Column) -> None:
        super().__init__(column, ColumnKind.ID)
        self.ids = Ids()

    def count(self, text: str) -> None:
        self.ids.add(text)

    def found(self, rows: int) -> Found:
        for _blank in range(rows - self.filled):
            self.ids.add("")
        found = super().found(rows)
        held = self.ids.distinct
        more = {"distinct": held, "exactly": True, "repeats": self.filled - held}
        return Found(**{**vars(found), **more, "id_reasons": self.ids.reasons})


def first_look(column: Column, cells: Sequence[str], today: date) -> Facts:
    """Choose what to count of a column by the cells of its first rows."""
    held = [cell.strip() for cell in cells if cell.strip()]
    if not held:
        return Facts(column, ColumnKind.TEXT)
    readings = [reading.parsed for reading in dates.readings(held)]
    if max(readings) >= MOSTLY * len(held) and not _names_ids(column.name):
        return DateFacts(column, today)
    if _are_ids(column.name, held):
        return IdColumn(column)
    fit = {sign: sum(numbers.number(cell, sign) is not None for cell in held) for sign in ".,"}
    if max(fit.values()) >= MOSTLY * len(held) and not any(map(CODE.fullmatch, held)):
        return NumberColumn(column, "," if fit[","] > fit["."] else ".")
    return Facts(column, _words(held))


def _words(held: Sequence[str]) -> ColumnKind:
    """Tell a few answers that come again and again from free text."""
    different = len(set(held))
    short = sum(map(len, held)) <= LONG * len(held) or different <= len(held) * FIXED
    few = different <= max(2, CHOICES * len(held))
    return ColumnKind.CHOICE if few and short else ColumnKind.TEXT


def _are_ids(name: str, held: Sequence[str]) -> bool:
    """Say whether cells are ids: by the column's name, or different, in one piece, no numbers."""
    if any(" " in cell or len(cell) > 80 for cell in held):
        return False
    if _names_ids(name):
        return True
    unlike = len(set(held)) == len(held) > 5
    digits = all(any(map(str.isdecimal, cell)) for cell in held)
    return unlike and digits and not any(numbers.number(cell) is not None for cell in held)


def _names_ids(name: str) -> bool:
    words = [word.lower() for word in WORD.findall(name)]
    return not IDENTITY.isdisjoint(words) or (bool(words) and words[-1] in NUMBERED)

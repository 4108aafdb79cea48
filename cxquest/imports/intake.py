"""Taking in rows of feedback: what each comes to, under a mapping.

Nothing is lost: a cell is kept as a comment, id, date or rating, or as it stood among the
original cells; or its whole row is rejected with the reason. A cell that somebody should look
at is kept too, and named as a doubt. Only contact data goes, unless its customer agreed.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from cxquest.core.errors import marked as _
from cxquest.imports.mapping import Column, Mapping, Role, Scale
from cxquest.tables import dates, numbers
from cxquest.tables.dates import DateOrder
from cxquest.tables.reading import Row

MOST_TEXT = 100_000
MOST_ID = 200
MOST_RAW = 100
PLACES = Decimal("0.0001")
# What a spreadsheet makes of a long id: 5.70E+17. Many different ids become the same.
EATEN = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
YES = frozenset({"yes", "y", "true", "1", "x", "ja", "oui", "si", "sí", "sim", "agree", "agreed"})
NOT_KEPT = "(not kept)"

NOT_A_DATE = {
    DateOrder.YMD: _("This is not a date written year, month, day."),
    DateOrder.DMY: _("This is not a date written day, month, year."),
    DateOrder.MDY: _("This is not a date written month, day, year."),
}
NO_NUMBER = _("This is not a number. The text is kept.")
OFF_SCALE = _("This number is not on the scale. The text is kept.")
DAMAGED = _("Some bytes of this cell are not in the file's encoding; they are shown as �.")
CUT_OFF = _("The file ends in the middle of this row. Send the whole row again.")
TOO_LONG = _("This is too long.")
ID_AGAIN = _("This id stood earlier in the file with other content.")
EATEN_ID = _("A spreadsheet has shortened this id, so it identifies nothing.")


@dataclass(frozen=True)
class Rated:
    """A rating: its question, its exact value, what the cell said, and its scale."""

    question: str
    value: Decimal
    raw: str
    scale: Scale


@dataclass(frozen=True)
class Doubt:
    """A cell of a row that was taken, which somebody should look at."""

    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Record:
    """What a row comes to. `again` is one whose identity stood earlier in the same file."""

    line: int
    identity: str
    fingerprint: str
    content: str
    external_id: str
    collected_on: date | None
    collected_raw: str
    stage_id: int | None
    comments: tuple[tuple[str, str], ...]
    ratings: tuple[Rated, ...]
    original: dict[str, str]
    language: str = ""
    contact: str = ""
    unknown_stage: str = ""
    again: bool = False
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True)
class Rejection:
    """A row that cannot be kept as mapped, with the first cell at fault."""

    line: int
    column: str
    value: str
    reason: str
    cells: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Terms:
    """What an intake goes by besides the mapping.

    `stages` gives a stage's id by its name in lower case; `today` tells dates that are still
    to come; `keyed` makes a hash of a customer's address that nobody can turn back.
    """

    stages: Pairs[str, int]
    today: date
    keyed: Callable[[str], str]


class _Fault(Exception):
    """A cell that cannot be kept as mapped."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


def records(
    rows: Iterable[Row], header: Sequence[str], mapping: Mapping, terms: Terms
) -> Iterator[Record | Rejection]:
    """Yield what each row comes to, in the file's order.

    A stage that is not known is kept with the original cells. An id that comes again with
    other content is rejected.
    """
    intake = _Intake(header, mapping, terms)
    for row in rows:
        yield intake.take(row)


def clean(text: str) -> str:
    """Return the text without the one character that no database keeps."""
    return text.replace("\x00", "\ufffd")


class _Intake:
    """What must be remembered from row to row: which contents and which ids there were.

    Both are kept as eight bytes of their hash, so that a million rows fit into memory.
    """

    def __init__(self, header: Sequence[str], mapping: Mapping, terms: Terms) -> None:
        self.header, self.mapping, self.terms = list(header), mapping, terms
        self.often: Counter[int] = Counter()
        self.seen: dict[int, int] = {}
        self.contacts = {column.name for column in mapping.of(Role.CONTACT)}

    def take(self, row: Row) -> Record | Rejection:
        """Return what a row comes to."""
        cells = {name: clean(cell) for name, cell in zip(self._names(row), row.cells, strict=False)}
        try:
            if row.incomplete:
                raise _Fault("", "", CUT_OFF)
            return self._marked(_Reading(cells, self).record(row))
        except _Fault as fault:
            kept = [NOT_KEPT if n in self.contacts and c else c for n, c in cells.items()]
            return Rejection(row.line, fault.column, fault.value, fault.reason, kept)

    def identity(self, row: Row, external_id: str, eaten: bool) -> str:
        """Return what makes the row the same one when its file comes again."""
        if external_id and self.mapping.by_id and not eaten:
            return f"id:{external_id}"
        digest = hashlib.sha256(json.dumps(row.cells).encode()).digest()
        short = int.from_bytes(digest[:8], "big")
        self.often[short] += 1
        return f"row:{digest.hex()}:{self.often[short] - 1}"

    def _marked(self, record: Record) -> Record:
        """Return the record with its fingerprint; `again` where it stood earlier in the file."""
        fingerprint = _fingerprint(record)
        if not record.identity.startswith("id:"):
            return replace(record, fingerprint=fingerprint)
        key, mark = _short(record.identity), _short(fingerprint)
        again = key in self.seen
        if self.seen.setdefault(key, mark) != mark:
            column = self.mapping.one(Role.EXTERNAL_ID)
            raise _Fault(column.name if column else "", record.external_id, ID_AGAIN)
        return replace(record, fingerprint=fingerprint, again=again)

    def _names(self, row: Row) -> list[str]:
        return names(self.header, len(row.cells))


def names(header: Sequence[str], width: int = 0) -> list[str]:
    """Return the header, with a name for each cell of a row that reaches past it."""
    found = list(header)
    known = set(header)
    for place in range(len(header), width):
        name = f"Column {place + 1}"
        while name in known:
            name += "′"
        known.add(name)
        found.append(name)
    return found


class _Reading:
    """One row on its way to a record; what is taken from `rest` is not kept twice."""

    def __init__(self, cells: dict[str, str], intake: _Intake) -> None:
        self.cells = cells
        self.rest = {name: cell for name, cell in cells.items() if cell}
        self.intake, self.mapping, self.terms = intake, intake.mapping, intake.terms
        self.doubts: list[Doubt] = []

    def record(self, row: Row) -> Record:
        """Return the record, still without its fingerprint. Raises _Fault."""
        named = list(self.cells)
        for place in row.damaged:
            self._doubt(named[place], self.cells[named[place]], DAMAGED)
        contact = self._contact()
        external_id = self._short_cell(Role.EXTERNAL_ID, MOST_ID)
        eaten = EATEN.fullmatch(external_id) is not None
        collected_on, collected_raw = self._collected()
        ratings = tuple(self._ratings())
        comments = tuple(self._comments())
        language = self._language()
        stage = self.rest.get(column.name, "").strip() if (column := self._one(Role.STAGE)) else ""
        return Record(
            line=row.line,
            identity=self.intake.identity(row, external_id, eaten),
            fingerprint="",
            content=_content(comments, ratings, collected_on),
            external_id=external_id,
            collected_on=collected_on,
            collected_raw=collected_raw,
            stage_id=self.terms.stages.get(stage.lower()),
            comments=comments,
            ratings=ratings,
            original=self.rest,
            language=language,
            contact=contact,
            unknown_stage=stage if stage and stage.lower() not in self.terms.stages else "",
            doubts=tuple(self.doubts),
        )

    def _one(self, role: Role) -> Column | None:
        return self.mapping.one(role)

    def _doubt(self, column: str, value: str, reason: str) -> None:
        self.doubts.append(Doubt(column, value[:MOST_RAW], reason))

    def _contact(self) -> str:
        """Take the contact data out of the row; return its keyed hash where that is agreed to."""
        given = [self.rest.pop(c.name, "").strip() for c in self.mapping.of(Role.CONTACT)]
        consent = self._one(Role.CONSENT)
        agreed = consent is not None and _agrees(self.rest.get(consent.name, ""))
        address = next((text for text in given if text), "")
        return self.terms.keyed(address.lower()) if agreed and address else ""

    def _short_cell(self, role: Role, most: int) -> str:
        column = self._one(role)
        text = self.rest.get(column.name, "").strip() if column else ""
        if column and len(text) > most:
            raise _Fault(column.name, text, TOO_LONG)
        if column and text:
            del self.rest[column.name]
            if role is Role.EXTERNAL_ID and EATEN.fullmatch(text):
                self._doubt(column.name, text, EATEN_ID)
        return text

    def _collected(self) -> tuple[date | None, str]:
        column = self._one(Role.DATE)
        if column is None or column.order is None or not self.rest.get(column.name, "").strip():
            return None, ""
        text = self.rest[column.name].strip()
        day = dates.parsed(text, column.order)
        if day is None or len(text) > MOST_RAW:
            raise _Fault(column.name, text, NOT_A_DATE[column.order])
        del self.rest[column.name]
        reason = dates.doubtful(day, self.terms.today)
        if reason:
            self._doubt(column.name, text, reason)
        return day, text

    def _ratings(self) -> Iterator[Rated]:
        for column in self.mapping.of(Role.RATING):
            text = self.rest.get(column.name, "").strip()
            if not text or column.scale is None:
                continue
            value = numbers.number(text, column.decimal) if len(text) <= MOST_RAW else None
            if value is None:
                self._doubt(column.name, text, NO_NUMBER)
            elif not column.scale.low <= value <= column.scale.high:
                self._doubt(column.name, text, OFF_SCALE)
            else:
                del self.rest[column.name]
                yield Rated(column.asked, value.quantize(PLACES), text, column.scale)

    def _comments(self) -> Iterator[tuple[str, str]]:
        for column in self.mapping.of(Role.COMMENT):
            text = self.rest.get(column.name, "")
            if len(text) > MOST_TEXT:
                reason = _("This text is longer than 100,000 characters.")
                raise _Fault(column.name, f"{text[:200]}…", reason)
            if text.strip():
                del self.rest[column.name]
                yield column.asked, text

    def _language(self) -> str:
        """Return the two letters that the column gives; a language in words is kept as it is."""
        column = self._one(Role.LANGUAGE)
        found = re.match(r"\s*([A-Za-z]{2})(?:[-_][A-Za-z]+)?\s*$", self.rest.get(column.name, "")) if column else None
        return found.group(1).lower() if found else ""


def _agrees(text: str) -> bool:
    return text.strip().lower() in YES


def _short(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _content(
    comments: Sequence[tuple[str, str]], ratings: Sequence[Rated], on: date | None
) -> str:
    """Return what is the same for two that say the same on the same day; empty without words."""
    if not comments:
        return ""
    said = [" ".join(text.split()) for _question, text in comments]
    told = (said, [(rated.question, str(rated.value)) for rated in ratings], str(on))
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _fingerprint(record: Record) -> str:
    kept = (
        record.external_id,
        record.collected_on,
        record.collected_raw,
        record.stage_id,
        record.comments,
        [(rated.question, rated.value, rated.raw, rated.scale) for rated in record.ratings],
        record.language,
        record.contact,
        sorted(record.original.items()),
    )
    return hashlib.sha256(repr(kept).encode("utf-8", "surrogatepass")).hexdigest()

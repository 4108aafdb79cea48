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
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

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
LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_][A-Za-z]+)?")  # de, de-AT
YES = frozenset({"yes", "y", "true", "1", "x", "ja", "oui", "si", "sí", "sim", "agree", "agreed"})
NOT_KEPT = "(not kept)"

NOT_A_DATE = {
    DateOrder.YMD: _("This is not a date written year, month, day."),
    DateOrder.DMY: _("This is not a date written day, month, year."),
    DateOrder.MDY: _("This is not a date written month, day, year."),
}
NO_NUMBER = _("This is not a number. The text is kept.")
OFF_SCALE = _("This number is not on the scale. The text is kept.")
DAMAGED = _("Some bytes of this cell could not be read (shown as �), or its quotes were mended.")
CUT_OFF = _("The file ends in the middle of this row. Send the whole row again.")
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


class Record(NamedTuple):
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
    to come; `keyed` makes a hash of a customer's address that nobody can turn back. Where no id
    comes twice (`ids_repeat`), none is remembered.
    """

    stages: Pairs[str, int]
    today: date
    keyed: Callable[[str], str]
    ids_repeat: bool = True


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
        self.header, self.terms, self.by_id = list(header), terms, mapping.by_id
        self.heading = json.dumps(self.header)
        self.often: Counter[int] = Counter()
        self.seen: dict[int, int] = {}
        self.contacts = [column.name for column in mapping.of(Role.CONTACT)]
        self.ratings = [(c, c.scale) for c in mapping.of(Role.RATING) if c.scale]
        self.comments = mapping.of(Role.COMMENT)
        self.external_id, self.date = mapping.one(Role.EXTERNAL_ID), mapping.one(Role.DATE)
        self.stage, self.language = mapping.one(Role.STAGE), mapping.one(Role.LANGUAGE)
        self.consent = mapping.one(Role.CONSENT)

    def take(self, row: Row) -> Record | Rejection:
        """Return what a row comes to."""
        cells = dict(zip(names(self.header, len(row.cells)), row.cells, strict=False))
        if "\x00" in "".join(row.cells):
            cells = {name: clean(cell) for name, cell in cells.items()}
        try:
            if row.incomplete:
                raise _Fault("", "", CUT_OFF)
            return _Reading(cells, self).record(row)
        except _Fault as fault:
            kept = [NOT_KEPT if c and n in self.contacts else c for n, c in cells.items()]
            return Rejection(row.line, fault.column, fault.value, fault.reason, kept)

    def identity(self, row: Row, external_id: str, *, eaten: bool) -> str:
        """Return what makes the row the same one when its file comes again.

        Without an id it is the row's content under this header: “5” is another answer where
        another question stands above it.
        """
        if external_id and self.by_id and not eaten:
            long = len(external_id) > MOST_ID
            return f"long-id:{_digest([external_id])}" if long else f"id:{external_id}"
        digest = hashlib.sha256((self.heading + json.dumps(row.cells)).encode()).digest()
        short = int.from_bytes(digest[:8], "big")
        self.often[short] += 1
        return f"row:{digest.hex()}:{self.often[short] - 1}"

    def again(self, identity: str, fingerprint: str, external_id: str) -> bool:
        """Say whether an id stood earlier in the file. Raises _Fault where it said otherwise."""
        if not self.terms.ids_repeat or not identity.startswith(("id:", "long-id:")):
            return False
        key, mark = _short(identity), int(fingerprint[:16], 16)
        again = key in self.seen
        if self.seen.setdefault(key, mark) != mark:
            raise _Fault(self.external_id.name if self.external_id else "", external_id, ID_AGAIN)
        return again


def names(header: Sequence[str], width: int = 0) -> Sequence[str]:
    """Return the header, with a name for each cell of a row that reaches past it."""
    if width <= len(header):
        return header
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
        self.cells, self.intake = cells, intake
        self.rest = {name: cell for name, cell in cells.items() if cell}
        self.doubts: list[Doubt] = []

    def record(self, row: Row) -> Record:
        """Return the record. Raises _Fault."""
        for place in row.damaged:
            name = list(self.cells)[place]
            self._doubt(name, self.cells[name], DAMAGED)
        contact = self._contact()
        external_id = self._external_id()
        eaten = external_id[:1].isdecimal() and EATEN.fullmatch(external_id) is not None
        if eaten and self.intake.external_id:
            self._doubt(self.intake.external_id.name, external_id, EATEN_ID)
        collected_on, collected_raw = self._collected()
        ratings = tuple(self._ratings())
        comments = tuple(self._comments())
        language, (stage, stage_id) = self._language(), self._stage()
        identity = self.intake.identity(row, external_id, eaten=eaten)
        about = (external_id, collected_raw, str(collected_on), str(stage_id), language, contact)
        fingerprint = fingerprinted(about, comments, ratings, self.rest)
        return Record(
            line=row.line,
            identity=identity,
            fingerprint=fingerprint,
            content=content_of(comments, ratings, collected_on),
            external_id=external_id if len(external_id) <= MOST_ID else "",
            collected_on=collected_on,
            collected_raw=collected_raw,
            stage_id=stage_id,
            comments=comments,
            ratings=ratings,
            original=self.rest,
            language=language,
            contact=contact,
            unknown_stage=stage if stage and stage_id is None else "",
            again=self.intake.again(identity, fingerprint, external_id),
            doubts=tuple(self.doubts),
        )

    def _cell(self, column: Column | None) -> str:
        return self.rest.get(column.name, "").strip() if column else ""

    def _doubt(self, column: str, value: str, reason: str) -> None:
        shown = NOT_KEPT if column in self.intake.contacts else value[:MOST_RAW]
        self.doubts.append(Doubt(column, shown, reason))

    def _contact(self) -> str:
        """Take the contact data out of the row; return its keyed hash where that is agreed to."""
        given = [self.rest.pop(name, "").strip() for name in self.intake.contacts]
        addresses = [text for text in given if "@" in text] or [text for text in given if text]
        address = next(iter(addresses), "")
        if not address or self._cell(self.intake.consent).lower() not in YES:
            return ""
        return self.intake.terms.keyed(address.lower())

    def _external_id(self) -> str:
        """Take the source's own id; one that is too long for it stays among the cells."""
        column = self.intake.external_id
        text = self._cell(column)
        if column and text and len(text) <= MOST_ID:
            del self.rest[column.name]
        return text

    def _collected(self) -> tuple[date | None, str]:
        column = self.intake.date
        text = self._cell(column)
        if not text or column is None or column.order is None:
            return None, ""
        day = dates.parsed(text, column.order)
        if day is None or len(text) > MOST_RAW:
            raise _Fault(column.name, text, NOT_A_DATE[column.order])
        del self.rest[column.name]
        reason = dates.doubtful(day, self.intake.terms.today)
        if reason:
            self._doubt(column.name, text, reason)
        return day, text

    def _ratings(self) -> Iterator[Rated]:
        for column, scale in self.intake.ratings:
            text = self._cell(column)
            if not text:
                continue
            value = numbers.number(text, column.decimal) if len(text) <= MOST_RAW else None
            if value is None:
                self._doubt(column.name, text, NO_NUMBER)
            elif not scale.low <= value <= scale.high:
                self._doubt(column.name, text, OFF_SCALE)
            else:
                del self.rest[column.name]
                yield Rated(column.asked, value.quantize(PLACES), text, scale)

    def _comments(self) -> Iterator[tuple[str, str]]:
        for column in self.intake.comments:
            text = self.rest.get(column.name, "")
            if len(text) > MOST_TEXT:
                reason = _("This text is longer than 100,000 characters.")
                raise _Fault(column.name, f"{text[:200]}…", reason)
            if text and not text.isspace():
                del self.rest[column.name]
                yield column.asked, text

    def _language(self) -> str:
        """Return the two letters that the column gives; a language in words is kept as it is."""
        found = LANGUAGE.fullmatch(self._cell(self.intake.language))
        return found.group(1).lower() if found else ""

    def _stage(self) -> tuple[str, int | None]:
        name = self._cell(self.intake.stage)
        return name, self.intake.terms.stages.get(name.lower()) if name else None


def content_of(
    comments: Sequence[tuple[str, str]], ratings: Sequence[Rated], on: date | None
) -> str:
    """Return what is the same for two that say the same on the same day; empty without words."""
    if not comments:
        return ""
    said = [" ".join(text.split()) for _question, text in comments]
    told = [f"{rated.question}={rated.value}" for rated in ratings]
    return _digest([str(on), *told, *said])


def fingerprinted(
    about: Sequence[str],
    comments: Sequence[tuple[str, str]],
    ratings: Sequence[Rated],
    original: Pairs[str, str],
) -> str:
    """Return what differs between two records that say anything otherwise."""
    parts = list(about)
    for pair in comments:
        parts += pair
    for one in ratings:
        parts += (one.question, str(one.value), one.raw, str(one.scale))
    for pair in sorted(original.items()):
        parts += pair
    return _digest(parts)


def _digest(parts: Sequence[str]) -> str:
    """Return the SHA-256 of texts, of which none can pass for the end of another."""
    lengths = ",".join([str(len(part)) for part in parts])
    text = lengths + "".join(parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _short(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big")

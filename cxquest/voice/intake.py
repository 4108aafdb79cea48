"""Taking in a file of feedback: which column is what, and what each row comes to.

Nothing is lost: a cell is kept as a comment, id, date or rating, or as it stood among the
original cells; or its whole row is rejected with the reason.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from cxquest.core.csvfile import Row
from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.voice.dates import DateOrder, parsed

MOST_TEXT = 100_000
MOST_ID = 200
MOST_RAW = 100
PLACES = Decimal("0.0001")
SCALE_ENDS = Decimal(1_000_000)
NUMBER = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)?")
# What a spreadsheet makes of a long id: 5.70E+17. Many different ids become the same.
EATEN = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)


@dataclass(frozen=True)
class Scale:
    """The ends of a rating's scale, and which of them is the best."""

    low: Decimal
    high: Decimal
    best_is_high: bool = True


@dataclass(frozen=True)
class Mapping:
    """Which columns of a file are what; the others are kept as they stand."""

    comments: tuple[str, ...] = ()
    external_id: str = ""
    collected_at: str = ""
    date_order: DateOrder | None = None
    ratings: tuple[str, ...] = ()
    scale: Scale | None = None
    stage: str = ""

    def columns(self) -> list[str]:
        """Return every column that is mapped."""
        one = [self.external_id, self.collected_at, self.stage]
        return [*self.comments, *self.ratings, *(name for name in one if name)]

    def as_json(self) -> dict[str, Any]:
        """Return the mapping as it is kept with its source."""
        return {
            "comments": list(self.comments),
            "external_id": self.external_id,
            "collected_at": self.collected_at,
            "date_order": self.date_order.value if self.date_order else None,
            "ratings": list(self.ratings),
            "scale": [str(self.scale.low), str(self.scale.high), self.scale.best_is_high]
            if self.scale
            else None,
            "stage": self.stage,
        }

    @classmethod
    def from_json(cls, kept: Pairs[str, Any]) -> "Mapping":
        """Return the mapping that was kept; nothing is mapped where nothing was."""
        scale = kept.get("scale")
        order = kept.get("date_order")
        return cls(
            comments=tuple(kept.get("comments", ())),
            external_id=kept.get("external_id", ""),
            collected_at=kept.get("collected_at", ""),
            date_order=DateOrder(order) if order else None,
            ratings=tuple(kept.get("ratings", ())),
            scale=Scale(Decimal(scale[0]), Decimal(scale[1]), scale[2]) if scale else None,
            stage=kept.get("stage", ""),
        )


@dataclass(frozen=True)
class Rated:
    """A rating: its question, its exact value and what the cell said."""

    question: str
    value: Decimal
    raw: str


@dataclass(frozen=True)
class Record:
    """What a row comes to."""

    line: int
    identity: str
    fingerprint: str
    external_id: str
    collected_on: date | None
    collected_raw: str
    stage_id: int | None
    comments: tuple[tuple[str, str], ...]
    ratings: tuple[Rated, ...]
    original: dict[str, str]
    unknown_stage: str = ""
    eaten_id: bool = False


@dataclass(frozen=True)
class Rejection:
    """A row that cannot be kept as mapped, with the first cell at fault."""

    line: int
    column: str
    value: str
    reason: str
    cells: list[str] = field(default_factory=list)


class _Fault(Exception):
    """A cell that cannot be kept as mapped."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


def names(header: Sequence[str], width: int = 0) -> list[str]:
    """Return a name for each column; one without a name, or past the header, gets its number."""
    found: dict[str, int] = {}
    for place in range(max(len(header), width)):
        name = header[place] if place < len(header) else ""
        name = name or f"Column {place + 1}"
        while name in found or (place >= len(header) and name in header):
            name += "′"
        found[name] = place
    return list(found)


def checked(mapping: Mapping, header: Sequence[str]) -> Mapping:
    """Return the mapping with the file's own spelling of its columns.

    Raises BadInput where a column is not in the file or is mapped twice, where nothing is a
    comment or a rating, or where a date has no order or a rating no scale.
    """
    known = {_plain(name): name for name in names(header)}
    missing = next((name for name in mapping.columns() if _plain(name) not in known), None)
    if missing is not None:
        raise BadInput(
            _("The file has no column “%(name)s”. Its columns are: %(header)s."),
            field="columns",
            name=missing,
            header=", ".join(names(header)),
        )
    spelled = _respelled(mapping, known)
    twice = [name for name, often in Counter(spelled.columns()).items() if often > 1]
    if twice:
        raise BadInput(_("The column “%(name)s” is mapped twice."), field="columns", name=twice[0])
    _refuse_incomplete(spelled)
    return spelled


def scale(text: str, *, best_is_high: bool = True) -> Scale:
    """Read a scale such as 1-5, 0 to 10 or -5..5. Raises BadInput."""
    found = re.fullmatch(r"\s*(-?[0-9.]+)\s*(?:-|–|to|\.\.|:)\s*(-?[0-9.]+)\s*", text)
    try:
        low, high = (Decimal(end.strip(".")) for end in found.groups()) if found else (None, None)
    except InvalidOperation:
        low = high = None
    if low is None or high is None or not -SCALE_ENDS <= low < high <= SCALE_ENDS:
        raise BadInput(
            _("“%(scale)s” is not a scale. Write its lowest and highest value, such as 1-5."),
            field="scale",
            scale=text,
        )
    return Scale(low, high, best_is_high)


def records(
    rows: Iterable[Row], header: Sequence[str], mapping: Mapping, stages: Pairs[str, int]
) -> Iterator[Record | Rejection]:
    """Yield what each row comes to, in the file's order.

    `stages` gives a stage's id by its name in lower case; a stage that is not among them is
    kept with the original cells. An id that comes again with other content is rejected; an
    id that a spreadsheet has shortened (5.70E+17) is kept but identifies nothing.
    """
    often: Counter[str] = Counter()
    seen: dict[str, str] = {}
    named = names(header)
    for row in rows:
        try:
            record = _record(row, named, mapping, stages, often)
            if seen.setdefault(record.identity, record.fingerprint) != record.fingerprint:
                reason = _("This id stood earlier in the file with other content.")
                raise _Fault(mapping.external_id, record.external_id, reason)
            yield record
        except _Fault as fault:
            cells = [clean(cell) for cell in row.cells]
            yield Rejection(row.line, fault.column, fault.value, fault.reason, cells)


def _record(
    row: Row,
    named: Sequence[str],
    mapping: Mapping,
    stages: Pairs[str, int],
    often: Counter[str],
) -> Record:
    columns = named if len(row.cells) <= len(named) else names(named, len(row.cells))
    rest = {name: clean(cell) for name, cell in zip(columns, row.cells, strict=False) if cell}
    digest = _digest(row.cells)
    often[digest] += 1
    external_id = _taken(rest, mapping.external_id, MOST_ID)
    collected_on, collected_raw = _collected(rest, mapping)
    ratings = tuple(_ratings(rest, mapping))
    comments = tuple(_comments(rest, mapping.comments))
    stage = rest.get(mapping.stage, "").strip() if mapping.stage else ""
    eaten = EATEN.fullmatch(external_id) is not None
    record = Record(
        line=row.line,
        identity=f"id:{external_id}"
        if external_id and not eaten
        else f"row:{digest}:{often[digest] - 1}",
        fingerprint="",
        external_id=external_id,
        collected_on=collected_on,
        collected_raw=collected_raw,
        stage_id=stages.get(stage.lower()),
        comments=comments,
        ratings=ratings,
        original=rest,
        unknown_stage=stage if stage and stage.lower() not in stages else "",
        eaten_id=eaten,
    )
    return replace(record, fingerprint=_fingerprint(record, mapping.scale))


def clean(text: str) -> str:
    """Return the text without the one character that no database keeps."""
    return text.replace("\x00", "\ufffd")


def _taken(rest: dict[str, str], column: str, most: int) -> str:
    """Take a short cell out of the row, without the space around it."""
    text = rest.get(column, "").strip() if column else ""
    if len(text) > most:
        raise _Fault(column, text, _("This is too long."))
    if text:
        del rest[column]
    return text


def _collected(rest: dict[str, str], mapping: Mapping) -> tuple[date | None, str]:
    column = mapping.collected_at
    if not column or not rest.get(column, "").strip() or mapping.date_order is None:
        return None, ""
    text = rest[column].strip()
    day = parsed(text, mapping.date_order)
    if day is None or len(text) > MOST_RAW:
        raise _Fault(column, text, NOT_A_DATE[mapping.date_order])
    del rest[column]
    return day, text


NOT_A_DATE = {
    DateOrder.YMD: _("This is not a date written year, month, day."),
    DateOrder.DMY: _("This is not a date written day, month, year."),
    DateOrder.MDY: _("This is not a date written month, day, year."),
}


def _ratings(rest: dict[str, str], mapping: Mapping) -> Iterator[Rated]:
    for column in mapping.ratings if mapping.scale else ():
        text = rest.get(column, "").strip()
        if text and mapping.scale:
            value = _number(column, text)
            if not mapping.scale.low <= value <= mapping.scale.high:
                raise _Fault(column, text, _("This number is not on the scale."))
            del rest[column]
            yield Rated(column, value.quantize(PLACES), text)


def _number(column: str, text: str) -> Decimal:
    if len(text) > MOST_RAW or not NUMBER.fullmatch(text):
        raise _Fault(column, text, _("This is not a number."))
    return Decimal(text.replace(",", "."))


def _comments(rest: dict[str, str], columns: Iterable[str]) -> Iterator[tuple[str, str]]:
    for column in columns:
        text = rest.get(column, "")
        if len(text) > MOST_TEXT:
            reason = _("This text is longer than 100,000 characters.")
            raise _Fault(column, f"{text[:200]}…", reason)
        if text.strip():
            del rest[column]
            yield column, text


def _digest(cells: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(cells)).encode()).hexdigest()


def _fingerprint(record: Record, on: Scale | None) -> str:
    kept = (
        record.external_id,
        record.collected_on,
        record.collected_raw,
        record.stage_id,
        record.comments,
        [(rated.question, rated.value, rated.raw) for rated in record.ratings],
        on if record.ratings else None,
        sorted(record.original.items()),
    )
    return hashlib.sha256(repr(kept).encode("utf-8", "surrogatepass")).hexdigest()


def _plain(name: str) -> str:
    return " ".join(name.split())


def _respelled(mapping: Mapping, known: Pairs[str, str]) -> Mapping:
    def own(name: str) -> str:
        return known[_plain(name)] if name else ""

    return replace(
        mapping,
        comments=tuple(own(name) for name in mapping.comments),
        ratings=tuple(own(name) for name in mapping.ratings),
        external_id=own(mapping.external_id),
        collected_at=own(mapping.collected_at),
        stage=own(mapping.stage),
    )


def _refuse_incomplete(mapping: Mapping) -> None:
    if not mapping.comments and not mapping.ratings:
        raise BadInput(
            _("Say which column holds the customers' words, or a rating."), field="columns"
        )
    if mapping.collected_at and mapping.date_order is None:
        raise BadInput(
            _("Choose in which order the file writes year, month and day."), field="date_order"
        )
    if mapping.ratings and mapping.scale is None:
        raise BadInput(_("Say the lowest and the highest value of the rating."), field="low")

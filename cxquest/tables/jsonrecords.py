"""JSON lines, and one JSON array of objects: each object is a record, each key a column."""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.tables import text
from cxquest.tables.delimited import whole_lines
from cxquest.tables.limits import MAX_COLUMNS, MAX_LINE
from cxquest.tables.row import Row

decode = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str).raw_decode
LIST = re.compile(r"\[\s*\{\s*[\"}]")
NO_OBJECTS = re.compile(r"\[\s*(?:\]\s*$|[0-9\"\[-][^\n]*\]\s*$)")
OBJECT = re.compile(r"\{\s*(?:\"[^\"\n]*\"\s*:|\}\s*$)")
SPACES = " \t\r\n"
NO_TEXT = re.compile("[\x00\ud800-\udfff]")  # what an escape may say and no text can hold


def begins(start: str) -> bool:
    """Say whether a text begins as JSON records do. Raises BadInput for other JSON."""
    start = start.lstrip()
    if LIST.match(start):
        return True
    if NO_OBJECTS.match(start):
        raise BadInput(_("This JSON file is a list of something else than records."))
    if not OBJECT.match(start):
        return False
    if _is_one_object(start):
        raise BadInput(
            _(
                "This JSON file is one object and not a list of records. Export a list, or "
                "one record a line."
            )
        )
    return True


def _is_one_object(start: str) -> bool:
    """Say whether the text is a single object that a person would not call a record."""
    try:
        found, end = decode(start)
    except (ValueError, RecursionError):
        return "\n{" not in start and not _is_record(start.partition("\n")[0])
    lists = any(isinstance(value, list | dict) for value in found.values())
    return not start[end:].strip() and (lists or "\n" in start[:end])


def _is_record(line: str) -> bool:
    try:
        return isinstance(decode(line)[0], dict)
    except (ValueError, RecursionError):
        return False


class JsonRecords:
    """The objects of a JSON file. The first record is the header: every key that comes up."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self.file = file
        self.encoding = encoding
        self.keys = self._keys()
        self.width = len(self.keys)

    def records(self, body: int = 0) -> Iterator[Row]:
        """Yield the keys, then the values of each object; what is no object is incomplete."""
        yield Row(0, list(self.keys))
        for line, found in self._objects():
            if isinstance(found, dict):
                cells = [""] * self.width
                for key, value in flat(found):
                    cells[self.keys[key]] = value
                yield self._row(line, cells)
            else:
                yield self._row(line, [found, *[""] * (self.width - 1)], incomplete=True)

    def _row(self, line: int, cells: list[str], incomplete: bool = False) -> Row:
        damaged = text.damaged(cells)
        if damaged:
            cells = [text.readable(cell) for cell in cells]
        return Row(line, cells, damaged, incomplete)

    def _keys(self) -> dict[str, int]:
        keys: dict[str, int] = {}
        for line, found in self._objects():
            for key, _value in flat(found) if isinstance(found, dict) else ():
                keys.setdefault(key, len(keys))
            if len(keys) > MAX_COLUMNS:
                raise BadInput(
                    _("Up to line %(line)s the records have more than %(most)s different keys."),
                    line=line,
                    most=MAX_COLUMNS,
                )
        return keys

    def _objects(self) -> Iterator[tuple[int, dict[str, Any] | str]]:
        """Yield each object with its line; text that is none stands for itself."""
        rest, line = "", 1
        for block in whole_lines(text.blocks(self.file, self.encoding)):
            rest, line, found = _taken(rest + block, line, final=False)
            yield from found
            if len(rest) > MAX_LINE:
                raise BadInput(_("A record begins on line %(line)s and does not end."), line=line)
        yield from _taken(rest, line, final=True)[2]


Found = list[tuple[int, dict[str, Any] | str]]


def _taken(block: str, line: int, *, final: bool) -> tuple[str, int, Found]:
    """Return what is left of the text, its line, and the objects before it."""
    found: Found = []
    at = 0
    while True:
        start = _start(block, at)
        line += block.count("\n", at, start)
        if start == len(block):
            return "", line, found
        value, end = _one(block, start, final)
        if end < 0:
            return block[start:], line, found
        found.append((line, value))
        line += block.count("\n", start, end)
        at = end


def _start(block: str, at: int) -> int:
    """Pass over spaces and what stands between the objects of an array."""
    while at < len(block) and block[at] in SPACES + "[,]\x1e":
        at += 1
    return at


def _one(block: str, start: int, final: bool) -> tuple[dict[str, Any] | str, int]:
    """Return the object that starts there and its end; -1 where more text is needed."""
    try:
        value, end = decode(block, start)
    except (ValueError, RecursionError):
        return _unread(block, start, final)
    if isinstance(value, dict):
        return value, end
    return (json.dumps(value, ensure_ascii=False), end) if end < len(block) or final else ("", -1)


def _unread(block: str, start: int, final: bool) -> tuple[str, int]:
    """Pass over a line that is no JSON, once a later line begins an object anew."""
    again = block.find("\n{", start)
    if again < 0 and not final:
        return "", -1
    end = again if again >= 0 else len(block)
    return block[start:end].strip(), end


def flat(record: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield keys and texts; keys of objects within objects are joined by a dot."""
    for key, value in record.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            yield from flat(value, f"{name}.")
        else:
            yield name, _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return NO_TEXT.sub(text.MARK, value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return NO_TEXT.sub(text.MARK, "; ".join(value))
    return NO_TEXT.sub(text.MARK, json.dumps(value, ensure_ascii=False))

"""How a text separates its cells: delimiter, spaces before quotes, backslashes, lost quotes."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import dropwhile, islice
from typing import NamedTuple, TypedDict

from cxquest.tables.limits import MAX_LINE

csv.field_size_limit(MAX_LINE)
DELIMITERS = ",;\t|"
NO_DELIMITER = "\x1f"  # stands for none: the unit separator of ASCII, which no export holds
SAMPLE_RECORDS = 200
EVEN = 0.6  # of the records have as many cells as most
NEARLY_ALL = 0.8
NO_FIT = (False, -SAMPLE_RECORDS, 0.0, 0)
TOLD = re.compile(r'"?sep=([^"\r\n])"?[\r\n]', re.IGNORECASE)
ESCAPED = re.compile(r'\\(["\\])')


@dataclass(frozen=True)
class Dialect:
    """The delimiter, and two habits that are no part of the standard.

    `spaced`: spaces before an opening quote; `escapes`: quotes inside a cell are written \\".
    """

    delimiter: str
    spaced: bool = False
    escapes: bool = False

    @property
    def format(self) -> "Format":
        """What the csv module calls these."""
        return {"delimiter": self.delimiter, "skipinitialspace": self.spaced}

    def parsed(self, text: str) -> list[list[str]]:
        """Return the records of a text that is at hand."""
        lines = io.StringIO(text, newline="")
        return list(csv.reader(map(unescaped, lines) if self.escapes else lines, **self.format))


class Format(TypedDict):
    """Arguments of the csv module's reader."""

    delimiter: str
    skipinitialspace: bool


def unescaped(line: str) -> str:
    """Return the line with backslashed quotes doubled, as the csv module reads them."""
    return ESCAPED.sub(lambda found: '""' if found[1] == '"' else found[0], line)


def dialect(sample: str, delimiter: str) -> Dialect:
    """Find the habits of a text whose delimiter is known ("" means one column)."""
    sign = delimiter or NO_DELIMITER
    fields = list(_fields(sample, sign))
    spaced = any(field.startswith(" ") and field.lstrip(" ")[:1] == '"' for field in fields)
    plain = Dialect(sign, spaced)
    if '\\"' not in sample or _keeps_standard(sample, plain):
        return plain
    return replace(plain, escapes=any(_escapes(field.lstrip(" ")) for field in fields))


def _keeps_standard(sample: str, how: Dialect) -> bool:
    """Say whether each closing quote is followed by a delimiter or a line end."""
    try:
        list(csv.reader(io.StringIO(sample, newline=""), strict=True, **how.format))
    except csv.Error as error:
        return "expected after" not in str(error)
    return True


def _fields(sample: str, sign: str) -> Iterator[str]:
    """Yield the raw text of each cell: from one delimiter to the next that is not in quotes."""
    end = re.escape(sign) + "\r\n"
    pattern = re.compile(rf' *+(?:"(?:[^"\\]|\\.|"")*+"[^{end}]*+|[^{end}]++)', re.DOTALL)
    return (found[0] for found in pattern.finditer(sample))


def _escapes(field: str) -> bool:
    """Say whether a raw cell in quotes holds a backslashed one that does not close it."""
    return field[:1] == '"' and field[-1:] == '"' and '\\"' in field[1:-1].replace("\\\\", "")


def delimiter(sample: str) -> str:
    """Return the delimiter under which the records have the same many cells; "" for none.

    A first line such as “sep=;”, which spreadsheets write and obey, says it outright.
    """
    told = TOLD.match(sample)
    if told:
        return told[1]
    fits = {sign: _fit(sample, sign) for sign in DELIMITERS}
    best = max(DELIMITERS, key=lambda sign: fits[sign] or NO_FIT)
    return best if fits[best] else ""


def _fit(sample: str, sign: str) -> tuple[bool, int, float, int] | None:
    """Return how well the sign parts the records into equally many cells, None for not at all.

    What counts first is that nearly all are even, then that few stand alone above the table.
    """
    records = islice(dialect(sample[:20_000], sign).parsed(sample), SAMPLE_RECORDS)
    widths = [len(cells) for cells in records if any(map(str.strip, cells))]
    if not widths:
        return True, 0, 1, 1  # nothing but delimiters
    table = list(dropwhile(lambda width: width < 2, widths))
    usual = max(set(table), key=lambda width: (table.count(width), width), default=1)
    share = table.count(usual) / len(table) if table else 0
    alone = len(widths) - len(table)
    if usual < 2 or share < (EVEN if alone else EVEN / 2):
        return None
    return share >= NEARLY_ALL, -alone, share, usual


class Mended(NamedTuple):
    """A record of a run of lines: how many lines on it starts, its cells, the mended ones."""

    offset: int
    cells: list[str]
    damaged: tuple[int, ...] = ()


def mended(lines: list[str], cells: list[str], how: Dialect, width: int) -> list[Mended]:
    """Return the records that a wrong quote may have run together into `cells`.

    Only where every line then gives exactly `width` cells; otherwise the one record as it
    was read.
    """
    one = [Mended(0, cells)]
    if width < 2 or (len(cells) == width and _well_quoted(lines, how)):
        return one
    records = [_first(0, lines, how, width)]
    at = 1
    while at < len(lines) and len(records[-1].cells) == width:
        taken, record = _next(at, lines, how, width)
        records.append(record)
        at += taken
    return records if all(len(record.cells) == width for record in records) else one


def _well_quoted(lines: list[str], how: Dialect) -> bool:
    try:
        return len(list(csv.reader(iter(lines), strict=True, **how.format))) == 1
    except csv.Error:
        return False


def _first(at: int, lines: list[str], how: Dialect, width: int) -> Mended:
    """Return the cells of a line whose quote is never closed; that quote stays as text."""
    line = lines[at].rstrip("\r\n")
    *cells, last = _cells(line, how) or [""]
    if not line.endswith(f'"{last}'):
        return Mended(at, [*cells, last], (len(cells),))
    rest = [last] if len(cells) + 1 == width else _cells(last, how) or [last]
    return Mended(at, [*cells, f'"{rest[0]}', *rest[1:]], (len(cells),))


def _cells(line: str, how: Dialect) -> list[str]:
    return next(csv.reader(iter([line]), **how.format), [])


def _next(at: int, lines: list[str], how: Dialect, width: int) -> tuple[int, Mended]:
    """Return how many lines the record at line `at` takes, and the record."""
    reader = csv.reader(iter(lines[at:]), **how.format)
    cells = next(reader, [])
    taken = reader.line_num
    if _well_quoted(lines[at : at + taken], how):
        return taken, Mended(at, cells)
    return 1, _first(at, lines, how, width)

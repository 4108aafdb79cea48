"""How a text separates its cells: delimiter, spaces before quotes, backslashes, lost quotes."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import dropwhile, islice

DELIMITERS = ",;\t|"
NO_DELIMITER = "\x1f"  # stands for none: the unit separator of ASCII, which no export holds
SAMPLE_RECORDS = 200
EVEN = 0.6  # of the records have as many cells as most
ESCAPED = re.compile(r'\\(["\\])')


@dataclass(frozen=True)
class Dialect:
    """The delimiter, and two habits that are no part of the standard.

    `spaced`: spaces before an opening quote; `escapes`: quotes inside a cell are written \\".
    """

    delimiter: str
    spaced: bool = False
    escapes: bool = False

    def reader(self, lines: Iterator[str], *, strict: bool = False) -> Iterator[list[str]]:
        """Yield the cells of each record of the lines."""
        return csv.reader(
            lines, delimiter=self.delimiter, skipinitialspace=self.spaced, strict=strict
        )

    def parsed(self, text: str) -> list[list[str]]:
        """Return the records of a text that is at hand."""
        lines = io.StringIO(text, newline="")
        return list(self.reader(map(unescaped, lines) if self.escapes else lines))


def unescaped(line: str) -> str:
    """Return the line with backslashed quotes doubled, as the csv module reads them."""
    return ESCAPED.sub(lambda found: '""' if found[1] == '"' else found[0], line)


def dialect(sample: str, delimiter: str) -> Dialect:
    """Find the habits of a text whose delimiter is known ("" means one column)."""
    sign = delimiter or NO_DELIMITER
    fields = list(_fields(sample, sign))
    return Dialect(
        sign,
        spaced=any(field.startswith(" ") and field.lstrip(" ")[:1] == '"' for field in fields),
        escapes=any(_escapes(field.lstrip(" ")) for field in fields),
    )


def _fields(sample: str, sign: str) -> Iterator[str]:
    """Yield the raw text of each cell: from one delimiter to the next that is not in quotes."""
    end = re.escape(sign) + "\r\n"
    pattern = re.compile(rf' *+(?:"(?:[^"\\]|\\.|"")*+"[^{end}]*+|[^{end}]++)', re.DOTALL)
    return (found[0] for found in pattern.finditer(sample))


def _escapes(field: str) -> bool:
    """Say whether a raw cell in quotes holds a backslashed one that does not close it."""
    return field[:1] == '"' and field[-1:] == '"' and '\\"' in field[1:-1].replace("\\\\", "")


def delimiter(sample: str) -> str:
    """Return the delimiter under which the records have the same many cells; "" for none."""
    best = max(DELIMITERS, key=lambda sign: _evenness(sample, sign))
    return best if _evenness(sample, best) > (0, 0) else ""


def _evenness(sample: str, sign: str) -> tuple[float, int]:
    """Return which share of the records is as wide as most, and how wide that is."""
    records = islice(dialect(sample[:20_000], sign).parsed(sample), SAMPLE_RECORDS)
    widths = [len(cells) for cells in records if any(map(str.strip, cells))]
    table = list(dropwhile(lambda width: width < 2, widths))
    if not table:
        return 0, 0
    usual = max(set(table), key=lambda width: (table.count(width), width))
    share = table.count(usual) / len(table)
    alone = len(widths) - len(table)
    if usual < 2 or (share < EVEN and alone) or share < EVEN / 2:
        return 0, 0
    return round(share, 1), usual


def mended(lines: list[str], cells: list[str], how: Dialect, width: int) -> list[list[str]]:
    """Return the records that a wrong quote may have run together into `cells`.

    Only where every line then gives exactly `width` cells; otherwise the one record as it
    was read.
    """
    if len(cells) == width and _well_quoted(lines, how):
        return [cells]
    records = [_first(lines[0], how)]
    rest = lines[1:]
    while rest:
        taken, record = _next(rest, how)
        records.append(record)
        rest = rest[taken:]
    return records if width > 1 and all(len(record) == width for record in records) else [cells]


def _well_quoted(lines: list[str], how: Dialect) -> bool:
    try:
        return len(list(how.reader(iter(lines), strict=True))) == 1
    except csv.Error:
        return False


def _first(line: str, how: Dialect) -> list[str]:
    """Return the cells of a line whose quote is never closed; that quote stays as text."""
    *cells, last = next(how.reader(iter([line])))
    text = last.rstrip("\r\n")
    return [*cells, text if line.rstrip("\r\n").endswith(how.delimiter + text) else f'"{text}']


def _next(lines: list[str], how: Dialect) -> tuple[int, list[str]]:
    """Return how many lines the next record takes, and its cells."""
    counted = Counted(iter(lines))
    record = next(how.reader(counted), [])
    if counted.taken > 1 and not _well_quoted(lines[: counted.taken], how):
        return 1, _first(lines[0], how)
    return counted.taken, record


class Counted(Iterator[str]):
    """Lines, and how many of them were taken."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.taken = 0

    def __next__(self) -> str:
        line = next(self.lines)
        self.taken += 1
        return line

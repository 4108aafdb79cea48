"""Text with delimiters, record by record: any line end, any encoding, quotes that go wrong."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.tables import text
from cxquest.tables.limits import MAX_LINE, MAX_RECORD_LINES
from cxquest.tables.quoting import Dialect, dialect, mended, unescaped
from cxquest.tables.row import Row

END = "\udcfe\udcfe"  # follows the last line: whoever holds it was still inside quotes
SAMPLE = 200_000  # characters


def sample(file: BinaryIO, encoding: str) -> str:
    """Return the beginning of the text, to its last line end; a short text whole."""
    start = ""
    for block in text.blocks(file, encoding):
        start += block
        if len(start) > SAMPLE:
            start = start[:SAMPLE]
            return start[: max(start.rfind("\n"), start.rfind("\r")) + 1] or start
    return start


class Delimited:
    """A file of delimited text. `width` is how many cells a record should have."""

    def __init__(self, file: BinaryIO, encoding: str, delimiter: str) -> None:
        self.file = file
        self.encoding = encoding
        self.dialect = dialect(sample(file, encoding), delimiter)
        self.width = 0

    def records(self, body: int = 0) -> Iterator[Row]:
        """Yield every record with the line it starts on.

        Raises BadInput where a quote stays open for more lines than a record can have.
        """
        csv.field_size_limit(MAX_LINE)
        lines = Lines(text.blocks(self.file, self.encoding), self.dialect)
        waiting: Row | None = None
        shortest = 1 << 30
        for row in self._read(lines):
            if waiting is not None:
                shortest = min(shortest, len(waiting.cells) or shortest)
                yield waiting
            waiting = row
        if waiting is not None:
            short = len(waiting.cells) < min(self.width, shortest) and not lines.ended
            yield waiting._replace(incomplete=True) if short else waiting

    def _read(self, lines: "Lines") -> Iterator[Row]:
        held = lines.held
        line = 1
        try:
            for cells in self.dialect.reader(iter(lines)):
                taken = len(held)
                if taken == 1 and not lines.marked:
                    yield Row(line, cells)
                elif taken or cells != [END]:
                    yield from self._doubtful(line, cells, lines)
                line += taken
                held.clear()
        except csv.Error as error:
            raise _open_quote(line) from error

    def _doubtful(self, line: int, cells: list[str], lines: "Lines") -> Iterator[Row]:
        """Yield what several lines, or lines with wrong bytes, come to."""
        lines.marked = False
        cut = cells[-1].endswith(END)
        if cut:
            cells[-1] = cells[-1].removesuffix(END)
        records = [cells]
        if len(lines.held) > 1:
            records = mended(list(lines.held), cells, self.dialect, self.width)
        for number, record in enumerate(records):
            damaged = text.damaged(record)
            if damaged:
                record = [text.readable(cell) for cell in record]
            yield Row(line + number, record, damaged, cut and len(records) == 1)


class Lines:
    """The lines of a text, whatever ends them; holds those of the record being read."""

    def __init__(self, blocks: Iterator[str], how: Dialect) -> None:
        self.blocks = blocks
        self.escapes = how.escapes
        self.held: list[str] = []
        self.marked = False
        self.ended = True
        self.passed = 0

    def __iter__(self) -> Iterator[str]:
        held = self.held
        for block in whole_lines(self.blocks):
            wrong = text.MARK in block
            plain = not wrong and not (self.escapes and '\\"' in block)
            for line in io.StringIO(block, newline=""):
                if not plain:
                    line = self._checked(line)
                held.append(line)
                if len(held) > MAX_RECORD_LINES:
                    raise csv.Error("open quote")
                yield line
            self.ended = block.endswith(("\n", "\r"))
        yield END

    def _checked(self, line: str) -> str:
        if text.MARK in line:
            self.marked = True
        return unescaped(line) if self.escapes else line


def whole_lines(blocks: Iterator[str]) -> Iterator[str]:
    """Yield the text in pieces that end with a line; CR and LF of one line end stay together.

    Raises BadInput for a line that no table has.
    """
    rest = ""
    for block in blocks:
        block = rest + block
        cut = max(block.rfind("\n"), block.rfind("\r", 0, len(block) - 1)) + 1
        rest = block[cut:]
        if len(rest) > MAX_LINE:
            raise BadInput(
                _("A line of the file is longer than %(most)s letters. Is this a table?"),
                most=f"{MAX_LINE:,}",
            )
        if cut:
            yield block[:cut]
    if rest:
        yield rest


def _open_quote(line: int) -> BadInput:
    return BadInput(
        _(
            "A quotation mark is opened in the record on line %(line)s and not closed within "
            "%(most)s lines. Close it or remove it, and send the file again."
        ),
        line=line,
        most=f"{MAX_RECORD_LINES:,}",
    )

"""Text with delimiters, record by record: any line end, any encoding, quotes that go wrong."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.tables import text
from cxquest.tables.limits import MAX_LINE, MAX_RECORD_LINES
from cxquest.tables.quoting import Mended, dialect, mended, unescaped
from cxquest.tables.row import Row

END = "\udcfe\udcfe"  # follows the last line: whoever holds it was still inside quotes
SAMPLE = 200_000  # characters
_row = tuple.__new__  # a third of the time that Row() takes, for a million rows


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
        first, begun = 1, ""
        for block, last in _with_last(whole_lines(text.blocks(self.file, self.encoding))):
            piece = _Piece(first, self._lines(begun + block), last)
            yield from self._read(piece)
            first, begun = first + piece.read, "".join(piece.lines[piece.read : -1])

    def _lines(self, block: str) -> list[str]:
        lines = list(io.StringIO(block, newline=""))
        return list(map(unescaped, lines)) if self.dialect.escapes else lines

    def _read(self, piece: "_Piece") -> Iterator[Row]:
        """Yield the records that end within the piece."""
        first, lines, plain_to, read = piece.first, piece.lines, piece.plain_to, 0
        reader = csv.reader(iter(lines), **self.dialect.format)
        try:
            for cells in reader:
                now = reader.line_num
                if now == read + 1 and now <= plain_to:
                    yield _row(Row, (first + read, cells, (), False))
                elif now < len(lines):
                    yield from self._doubtful(piece, read, now, cells)
                elif cells != [END]:
                    yield from self._still_open(piece, read, cells)
                    break
                read = now
        except csv.Error as error:
            raise _open_quote(first + read) from error
        piece.read = min(read, len(lines) - 1)

    def _doubtful(self, piece: "_Piece", read: int, now: int, cells: list[str]) -> Iterator[Row]:
        """Yield what several lines, the last one, or one with wrong bytes come to."""
        if now - read > MAX_RECORD_LINES:
            raise _open_quote(piece.first + read)
        records = [Mended(0, cells)]
        if now - read > 1:
            records = mended(piece.lines[read:now], cells, self.dialect, self.width)
        *others, last = [self._row(piece.first + read, record) for record in records]
        cut = piece.is_last(now) and (
            piece.lines[now - 1].endswith(text.MARK)
            or len(last.cells) < self._shortest(piece.lines[:read])
        )
        yield from others
        yield last._replace(incomplete=cut)

    def _still_open(self, piece: "_Piece", read: int, cells: list[str]) -> Iterator[Row]:
        """Yield the file's last records if its last quote is open; else wait for more lines."""
        lines = piece.lines[read:-1]
        if len(lines) > MAX_RECORD_LINES:
            raise _open_quote(piece.first + read)
        if piece.last:
            cells[-1] = cells[-1].removesuffix(END)
            records = [Mended(0, cells)]
            if len(lines) > 1:
                records = mended(lines, cells, self.dialect, self.width)
            for record in records:
                row = self._row(piece.first + read, record)
                yield row._replace(incomplete=len(records) == 1)

    def _row(self, line: int, record: Mended) -> Row:
        wrong = text.damaged(record.cells)
        cells = [text.readable(cell) for cell in record.cells] if wrong else record.cells
        return Row(line + record.offset, cells, tuple(sorted({*wrong, *record.damaged})))

    def _shortest(self, lines: list[str]) -> int:
        """Return how few cells a record has at most that was not cut."""
        records = csv.reader(iter(lines), **self.dialect.format)
        return min([self.width, *(len(cells) for cells in records if cells)])


@dataclass
class _Piece:
    """Whole lines of the file, with the mark of their end; `read` of them are done with.

    Up to line `plain_to` nothing is the matter with a record of one line.
    """

    first: int
    lines: list[str]
    last: bool
    read: int = 0
    plain_to: int = 0

    def __post_init__(self) -> None:
        self.cut = self.last and not self.lines[-1].endswith(("\n", "\r"))
        if not any(text.MARK in line for line in self.lines):
            self.plain_to = len(self.lines) - self.cut
        self.lines.append(END)

    def is_last(self, now: int) -> bool:
        """Say whether the file ends with line `now` and without a line end."""
        return self.cut and now == len(self.lines) - 1


def _with_last(blocks: Iterator[str]) -> Iterator[tuple[str, bool]]:
    """Yield each block and whether it is the last one."""
    waiting = next(blocks, None)
    while waiting is not None:
        following = next(blocks, None)
        yield waiting, following is None
        waiting = following


def whole_lines(blocks: Iterator[str]) -> Iterator[str]:
    """Yield the text in pieces of whole lines; the CR and LF of one line end stay together.

    Raises BadInput for a line that no table has.
    """
    rest = waiting = ""
    for block in blocks:
        block = rest + block
        cut = max(block.rfind("\n"), block.rfind("\r", 0, len(block) - 1)) + 1
        rest = block[cut:]
        if len(rest) > MAX_LINE:
            raise BadInput(
                _("A line of the file is longer than %(most)s letters. Is this a table?"),
                most=f"{MAX_LINE:,}",
            )
        if cut and waiting:
            yield waiting
        waiting = block[:cut] or waiting
    if waiting or rest:
        yield waiting + rest


def _open_quote(line: int) -> BadInput:
    return BadInput(
        _(
            "A quotation mark is opened in the record on line %(line)s and not closed within "
            "%(most)s lines. Close it or remove it, and send the file again."
        ),
        line=line,
        most=f"{MAX_RECORD_LINES:,}",
    )

"""A table file, guessed and opened: columns, rows with their lines, and what is left out."""

import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.tables import footing, heading, jsonrecords, signatures, text
from cxquest.tables.delimited import Delimited, sample
from cxquest.tables.encoding import EncodingSample, samples
from cxquest.tables.encoding import guess as likeliest
from cxquest.tables.how import MAX_HEADER_ROWS, How, Kind
from cxquest.tables.jsonrecords import JsonRecords
from cxquest.tables.limits import MAX_COLUMNS, MAX_ROWS, too_long, too_wide
from cxquest.tables.quoting import TOLD, delimiter
from cxquest.tables.row import Column, LeftOut, Row, Source, filled, is_blank, joined
from cxquest.tables.workbook import Workbook

__all__ = ["Column", "EncodingSample", "Row", "Table", "encodings", "guess", "opened", "sheets"]

SAMPLE_ROWS = 300
WHOLE = 1_000_000  # bytes up to which a text is read whole to find its last records
TAIL = 64_000
UNNAMED = re.compile(r"Column ([0-9]{1,3})")


def guess(file: BinaryIO, filename: str = "", *, encoding: str = "", sheet: str = "") -> How:
    """Find out how a file is to be read; what a person chose already is kept to.

    Its name is no evidence: what is in it decides. Raises BadInput, saying what to do, for
    what is no table or has no rows.
    """
    if signatures.is_workbook(file):
        book = Workbook(file, sheet)
        return _framed(How(Kind.WORKBOOK, sheet=book.sheet), book, None)
    name = encoding or likeliest(file)
    signatures.refuse_no_text(file, name)
    start = sample(file, name)
    if jsonrecords.begins(start):
        how = How(Kind.JSON, encoding=name)
        opened(file, how).refuse_no_rows()
        return how
    sign = delimiter(start)
    how = How(Kind.DELIMITED, encoding=name, delimiter=sign)
    return _framed(how, Delimited(file, name, sign), file)


def encodings(file: BinaryIO) -> list[EncodingSample]:
    """Return how the file's lines look in each encoding that it may have; the guess first."""
    return samples(file)


def sheets(file: BinaryIO) -> list[str]:
    """Return the names of a workbook's sheets, none of another file."""
    return Workbook(file).book.sheet_names if signatures.is_workbook(file) else []


def opened(file: BinaryIO, how: How) -> "Table":
    """Open a file the way `how` says. Raises BadInput where it cannot be read so."""
    return Table(_source(file, how), how)


def _source(file: BinaryIO, how: How) -> Source:
    if how.kind is Kind.WORKBOOK:
        signatures.is_workbook(file)
        return Workbook(file, how.sheet)
    if how.kind is Kind.JSON:
        return JsonRecords(file, how.encoding or "utf-8")
    return Delimited(file, how.encoding or "utf-8", how.delimiter)


class Table:
    """An open table. `rows()` may be run again and again; each run reads the file anew.

    A row has at least as many cells as there are columns. Where one has more, the others
    are added to `columns` as “Column N” when that row is met.
    """

    def __init__(self, source: Source, how: How) -> None:
        self.how = how
        self.left_out = LeftOut()
        self._source = source
        head = self._head()
        body = list(islice(source.records(), self._passed, self._passed + SAMPLE_ROWS))
        width = max((_used(cells) for cells in [*head, *(row.cells for row in body)]), default=0)
        if width > MAX_COLUMNS:
            raise too_wide(self._body)
        self.columns = heading.columns(head, width)
        self._taken = {column.name for column in self.columns}
        source.width = max(map(len, head), default=0) or max(
            (len(row.cells) for row in body), default=0
        )

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    def place(self, name: str) -> int | None:
        """Return where a column stands; also one without a name that was not met yet."""
        for column in self.columns:
            if column.name == name:
                return column.place
        found = UNNAMED.fullmatch(name)
        return int(found[1]) - 1 if found and int(found[1]) > len(self.columns) else None

    def _head(self) -> list[list[str]]:
        """Read to the end of the header; notes the titles above and where the body begins."""
        head: list[list[str]] = []
        self._passed, self._body = 0, 1
        for row in self._source.records():
            if self._passed >= self.how.skip and len(head) == self.how.header_rows:
                self._body = row.line
                break
            if not is_blank(row.cells):
                titles = self.left_out.titles
                if self._passed < self.how.skip:
                    titles.append(joined(row.cells))
                else:
                    head.append(row.cells)
            self._passed += 1
        return head

    def rows(self) -> Iterator[Row]:
        """Yield every record that holds text, in the order of the file.

        Raises BadInput beyond the most rows or columns that a file may have.
        """
        return self._without_footer() if self.how.footer else self._rows()

    def _without_footer(self) -> Iterator[Row]:
        held: deque[Row] = deque()
        for row in self._rows():
            held.append(row)
            if len(held) > self.how.footer:
                yield held.popleft()
        self.left_out.footers = [joined(row.cells) for row in held]

    def _rows(self) -> Iterator[Row]:
        width, count, blank = len(self.columns), 0, 0
        for row in islice(self._source.records(self._body), self._passed, None):
            cells = row.cells
            if len(cells) != width or not cells[0] > "!":  # else it begins with a letter
                if is_blank(cells):
                    blank += 1
                    continue
                row = row._replace(cells=self._fitted(row, width))
                width = len(self.columns)
            count += 1
            if count > MAX_ROWS:
                raise too_long()
            yield row
        self.left_out.blank = blank

    def _fitted(self, row: Row, width: int) -> list[str]:
        """Return the cells of a ragged row: filled up, or without what is empty beyond."""
        cells = row.cells
        if len(cells) <= width:
            return cells + [""] * (width - len(cells))
        used = max(width, _used(cells))
        if used > MAX_COLUMNS:
            raise too_wide(row.line)
        for place in range(len(self.columns), used):
            name = heading.unnamed(place, self._taken)
            self.columns.append(Column(name, name, place))
        return cells[:used]

    def refuse_no_rows(self) -> None:
        """Raise BadInput for a table without a single row."""
        if not self.columns or next(self.rows(), None) is None:
            raise _no_rows()


def _no_rows() -> BadInput:
    return BadInput(
        _("The file has no rows below its header. Check that the right file was chosen.")
    )


def _used(cells: list[str]) -> int:
    """Return how many cells there are up to the last one that holds text."""
    return max(filled(cells), default=-1) + 1


def _framed(how: How, source: Source, file: BinaryIO | None) -> How:
    """Add where the header stands and how many summaries end the table."""
    start = [row.cells for row in islice(source.records(), SAMPLE_ROWS)]
    if all(map(is_blank, start)):
        raise BadInput(_("The file has no rows. Check that the right file was chosen."))
    if how.kind is Kind.DELIMITED and TOLD.match(how.delimiter.join(start[0]) + "\n"):
        start[0] = []
    skip, rows = heading.found(start)
    if isinstance(source, Workbook) and rows:
        merged = start[skip : source.merged_to(skip + 1)]
        rows = min(MAX_HEADER_ROWS, max(rows, sum(not is_blank(cells) for cells in merged)))
    width = max(map(len, start))
    last = _last(source, file, how, width)
    body = [cells for cells in start[skip:] if not is_blank(cells)][rows:]
    footer = min(footing.found(last, width), max(0, len(body) - 1))
    framed = How(
        how.kind, how.encoding, how.delimiter, how.sheet, skip=skip, header_rows=rows, footer=footer
    )
    Table(source, framed).refuse_no_rows()
    return framed


def _last(source: Source, file: BinaryIO | None, how: How, width: int) -> list[list[str]]:
    """Return the last records; of a large text those of its last bytes."""
    if file is None or not isinstance(source, Delimited) or text.size(file) <= WHOLE:
        return [row.cells for row in deque(source.records(), footing.MOST * 2)]
    start = (text.size(file) - TAIL) // 4 * 4
    ending = "".join(text.blocks(file, how.encoding.removesuffix("-sig"), start))
    ending = ending[max(ending.find("\n"), ending.find("\r")) + 1 :]
    reads = [source.dialect.parsed(opening + ending) for opening in ("", '"')]
    best = max(reads, key=lambda records: sum(len(cells) == width for cells in records))
    return best[-footing.MOST * 2 :]

"""Workbooks (XLSX, XLS, ODS): the cells of one sheet as people see them."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.tables import probing, signatures, text
from cxquest.tables.limits import MAX_SHEET_BYTES, MAX_SHEET_CELLS
from cxquest.tables.row import Row

Value = int | float | str | bool | time | date | datetime | timedelta

ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
WIDE = re.compile(r"(?:[^\x00]\x00)+")
EXACT = 10**21  # larger whole numbers are not written out


class Workbook:
    """One sheet of a workbook. `width` is how many columns it has."""

    def __init__(self, file: BinaryIO, sheet: str = "") -> None:
        refuse_outsize(file)
        self.book = _opened(file)
        self.sheet = sheet or self.first()
        if self.sheet not in self.book.sheet_names:
            raise BadInput(
                _("The workbook has no sheet “%(name)s”. It has: %(sheets)s."),
                name=sheet,
                sheets=", ".join(self.book.sheet_names),
            )
        self.width = self._page.width

    def first(self) -> str:
        """Return the first sheet that holds more than one row, or any cell at all.

        Raises BadInput where every sheet is empty.
        """
        names = self._visible()
        for least in (2, 1):
            for name in names:
                if _sheet(self.book, name).height >= least:
                    return name
        raise BadInput(_("Every sheet of the workbook is empty. Check the file."))

    def _visible(self) -> list[str]:
        sheets = self.book.sheets_metadata
        return sorted(
            (sheet.name for sheet in sheets),
            key={sheet.name for sheet in sheets if "Visible" in str(sheet.visible)}.__contains__,
            reverse=True,
        )

    @cached_property
    def _page(self) -> CalamineSheet:
        return _sheet(self.book, self.sheet)

    def records(self, body: int = 0) -> Iterator[Row]:
        """Yield the rows; a cell merged downwards below row `body` counts in each of its rows."""
        tops = self._tops(body)
        shown: dict[int, tuple[int, str]] = {}
        for line, values in enumerate(self._page.iter_rows(), 1):
            cells = [written(value) for value in values]
            for place, (bottom, cell) in shown.items():
                if line <= bottom:
                    cells[place] = cells[place] or cell
            for place, bottom in tops.get(line, ()):
                shown[place] = bottom, cells[place]
            yield Row(line, cells)

    def merged_to(self, line: int) -> int:
        """Return the last row that a cell of row `line` is merged down to."""
        return max([line, *(bottom for top, _place, bottom in self._merged if top == line)])

    def _tops(self, body: int) -> dict[int, list[tuple[int, int]]]:
        """Return by row, from `body` on, which of its places are merged down to which row."""
        tops: dict[int, list[tuple[int, int]]] = {}
        for top, place, bottom in sorted(self._merged):
            if top >= body > 0:
                tops.setdefault(top, []).append((place, bottom))
        return tops

    @cached_property
    def _merged(self) -> set[tuple[int, int, int]]:
        """The cells merged downwards: their first row, place in it and last row.

        Rows count from 1, places from the first column that holds anything. What lies outside
        of the rows is no cell of the table.
        """
        if self._page.start is None or self._page.end is None:
            return set()
        first, last = self._page.start[1], self._page.end[0] + 1
        return {
            (top + 1, left - first, min(bottom + 1, last))
            for (top, left), (bottom, _right) in self._page.merged_cell_ranges or ()
            if bottom > top and 0 <= left - first < self._page.width
        }


def _opened(file: BinaryIO) -> CalamineWorkbook:
    file.seek(0)
    try:
        return CalamineWorkbook.from_filelike(file)
    except PasswordError as error:
        raise _locked() from error
    except (CalamineError, OSError) as error:
        raise _unreadable() from error


def _sheet(book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except CalamineError as error:
        raise _unreadable() from error


def _locked() -> BadInput:
    return BadInput(_("The workbook is locked with a password. Save it without one and send that."))


def _unreadable() -> BadInput:
    return BadInput(_("The workbook cannot be read. Open it, save the sheet as CSV and send that."))


def written(value: Value) -> str:
    """Return a cell as a person reads it: 1 and not 1.0, ISO dates, ids with all their digits."""
    if isinstance(value, str):
        return _unspread(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, timedelta):
        return _duration(value)
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _number(value: float) -> str:
    """Return the fifteen digits that a spreadsheet keeps, without an exponent."""
    if value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    return format(Decimal(f"{value:.15g}"), "f")


def _duration(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _unspread(cell: str) -> str:
    """Mend the texts of old workbooks that come with a NUL after each letter."""
    if "\x00" not in cell:
        return cell
    if WIDE.fullmatch(cell):
        return cell[::2]
    return cell.replace("\x00", text.UNREADABLE)


def refuse_outsize(file: BinaryIO) -> None:
    """Raise BadInput for a workbook that would not fit into memory, before it is read here."""
    try:
        if zipfile.is_zipfile(file) and _unpacked(file) > MAX_SHEET_BYTES:
            raise _too_much()
        if probing.cells_of(file) > MAX_SHEET_CELLS:
            raise _too_many_cells()
    except probing.TooMuch as error:
        raise _too_much() from error
    except probing.Unreadable as error:
        file.seek(0)
        raise (_locked() if ENCRYPTED in file.read() else _unreadable()) from error


def _unpacked(file: BinaryIO) -> int:
    """Return how many bytes a packed workbook says it has; raise BadInput for a damaged one."""
    try:
        with zipfile.ZipFile(file) as packed:
            return sum(entry.file_size for entry in packed.infolist())
    except signatures.DAMAGED as error:
        raise BadInput(_("The workbook is damaged. Save it anew and send that.")) from error


def _too_many_cells() -> BadInput:
    return BadInput(
        _(
            "The workbook has more than %(most)s cells between its first and its last one. "
            "Save the sheet as CSV and send that."
        ),
        most=f"{MAX_SHEET_CELLS:,}",
    )


def _too_much() -> BadInput:
    return BadInput(
        _(
            "The workbook takes too much memory or time to be read. "
            "Save the sheet as CSV and send that."
        )
    )

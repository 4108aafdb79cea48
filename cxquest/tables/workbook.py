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
from cxquest.tables import probing, text
from cxquest.tables.limits import (
    MAX_SHEET_BYTES,
    MAX_SHEET_CELLS,
)
from cxquest.tables.row import Row

Value = int | float | str | bool | time | date | datetime | timedelta

SHEET = re.compile(r"xl/worksheets/.*\.xml")
CELL = re.compile(rb'\br="([A-Z]{1,3})[0-9]')
ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\br="([0-9]{1,7})"')
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
            key=[sheet.name for sheet in sheets if "Visible" in str(sheet.visible)].__contains__,
            reverse=True,
        )

    @cached_property
    def _page(self) -> CalamineSheet:
        return _sheet(self.book, self.sheet)

    def records(self, body: int = 0) -> Iterator[Row]:
        """Yield the rows; a cell merged downwards below row `body` counts in each of its rows."""
        below = self._downwards(body)
        for line, values in enumerate(self._page.iter_rows(), 1):
            cells = [written(value) for value in values]
            for place, cell in below.get(line, ()):
                cells[place] = cells[place] or cell
            yield Row(line, cells)

    def merged_to(self, line: int) -> int:
        """Return the last row that a cell of row `line` is merged down to."""
        ranges = self._page.merged_cell_ranges or ()
        return max([line, *(bottom + 1 for (top, _), (bottom, _) in ranges if top + 1 == line)])

    def _downwards(self, body: int) -> dict[int, list[tuple[int, str]]]:
        """Return by row which cells show the text of a merged cell above them."""
        tops: dict[int, list[tuple[int, int]]] = {}
        for (top, left), (bottom, _right) in self._page.merged_cell_ranges or ():
            if bottom > top and top + 1 >= body > 0:
                tops.setdefault(top + 1, []).append((left, bottom + 1))
        below: dict[int, list[tuple[int, str]]] = {}
        for line, values in enumerate(self._page.iter_rows() if tops else (), 1):
            for left, bottom in tops.get(line, ()):
                for under in range(line + 1, bottom + 1):
                    below.setdefault(under, []).append((left, written(values[left])))
        return below


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
    """Raise BadInput for a sheet that would not fit into memory, before it is read here."""
    if not zipfile.is_zipfile(file):
        return _try_out(file)
    try:
        with zipfile.ZipFile(file) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_SHEET_BYTES:
                raise _too_many_cells()
            for name in filter(SHEET.fullmatch, packed.namelist()):
                with packed.open(name) as sheet:
                    _refuse_cells(sheet)
            if "content.xml" in packed.namelist():
                _try_out(file)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BadInput(_("The workbook is damaged. Save it anew and send that.")) from error
    return None


def _try_out(file: BinaryIO) -> None:
    """Raise BadInput for a workbook that another process could not read, or hardly."""
    cells = probing.cells_of(file)
    if cells is None:
        file.seek(0)
        raise _locked() if ENCRYPTED in file.read() else _unreadable()
    if cells > MAX_SHEET_CELLS:
        raise _too_many_cells()


def _refuse_cells(sheet: object) -> None:
    """Raise BadInput where the outermost cells of a sheet span more than is read."""
    columns: set[bytes] = set()
    rows: list[int] = []
    rest = b""
    while block := sheet.read(text.BLOCK):  # type: ignore[attr-defined]
        block = rest + block
        rest = block[-200:]
        columns.update(CELL.findall(block))
        found = [int(number) for number in ROW.findall(block)]
        rows[:] = [min([*rows[:1], *found]), max([*rows[1:], *found])] if rows or found else []
    width = max(map(_place, columns), default=0) - min(map(_place, columns), default=1) + 1
    if rows and (rows[1] - rows[0] + 1) * width > MAX_SHEET_CELLS:
        raise _too_many_cells()


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place


def _too_many_cells() -> BadInput:
    return BadInput(
        _(
            "The workbook has more than %(most)s cells between its first and its last one. "
            "Save the sheet as CSV and send that."
        ),
        most=f"{MAX_SHEET_CELLS:,}",
    )

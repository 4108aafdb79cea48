"""A workbook tried out in a process of its own, which may fail without harm to ours.

A few bytes of a workbook can say that it has so many cells, or so long ones, that the reader
takes the whole process down. So it is read once elsewhere, with limits on memory and time,
before it is read here. Run as a script, this file is that other process.
"""

import os
import subprocess
import sys
from io import BytesIO
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

MOST_MEMORY = 1536 * 1024**2  # bytes, of the addresses: what is in use is less
MOST_WORK = 20  # seconds of the processor
PATIENCE = 60  # seconds by the clock
QUIET = {"RUST_BACKTRACE": "0"}  # a trace without memory left can wait for itself for ever
AREA = 25  # cells that take as much memory as one merged area


class Unreadable(Exception):
    """The other process could make nothing of the workbook."""


class TooMuch(Exception):
    """The other process came to the limit of its memory or time."""


def cells_of(file: BinaryIO) -> int:
    """Return how many cells the largest sheet spans from the first row on.

    Raises Unreadable for what is no workbook, TooMuch for one that cannot be read at will.
    """
    file.seek(0)
    command = [sys.executable, "-I", __file__]
    try:
        done = subprocess.run(  # noqa: S603 (this very file, and nothing of the workbook's)
            command,
            input=file.read(),
            env=os.environ | QUIET,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TooMuch from error
    if done.returncode < 0 or done.stderr.endswith(b"MemoryError\n"):
        raise TooMuch
    if done.returncode > 0:
        raise Unreadable
    return int(done.stdout)


def main() -> None:
    """Read every sheet of the workbook on standard input; print the cells of the largest."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_WORK, MOST_WORK))
    book = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
    sys.stdout.write(str(max((_cells(book, name) for name in book.sheet_names), default=0)))


def _cells(book: CalamineWorkbook, name: str) -> int:
    """Return the cells up to a sheet's last row; none of a sheet that cannot be read."""
    try:
        sheet = book.get_sheet_by_name(name)
    except CalamineError:
        return 0
    rows = sheet.end[0] + 1 if sheet.end else 0
    return rows * sheet.width + AREA * len(sheet.merged_cell_ranges or ())


if __name__ == "__main__":
    main()

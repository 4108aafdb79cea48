"""A workbook tried out in a process of its own, which may fail without harm to ours.

Old and foreign workbooks say themselves how many cells they have; a damaged one can say so
many that the reader takes the whole process down. So it is read once elsewhere, with a limit
on memory, before it is read here. Run as a script, this file is that other process.
"""

import subprocess
import sys
from io import BytesIO
from typing import BinaryIO

MOST_MEMORY = 3 * 1024**3
PATIENCE = 120  # seconds


def cells_of(file: BinaryIO) -> int | None:
    """Return how many cells the largest sheet spans, None for a workbook that cannot be read."""
    file.seek(0)
    command = [sys.executable, "-I", __file__]
    try:
        done = subprocess.run(  # noqa: S603 (this very file, and nothing of the workbook's)
            command, input=file.read(), capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    return int(done.stdout) if done.returncode == 0 else None


def main() -> None:
    """Read every sheet of the workbook on standard input; print the cells of the largest."""
    import resource

    from python_calamine import CalamineWorkbook

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    book = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
    sheets = (book.get_sheet_by_name(name) for name in book.sheet_names)
    sys.stdout.write(str(max((sheet.height * sheet.width for sheet in sheets), default=0)))


if __name__ == "__main__":
    main()

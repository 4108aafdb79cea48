"""Tables that leave the product as CSV: text unchanged, but no cell that a spreadsheet runs."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
UNSEEN = " \u00a0\u200b\u200c\u200d\u2060\ufeff"  # hides a formula's first sign from people


def guarded(cell: Any) -> str:
    """Return the cell as text; one that a spreadsheet would take for a formula gets a quote.

    Leading space does not hide a formula. Plain numbers stay numbers.
    """
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell)
    if cell.lstrip(UNSEEN).startswith(RISKY) or cell.startswith(RISKY) or "|'" in cell:
        return "'" + cell
    return cell


def lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield a CSV file line by line (UTF-8 with a mark, so that spreadsheets read it right)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([guarded(cell) for cell in header])
    yield buffer.getvalue()
    for row in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([guarded(cell) for cell in row])
        yield buffer.getvalue()

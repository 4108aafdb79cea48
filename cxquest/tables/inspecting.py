"""What a table holds: kinds of columns, dates, numbers, ids, repeats, damage."""

from dataclasses import dataclass
from typing import Any

from cxquest.tables.reading import Table


@dataclass
class Inspection:
    rows: int
    width: int

    def as_json(self) -> dict[str, Any]:
        return {"rows": self.rows}


def inspect(table: Table, most: int | None = None) -> Inspection:
    rows = 0
    for row in table.rows():
        rows += 1
    return Inspection(rows, len(table.columns))

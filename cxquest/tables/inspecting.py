"""What a table holds, in one pass: kinds of columns, dates, numbers, ids, repeats, damage."""

from array import array
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import Any

from cxquest.tables.columns import Facts, Found, first_look
from cxquest.tables.how import How
from cxquest.tables.ids import distinct
from cxquest.tables.reading import Table
from cxquest.tables.row import LeftOut, Row

FIRST_LOOK = 2_000  # rows by which a column's kind is told
SHOWN_LINES = 100


@dataclass(frozen=True)
class Inspection:
    """What was found in a table; `complete` where it was read to its end.

    `repeated_rows` counts rows that are the same, cell by cell, as an earlier one.
    """

    how: How
    rows: int
    complete: bool
    width: int
    columns: list[Found]
    repeated_rows: int
    undecodable_cells: int
    undecodable_lines: list[int]
    incomplete_lines: list[int]
    left_out: LeftOut

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        return {
            "how": self.how.as_json(),
            "rows": self.rows,
            "complete": self.complete,
            "columns": [column.as_json() for column in self.columns],
            "repeated_rows": self.repeated_rows,
            "undecodable_cells": self.undecodable_cells,
            "undecodable_lines": self.undecodable_lines,
            "incomplete_lines": self.incomplete_lines,
            "left_out": self.left_out.as_json(),
        }


def inspect(table: Table, most: int | None = None, today: date | None = None) -> Inspection:
    """Look through a table, or through its first `most` rows.

    Dates after `today` are counted as doubtful; without it no date is too late.
    """
    rows = table.rows()
    start = list(islice(rows, FIRST_LOOK if most is None else min(most, FIRST_LOOK)))
    looking = _Looking(table, start, today or date.max)
    rest = None if most is None else max(0, most - len(start))
    for row in chain(start, islice(rows, rest)):
        looking.at(row)
    return looking.found(complete=next(rows, None) is None)


class _Looking:
    """What is counted while the rows pass by."""

    def __init__(self, table: Table, start: list[Row], today: date) -> None:
        self.table, self.start, self.today = table, start, today
        self.facts: list[Facts] = []
        self.rows = 0
        self.hashes = array("q")
        self.damaged = 0
        self.damaged_lines: list[int] = []
        self.cut: list[int] = []
        self._widen()

    def at(self, row: Row) -> None:
        """Count one row."""
        self.rows += 1
        cells = row.cells
        if len(cells) > len(self.facts):
            self._widen()
        for facts, cell in zip(self.facts, cells, strict=False):
            if cell:
                facts.add(cell)
        self.hashes.append(hash(tuple(cells)))
        if row.damaged:
            self.damaged += len(row.damaged)
            self.damaged_lines += [row.line] if len(self.damaged_lines) < SHOWN_LINES else []
        if row.incomplete:
            self.cut += [row.line] if len(self.cut) < SHOWN_LINES else []

    def _widen(self) -> None:
        """Begin to count columns, also one that shows itself only far down."""
        for column in self.table.columns[len(self.facts) :]:
            cells = [row.cells[column.place] for row in self.start if column.place < len(row.cells)]
            self.facts.append(first_look(column, cells, self.today))

    def found(self, *, complete: bool) -> Inspection:
        """Return the counts."""
        return Inspection(
            how=self.table.how,
            rows=self.rows,
            complete=complete,
            width=len(self.facts),
            columns=[facts.found(self.rows) for facts in self.facts],
            repeated_rows=self.rows - distinct(self.hashes),
            undecodable_cells=self.damaged,
            undecodable_lines=self.damaged_lines,
            incomplete_lines=self.cut,
            left_out=self.table.left_out,
        )

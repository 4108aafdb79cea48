"""A file of readings: how it is read, and what each row comes to, by its line. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any, NamedTuple

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.measures import columns, period_cells, shares
from cxquest.measures.columns import Columns
from cxquest.measures.offers import Given, Offered, Refused
from cxquest.tables import numbers, reading
from cxquest.tables.how import How, Kind
from cxquest.tables.reading import Row, Table

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
TOO_LARGE = _(
    "A file of readings has at most %(megabytes)s MB and %(rows)s rows. Split it and send the "
    "parts."
)
NO_DAY = _("This is no day, week or month in the order that was chosen.")
NO_NUMBER = _("This is no number.")
NO_VALUE = _("There is no value. Fill it in, or leave the row out.")
NO_CASES = _("Say out of how many: a whole number above 0.")
NO_COUNT = _("Use a whole number of 0 or more.")


class Cells(NamedTuple):
    """What stands in a row, column by column."""

    day: str
    figure: str
    n: str


@dataclass(frozen=True)
class Asked:
    """What the metric asks of a row: a day, a week or a month; whether it is a share or a rate
    (`counted`), and said out of how many.
    """

    period: str
    counted: bool = False
    per: int = 1


def too_large() -> BadInput:
    """Say no to a file of too many bytes or rows."""
    return BadInput(
        TOO_LARGE, field="file", megabytes=MOST_BYTES // 1024 // 1024, rows=f"{MOST_ROWS:,}"
    )


def begun(content: bytes, name: str, period: str) -> tuple[How, list[dict[str, Any]]]:
    """Return how a file is read, and what is found in its columns. Raises BadInput."""
    if len(content) > MOST_BYTES:
        raise too_large()
    how = reading.guess(BytesIO(content), name)
    if how.kind is Kind.JSON:
        raise BadInput(_("Send a table: a CSV file or a workbook."), field="file")
    table = opened(content, how)
    rows = [row.cells for row in limited(table)]
    found = [
        columns.looked_at(
            column.name,
            [cells[column.place] for cells in rows if column.place < len(cells)],
            period,
        )
        for column in table.columns
    ]
    return how, found


def opened(content: bytes, how: How) -> Table:
    """Open a file as it was read before."""
    return reading.opened(BytesIO(content), how)


def limited(table: Table) -> Iterator[Row]:
    """Yield the rows of a table. Raises BadInput beyond the most that a file may have."""
    for number, row in enumerate(table.rows(), start=1):
        if number > MOST_ROWS:
            raise too_large()
        yield row


def cells_of(row: Row, table: Table, wanted: Columns) -> Cells:
    """Return the cells of a row that count."""
    places = [table.place(name) if name else None for name in (wanted.day, wanted.figure, wanted.n)]
    found = [
        row.cells[place].strip() if place is not None and place < len(row.cells) else ""
        for place in places
    ]
    return Cells(*found)


def came_to(
    line: int, cells: Cells, wanted: Columns, asked: Asked, reason: str
) -> Offered | Refused:
    """Return the reading that a row holds, or what is wrong with it."""
    day = period_cells.day(cells.day, wanted.order, asked.period)
    if day is None:
        return Refused(line, "day", NO_DAY)
    if not cells.figure:
        return Refused(line, "value", NO_VALUE)
    figure = numbers.number(cells.figure, wanted.decimal)
    if figure is None or not figure.is_finite() or abs(figure) > Decimal(10) ** 15:
        return Refused(line, "value", NO_NUMBER)
    cases = _whole(cells.n, wanted.decimal)
    if cases is None and (cells.n or asked.counted):
        return Refused(line, "n", NO_CASES)
    if not (wanted.counted and asked.counted):
        return Offered(line, Given(day, figure.quantize(shares.PLACES), cases, reason))
    if figure < 0 or figure != figure.to_integral_value():
        return Refused(line, "value", NO_COUNT)
    return Offered(line, Given(day, shares.value_of(figure, cases or 1, asked.per), cases, reason))


def _whole(cell: str, decimal: str) -> int | None:
    """Return a whole number above 0, None where there is none."""
    found = numbers.number(cell, decimal) if cell else None
    if found is None or not 0 < found <= shares.MOST_N or found != found.to_integral_value():
        return None
    return int(found)


def missing(known: Sequence[Mapping[str, Any]], chosen: Mapping[str, str]) -> list[str]:
    """Return which settings only the sender can tell: the order of days, the decimal sign."""
    about = {one["name"]: one for one in known}
    day, figure = about.get(chosen.get("day", "")), about.get(chosen.get("figure", ""))
    asked = ["order"] if day and len(day["orders"]) > 1 and not chosen.get("order") else []
    unsure = figure and len(figure["decimals"]) > 1 and not chosen.get("decimal")
    return [*asked, *(["decimal"] if unsure else [])]

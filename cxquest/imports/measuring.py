"""Looking through a whole file before any of it is taken: its rows, its dates, its ids."""

from dataclasses import asdict, dataclass, field
from typing import Any

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.imports.mapping import Mapping, Role
from cxquest.tables.dates import Readings
from cxquest.tables.ids import Ids
from cxquest.tables.reading import Table


@dataclass(frozen=True)
class Measured:
    """How many rows a file has, how its dates read in each order, what is wrong with its ids."""

    rows: int
    orders: list[dict[str, Any]] = field(default_factory=list)
    damaged_ids: list[str] = field(default_factory=list)
    ids_repeat: bool = True
    left_out: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what the preview shows of it."""
        return {
            "orders": self.orders,
            "damaged_ids": self.damaged_ids,
            "ids_repeat": self.ids_repeat,
            "left_out": self.left_out,
        }


def measured(table: Table, mapping: Mapping) -> Measured:
    """Look through a file. Raises BadInput for one without rows."""
    date, own_id = mapping.one(Role.DATE), mapping.one(Role.EXTERNAL_ID)
    places = {column.name: column.place for column in table.columns}
    date_at = places[date.name] if date else None
    id_at = places[own_id.name] if own_id else None
    readings, ids, rows = Readings(), Ids(), 0
    for row in table.rows():
        rows += 1
        if date_at is not None and date_at < len(row.cells):
            readings.add(row.cells[date_at])
        if id_at is not None:
            ids.add(row.cells[id_at] if id_at < len(row.cells) else "")
    if not rows:
        raise BadInput(_("The file has a header and no rows under it."), field="file")
    return Measured(
        rows,
        [one.as_json() for one in readings.found()] if date else [],
        list(ids.reasons) if own_id and not ids.sound else [],
        ids.distinct < ids.rows - ids.blank,
        asdict(table.left_out),
    )

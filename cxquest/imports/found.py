"""What was found in a file's first rows, column by column: read from what the run keeps of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from cxquest.tables.columns import ColumnKind
from cxquest.tables.dates import DateOrder


class Found:
    """The columns of a file, with what the inspection says of each by its name."""

    def __init__(self, columns: Sequence[Mapping[str, Any]], inspection: Mapping[str, Any]) -> None:
        self.columns = columns
        self._about = {one["name"]: one for one in inspection.get("columns", ())}

    def about(self, name: str) -> Mapping[str, Any]:
        """Return what is known of a column; nothing of one that only later rows have."""
        known: Mapping[str, Any] = self._about.get(name, {})
        return known

    def kind(self, name: str) -> ColumnKind:
        """Return what a column looks like."""
        return ColumnKind(self.about(name).get("kind", ColumnKind.EMPTY))

    def is_text(self, name: str) -> bool:
        """Say whether people wrote a column's cells freely: most differ, and few are one word.

        Of a file with a few rows a phrase is enough.
        """
        about, kind = self.about(name), self.kind(name)
        if kind is ColumnKind.TEXT:
            return bool(about["repeats"] * 2 <= about["filled"])
        alone = kind is ColumnKind.CHOICE and about["distinct"] == about["filled"]
        return alone and any(" " in example for example in about["examples"])

    def orders(self, name: str) -> Sequence[Mapping[str, Any]]:
        """Return how a column's dates read in each order: parsed, ambiguous and impossible."""
        orders: Sequence[Mapping[str, Any]] = self.about(name).get("dates", ())
        return [one for one in orders if one["parsed"]]

    def order(self, name: str, usual: DateOrder | None) -> DateOrder | None:
        """Return the order that a layout usually writes, unless the file speaks for another."""
        possible = {one["order"] for one in self.orders(name) if not one["impossible"]}
        if usual and (usual in possible or not self.orders(name)):
            return usual
        return self.sure_order(name)

    def sure_order(self, name: str) -> DateOrder | None:
        """Return the order in which alone a column's dates can be meant, None without one.

        Where no date is another day in another order, as with named months, each is right.
        """
        possible = [one for one in self.orders(name) if not one["impossible"]]
        if len(possible) == 1 or (possible and not any(one["ambiguous"] for one in possible)):
            return DateOrder(possible[0]["order"])
        return None

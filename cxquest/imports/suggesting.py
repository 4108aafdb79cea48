"""What is chosen beforehand for the columns of a file: only what leaves no doubt."""

from collections.abc import Mapping as Pairs
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cxquest.imports import profiles
from cxquest.imports.found import Found
from cxquest.imports.mapping import Column, Mapping, Role
from cxquest.tables.columns import ColumnKind


class Origin(StrEnum):
    """Where a proposal comes from."""

    CHOSEN = "chosen"
    LAST = "last"
    LAYOUT = "layout"
    FILE = "file"


@dataclass(frozen=True)
class Proposal:
    """A mapping to begin with; `layout` is the title of a known one."""

    mapping: Mapping
    origin: Origin
    layout: str = ""


def proposal(
    columns: Sequence[Pairs[str, Any]],
    inspection: Pairs[str, Any],
    chosen: Pairs[str, Any],
    last: tuple[Sequence[Any], Pairs[str, Any]] | None,
) -> Proposal:
    """Return what was chosen for this file; else the source's last mapping where the columns are
    the same; else that of a known layout; else what the file itself leaves no doubt of.

    `last` are the columns and the mapping of the source's last file.
    """
    if chosen:
        return Proposal(Mapping.from_json(chosen), Origin.CHOSEN)
    if last and list(last[0]) == list(columns):
        return Proposal(Mapping.from_json(last[1]), Origin.LAST)
    layout = profiles.recognised(columns, inspection)
    if layout:
        return Proposal(layout.mapping(columns, inspection), Origin.LAYOUT, layout.title)
    return Proposal(_certain(Found(columns, inspection)), Origin.FILE)


def _certain(found: Found) -> Mapping:
    """Return the one column of dates whose order is clear."""
    dates = [one["name"] for one in found.columns if found.kind(one["name"]) is ColumnKind.DATE]
    order = found.sure_order(dates[0]) if len(dates) == 1 else None
    return Mapping((Column(dates[0], Role.DATE, order=order),) if order else ())

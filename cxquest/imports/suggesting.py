"""What is chosen beforehand for the columns of a file: only what leaves no doubt."""

from collections.abc import Mapping as Pairs
from collections.abc import Sequence
from dataclasses import dataclass, replace
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

    @property
    def has_answers(self) -> bool:
        """Whether a column is a comment or a rating: a file without either is not taken."""
        return bool(self.mapping.of(Role.COMMENT, Role.RATING))


def proposal(
    columns: Sequence[Pairs[str, Any]],
    inspection: Pairs[str, Any],
    chosen: Pairs[str, Any],
    last: tuple[Sequence[Any], Pairs[str, Any]] | None,
) -> Proposal:
    """Return what was chosen for this file; else the source's last mapping where the columns are
    the same; else that of a known layout; else what the file itself leaves no doubt of. Of the
    last two, columns of contact data that nobody has chosen for anything are not kept.

    `last` are the columns and the mapping of the source's last file.
    """
    if chosen:
        return Proposal(Mapping.from_json(chosen), Origin.CHOSEN)
    if last and list(last[0]) == list(columns):
        return Proposal(Mapping.from_json(last[1]), Origin.LAST)
    layout, found = profiles.recognised(columns, inspection), Found(columns, inspection)
    if layout:
        known = _guarded(found, layout.mapping(columns, inspection))
        return Proposal(known, Origin.LAYOUT, layout.title)
    return Proposal(_guarded(found, _certain(found)), Origin.FILE)


def texts(found: Found) -> list[str]:
    """Return the columns that hold free texts, other than names and addresses."""
    return [
        one["name"]
        for one in found.columns
        if found.kind(one["name"]) is ColumnKind.TEXT
        and not found.contact(one["name"])
        and not profiles.asks_who(one["title"])
    ]


def wordiest(found: Found) -> str:
    """Return the column of free texts with the longest one, empty without any."""
    return max(texts(found), key=lambda name: int(found.about(name)["longest"]), default="")


def _certain(found: Found) -> Mapping:
    """Return the one column of dates whose order is clear, and the one of free texts."""
    dates = [one["name"] for one in found.columns if found.kind(one["name"]) is ColumnKind.DATE]
    order = found.sure_order(dates[0]) if len(dates) == 1 else None
    words = texts(found)
    sure = [Column(dates[0], Role.DATE, order=order)] if order else []
    sure += [Column(words[0], Role.COMMENT)] if len(words) == 1 else []
    return Mapping(tuple(sure))


def _guarded(found: Found, mapping: Mapping) -> Mapping:
    """Return the mapping with what it leaves as contact data where it looks like that."""
    taken = {column.name for column in mapping.columns}
    names = [one["name"] for one in found.columns if one["name"] not in taken]
    contacts = [Column(name, Role.CONTACT) for name in names if found.contact(name)]
    return replace(mapping, columns=(*mapping.columns, *contacts))

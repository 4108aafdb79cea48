"""What the columns of a file are: comments, ratings with their scales, a date with its order."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.tables.dates import DateOrder

SCALE_ENDS = Decimal(1_000_000)


class Role(StrEnum):
    """What a column is. One that is nothing else is kept among the original cells."""

    KEEP = "keep"
    COMMENT = "comment"
    RATING = "rating"
    EXTERNAL_ID = "external_id"
    DATE = "date"
    STAGE = "stage"
    LANGUAGE = "language"
    CONTACT = "contact"
    CONSENT = "consent"


# Of these a submission has one.
SINGLE = (Role.EXTERNAL_ID, Role.DATE, Role.STAGE, Role.LANGUAGE, Role.CONSENT)


@dataclass(frozen=True)
class Scale:
    """The ends of a rating's scale, and which of them is the best."""

    low: Decimal
    high: Decimal
    best_is_high: bool = True


@dataclass(frozen=True)
class Column:
    """A column with its role; a date has its order, a rating its scale and its decimal sign.

    `question` is what the customer was asked; the column's name where it is empty.
    """

    name: str
    role: Role
    question: str = ""
    order: DateOrder | None = None
    scale: Scale | None = None
    decimal: str = "."

    @property
    def asked(self) -> str:
        """What the customer was asked."""
        return self.question or self.name


@dataclass(frozen=True)
class Mapping:
    """Which columns of a file are what; the others are kept as they stand.

    `by_id` says whether rows are told apart by the column of the source's own id.
    """

    columns: tuple[Column, ...] = ()
    by_id: bool = True

    def of(self, *roles: Role) -> list[Column]:
        """Return the columns of these roles, in the file's order."""
        return [column for column in self.columns if column.role in roles]

    def one(self, role: Role) -> Column | None:
        """Return the column of a role that a submission has one of."""
        return next(iter(self.of(role)), None)

    def as_json(self) -> dict[str, Any]:
        """Return the mapping as it is kept with its source."""
        return {"columns": [_column_json(one) for one in self.columns], "by_id": self.by_id}

    @classmethod
    def from_json(cls, kept: Pairs[str, Any]) -> "Mapping":
        """Return the mapping that was kept; nothing is mapped where nothing was."""
        columns = tuple(_column(one) for one in kept.get("columns", ()))
        return cls(columns, kept.get("by_id", True))


def mapped(
    *,
    comments: Iterable[str] = (),
    ratings: Iterable[str] = (),
    scale: Scale | None = None,
    external_id: str = "",
    date: str = "",
    order: DateOrder | None = None,
    stage: str = "",
) -> Mapping:
    """Return the mapping of a plain file, whose ratings are all on one scale."""
    columns = [Column(name, Role.COMMENT) for name in comments]
    columns += [Column(name, Role.RATING, scale=scale) for name in ratings]
    for name, role in ((external_id, Role.EXTERNAL_ID), (stage, Role.STAGE)):
        columns += [Column(name, role)] if name else []
    columns += [Column(date, Role.DATE, order=order)] if date else []
    return Mapping(tuple(columns))


def checked(mapping: Mapping, header: Sequence[str]) -> Mapping:
    """Return the mapping with the file's own spelling of its columns, in the file's order.

    Raises BadInput where a column is not in the file or is mapped twice, where two are one
    thing, where nothing is a comment or a rating, or where a date has no order or a rating
    no scale.
    """
    known = {_plain(name): name for name in header}
    missing = next((c.name for c in mapping.columns if _plain(c.name) not in known), None)
    if missing is not None:
        raise BadInput(
            _("The file has no column “%(name)s”. Its columns are: %(header)s."),
            field="columns",
            name=missing,
            header=", ".join(header),
        )
    spelled = [replace(column, name=known[_plain(column.name)]) for column in mapping.columns]
    found = replace(mapping, columns=tuple(sorted(spelled, key=lambda c: header.index(c.name))))
    _refuse_twice(found)
    _refuse_incomplete(found)
    return found


def scale(text: str, *, best_is_high: bool = True) -> Scale:
    """Read a scale such as 1-5, 0 to 10 or -5..5. Raises BadInput."""
    found = re.fullmatch(r"\s*(-?[0-9.]+)\s*(?:-|–|to|\.\.|:)\s*(-?[0-9.]+)\s*", text)
    try:
        low, high = (Decimal(end.strip(".")) for end in found.groups()) if found else (None, None)
    except InvalidOperation:
        low = high = None
    if low is None or high is None or not -SCALE_ENDS <= low < high <= SCALE_ENDS:
        raise BadInput(
            _("“%(scale)s” is not a scale. Write its lowest and highest value, such as 1-5."),
            field="scale",
            scale=text,
        )
    return Scale(low, high, best_is_high)


def _refuse_twice(mapping: Mapping) -> None:
    often = Counter(column.name for column in mapping.columns)
    twice = next((name for name, n in often.items() if n > 1), None)
    if twice is not None:
        raise BadInput(_("The column “%(name)s” is mapped twice."), field="columns", name=twice)
    for role in SINGLE:
        columns = mapping.of(role)
        if len(columns) > 1:
            raise BadInput(
                _("Two columns are chosen for one thing: %(columns)s. Keep one of them."),
                field=f"role:{columns[1].name}",
                columns=", ".join(column.name for column in columns),
            )


def _refuse_incomplete(mapping: Mapping) -> None:
    if not mapping.of(Role.COMMENT, Role.RATING):
        raise BadInput(
            _("Say which column holds the customers' words, or a rating."), field="columns"
        )
    for column in mapping.columns:
        if column.role is Role.DATE and column.order is None:
            text = _("Choose in which order “%(name)s” writes year, month and day.")
            raise BadInput(text, field=f"order:{column.name}", name=column.name)
        if column.role is Role.RATING and column.scale is None:
            text = _("Say the lowest and the highest value of “%(name)s”.")
            raise BadInput(text, field=f"low:{column.name}", name=column.name)


def _column_json(column: Column) -> dict[str, Any]:
    kept: dict[str, Any] = {"name": column.name, "role": column.role.value}
    if column.question:
        kept["question"] = column.question
    if column.order:
        kept["order"] = column.order.value
    if column.scale:
        low, high = str(column.scale.low), str(column.scale.high)
        kept |= {"low": low, "high": high, "best_is_high": column.scale.best_is_high}
    if column.decimal != ".":
        kept["decimal"] = column.decimal
    return kept


def _column(kept: Pairs[str, Any]) -> Column:
    on = None
    if "low" in kept:
        on = Scale(Decimal(kept["low"]), Decimal(kept["high"]), kept["best_is_high"])
    return Column(
        kept["name"],
        Role(kept["role"]),
        kept.get("question", ""),
        DateOrder(kept["order"]) if "order" in kept else None,
        on,
        kept.get("decimal", "."),
    )


def _plain(name: str) -> str:
    return " ".join(name.split())

"""What waits for a person: each kind is a select of the same columns, all are one statement."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import Session

from cxquest.core.db import UTCDateTime

COLUMNS = {
    "key": sa.Integer,
    "part": sa.Integer,
    "title": sa.Text,
    "detail": sa.Text,
    "day": sa.Date,
    "since": UTCDateTime,
}


class Waiting(NamedTuple):
    """Something that waits: of what kind, what, a part of it, and by which day or since when."""

    kind: str
    key: int
    part: int | None
    title: str
    detail: str | None
    day: date | None
    since: datetime | None


def of_kind(kind: str, **columns: Any) -> Select[Any]:
    """Return a select of `columns` by the names of Waiting; those not given are empty.

    It has no FROM of its own: the caller joins and narrows it.
    """
    typed: Iterable[ColumnElement[Any]] = (
        sa.cast(columns.get(name, sa.null()), kind_of).label(name)
        if name not in columns or kind_of is sa.Text
        else columns[name].label(name)
        for name, kind_of in COLUMNS.items()
    )
    return sa.select(sa.literal(kind, sa.Text).label("kind"), *typed)


def found(session: Session, *kinds: Select[Any]) -> list[Waiting]:
    """Return what waits, by its day, else since when, the soonest and oldest first."""
    every = sa.union_all(*kinds)
    order: list[ColumnElement[Any]] = [
        sa.nulls_last(sa.column(name)) for name in ("day", "since", "key", "part")
    ]
    return [Waiting(*row) for row in session.execute(every.order_by(*order))]

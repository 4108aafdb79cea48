"""Readings that are offered, one by one or many at once, and why one is refused. Pure."""

import dataclasses
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Given:
    """A value of the period in which `day` lies, on `n` cases.

    `reason` says why it is another one than before, where that is so.
    """

    day: date
    value: Decimal
    n: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Offered:
    """A reading at its place: the line of a file, or where it stands in a call."""

    place: int
    given: Given


@dataclass(frozen=True)
class Refused:
    """Why the reading at a place is not taken; `text` is filled with `values`."""

    place: int
    field: str
    text: str
    values: dict[str, Any] = dataclasses.field(default_factory=dict)

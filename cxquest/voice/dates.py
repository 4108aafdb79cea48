"""Dates as files write them: read in the order that a person chose, never in a guessed one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DateOrder(StrEnum):
    """In which order a column writes year, month and day."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


SHAPE = re.compile(
    r"(?P<first>[0-9]{1,4})\s?(?P<sign>[-/.])\s?(?P<second>[0-9]{1,2})\s?(?P=sign)\s?"
    r"(?P<third>[0-9]{1,4})\.?(?P<time>[T\s,]+[0-9]{1,2}[:.][0-9]{2}.*)?",
    re.DOTALL,
)


@dataclass(frozen=True)
class Reading:
    """How many of some texts are a date in one order.

    `ambiguous` counts those that are another day in another order.
    """

    order: DateOrder
    parsed: int
    ambiguous: int
    earliest: date | None
    latest: date | None


def parsed(text: str, order: DateOrder) -> date | None:
    """Return the day that `text` writes in `order`, None where it writes none.

    A year has four digits, or two at the end of the date (69 to 99 are of the last
    century); a time after it is passed over, in whatever zone.
    """
    found = SHAPE.fullmatch(text.strip())
    if found is None:
        return None
    parts = found.group("first", "second", "third")
    year, month, day = (parts[order.value.index(letter)] for letter in "ymd")
    if len(year) not in (2, 4) or (len(year) == 2 and order is DateOrder.YMD) or len(day) > 2:
        return None
    if len(month) > 2:
        return None
    try:
        return date(_whole_year(year), int(month), int(day))
    except ValueError:
        return None


def readings(texts: Iterable[str]) -> list[Reading]:
    """Try every order on the texts that are not blank."""
    columns: dict[DateOrder, list[date | None]] = {order: [] for order in DateOrder}
    for text in texts:
        for order, days in columns.items():
            days.append(parsed(text, order))
    return [_reading(order, columns) for order in DateOrder]


def _reading(order: DateOrder, columns: dict[DateOrder, list[date | None]]) -> Reading:
    known = [day for day in columns[order] if day is not None]
    ambiguous = sum(
        len({day for day in days if day is not None}) > 1 and own is not None
        for own, *days in zip(columns[order], *columns.values(), strict=True)
    )
    return Reading(order, len(known), ambiguous, min(known, default=None), max(known, default=None))


def _whole_year(year: str) -> int:
    short = int(year)
    if len(year) == 4:
        return short
    return short + (1900 if short >= 69 else 2000)

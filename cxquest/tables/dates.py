"""Dates as files write them: read in the order that a person chose, never in a guessed one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from cxquest.core.errors import marked as _


class DateOrder(StrEnum):
    """In which order a column writes year, month and day."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


LONGEST = 60
TIME = r"(?:(?:T|[\s,]+|\s+at\s+)[0-9]{1,2}(?:[:.][0-9]{2}.*|\s?[AaPp][Mm])|Z)?"
SHAPE = re.compile(
    r"(?P<first>[0-9]{1,4})\s?(?P<sign>[-/.])\s?(?P<second>[0-9]{1,2})\s?(?P=sign)\s?"
    rf"(?P<third>[0-9]{{1,4}})\.?{TIME}",
    re.DOTALL,
)
COMPACT = re.compile(r"(?P<digits>[0-9]{8})(?:T?[0-9]{4}(?:[0-9]{2})?Z?|" + TIME + ")", re.DOTALL)
DAY_OF_WEEK = r"(?:[^\W\d_]{2,10}\.?,?\s+)?"
NAMED = re.compile(
    rf"{DAY_OF_WEEK}(?:(?P<month>[^\W\d_]{{3,10}})\.?\s+(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?"
    rf"|(?P<day2>[0-9]{{1,2}})(?:st|nd|rd|th|\.)?[-\s/]\s*(?:de\s+)?(?P<month2>[^\W\d_]{{3,10}})"
    rf"\.?,?(?:\s+de)?)[-\s/]\s*(?P<year>[0-9]{{4}}|[0-9]{{2}}){TIME}",
    re.DOTALL,
)
SERIAL = re.compile(r"(?P<days>[0-9]{1,7})(?:\.[0-9]+)?")
EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets, right from 1 March 1900 on
FIRST_SERIAL, LAST_SERIAL = 61, 2_958_465
MONTHS = (
    "jan january januar jänner janvier janv enero ene gennaio gen januari janeiro",
    "feb february februar février févr fév febrero febbraio februari fevereiro fev",
    "mar march märz mär mrz mars marzo maart mrt março",
    "apr april avril avr abril abr aprile",
    "may mai mayo maggio mag mei maio",
    "jun june juni juin junio giugno giu junho",
    "jul july juli juillet juil julio luglio lug julho",
    "aug august août aoû agosto ago augustus",
    "sep sept september septembre septiembre settembre set setembro",
    "oct october oktober okt octobre octubre ottobre ott outubro out",
    "nov november novembre noviembre novembro",
    "dec december dezember dez décembre déc diciembre dic dicembre dezembro",
)
MONTH = {name: number for number, names in enumerate(MONTHS, 1) for name in names.split()}
NO_DATES = {date(1970, 1, 1), date(1900, 1, 1), date(1899, 12, 30), date(1899, 12, 31)}
OLDEST = 1990

NO_DATE = _("This is a date that programs write where there is none. It is kept as it came.")
TO_COME = _("This date is in the future.")
LONG_AGO = _("This date is before 1990.")

Days = tuple[date | None, date | None, date | None]
NONE: Days = (None, None, None)
ORDERS = tuple(DateOrder)


@dataclass(frozen=True)
class Reading:
    """How many of some texts are a date in one order.

    `ambiguous` counts those that are another day in another order, `impossible` those that
    are no date in this one. Blank texts are not counted.
    """

    order: DateOrder
    parsed: int
    ambiguous: int
    earliest: date | None
    latest: date | None
    impossible: int = 0

    def as_json(self) -> dict[str, str | int]:
        """Return the reading with ISO dates, "" where there is none."""
        return {
            "order": self.order.value,
            "parsed": self.parsed,
            "ambiguous": self.ambiguous,
            "impossible": self.impossible,
            "earliest": self.earliest.isoformat() if self.earliest else "",
            "latest": self.latest.isoformat() if self.latest else "",
        }


def parsed(text: str, order: DateOrder, *, serials: bool = False) -> date | None:
    """Return the day that `text` writes in `order`, None where it writes none.

    A year has four digits, or two at the end of the date (69 to 99 are of the last
    century); a time after it is passed over, in whatever zone. A named month reads the same
    in every order. `serials` takes a spreadsheet's count of days too.
    """
    day = days(text.strip())[ORDERS.index(order)]
    return _serial(text.strip()) if day is None and serials else day


@lru_cache(maxsize=8192)
def days(text: str) -> Days:
    """Return the day that a text without outer spaces writes in each order."""
    if not text or len(text) > LONGEST:
        return NONE
    found = SHAPE.fullmatch(text)
    if found:
        return _ordered(found.group("first", "second", "third"))
    found = COMPACT.fullmatch(text)
    if found:
        return _compact(found["digits"])
    found = NAMED.fullmatch(text)
    return _named(found) if found else NONE


def _ordered(parts: tuple[str, ...]) -> Days:
    ymd, dmy, mdy = (_in_order(parts, order) for order in ORDERS)
    return ymd, dmy, mdy


def _in_order(parts: tuple[str, ...], order: DateOrder) -> date | None:
    year, month, day = (parts[order.value.index(letter)] for letter in "ymd")
    if len(year) not in (2, 4) or (len(year) == 2 and order is DateOrder.YMD):
        return None
    return _day(year, month, day) if len(day) <= 2 and len(month) <= 2 else None


def _compact(digits: str) -> Days:
    """Read eight digits; the year must be of the last or of this century."""
    ymd = _ordered((digits[:4], digits[4:6], digits[6:]))[0]
    _none, dmy, mdy = _ordered((digits[:2], digits[2:4], digits[4:]))
    kept = [day if day and 1900 <= day.year < 2100 else None for day in (ymd, dmy, mdy)]
    return kept[0], kept[1], kept[2]


def _named(found: re.Match[str]) -> Days:
    month = MONTH.get((found["month"] or found["month2"]).lower())
    if month is None:
        return NONE
    day = _day(found["year"], str(month), found["day"] or found["day2"])
    return day, day, day


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(_whole_year(year), int(month), int(day))
    except ValueError:
        return None


def _whole_year(year: str) -> int:
    short = int(year)
    if len(year) == 4:
        return short
    return short + (1900 if short >= 69 else 2000)


def _serial(text: str) -> date | None:
    found = SERIAL.fullmatch(text)
    count = int(found["days"]) if found else 0
    return EPOCH + timedelta(days=count) if FIRST_SERIAL <= count <= LAST_SERIAL else None


def doubtful(day: date, today: date) -> str:
    """Return why a day is hardly the one that was meant, "" where nothing speaks against it."""
    if day in NO_DATES:
        return NO_DATE
    if day > today:
        return TO_COME
    return LONG_AGO if day.year < OLDEST else ""


class Readings:
    """Counts, text by text, how a column's dates read in each order."""

    def __init__(self) -> None:
        self.texts = 0
        self._parsed = [0, 0, 0]
        self._ambiguous = [0, 0, 0]
        self._earliest = [date.max] * 3
        self._latest = [date.min] * 3

    def add(self, text: str) -> None:
        """Count one cell; a blank one is passed over."""
        text = text.strip()
        if not text:
            return
        self.texts += 1
        found = days(text)
        several = len({day for day in found if day}) > 1
        for place, day in enumerate(found):
            if day:
                self._parsed[place] += 1
                self._ambiguous[place] += several
                self._earliest[place] = min(self._earliest[place], day)
                self._latest[place] = max(self._latest[place], day)

    def found(self) -> list[Reading]:
        """Return the counts of each order."""
        return [self._reading(place, order) for place, order in enumerate(ORDERS)]

    def _reading(self, place: int, order: DateOrder) -> Reading:
        count = self._parsed[place]
        return Reading(
            order,
            count,
            self._ambiguous[place],
            self._earliest[place] if count else None,
            self._latest[place] if count else None,
            self.texts - count,
        )


def readings(texts: Iterable[str]) -> list[Reading]:
    """Try every order on the texts that are not blank, in one pass."""
    column = Readings()
    for text in texts:
        column.add(text)
    return column.found()

"""Periods as files write them: a day in a chosen order, a month, a week. Pure."""

import re
from collections.abc import Iterable
from datetime import date

from cxquest.tables import dates
from cxquest.tables.dates import DateOrder

MONTHS = (
    re.compile(r"(?P<year>[0-9]{4})(?:[-/. ]?M|[-/. ])(?P<month>0?[1-9]|1[0-2])", re.IGNORECASE),
    re.compile(r"(?P<year>[0-9]{4})(?P<month>0[1-9]|1[0-2])"),
    re.compile(r"(?P<month>0?[1-9]|1[0-2])[-/. ](?P<year>[0-9]{4})"),
)
NAMED = re.compile(r"(?P<name>[^\W\d_]{3,10})\.?[-/,\s]*(?P<year>[0-9]{4})")
WEEKS = (
    re.compile(r"(?P<year>[0-9]{4})[-/ ]?(?:W|KW|wk|CW)[-/ ]?(?P<week>[0-9]{1,2})", re.IGNORECASE),
    re.compile(
        r"(?:W|KW|wk|CW)\.?[-/ ]?(?P<week>[0-9]{1,2})[-/ ](?P<year>[0-9]{4})", re.IGNORECASE
    ),
)
FIRST, LAST = 1900, 2200


def whole(text: str, period: str) -> date | None:
    """Return the first day of the month or of the week (ISO 8601) that a text names.

    None where it names none, or no period of this kind: a month is no week.
    """
    text = text.strip()
    found = {"month": _month, "week": _week}.get(period, _nothing)(text)
    return found if found and FIRST <= found.year <= LAST else None


def day(text: str, order: DateOrder, period: str) -> date | None:
    """Return a day of the period that a text writes, with days in this order."""
    found = whole(text, period) or dates.parsed(text, order, serials=True)
    return found if found and FIRST <= found.year <= LAST else None


def orders(texts: Iterable[str], period: str) -> list[DateOrder]:
    """Return the orders in which the texts can be meant; only one where all of these say the same.

    What reads the most of them can be meant: a row or two that it does not read are mistakes.
    """
    told = [text for text in texts if text.strip() and whole(text, period) is None]
    found = dates.readings(told)
    most = max(one.parsed for one in found)
    best = [one for one in found if one.parsed == most]
    if not any(one.ambiguous for one in best):
        return [best[0].order]
    return [one.order for one in best]


def _nothing(_text: str) -> None:
    return None


def _month(text: str) -> date | None:
    for shape in MONTHS:
        found = shape.fullmatch(text)
        if found:
            return _first(found["year"], int(found["month"]))
    named = NAMED.fullmatch(text)
    number = dates.MONTH.get(named["name"].lower()) if named else None
    return _first(named["year"], number) if named and number else None


def _first(year: str, month: int) -> date | None:
    return date(int(year), month, 1) if int(year) else None


def _week(text: str) -> date | None:
    for shape in WEEKS:
        found = shape.fullmatch(text)
        if found:
            try:
                return date.fromisocalendar(int(found["year"]), int(found["week"]), 1)
            except ValueError:
                return None
    return None

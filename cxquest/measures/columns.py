"""The columns of a file of readings: what is found in them, what leaves no doubt. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxquest.measures import period_cells
from cxquest.tables import numbers
from cxquest.tables.dates import DateOrder

EXAMPLES = 3
MOSTLY = 0.6
WORDS = {
    "day": r"x|period|date|day|week|month|datum|tag|woche|monat|zeitraum|jour|semaine|mois|"
    r"période|periode|fecha|semana|mes|dag|maand|kw",
    "n": r"n|of|out of|total|totals|base|denominator|volume|all|gesamt|nenner|grundgesamtheit|"
    r"alle|totaal|dénominateur|cases|fälle|orders|contacts",
    "count": r"count|counts|number|numerator|events|anzahl|zähler|nombre|numérateur|aantal|teller",
    "value": r"y|value|figure|result|rate|share|percent|wert|ergebnis|quote|anteil|valeur|taux|"
    r"part|waarde|aandeel|valor|reading|mean|median",
}
NAMES = {key: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for key, words in WORDS.items()}


@dataclass(frozen=True)
class Columns:
    """Which column of a file is what. `figure` holds values, or counts where `counted`."""

    day: str
    figure: str
    n: str = ""
    order: DateOrder = DateOrder.YMD
    decimal: str = "."
    counted: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return {**vars(self), "order": self.order.value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Columns":
        """Return what `as_json` gave."""
        return cls(**{**stored, "order": DateOrder(stored["order"])})


def looked_at(name: str, cells: Sequence[str], period: str) -> dict[str, Any]:
    """Return what is found in a column, as JSON can hold it.

    `orders` are those in which its days can be meant, `decimals` the signs with which its
    numbers can be; more than one where nobody but the sender can tell.
    """
    held = [cell.strip() for cell in cells if cell.strip()]
    orders = period_cells.orders(held, period)
    periods = sum(period_cells.day(cell, orders[0], period) is not None for cell in held)
    read = {sign: [numbers.number(cell, sign) for cell in held] for sign in ".,"}
    fits = {sign: len(held) - found.count(None) for sign, found in read.items()}
    return {
        "name": name,
        "examples": [cell[:60] for cell in dict.fromkeys(held[:200])][:EXAMPLES],
        "filled": len(held),
        "periods": periods,
        "orders": [order.value for order in orders],
        "numbers": max(fits.values()),
        "decimals": _signs(read, fits),
    }


def _signs(read: Mapping[str, list[Any]], fits: Mapping[str, int]) -> list[str]:
    if fits["."] != fits[","]:
        return ["."] if fits["."] > fits[","] else [","]
    return ["."] if read["."] == read[","] else [".", ","]


def proposed(columns: Sequence[Mapping[str, Any]], *, sized: bool) -> dict[str, str]:
    """Return the likely columns by what they are to be; a share or a rate is `sized`.

    A name decides before what stands below it; what stays open is left out.
    """
    found: dict[str, str] = {}
    days = [one for one in columns if _mostly(one, "periods") and not _is_count(one)]
    _choose(found, "day", days or [one for one in columns if _mostly(one, "periods")])
    figures = [
        one for one in columns if _mostly(one, "numbers") and one["name"] != found.get("day")
    ]
    if sized:
        _choose(found, "n", [one for one in figures if NAMES["n"].search(one["name"])])
    rest = [one for one in figures if one["name"] != found.get("n")]
    counts = [one for one in rest if NAMES["count"].search(one["name"])]
    values = [one for one in rest if NAMES["value"].search(one["name"])]
    if sized and counts:
        _choose(found, "figure", counts)
        found["figure_is"] = "count"
    else:
        _choose(found, "figure", values or rest)
    return found


def _choose(found: dict[str, str], key: str, among: Sequence[Mapping[str, Any]]) -> None:
    """Take the one whose name says so, or the only one there is."""
    named = [one for one in among if key in NAMES and NAMES[key].search(one["name"])]
    if named or len(among) == 1 or (among and key != "day"):
        found[key] = str((named or among)[0]["name"])


def _mostly(column: Mapping[str, Any], kind: str) -> bool:
    return bool(column["filled"]) and column[kind] >= MOSTLY * column["filled"]


def _is_count(column: Mapping[str, Any]) -> bool:
    """Whether numbers are likelier than the days that a spreadsheet counts."""
    return bool(column["numbers"] == column["filled"] and not NAMES["day"].search(column["name"]))

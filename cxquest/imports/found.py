"""What was found in a file's first rows, column by column: read from what the run keeps of it."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from cxquest.tables.columns import ColumnKind
from cxquest.tables.dates import DateOrder
from cxquest.voice.masking import EMAIL, PHONE, masked

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
BARE = re.compile(r"[0-9]+")
NUMBERED = re.compile(
    r"phone|tele?fon|mobil|(?<![a-z])(?:tel|cell|fax|whatsapp|handy)(?![a-z])|"
    r"téléphone|teléfono|móvil|portable|cellulare|telemóvel|puhelin",
    re.IGNORECASE,
)
BESIDE = 4  # words beside an address at most, as a name is; more are a text that mentions one


class Contact(StrEnum):
    """What kind of contact data the cells of a column are."""

    EMAIL = "email"
    PHONE = "phone"


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

    def contact(self, name: str) -> Contact | None:
        """Return what contact data most examples of a column are, None where they are none.

        Digits in one piece are order numbers as often: there the column's name has to say it.
        """
        examples = self.about(name).get("examples", ())
        if self.kind(name) is ColumnKind.DATE:
            return None
        said = NUMBERED.search(f"{name} {self._title(name)}") is not None
        told = [_contact(text, said) for text in examples]
        return next((one for one in Contact if told.count(one) * 2 > len(told)), None)

    def shows_addresses(self, name: str) -> bool:
        """Say whether one of a column's examples is an e-mail address."""
        return any(ADDRESS.fullmatch(text) for text in self.about(name).get("examples", ()))

    def _title(self, name: str) -> str:
        return next((str(one["title"]) for one in self.columns if one["name"] == name), "")

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


def _contact(text: str, says_phone: bool) -> Contact | None:
    """Return what contact data a cell is, beside which stands a name at most."""
    hidden = masked(text)
    rest = hidden.replace(EMAIL, " ").replace(PHONE, " ").split()
    if len(rest) > BESIDE:
        return None
    if EMAIL in hidden and EMAIL not in text:
        return Contact.EMAIL
    if BARE.fullmatch(text.strip()):
        return Contact.PHONE if says_phone and len(text.strip()) >= 7 else None
    return Contact.PHONE if PHONE in hidden and PHONE not in text else None

"""Whether a column can tell rows apart: ids that a spreadsheet or an export has damaged."""

import re
from array import array

from cxquest.core.errors import marked as _

SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,3}")
LONG_NUMBER = re.compile(r"[1-9][0-9]{15,}(?:\.0)?")
ZEROS = re.compile(r"[1-9][0-9]{14}0+(?:\.0)?")
FEW = 0.5  # of the rows have an id of their own: fewer are no ids

PARTS, PART = 64, 100_000

EATEN = _("A spreadsheet wrote ids in scientific notation (5.70E+17): different ids look the same.")
ROUNDED = _("Long ids end in zeros: a spreadsheet kept only their first fifteen digits.")
REPEATED = _("There are far fewer different ids than rows.")
REPEATED_SOME = _("Some ids come more than once.")
BLANK = _("Some rows have no id.")
NONE = _("No row has an id.")


class Ids:
    """The verdict on a column of ids, cell by cell; eight bytes are kept of each.

    `sound` says whether rows may be told apart by it; `reasons` also names what is odd about
    a column that may serve.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.blank = 0
        self.scientific = 0
        self.long = 0
        self.rounded = 0
        self._hashes = array("q")
        self._counted = (-1, 0)

    def add(self, text: str) -> None:
        """Count one cell."""
        text = text.strip()
        self.rows += 1
        if not text:
            self.blank += 1
            return
        self._hashes.append(hash(text))
        if text[0].isdecimal():
            self.scientific += SCIENTIFIC.fullmatch(text) is not None
            if len(text) > 15 and LONG_NUMBER.fullmatch(text):
                self.long += 1
                self.rounded += ZEROS.fullmatch(text) is not None

    @property
    def distinct(self) -> int:
        """How many different ids there are."""
        if self._counted[0] != self.rows:
            self._counted = (self.rows, distinct(self._hashes))
        return self._counted[1]

    @property
    def sound(self) -> bool:
        """Whether every id stands for one thing."""
        return not self._unsound()

    @property
    def reasons(self) -> list[str]:
        """What is wrong, or odd, about the ids."""
        odd = [BLANK] if self.blank and self.blank < self.rows else []
        held = len(self._hashes)
        if REPEATED not in self._unsound() and self.distinct < held:
            odd.append(REPEATED_SOME)
        return self._unsound() + odd

    def _unsound(self) -> list[str]:
        held = len(self._hashes)
        if not held:
            return [NONE]
        wrong = [
            (EATEN, self.scientific > 0),
            (ROUNDED, self.rounded > 1 and self.rounded * 2 > self.long and self.long * 2 > held),
            (REPEATED, held > 1 and self.distinct < FEW * held),
        ]
        return [reason for reason, holds in wrong if holds]


def distinct(hashes: "array[int]") -> int:
    """Count the different numbers of an array; of each part only a set is made at a time."""
    if len(hashes) <= PART:
        return len(set(hashes))
    parts = [array("q") for _part in range(PARTS)]
    for number in hashes:
        parts[number % PARTS].append(number)
    return sum(len(set(part)) for part in parts)

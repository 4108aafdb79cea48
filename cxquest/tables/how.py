"""How a file is to be read: what was guessed, or what a person chose instead."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _

MAX_HEADER_ROWS = 3


class Kind(StrEnum):
    """What sort of file it is."""

    DELIMITED = "delimited"
    WORKBOOK = "workbook"
    JSON = "json"


@dataclass(frozen=True)
class How:
    """How a file is read, the same each time.

    `skip` counts the records above the header, blank ones too; `header_rows` and `footer`
    count records that hold text. An empty delimiter means one column.
    """

    kind: Kind
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    skip: int = 0
    header_rows: int = 1
    footer: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.header_rows <= MAX_HEADER_ROWS or self.skip < 0 or self.footer < 0:
            raise BadInput(_("A file has no header row, or one to three of them."))
        if len(self.delimiter) > 1 or self.delimiter in ('"', "\r", "\n", "\x00"):
            raise BadInput(_("A delimiter is one character, and neither a quote nor a line end."))

    def as_json(self) -> dict[str, str | int]:
        """Return the fields as JSON can hold them."""
        return {**asdict(self), "kind": self.kind.value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "How":
        """Return what `as_json` gave. Raises BadInput for what is none of it."""
        try:
            return cls(**{**stored, "kind": Kind(stored["kind"])})
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(_("It is not known how this file is read. Send it again.")) from error

"""What every kind of file is turned into: records with their line, columns with their name."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol


class Row(NamedTuple):
    """One record.

    `line` is where it starts: a line of the text, a row of the sheet. `damaged` are the
    places of cells with bytes that could not be read, each now U+FFFD, or whose quotes had
    to be mended. `incomplete` marks a record that the end of the file, or of its JSON, cut.
    """

    line: int
    cells: list[str]
    damaged: tuple[int, ...] = ()
    incomplete: bool = False


@dataclass(frozen=True)
class Column:
    """A column: its unique name, the whole text of its header, its place from 0."""

    name: str
    title: str
    place: int


@dataclass
class LeftOut:
    """What is not among the rows.

    The titles above the header are known at once; footers and the count of blank records
    once the rows were read to the end.
    """

    titles: list[str] = field(default_factory=list)
    footers: list[str] = field(default_factory=list)
    blank: int = 0

    def as_json(self) -> dict[str, list[str] | int]:
        """Return the fields as JSON can hold them."""
        return {"titles": self.titles, "footers": self.footers, "blank": self.blank}


class Source(Protocol):
    """A file's records, blank ones and the header too, as often as they are asked for."""

    width: int

    def records(self, body: int = 0) -> Iterator[Row]:
        """Yield all records; those from line `body` on are the table's own."""
        ...


def is_blank(cells: list[str]) -> bool:
    """Say whether no cell holds more than spaces."""
    return not any(map(str.strip, cells))


def filled(cells: list[str]) -> list[int]:
    """Return the places of the cells that hold text."""
    return [place for place, cell in enumerate(cells) if cell.strip()]


def joined(cells: list[str]) -> str:
    """Return a record that is left out as one line of text."""
    return " · ".join(" ".join(cell.split()) for cell in cells if cell.strip())

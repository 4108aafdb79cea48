"""The points of a chart as an analysis notes them down, and as pages read them. Pure."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Plotted:
    """A point of a chart: its lines, None where the chart has none there, and what it is."""

    day: date
    value: float
    n: int | None
    mean: float | None
    lower: float | None
    upper: float | None
    type: str
    segment: int
    rules: tuple[str, ...]
    corrected: bool

    def as_json(self) -> list[Any]:
        """Return the point as JSON can hold it, a list for it is short."""
        day, *numbers, rules, corrected = astuple(self)
        return [day.isoformat(), *numbers, list(rules), corrected]

    @classmethod
    def from_json(cls, kept: list[Any]) -> "Plotted":
        """Return the point that `as_json` made this of."""
        day, *numbers, rules, corrected = kept
        return cls(date.fromisoformat(day), *[*numbers, tuple(rules), corrected])


def points(drawn: Mapping[str, Any]) -> list[Plotted]:
    """Return the points of a chart as an analysis holds it, oldest first."""
    return [Plotted.from_json(point) for point in drawn.get("points", [])]

"""A department's points by where they come from, without telling what one person earned."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

LEAST = 2  # people behind a line


class Earned(NamedTuple):
    """What an account earned from a source; an empty one is never named."""

    source: str
    account_id: int
    points: int


class SourceLine(NamedTuple):
    """What several people of a department earned from one source."""

    source: str
    people: int
    points: int


@dataclass(frozen=True)
class Veiled:
    """The lines that may be told, the most first, and all else together."""

    lines: tuple[SourceLine, ...]
    other: int

    @property
    def total(self) -> int:
        """The sum of all lines."""
        return self.other + sum(line.points for line in self.lines)


def veiled(earned: Iterable[Earned]) -> Veiled:
    """Return the sources that at least two people earned from, and the sum of all others.

    Where only one person stands behind the others, the smallest line joins them.
    """
    by_source: dict[str, dict[int, int]] = {}
    for source, account_id, points in earned:
        held = by_source.setdefault(source, {})
        held[account_id] = held.get(account_id, 0) + points
    groups = {s: {a: n for a, n in held.items() if n} for s, held in by_source.items()}
    told = {s: held for s, held in groups.items() if s and len(held) >= LEAST}
    rest = [held for s, held in groups.items() if s not in told]
    for source in sorted(told, key=lambda s: (sum(told[s].values()), s)):
        if len({account for held in rest for account in held}) not in range(1, LEAST):
            break
        rest.append(told.pop(source))
    lines = [SourceLine(s, len(held), sum(held.values())) for s, held in told.items()]
    return Veiled(
        tuple(sorted(lines, key=lambda line: (-line.points, line.source))),
        sum(sum(held.values()) for held in rest),
    )

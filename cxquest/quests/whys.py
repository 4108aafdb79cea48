"""The cause tree as values: its order for reading, and a lint for people's names."""

import re
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar


class Node(Protocol):
    """A why, as the tree needs to know it."""

    id: int
    parent_id: int | None


N = TypeVar("N", bound=Node)


def in_order(whys: Sequence[N]) -> list[tuple[int, N]]:
    """Return (depth, why) with every why under its parent, siblings in the order written."""
    children: dict[int | None, list[N]] = {}
    known = {why.id for why in whys}
    for why in whys:
        parent = why.parent_id if why.parent_id in known else None
        children.setdefault(parent, []).append(why)
    found: list[tuple[int, N]] = []
    waiting = [(0, why) for why in reversed(children.get(None, []))]
    while waiting:
        depth, why = waiting.pop()
        found.append((depth, why))
        waiting.extend((depth + 1, child) for child in reversed(children.get(why.id, [])))
    return found


def people_named(texts: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return the full names of people that a text mentions; a cause is never a person."""
    whole = "\n".join(texts).casefold()
    return [
        name
        for name in names
        if " " in name.strip() and re.search(rf"\b{re.escape(name.casefold())}\b", whole)
    ]

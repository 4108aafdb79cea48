"""The cause tree as values: its order, how it reads upward, and a lint for people's names."""

import re
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

TITLES = (
    "Mr|Mrs|Ms|Miss|Mister|Dr|Herr|Frau|Fräulein|Mme|Madame|Monsieur|Señor|Señora|Signor|Signora"
)
TITLED = re.compile(rf"\b(?:{TITLES})\b\.?\s+[^\W\d_a-zß-öø-ÿ][\w'’-]*")
WORD = re.compile(r"[^\W\d_][\w'’-]*")


class Node(Protocol):
    """A why, as the tree needs to know it."""

    id: int
    parent_id: int | None


class Sentence(Node, Protocol):
    """A why with its words."""

    text: str


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


def ends(whys: Sequence[N]) -> list[N]:
    """Return the whys under which no other stands, in the order written."""
    above = {why.parent_id for why in whys}
    return [why for why in whys if why.id not in above]


def deepest(whys: Sequence[N]) -> N | None:
    """Return the why that the longest chain ends with, of several the one written last."""
    ordered = in_order(whys)
    return max(ordered, key=lambda found: (found[0], found[1].id))[1] if ordered else None


def chain(whys: Sequence[N], end_id: int) -> list[N]:
    """Return the whys from the top down to `end_id`; none where that is not in the tree."""
    known = {why.id: why for why in whys}
    found: list[N] = []
    why = known.get(end_id)
    while why is not None and why not in found:
        found.append(why)
        why = known.get(why.parent_id) if why.parent_id is not None else None
    return found[::-1]


def therefore(whys: Sequence[Sentence], end_id: int, pain: str) -> list[str]:
    """Return the sentences from the why `end_id` up to the pain, to be joined by "therefore".

    Read aloud in this order, each sentence has to follow from the one before it.
    """
    return [*(why.text for why in reversed(chain(whys, end_id))), pain]


def people_named(texts: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return the full names of people that a text mentions; a cause is never a person."""
    whole = "\n".join(texts).casefold()
    return [
        name
        for name in names
        if " " in name.strip() and re.search(rf"\b{re.escape(name.casefold())}\b", whole)
    ]


def perhaps_named(text: str, names: Iterable[str]) -> list[str]:
    """Return what in a text may name a person: a name or surname we know, a title with a name.

    It only warns: a surname is often a word as well, so it counts where it has its capital.
    """
    names = list(names)
    surnames = {parts[-1] for name in names if (parts := name.split())}
    found = people_named([text], names)
    found += TITLED.findall(text)
    said = " ".join(found).casefold()
    words = dict.fromkeys(re.sub(r"['’]s$", "", word) for word in WORD.findall(text))
    found += [word for word in words if word in surnames and word.casefold() not in said]
    return found

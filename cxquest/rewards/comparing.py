"""What one rulebook changes of another: number by number, and word by word. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from fractions import Fraction
from typing import Any

from cxquest.core.errors import marked as _
from cxquest.rewards import wording
from cxquest.rewards.event_rules import EventRule, Limit
from cxquest.rewards.rulebook import Rulebook
from cxquest.rewards.wording import Said, Word

CELL = _("%(table)s: %(row)s")
GIVES, COOLS = _("“%(rule)s”: points"), _("“%(rule)s”: days until it pays again")
LIMIT, NAME = _("“%(rule)s”: limit “%(pool)s”"), _("The name of a rule")
RULE, ORDER = _("The rule “%(rule)s”"), _("The order of the rules")


class How(StrEnum):
    """How a place differs."""

    NUMBER = "number"
    WORDS = "words"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Difference:
    """A place in which two rulebooks differ: numbers or sentences, before and after."""

    place: str
    what: Said
    how: How
    before: Any = None
    after: Any = None


def differences(before: Rulebook, after: Rulebook) -> list[Difference]:
    """Return everything that `after` changes of `before`: tables first, then rules."""
    return [*_tables(before, after), *_rules(before, after)]


def _tables(before: Rulebook, after: Rulebook) -> Iterator[Difference]:
    olds, news = _cells(before), _cells(after)
    for place, (what, value) in news.items():
        old = olds[place][1]
        if old != value:
            yield Difference(place, what, How.NUMBER, old, value)


def _cells(rules: Rulebook) -> dict[str, tuple[Said, Fraction]]:
    """Return every number of the formula by its place in the document."""
    found: dict[str, tuple[Said, Fraction]] = {}
    for table in wording.TABLES:
        values: Mapping[Any, Any] = getattr(rules, table.name)
        for key, value in values.items():
            what = Said(CELL, {"table": Said(table.title), "row": Word(key.value)})
            found[f"formula.{table.name}.{key.value}"] = (what, Fraction(value))
    for name, (title, _meaning) in wording.SINGLE.items():
        found[f"formula.{name}"] = (Said(title), Fraction(getattr(rules, name)))
    return found


def _rules(before: Rulebook, after: Rulebook) -> Iterator[Difference]:
    olds, news = ({rule.id: rule for rule in rules.rules} for rules in (before, after))
    for key, old in olds.items():
        if key not in news:
            yield Difference(_place(key), _rule(old), How.REMOVED, before=wording.rule(old))
    for key, new in news.items():
        known = olds.get(key)
        if known is None:
            yield Difference(_place(key), _rule(new), How.ADDED, after=wording.rule(new))
        elif known != new:
            yield from _of_rule(known, new)
    kept = [key for key in olds if key in news]
    moved = [key for key in news if key in olds]
    if kept != moved:
        yield Difference("rules", Said(ORDER), How.WORDS, _listed(olds, kept), _listed(news, moved))


def _of_rule(old: EventRule, new: EventRule) -> Iterator[Difference]:
    if old.name != new.name:
        names = (Said("%(name)s", {"name": one.name}) for one in (old, new))
        yield Difference(_place(new.id), Said(NAME), How.WORDS, *names)
    if old.give != new.give:
        yield _number(new, GIVES, Fraction(old.give), Fraction(new.give))
    if old.after_days != new.after_days:
        yield _number(new, COOLS, Fraction(old.after_days), Fraction(new.after_days))
    before = {_like(limit): limit for limit in old.at_most}
    for limit in new.at_most:
        known = before.get(_like(limit))
        if known is not None and known.amount != limit.amount:
            yield _number(new, LIMIT, Fraction(known.amount), Fraction(limit.amount), limit.pool)
    sentences = wording.rule(old), wording.rule(new)
    if sentences[0] != sentences[1]:
        yield Difference(_place(new.id), _rule(new), How.WORDS, *sentences)


def _like(limit: Limit) -> tuple[str, ...]:
    return limit.pool, limit.unit, limit.per, limit.window


def _number(
    rule: EventRule, text: str, before: Fraction, after: Fraction, pool: str = ""
) -> Difference:
    what = Said(text, {"rule": rule.name, "pool": pool})
    return Difference(_place(rule.id), what, How.NUMBER, before, after)


def _place(key: str) -> str:
    return f"rules.{key}"


def _rule(rule: EventRule) -> Said:
    return Said(RULE, {"rule": rule.name})


def _listed(rules: Mapping[str, EventRule], keys: Sequence[str]) -> Said:
    return Said("%(names)s", {"names": " · ".join(rules[key].name for key in keys)})


@dataclass(frozen=True)
class Piece:
    """Some words of a text: in both ("same"), only before ("old") or only after ("new")."""

    how: str
    text: str


def words(before: str, after: str) -> list[Piece]:
    """Return two texts as one, word by word: what stays, what goes, what comes."""
    olds, news = (re.findall(r"\s+|[^\s,.;:()“”]+|[,.;:()“”]", text) for text in (before, after))
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(olds[a:b])))
            continue
        if b > a:
            found.append(Piece("old", "".join(olds[a:b])))
        if d > c:
            found.append(Piece("new", "".join(news[c:d])))
    return found

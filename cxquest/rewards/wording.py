"""A rulebook, a rule and a condition as plain sentences. Pure: a page translates what is said.

Sentences are English with `%(name)s` places; what fills them may be a sentence itself, the
name of a choice (`Word`), a number or text that somebody typed.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import Any

from cxquest.core.errors import marked as _
from cxquest.rewards import documents
from cxquest.rewards.catalogue import CATALOGUE, EventType, Kind
from cxquest.rewards.catalogue import Field as EventField
from cxquest.rewards.event_rules import (
    Comparison,
    Condition,
    EventRule,
    Group,
    Joint,
    Limit,
    Per,
    Unit,
    Window,
)
from cxquest.rewards.rulebook import Cause, Gate, Impact, MeasureKind, Rulebook, Work


@dataclass(frozen=True)
class Word:
    """The name of a choice; a page shows the product's word for it."""

    key: str

    def __str__(self) -> str:
        return self.key.replace("_", " ")


@dataclass(frozen=True)
class Part:
    """A part of 1; a page shows it in per cent."""

    of_one: Fraction

    def __str__(self) -> str:
        return documents.written(self.of_one)


@dataclass(frozen=True)
class Said:
    """A sentence, or a part of one; `inside` takes its first letter small."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    inside: bool = False

    def __str__(self) -> str:
        values = {name: _plain(value) for name, value in self.values.items()}
        filled = self.text % values if values else self.text
        return filled[:1].lower() + filled[1:] if self.inside else filled


def _plain(value: Any) -> str:
    return documents.written(value) if isinstance(value, Fraction) else str(value)


@dataclass(frozen=True)
class Table:
    """A table of the formula: its name in the document, title, meaning, rows; `unit` if any."""

    name: str
    title: str
    meaning: str
    rows: Sequence[str]
    whole: bool = False


TABLES = (
    Table(
        "base",
        _("Base, by size"),
        _("Points of a quest of this size, before anything multiplies them."),
        tuple(Impact),
        whole=True,
    ),
    Table(
        "share",
        _("Share of each gate"),
        _("How much of the quest's value each gate pays. The four add to 1."),
        tuple(Gate),
    ),
    Table(
        "work",
        _("Kind of work"),
        _("Multiplies by what the countermeasure does."),
        tuple(Work),
    ),
    Table(
        "cause",
        _("Depth of the cause"),
        _("Multiplies by how deep the proven cause lies."),
        tuple(Cause),
    ),
    Table(
        "weight",
        _("Weight of each measure"),
        _("How much each measure counts in the attainment of an outcome."),
        tuple(MeasureKind),
    ),
)

SINGLE: Mapping[str, tuple[str, str]] = {
    "bridge_step": (
        _("Bridge, for each further department"),
        _("Added to 1 for every further department that carries an equal part."),
    ),
    "bridge_departments": (
        _("Departments that the bridge counts"),
        _("More than so many add nothing further."),
    ),
    "attainment_floor": (
        _("Least attainment of the action metric"),
        _("Below this part of its way, an outcome pays nothing."),
    ),
    "starter_allowance": (
        _("Own points that always count"),
        _("So many points count in a season without any team outcome."),
    ),
    "individual_part": (
        _("Own points beside the team's"),
        _("Above the allowance, at most this part of the team's points."),
    ),
    "recurrence_window": (
        _("Days in which a problem can come back"),
        _("Within them, part of what the outcome paid is taken back."),
    ),
    "active_quests": (
        _("Quests that a person earns from at once"),
        _("Members of more earn from those that they joined first."),
    ),
}


def formula(rules: Rulebook) -> list[Said]:
    """Return what the formula says beside its tables."""
    return [
        Said(
            _(
                "Each further department that carries an equal part of the work adds %(step)s, "
                "up to %(departments)s departments: at most × %(most)s."
            ),
            {
                "step": rules.bridge_step,
                "departments": rules.bridge_departments,
                "most": rules.bridge_limit,
            },
        ),
        Said(
            _(
                "While the action metric has gone less than %(floor)s of its way, the outcome "
                "pays nothing."
            ),
            {"floor": Part(rules.attainment_floor)},
        ),
        Said(
            _(
                "Of a person's own awards %(allowance)s points a season count in any case; above "
                "that, at most %(part)s of what the team earned."
            ),
            {"allowance": rules.starter_allowance, "part": Part(rules.individual_part)},
        ),
        Said(
            _(
                "When the problem is back within %(days)s days, part of what the outcome paid is "
                "taken back: the sooner, the more."
            ),
            {"days": rules.recurrence_window},
        ),
        Said(
            _("A person earns from at most %(n)s active quests at once."),
            {"n": rules.active_quests},
        ),
    ]


def shared_pools(rules: Rulebook) -> Collection[str]:
    """Return the words under which more than one limit is counted."""
    used = Counter(each.pool for one in rules.rules for each in one.at_most)
    return {pool for pool, times in used.items() if times > 1}


def rule(one: EventRule, shared: Collection[str] | None = None) -> Said:
    """Return an event rule as one sentence; it names the pools in `shared`, without it all."""
    kind = CATALOGUE.get(one.when)
    parts: dict[str, Any] = {
        "event": Said(kind.title, inside=True) if kind else one.when,
        "give": one.give,
        "to": recipient(one),
        "limits": _joined([_limit(each, one, shared) for each in one.at_most], COMMA),
        "conditions": group(one.only_if, kind),
        "days": one.after_days,
    }
    return Said(_sentence(one), parts)


def _sentence(one: EventRule) -> str:
    """Return the sentence that fits what the rule has: conditions, limits, a cooling time."""
    asks = bool(one.only_if.parts) or one.only_if.joint is Joint.ANY
    return SENTENCES[(asks, bool(one.at_most), bool(one.after_days))]


SENTENCES = {
    (False, False, False): _("When %(event)s, give %(give)s points to %(to)s."),
    (False, True, False): _("When %(event)s, give %(give)s points to %(to)s, %(limits)s."),
    (False, False, True): _(
        "When %(event)s, give %(give)s points to %(to)s, and not again for %(days)s days."
    ),
    (False, True, True): _(
        "When %(event)s, give %(give)s points to %(to)s, %(limits)s, and not again for "
        "%(days)s days."
    ),
    (True, False, False): _("When %(event)s and %(conditions)s, give %(give)s points to %(to)s."),
    (True, True, False): _(
        "When %(event)s and %(conditions)s, give %(give)s points to %(to)s, %(limits)s."
    ),
    (True, False, True): _(
        "When %(event)s and %(conditions)s, give %(give)s points to %(to)s, and not again for "
        "%(days)s days."
    ),
    (True, True, True): _(
        "When %(event)s and %(conditions)s, give %(give)s points to %(to)s, %(limits)s, and not "
        "again for %(days)s days."
    ),
}


def recipient(one: EventRule) -> Said:
    """Return whom a rule pays."""
    kind = CATALOGUE.get(one.when)
    known = {each.name: each.meaning for each in kind.recipients} if kind else {}
    meaning = known.get(one.to) or RECIPIENTS.get(one.to)
    return Said(meaning) if meaning else Said("%(name)s", {"name": one.to})


RECIPIENTS = {one.name: one.meaning for kind in CATALOGUE.values() for one in kind.recipients}


COMMA, AND, OR = _("%(first)s, %(rest)s"), _("%(first)s and %(rest)s"), _("%(first)s or %(rest)s")
NOTHING = {
    Joint.ALL: _("nothing else is asked"),
    Joint.ANY: _("nothing ever fits (any of no conditions)"),
    Joint.NOT: _("nothing else is asked"),
}


def group(one: Group, kind: EventType | None) -> Said:
    """Return a group of conditions as a part of a sentence."""
    parts = [
        Said(_("(%(inner)s)"), {"inner": group(each, kind)})
        if isinstance(each, Group)
        else condition(each, kind)
        for each in one.parts
    ]
    if not parts:
        return Said(NOTHING[one.joint])
    if one.joint is Joint.NOT:
        return Said(_("none of this holds: %(parts)s"), {"parts": _joined(parts, COMMA)})
    return _joined(parts, AND if one.joint is Joint.ALL else OR)


def _joined(parts: Iterable[Said], text: str) -> Said:
    """Return parts one after the other, from the first to the last."""
    kept = list(parts)
    if not kept:
        return Said("")
    return reduce(lambda rest, first: Said(text, {"first": first, "rest": rest}), kept[::-1])


COMPARED = {
    Comparison.IS: _("%(field)s is %(value)s"),
    Comparison.IS_NOT: _("%(field)s is not %(value)s"),
    Comparison.AT_LEAST: _("%(field)s: at least %(value)s"),
    Comparison.AT_MOST: _("%(field)s: at most %(value)s"),
}
TRUE, FALSE = _("%(field)s"), _("it is not so that %(field)s")


def condition(one: Condition, kind: EventType | None) -> Said:
    """Return a comparison as a part of a sentence."""
    known = kind.field(one.field) if kind else None
    name: Any = Said(known.meaning, inside=True) if known else one.field
    if isinstance(one.value, bool) and one.comparison in (Comparison.IS, Comparison.IS_NOT):
        holds = one.value is (one.comparison is Comparison.IS)
        return Said(TRUE if holds else FALSE, {"field": name})
    return Said(COMPARED[one.comparison], {"field": name, "value": _value(one, known)})


def _value(one: Condition, known: EventField | None) -> Any:
    if isinstance(one.value, bool):
        return Said(_("yes")) if one.value else Said(_("no"))
    if isinstance(one.value, str):
        return Word(one.value)
    if known is None or not known.unit or known.kind is not Kind.NUMBER:
        return one.value
    return Said(_("%(n)s %(unit)s"), {"n": one.value, "unit": Said(known.unit)})


TIMES, POINTS = (
    _("at most %(amount)s times %(per)s %(window)s"),
    _("at most %(amount)s points %(per)s %(window)s"),
)
ONCE = _("at most once %(per)s %(window)s")
PER = {
    Per.ACCOUNT: _("per person"),
    Per.PAIR: _("per pair"),
    Per.OBJECT: _("per quest or pain point"),
    Per.THEME: _("per theme"),
}
PER_TEAM = _("per team")
IN = {
    Window.DAY: _("a day"),
    Window.WEEK: _("a week"),
    Window.SEASON: _("a season"),
    Window.EVER: _("ever"),
}
TEXT_OF_UNIT = {Unit.TIMES: TIMES, Unit.POINTS: POINTS}
TOGETHER = _("%(limit)s (counted together as “%(pool)s”)")


def _limit(one: Limit, rule: EventRule, shared: Collection[str] | None) -> Said:
    said = limit(one, team=rule.to == "team")
    if shared is not None and one.pool not in shared:
        return said
    return Said(TOGETHER, {"limit": said, "pool": one.pool})


def limit(one: Limit, *, team: bool = False) -> Said:
    """Return a limit as a part of a sentence, without the word that it is counted under."""
    once = one.unit is Unit.TIMES and one.amount == 1
    return Said(
        ONCE if once else TEXT_OF_UNIT[one.unit],
        {
            "amount": one.amount,
            "per": Said(PER_TEAM if team and one.per is Per.ACCOUNT else PER[one.per]),
            "window": Said(IN[one.window]),
        },
    )

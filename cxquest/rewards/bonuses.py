"""What event rules add to a quest, on every deed that a rule can tell from another.

A rule that pays for gates changes what a quest is worth, so the constitution's articles on
work, cause, shares and sizes are asked again of the formula and the rules together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from typing import NamedTuple

from cxquest.core.errors import marked as _
from cxquest.rewards.catalogue import GATE_PASSED, MANY
from cxquest.rewards.event_rules import EventRule, Value, conditions_of, holds
from cxquest.rewards.rulebook import Cause, Gate, Impact, Rulebook, Work

PREVENTION, DEEPER = Fraction(3, 2), Fraction(2)
NUMBERS = ("departments", "people")


@dataclass(frozen=True)
class Fault:
    """An article that the rules break together with the formula, and on what deed."""

    article: str
    rule: str
    found: Fraction
    limit: Fraction
    where: str


@dataclass(frozen=True)
class Deed:
    """A deed as rules see it: one department, nothing more reached than the least."""

    impact: Impact
    work: Work
    cause: Cause
    others: tuple[tuple[str, Fraction], ...]

    def values(self, gate: Gate) -> dict[str, Value]:
        """Return the fields that a rule reads."""
        return {
            "gate": gate.value,
            "impact": self.impact.value,
            "work": self.work.value,
            "cause": self.cause.value,
            **dict(self.others),
        }

    def __str__(self) -> str:
        return f"{self.impact} · {self.work} · {self.cause}"


def faults(rules: Rulebook) -> Iterator[Fault]:
    """Yield the first fault of each article that the rules on gates bring about."""
    on_gates = [rule for rule in rules.rules if rule.when == GATE_PASSED.name]
    if not on_gates:
        return
    seen: set[str] = set()
    for mine in ([r for r in on_gates if r.to == "team"], [r for r in on_gates if r.to != "team"]):
        if mine:
            for fault in _of(rules, mine, with_formula=mine[0].to == "team"):
                if fault.article not in seen:
                    seen.add(fault.article)
                    yield fault


def _of(rules: Rulebook, mine: list[EventRule], *, with_formula: bool) -> Iterator[Fault]:
    for others in _others(mine):
        on_gates = Bonuses(mine)
        for impact, cause in product(Impact, Cause):
            start = Deed(impact, Work.RECOVERY, cause, others)
            yield from _by_work(rules, on_gates, start, with_formula=with_formula)
        for impact, work in product(Impact, Work):
            start = Deed(impact, work, Cause.SYMPTOM, others)
            yield from _by_cause(rules, on_gates, start, with_formula=with_formula)
        if with_formula:
            yield from _by_share_and_size(rules, on_gates, others)


def _others(on_gates: list[EventRule]) -> Iterator[tuple[tuple[str, Fraction], ...]]:
    """Yield values of the numbers that rules read: both sides of each border they draw."""
    read: dict[str, set[Fraction]] = {}
    for rule in on_gates:
        for condition in conditions_of(rule.only_if):
            if condition.field in NUMBERS and isinstance(condition.value, Fraction):
                border = condition.value.__floor__()
                near = {Fraction(min(max(border + n, 0), MANY)) for n in (-1, 0, 1)}
                read.setdefault(condition.field, set()).update(near)
    for chosen in product(*(sorted(values) for values in read.values())):
        yield tuple(zip(read, chosen, strict=True))


class Bonuses:
    """What some rules add to a gate; each deed that they can tell apart is asked once."""

    def __init__(self, on_gates: Sequence[EventRule]) -> None:
        self.on_gates = on_gates
        self._known: dict[tuple[Gate, Deed], tuple[int, int]] = {}

    def added(self, gate: Gate, deed: Deed) -> tuple[int, int]:
        """Return the least and the most that the rules add to a gate of a deed.

        A rule with a limit or a cooling time may be used up, and then adds nothing.
        """
        if (gate, deed) not in self._known:
            values = deed.values(gate)
            met = [rule for rule in self.on_gates if holds(rule.only_if, values)]
            sure = sum(rule.give for rule in met if not rule.at_most and not rule.after_days)
            self._known[(gate, deed)] = (sure, sum(rule.give for rule in met))
        return self._known[(gate, deed)]


class Worth(NamedTuple):
    """What something is worth at the least, its limited rules being used up, and at the most."""

    least: Fraction
    most: Fraction


def worth(
    rules: Rulebook,
    on_gates: Bonuses,
    deed: Deed,
    gate: Gate,
    *,
    formula: Fraction = Fraction(1),
) -> Worth:
    """Return what a gate is worth to a team of one department, unrounded, with its rules.

    `formula` is how much of the formula counts: 0 leaves what the rules add.
    """
    least, most = on_gates.added(gate, deed)
    tables = rules.share[gate] * rules.work[deed.work] * rules.cause[deed.cause]
    paid = rules.base[deed.impact] * tables * formula
    return Worth(paid + least, paid + most)


def _by_work(
    rules: Rulebook, on_gates: Bonuses, start: Deed, *, with_formula: bool
) -> Iterator[Fault]:
    for gate in Gate:
        where = f"{gate} · {start.impact} · {start.cause}"
        for part in _parts(rules, gate, with_formula=with_formula):
            of = {
                work: worth(rules, on_gates, replace(start, work=work), gate, formula=part)
                for work in Work
            }
            yield from _work_faults(of, where)


def _parts(rules: Rulebook, gate: Gate, *, with_formula: bool) -> tuple[Fraction, ...]:
    """Return how much of the formula counts: of an outcome, from the floor to all of it.

    Below the floor the gate pays nothing, and then no rule adds to it.
    """
    if not with_formula:
        return (Fraction(0),)
    attained = gate in (Gate.G3, Gate.G4)
    return (Fraction(1), rules.attainment_floor) if attained else (Fraction(1),)


def _work_faults(of: Mapping[Work, Worth], where: str) -> Iterator[Fault]:
    least = of[Work.RESOLUTION].most * PREVENTION
    if of[Work.PREVENTION].least < least:
        text = _("with its rules, prevention pays at least 1.5 × what resolution pays")
        yield Fault("C1", text, of[Work.PREVENTION].least, least, where)
    for less, more in pairwise(Work):
        if of[more].least < of[less].most:
            text = _("with its rules, better work never pays less")
            yield Fault("C1", text, of[more].least, of[less].most, f"{where}: {more} < {less}")


def _by_cause(
    rules: Rulebook, on_gates: Bonuses, start: Deed, *, with_formula: bool
) -> Iterator[Fault]:
    for gate in Gate:
        where = f"{gate} · {start.impact} · {start.work}"
        for part in _parts(rules, gate, with_formula=with_formula):
            of = {
                cause: worth(rules, on_gates, replace(start, cause=cause), gate, formula=part)
                for cause in Cause
            }
            yield from _cause_faults(of, where)


def _cause_faults(of: Mapping[Cause, Worth], where: str) -> Iterator[Fault]:
    least = of[Cause.SYMPTOM].most * DEEPER
    if of[Cause.SYSTEMIC].least < least:
        text = _("with its rules, a systemic cause pays at least 2 × what a symptom pays")
        yield Fault("C2", text, of[Cause.SYSTEMIC].least, least, where)
    for less, more in pairwise(Cause):
        if of[more].least < of[less].most:
            text = _("with its rules, a deeper cause never pays less")
            yield Fault("C2", text, of[more].least, of[less].most, f"{where}: {more} < {less}")


def _by_share_and_size(
    rules: Rulebook, on_gates: Bonuses, others: tuple[tuple[str, Fraction], ...]
) -> Iterator[Fault]:
    for work, cause in product(Work, Cause):
        for part in (Fraction(1), rules.attainment_floor, Fraction(0)):
            totals: list[Worth] = []
            for impact in Impact:
                deed = Deed(impact, work, cause, others)
                first, proven = _halves(rules, on_gates, deed, part)
                least = (first.most + proven.least) * Fraction(3, 5)
                if part == 1 and proven.least < least:
                    text = _("with its rules, G3 and G4 are at least 60 % of a quest")
                    yield Fault("C3", text, proven.least, least, str(deed))
                totals.append(Worth(first.least + proven.least, first.most + proven.most))
            for (size, less), (bigger, more) in pairwise(zip(Impact, totals, strict=True)):
                if more.least <= 2 * less.most:
                    text = _("with its rules, the next size is worth more than 2 × this one")
                    where = f"{size} → {bigger} · {work} · {cause}"
                    yield Fault("C9", text, more.least, 2 * less.most, where)


def _halves(
    rules: Rulebook, on_gates: Bonuses, deed: Deed, attained: Fraction
) -> tuple[Worth, Worth]:
    """Return what the first two gates are worth, and the two that count the attainment."""
    first = [worth(rules, on_gates, deed, gate) for gate in (Gate.G1, Gate.G2)]
    proven = [worth(rules, on_gates, deed, gate, formula=attained) for gate in (Gate.G3, Gate.G4)]
    return _sum(first), _sum(proven) if attained else Worth(Fraction(0), Fraction(0))


def _sum(parts: Sequence[Worth]) -> Worth:
    least, most = zip(*parts, strict=True)
    return Worth(sum(least, Fraction(0)), sum(most, Fraction(0)))

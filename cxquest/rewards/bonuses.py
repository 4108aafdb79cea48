"""What event rules add to a quest, on every deed that a rule can tell from another.

A rule that pays for gates changes what a quest is worth, so the constitution's articles on
work, cause, shares and sizes are asked again of the formula and the rules together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from typing import NamedTuple

from cxquest.core.errors import marked as _
from cxquest.rewards import law
from cxquest.rewards.catalogue import GATE_PASSED, MANY
from cxquest.rewards.event_rules import EventRule, Value, conditions_of, holds
from cxquest.rewards.law import Breach
from cxquest.rewards.rulebook import Cause, Gate, Impact, Rulebook, Work

NUMBERS = ("departments", "people")


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

    def on(self, rung: Work | Cause) -> "Deed":
        """Return the deed with another kind of work, or another depth of its cause."""
        return replace(self, work=rung) if isinstance(rung, Work) else replace(self, cause=rung)

    def __str__(self) -> str:
        return f"{self.impact} · {self.work} · {self.cause}"


@dataclass(frozen=True)
class Ladder:
    """An article on rungs, from worst to best: the best pays so many times a lower one."""

    article: str
    rungs: tuple[Work | Cause, ...]
    lower: Work | Cause
    times: Fraction
    times_text: str
    order_text: str


LADDERS = (
    Ladder(
        "C1",
        tuple(Work),
        Work.RESOLUTION,
        law.PREVENTION,
        _("with its rules, prevention pays at least 1.5 × what resolution pays"),
        _("with its rules, better work never pays less"),
    ),
    Ladder(
        "C2",
        tuple(Cause),
        Cause.SYMPTOM,
        law.SYSTEMIC,
        _("with its rules, a systemic cause pays at least 2 × what a symptom pays"),
        _("with its rules, a deeper cause never pays less"),
    ),
)


def breaches(rules: Rulebook) -> Iterator[Breach]:
    """Yield the first breach of each article that the rules on gates bring about."""
    on_gates = [rule for rule in rules.rules if rule.when == GATE_PASSED.name]
    of_team = [rule for rule in on_gates if rule.to == "team"]
    of_members = [rule for rule in on_gates if rule.to != "team"]
    seen: set[str] = set()
    for mine, with_formula in ((of_team, True), (of_members, False)):
        for breach in _of(rules, mine, with_formula=with_formula) if mine else ():
            if breach.article not in seen:
                seen.add(breach.article)
                yield breach


def _of(rules: Rulebook, mine: list[EventRule], *, with_formula: bool) -> Iterator[Breach]:
    for others in _others(mine):
        on_gates = Bonuses(mine)
        for ladder, deed in product(LADDERS, _deeds(others)):
            if ladder.rungs[0] in (deed.work, deed.cause):  # each way up begins at the bottom
                yield from _climbed(rules, on_gates, ladder, deed, with_formula=with_formula)
        if with_formula:
            yield from _by_share_and_size(rules, on_gates, others)


def _deeds(others: tuple[tuple[str, Fraction], ...]) -> list[Deed]:
    return [Deed(*one, others) for one in product(Impact, Work, Cause)]


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


def _climbed(
    rules: Rulebook, on_gates: Bonuses, ladder: Ladder, start: Deed, *, with_formula: bool
) -> Iterator[Breach]:
    """Yield where a better rung pays too little, all else being equal."""
    rest = start.cause if ladder.rungs[0] is start.work else start.work
    for gate in Gate:
        where = f"{gate} · {start.impact} · {rest}"
        for part in _parts(rules, gate, with_formula=with_formula):
            of = {
                rung: worth(rules, on_gates, start.on(rung), gate, formula=part)
                for rung in ladder.rungs
            }
            found, limit = of[ladder.rungs[-1]].least, of[ladder.lower].most * ladder.times
            if found < limit:
                yield Breach(ladder.article, ladder.times_text, found, limit, where)
            for less, more in pairwise(ladder.rungs):
                if of[more].least < of[less].most:
                    which = f"{where}: {more} < {less}"
                    found, limit = of[more].least, of[less].most
                    yield Breach(ladder.article, ladder.order_text, found, limit, which)


def _parts(rules: Rulebook, gate: Gate, *, with_formula: bool) -> tuple[Fraction, ...]:
    """Return how much of the formula counts: of an outcome, from the floor to all of it.

    Below the floor the gate pays nothing, and then no rule adds to it.
    """
    if not with_formula:
        return (Fraction(0),)
    attained = gate in (Gate.G3, Gate.G4)
    return (Fraction(1), rules.attainment_floor) if attained else (Fraction(1),)


def _by_share_and_size(
    rules: Rulebook, on_gates: Bonuses, others: tuple[tuple[str, Fraction], ...]
) -> Iterator[Breach]:
    for work, cause in product(Work, Cause):
        for part in (Fraction(1), rules.attainment_floor, Fraction(0)):
            totals: list[Worth] = []
            for impact in Impact:
                deed = Deed(impact, work, cause, others)
                first, proven = _halves(rules, on_gates, deed, part)
                least = (first.most + proven.least) * law.PROVEN
                if part == 1 and proven.least < least:
                    text = _("with its rules, G3 and G4 are at least 60 % of a quest")
                    yield Breach("C3", text, proven.least, least, str(deed))
                totals.append(Worth(first.least + proven.least, first.most + proven.most))
            for (size, less), (bigger, more) in pairwise(zip(Impact, totals, strict=True)):
                limit = law.NEXT_SIZE * less.most
                if more.least <= limit:
                    text = _("with its rules, the next size is worth more than 2 × this one")
                    where = f"{size} → {bigger} · {work} · {cause}"
                    yield Breach("C9", text, more.least, limit, where)


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

"""The points engine: plain functions from what was done to what it is worth.

Source of every formula: docs/points.md. Arithmetic is exact and rounded once, half up, at the
end of each award.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import lcm, prod

from cxquest.rewards.rulebook import Cause, Gate, Impact, MeasureKind, Rulebook, Work

ATTAINED_GATES = (Gate.G3, Gate.G4)
WHOLE = Fraction(1)


@dataclass(frozen=True)
class Measure:
    """The frozen start of a measure, where it should be, and where it is."""

    baseline: Fraction
    target: Fraction
    observed: Fraction


@dataclass(frozen=True)
class Deed:
    """What a team did, as the engine needs to know it.

    `contributions` maps each department to the weight of its accepted contributions;
    `measures` holds the measures that were declared and have enough observations.
    """

    impact: Impact
    work: Work
    cause: Cause
    contributions: Mapping[str, Fraction]
    measures: Mapping[MeasureKind, Measure] = field(default_factory=dict)

    # What no rulebook has a say in is worked out once, however many rulebooks score the deed.
    @cached_property
    def departments(self) -> Fraction:
        """How many departments carried the work, were they to carry it evenly."""
        return effective_departments(self.contributions)

    @cached_property
    def reached(self) -> Mapping[MeasureKind, Fraction]:
        """How much of its way each measure has gone."""
        return {kind: attained(measure) for kind, measure in self.measures.items()}


@dataclass(frozen=True)
class Factor:
    """One factor of an award, with the words that explain its value."""

    name: str
    value: Fraction
    note: str = ""


@dataclass(frozen=True)
class Award:
    """Points for one gate, and the factors whose product they are the rounding of."""

    gate: Gate
    points: int
    factors: tuple[Factor, ...]


def round_half_up(value: Fraction) -> int:
    """Round to the nearest whole number, a half upwards."""
    return (value + Fraction(1, 2)).__floor__()


def effective_departments(contributions: Mapping[str, Fraction]) -> Fraction:
    """Return N = 1 / Σ p², p being each department's share; 1 when nothing was contributed.

    Raises ValueError for a negative contribution.
    """
    unit = lcm(*(weight.denominator for weight in contributions.values()))
    weights = [w.numerator * (unit // w.denominator) for w in contributions.values()]
    if any(weight < 0 for weight in weights):
        raise ValueError("a contribution is never negative")
    total = sum(weights)
    if not total:
        return Fraction(1)
    # 1 / Σ (weight / total)² in whole numbers
    return Fraction(total * total, sum(weight * weight for weight in weights))


def bridge(contributions: Mapping[str, Fraction], rules: Rulebook) -> Fraction:
    """Return 1 + step × (min(N, limit) − 1): how evenly departments carried the work."""
    return _bridge(effective_departments(contributions), rules)


def _bridge(n: Fraction, rules: Rulebook) -> Fraction:
    step, most = rules.bridge_step, rules.bridge_departments - 1
    above, below = n.numerator - n.denominator, n.denominator  # N − 1
    if above > most * below:
        above, below = most, 1
    below *= step.denominator
    return Fraction(below + step.numerator * above, below)


def attained(measure: Measure) -> Fraction:
    """Return how much of the way from baseline to target was gone, between 0 and 1.

    Serves both directions. Raises ValueError when the target is the baseline.
    """
    unit = lcm(*(one.denominator for one in (measure.baseline, measure.target, measure.observed)))
    start, end, now = (
        one.numerator * (unit // one.denominator)
        for one in (measure.baseline, measure.target, measure.observed)
    )
    if start == end:
        raise ValueError("the target is the same as the baseline")
    gone, way = (start - now, start - end) if start > end else (now - start, end - start)
    return Fraction(min(max(gone, 0), way), way)


def attainment(measures: Mapping[MeasureKind, Measure], rules: Rulebook) -> Fraction:
    """Return the weighted attainment A; 0 while the action metric is below the floor.

    A measure that is left out spreads its weight over the rest. Raises ValueError without
    the action metric.
    """
    return _attainment({kind: attained(measure) for kind, measure in measures.items()}, rules)


def _attainment(reached: Mapping[MeasureKind, Fraction], rules: Rulebook) -> Fraction:
    if MeasureKind.ACTION not in reached:
        raise ValueError("the action metric can never be left out")
    if reached[MeasureKind.ACTION] < rules.attainment_floor:
        return Fraction(0)
    gone, under_gone = _summed((rules.weight[kind], a) for kind, a in reached.items())
    weights, under_weights = _summed((rules.weight[kind], WHOLE) for kind in reached)
    return Fraction(gone * under_weights, under_gone * weights)


def _summed(pairs: Iterable[tuple[Fraction, Fraction]]) -> tuple[int, int]:
    """Return Σ weight · value as what stands above and below the line, not reduced."""
    above, below = 0, 1
    for weight, value in pairs:
        under = weight.denominator * value.denominator
        above = above * under + weight.numerator * value.numerator * below
        below *= under
    return above, below


def score(gate: Gate, deed: Deed, rules: Rulebook) -> Award:
    """Return what `gate` pays the team, with the factors that explain it."""
    names = ("base", "share", "work", "cause", "bridge", "attainment")
    notes = (
        deed.impact.value,
        gate.value,
        deed.work.value,
        deed.cause.value,
        _shares(deed.contributions),
        _reached(deed.measures),
    )
    values = factors_of(gate, deed, rules)
    factors = tuple(map(Factor, names, values, notes))
    return Award(gate, points_of(gate, deed, rules), factors)


def points_of(gate: Gate, deed: Deed, rules: Rulebook) -> int:
    """Return the points of a gate: the product of its factors, rounded once."""
    factors = factors_of(gate, deed, rules)
    above = prod(factor.numerator for factor in factors)
    below = prod(factor.denominator for factor in factors)
    return (2 * above + below) // (2 * below)  # half up, without reducing the fraction


def factors_of(gate: Gate, deed: Deed, rules: Rulebook) -> list[Fraction]:
    """Return base, share, work, cause, bridge and, at G3 and G4, the attainment."""
    factors = [
        Fraction(rules.base[deed.impact]),
        rules.share[gate],
        rules.work[deed.work],
        rules.cause[deed.cause],
        _bridge(deed.departments, rules),
    ]
    if gate in ATTAINED_GATES:
        factors.append(_attainment(deed.reached, rules))
    return factors


def allowance(team_part: int, rules: Rulebook) -> int:
    """Return how many own points may count: the starter's, or a part of the team's."""
    return max(rules.starter_allowance, (max(team_part, 0) * rules.individual_part).__floor__())


def individual_part(individual_raw: int, team_part: int, rules: Rulebook) -> int:
    """Return how many of a person's own points count beside the team's."""
    return min(individual_raw, allowance(team_part, rules))


def person_total(individual_raw: int, team_part: int, rules: Rulebook) -> int:
    """Return a person's score: the team's points in full, and their own up to the cap."""
    return team_part + individual_part(individual_raw, team_part, rules)


def taken_back(award: int, days: int, rules: Rulebook, *, self_reported: bool = False) -> int:
    """Return how much of `award` is reversed when the problem is back `days` after G3.

    award × (1 − days / window), rounded half up, and half of that when the team says so first.
    """
    if not 0 <= days < rules.recurrence_window:
        return 0
    left = 1 - Fraction(days, rules.recurrence_window)
    back = min(award, round_half_up(award * left))
    return round_half_up(Fraction(back, 2)) if self_reported else back


def _shares(contributions: Mapping[str, Fraction]) -> str:
    total = sum(contributions.values(), Fraction(0))
    if not total:
        return ""
    parts = sorted(contributions.items(), key=lambda item: (-item[1], item[0]))
    return " · ".join(f"{name} {round_half_up(100 * w / total)} %" for name, w in parts if w)


def _reached(measures: Mapping[MeasureKind, Measure]) -> str:
    return " · ".join(
        f"{kind} {float(attained(measures[kind])):.3g}" for kind in MeasureKind if kind in measures
    )

"""The constitution: what no rulebook may break, whoever writes it. See docs/points.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from cxquest.rewards.rulebook import Cause, Gate, Impact, MeasureKind, Rulebook, Work


@dataclass(frozen=True)
class Breach:
    """An article that a rulebook breaks, the rule in words, and the two numbers compared."""

    article: str
    rule: str
    found: Fraction
    limit: Fraction


def breaches(rules: Rulebook) -> list[Breach]:
    """Return every article of the constitution that the tables of `rules` break."""
    checks = (_work, _cause, _shares, _weights, _people, _multipliers, _bases)
    return [
        Breach(article, text, Fraction(found), Fraction(limit))
        for check in checks
        for article, text, holds, found, limit in check(rules)
        if not holds
    ]


Check = tuple[str, str, bool, Fraction | int, Fraction | int]


def _work(rules: Rulebook) -> Iterator[Check]:
    recovery, resolution, detection, prevention = (rules.work[w] for w in Work)
    yield (
        "C1",
        "prevention is at least 1.5 × resolution",
        prevention >= resolution * Fraction(3, 2),
        prevention,
        resolution * Fraction(3, 2),
    )
    yield "C1", "recovery is above 0", recovery > 0, recovery, 0
    yield "C1", "recovery is below resolution", recovery < resolution, recovery, resolution
    yield "C1", "resolution is below detection", resolution < detection, resolution, detection
    yield "C1", "detection is at most prevention", detection <= prevention, detection, prevention


def _cause(rules: Rulebook) -> Iterator[Check]:
    symptom, contributing, systemic = (rules.cause[c] for c in Cause)
    yield "C2", "systemic is at least 2 × symptom", systemic >= 2 * symptom, systemic, 2 * symptom
    yield "C2", "symptom is above 0", symptom > 0, symptom, 0
    yield "C2", "symptom is below contributing", symptom < contributing, symptom, contributing
    yield "C2", "contributing is below systemic", contributing < systemic, contributing, systemic


def _shares(rules: Rulebook) -> Iterator[Check]:
    proven = rules.share[Gate.G3] + rules.share[Gate.G4]
    total = sum(rules.share.values(), Fraction(0))
    yield "C3", "G3 and G4 are at least 60 %", proven >= Fraction(3, 5), proven, Fraction(3, 5)
    yield "C3", "the four shares add to 100 %", total == 1, total, 1
    lowest = min(rules.share.values())
    yield "C3", "no share is below 0", lowest >= 0, lowest, 0


def _weights(rules: Rulebook) -> Iterator[Check]:
    action, theme, survey = (rules.weight[m] for m in MeasureKind)
    half = Fraction(1, 2) * (action + theme + survey)
    yield "C4", "the action metric weighs at least 50 %", action >= half, action, half
    yield "C4", "the action metric outweighs the theme", action > theme, action, theme
    yield "C4", "the theme outweighs the survey", theme > survey, theme, survey
    yield "C4", "the survey weighs more than 0", survey > 0, survey, 0


def _people(rules: Rulebook) -> Iterator[Check]:
    part = rules.individual_part / (1 + rules.individual_part)
    fifth = Fraction(1, 5)
    yield "C5", "the individual part is at most 20 % of a score", part <= fifth, part, fifth
    allowance = rules.starter_allowance
    yield "C11", "with no team outcome at most 50 points count", allowance <= 50, allowance, 50


def _multipliers(rules: Rulebook) -> Iterator[Check]:
    product = max(rules.work.values()) * max(rules.cause.values()) * rules.bridge_limit
    yield "C6", "the largest multipliers give at most 5 together", product <= 5, product, 5


def _bases(rules: Rulebook) -> Iterator[Check]:
    sizes = list(Impact)
    for size, bigger in pairwise(sizes):
        base, following = rules.base[size], rules.base[bigger]
        text = f"the base of {bigger} is more than 2 × that of {size}"
        yield "C9", text, following > 2 * base, following, 2 * base

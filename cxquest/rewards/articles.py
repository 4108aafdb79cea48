"""The constitution beside one rulebook: each article with its two numbers, broken or not. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from cxquest.core.errors import marked as _
from cxquest.rewards import constitution, documents, law, life
from cxquest.rewards.catalogue import CATALOGUE
from cxquest.rewards.constitution import ARTICLES, Fault
from cxquest.rewards.law import Breach
from cxquest.rewards.rulebook import Cause, Gate, Impact, MeasureKind, Rulebook, Work

# What the two numbers of an article that holds are.
COMPARED = {
    "C1": _("prevention; it must be at least 1.5 × resolution"),
    "C2": _("systemic; it must be at least 2 × symptom"),
    "C3": _("shares of G3 and G4 together; they must be at least 60 %"),
    "C4": _("part of the action metric in all weights; it must be at least 50 %"),
    "C5": _("individual part of a score above the allowance; it must be at most 20 %"),
    "C6": _("product of the largest multipliers; it must be at most 5"),
    "C7": _("points that rules pay for kudos; they must be 0"),
    "C8": _("points that rules pay for zero-point events; they must be 0"),
    "C9": _("the least step between two sizes; it must be more than 2"),
    "C10": _("days of notice; they must be at least 7"),
    "C11": _("own points that count with no team outcome; they must be at most 50"),
}


@dataclass(frozen=True)
class Article:
    """An article, its two numbers, and where a rulebook breaks it; `found` None: not yet known."""

    name: str
    text: str
    compared: str
    found: Fraction | None
    limit: Fraction
    breaches: Sequence[Breach]

    @property
    def holds(self) -> bool:
        """Whether nothing breaks it."""
        return not self.breaches


def judged(rules: Rulebook) -> tuple[Sequence[Breach], Sequence[Fault]]:
    """Return what the constitution says of a rulebook: breaches and faults, worked out once."""
    return _judged(json.dumps(documents.document_of(rules)))


@lru_cache(maxsize=64)
def _judged(text: str) -> tuple[Sequence[Breach], Sequence[Fault]]:
    rules = documents.read(json.loads(text))
    return tuple(constitution.breaches(rules)), tuple(constitution.faults(rules))


def of(rules: Rulebook, breaches: Sequence[Breach], notice: int | None = None) -> list[Article]:
    """Return every article; `notice` is the days that the version gave, once it is scheduled."""
    numbers = _numbers(rules, notice)
    return [
        Article(
            name,
            text,
            COMPARED[name],
            *numbers[name],
            [breach for breach in breaches if breach.article == name],
        )
        for name, text in ARTICLES.items()
    ]


def _numbers(rules: Rulebook, notice: int | None) -> Mapping[str, tuple[Fraction | None, Fraction]]:
    weights = sum(rules.weight.values(), Fraction(0)) or Fraction(1)
    part = rules.individual_part
    multipliers = max(rules.work.values()) * max(rules.cause.values()) * rules.bridge_limit
    _most, counts = constitution.most_without_a_team(rules)
    return {
        "C1": (rules.work[Work.PREVENTION], law.PREVENTION * rules.work[Work.RESOLUTION]),
        "C2": (rules.cause[Cause.SYSTEMIC], law.SYSTEMIC * rules.cause[Cause.SYMPTOM]),
        "C3": (rules.share[Gate.G3] + rules.share[Gate.G4], law.PROVEN),
        "C4": (rules.weight[MeasureKind.ACTION] / weights, law.ACTION),
        "C5": (part / (1 + part), law.OWN),
        "C6": (multipliers, law.MULTIPLIED),
        "C7": (_given(rules, kudos=True), Fraction(0)),
        "C8": (_given(rules, kudos=False), Fraction(0)),
        "C9": (_least_step(rules), law.NEXT_SIZE),
        "C10": (None if notice is None else Fraction(notice), Fraction(life.NOTICE.days)),
        "C11": (Fraction(counts), law.WITHOUT_A_TEAM),
    }


def _given(rules: Rulebook, *, kudos: bool) -> Fraction:
    """Return what rules pay for kudos, or for the other events that pay nothing."""
    closed = {name for name, kind in CATALOGUE.items() if not kind.is_payable}
    names = closed & {"kudos_given"} if kudos else closed - {"kudos_given"}
    return Fraction(sum(rule.give for rule in rules.rules if rule.when in names))


def _least_step(rules: Rulebook) -> Fraction:
    steps = [
        Fraction(rules.base[bigger], rules.base[size])
        for size, bigger in pairwise(Impact)
        if rules.base[size]
    ]
    return min(steps, default=Fraction(0))

"""The constitution holds for the default rulebook, and catches one that breaks an article."""

from dataclasses import replace
from fractions import Fraction

import pytest

from cxquest.rewards.constitution import breaches
from cxquest.rewards.rulebook import DEFAULT, Cause, Gate, Impact, MeasureKind, Rulebook, Work


def test_the_default_rulebook_breaks_nothing() -> None:
    assert breaches(DEFAULT) == []


BROKEN = [
    ("C1", replace(DEFAULT, work={**DEFAULT.work, Work.PREVENTION: Fraction(5, 4)})),
    ("C1", replace(DEFAULT, work={**DEFAULT.work, Work.RECOVERY: Fraction(1)})),
    ("C1", replace(DEFAULT, work={**DEFAULT.work, Work.DETECTION: Fraction(9, 4)})),
    ("C2", replace(DEFAULT, cause={**DEFAULT.cause, Cause.SYMPTOM: Fraction(1)})),
    ("C2", replace(DEFAULT, cause={**DEFAULT.cause, Cause.SYSTEMIC: Fraction(1)})),
    ("C3", replace(DEFAULT, share={**DEFAULT.share, Gate.G3: Fraction(25, 100)})),
    ("C4", replace(DEFAULT, weight={**DEFAULT.weight, MeasureKind.ACTION: Fraction(1, 4)})),
    ("C4", replace(DEFAULT, weight={**DEFAULT.weight, MeasureKind.SURVEY: Fraction(0)})),
    ("C5", replace(DEFAULT, individual_part=Fraction(1, 2))),
    ("C6", replace(DEFAULT, bridge_step=Fraction(1))),
    ("C9", replace(DEFAULT, base={**DEFAULT.base, Impact.M: 100})),
    ("C11", replace(DEFAULT, starter_allowance=51)),
]


@pytest.mark.parametrize(
    ("article", "rules"), BROKEN, ids=[f"{a}-{n}" for n, (a, _) in enumerate(BROKEN)]
)
def test_a_breach_names_its_article_and_the_two_numbers(article: str, rules: Rulebook) -> None:
    found = {breach.article: breach for breach in breaches(rules)}
    assert set(found) == {article}
    assert found[article].rule

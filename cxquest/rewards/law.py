"""The constitution's numbers, and what it is to break one of its articles."""

from dataclasses import dataclass
from fractions import Fraction

PREVENTION = Fraction(3, 2)  # C1: times resolution, at least
SYSTEMIC = Fraction(2)  # C2: times a symptom, at least
PROVEN = Fraction(3, 5)  # C3: G3 and G4 of a quest, at least
ACTION = Fraction(1, 2)  # C4: the action metric of all weights, at least
OWN = Fraction(1, 5)  # C5: the individual part of a score, at most
MULTIPLIED = Fraction(5)  # C6: the largest multipliers together, at most
NEXT_SIZE = Fraction(2)  # C9: times the size before, more than
WITHOUT_A_TEAM = Fraction(50)  # C11: points that count, at most


@dataclass(frozen=True)
class Breach:
    """An article that a rulebook breaks, the rule in words, and the two numbers compared."""

    article: str
    rule: str
    found: Fraction
    limit: Fraction
    where: str = ""

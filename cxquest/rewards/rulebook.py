"""The rulebook: the tables of the quest formula, and the default that a new company starts with."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

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


class Impact(StrEnum):
    """How much a quest is worth, agreed at chartering."""

    S = "S"
    M = "M"
    L = "L"
    XL = "XL"


class Gate(StrEnum):
    """The four proofs that a quest is paid for."""

    G1 = "G1"
    G2 = "G2"
    G3 = "G3"
    G4 = "G4"


class Work(StrEnum):
    """What a countermeasure does, from putting it right afterwards to never letting it happen."""

    RECOVERY = "recovery"
    RESOLUTION = "resolution"
    DETECTION = "detection"
    PREVENTION = "prevention"


class Cause(StrEnum):
    """How deep the validated cause lies."""

    SYMPTOM = "symptom"
    CONTRIBUTING = "contributing"
    SYSTEMIC = "systemic"


class MeasureKind(StrEnum):
    """What a measure counts as in the attainment."""

    ACTION = "action"
    THEME = "theme"
    SURVEY = "survey"


@dataclass(frozen=True)
class Rulebook:
    """One immutable version of the reward rules. Numbers are exact fractions; points whole."""

    version: int
    base: Mapping[Impact, int]
    share: Mapping[Gate, Fraction]
    work: Mapping[Work, Fraction]
    cause: Mapping[Cause, Fraction]
    bridge_step: Fraction
    bridge_departments: int
    weight: Mapping[MeasureKind, Fraction]
    attainment_floor: Fraction
    starter_allowance: int
    individual_part: Fraction
    recurrence_window: int
    active_quests: int
    rules: tuple[EventRule, ...] = ()

    @property
    def bridge_limit(self) -> Fraction:
        """The most that the bridge factor can reach."""
        return 1 + self.bridge_step * (self.bridge_departments - 1)


HEARING = Limit("hearing", 10, Unit.POINTS, Per.ACCOUNT, Window.WEEK)
REVIEWS = Limit("reviews", 5, Unit.TIMES, Per.ACCOUNT, Window.WEEK)

DEFAULT = Rulebook(
    version=1,
    base={Impact.S: 50, Impact.M: 150, Impact.L: 400, Impact.XL: 1000},
    share={
        Gate.G1: Fraction(10, 100),
        Gate.G2: Fraction(15, 100),
        Gate.G3: Fraction(45, 100),
        Gate.G4: Fraction(30, 100),
    },
    work={
        Work.RECOVERY: Fraction(1, 4),
        Work.RESOLUTION: Fraction(1),
        Work.DETECTION: Fraction(5, 4),
        Work.PREVENTION: Fraction(2),
    },
    cause={
        Cause.SYMPTOM: Fraction(1, 2),
        Cause.CONTRIBUTING: Fraction(1),
        Cause.SYSTEMIC: Fraction(3, 2),
    },
    bridge_step=Fraction(15, 100),
    bridge_departments=4,
    weight={
        MeasureKind.ACTION: Fraction(60, 100),
        MeasureKind.THEME: Fraction(25, 100),
        MeasureKind.SURVEY: Fraction(15, 100),
    },
    attainment_floor=Fraction(1, 2),
    starter_allowance=50,
    individual_part=Fraction(1, 4),
    recurrence_window=180,
    active_quests=2,
    rules=(
        EventRule("pain", "Pain point accepted", "pain_accepted", 5, "finder", at_most=(HEARING,)),
        EventRule(
            "evidence",
            "Customer evidence accepted",
            "evidence_accepted",
            3,
            "contributor",
            at_most=(HEARING,),
        ),
        EventRule(
            "review",
            "Independent review completed",
            "review_completed",
            8,
            "reviewer",
            at_most=(REVIEWS,),
        ),
        EventRule(
            "lesson",
            "Lesson adopted by another department",
            "lesson_adopted",
            10,
            "author",
            only_if=Group(Joint.ALL, (Condition("across", Comparison.IS, True),)),
        ),
    ),
)

"""The seven badges: what they are for, and who earns which by an event. Pure.

A badge is known by its kind's name here; `models.BadgeKind` has the same seven.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cxquest.core.errors import marked as _
from cxquest.rewards.engine import Measure, attained, effective_departments
from cxquest.rewards.rulebook import Gate, MeasureKind, Work

Facts = Mapping[str, Any]
Earned = list[tuple[str, int]]  # kind and account

BRIDGE = Fraction(5, 2)  # effective number of departments
HALF_WAY = Fraction(1, 2)


@dataclass(frozen=True)
class Meaning:
    """What a badge says of its holder, and what somebody does to get it."""

    says: str
    criteria: str


MEANINGS: Mapping[str, Meaning] = {
    "root_cause": Meaning(
        _("Found the root cause of a customer's pain, with a team of several departments."),
        _("A coach outside the team accepted the root cause, with evidence on each why."),
    ),
    "prevented": Meaning(
        _("Prevented a customer's pain, and showed it in a number."),
        _(
            "A reviewer outside the team accepted the outcome; the work was prevention, and the "
            "metric went at least half of the way to its target."
        ),
    ),
    "held": Meaning(
        _("Kept a customer's pain away for 90 days."),
        _("The metric still stood after 30, 60 and 90 days."),
    ),
    "bridge": Meaning(
        _("Removed a pain with departments that carried the work about evenly."),
        _(
            "A reviewer outside the team accepted the outcome, and the accepted work came from an "
            "effective number of at least 2.5 departments."
        ),
    ),
    "lesson_reused": Meaning(
        _("Wrote a lesson that another department works by."),
        _("Another department adopted the lesson."),
    ),
    "blocker_cleared": Meaning(
        _("Cleared what was in a team's way."),
        _("As sponsor, cleared a blocker that a team had raised."),
    ),
    "told_first": Meaning(
        _("Said that a problem was back before anybody else did."),
        _("A member of the team reported the return of the problem that it had removed."),
    ),
}


def earned(kind: str, facts: Facts) -> Earned:
    """Return the badges that an event of this type earns, each with the account of its holder."""
    rule = RULES.get(kind)
    return rule(facts) if rule else []


def _gate_passed(facts: Facts) -> Earned:
    return [
        (badge, member["account_id"])
        for badge in _of_gate(facts)
        for member in facts.get("members", ())
        if member["eligible"]
    ]


def _of_gate(facts: Facts) -> list[str]:
    gate = facts.get("gate")
    if gate == Gate.G1:
        return ["root_cause"]
    if gate == Gate.G4:
        return ["held"]
    if gate == Gate.G3:
        proven = {"prevented": _prevented(facts), "bridge": _bridged(facts)}
        return [badge for badge, shown in proven.items() if shown]
    return []


def _prevented(facts: Facts) -> bool:
    given = facts.get("measures", {}).get(MeasureKind.ACTION.value)
    if facts.get("work") != Work.PREVENTION or given is None:
        return False
    measure = Measure(**{name: Fraction(value) for name, value in given.items()})
    return measure.baseline != measure.target and attained(measure) >= HALF_WAY


def _bridged(facts: Facts) -> bool:
    weights = {name: Fraction(w) for name, w in facts.get("contributions", {}).items()}
    return effective_departments(weights) >= BRIDGE


def _named(badge: str, fact: str) -> Callable[[Facts], Earned]:
    """Return the rule that gives `badge` to the account which the facts name as `fact`."""

    def rule(facts: Facts) -> Earned:
        account_id = facts.get(fact)
        return [] if account_id is None else [(badge, int(account_id))]

    return rule


def _problem_returned(facts: Facts) -> Earned:
    return _named("told_first", "reporter")(facts) if facts.get("self_reported") else []


RULES: Mapping[str, Callable[[Facts], Earned]] = {
    "gate_passed": _gate_passed,
    "problem_returned": _problem_returned,
    "lesson_adopted": _named("lesson_reused", "author"),
    "blocker_cleared": _named("blocker_cleared", "sponsor"),
}

"""From the facts of an event to decisions: what each account gets or loses, and why. Pure.

The facts of an event hold everything that a decision needs, so that replaying the events on
an empty ledger under the same rulebooks gives the same ledger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from cxquest.core.errors import marked as _
from cxquest.rewards.engine import Award, Deed, Measure, score, taken_back
from cxquest.rewards.rulebook import Cause, Gate, Impact, MeasureKind, Rulebook, Work

GATE_PASSED = "gate_passed"
GATE_CANCELLED = "gate_cancelled"
PROBLEM_RETURNED = "problem_returned"
SHARED = _("shared in full, not split")
CANCELLED = _("Cancelled: the problem came back before this gate was reached.")
NOTHING, NO_MORE = _("The award comes to 0 points."), _("Nothing is left to take back.")
TEAM_OUTCOME, TEAM_PART = "team_outcome", "team_part"


@dataclass(frozen=True)
class Member:
    """A person's account on the team, and why it gets nothing if it does not."""

    account_id: int
    eligible: bool
    reason: str = ""


@dataclass(frozen=True)
class Vested:
    """An entry of G3 or G4 that may be taken back, and how many of its points are left."""

    entry_id: int
    account_id: int
    component: str
    points: int
    left: int


@dataclass(frozen=True)
class Line:
    """One decision. `points` of 0 pays nothing, and then `reason` says why."""

    account_id: int
    rule: str
    component: str
    points: int
    reason: str
    explanation: list[dict[str, str]] = field(default_factory=list)
    reverses_id: int | None = None


def gate_facts(
    gate: Gate, deed: Deed, team_account_id: int, members: Sequence[Member]
) -> dict[str, Any]:
    """Return the facts of a passed gate as JSON values; numbers are exact, written as text."""
    return {
        "gate": gate.value,
        "impact": deed.impact.value,
        "work": deed.work.value,
        "cause": deed.cause.value,
        "contributions": {name: str(weight) for name, weight in deed.contributions.items()},
        "measures": {
            kind.value: {name: str(value) for name, value in vars(measure).items()}
            for kind, measure in deed.measures.items()
        },
        "team": team_account_id,
        "members": [vars(member) for member in members],
    }


def gate_passed(facts: Mapping[str, Any], rules: Rulebook) -> list[Line]:
    """Decide what a passed gate pays: the team, and every eligible member the same in full."""
    award = score(Gate(facts["gate"]), deed_of(facts), rules)
    rule = f"gate_{award.gate.value}"
    nothing = "" if award.points else NOTHING
    lines = [
        Line(facts["team"], rule, TEAM_OUTCOME, award.points, nothing, explained(award)),
    ]
    for member in (Member(**given) for given in facts["members"]):
        shared = [{"name": "team", "value": str(award.points), "note": SHARED}]
        points = award.points if member.eligible else 0
        reason = member.reason or nothing
        lines.append(Line(member.account_id, rule, TEAM_PART, points, reason, shared))
    return lines


def gate_cancelled(facts: Mapping[str, Any]) -> list[Line]:
    """Decide that a gate which had not vested when the problem returned pays nobody."""
    rule = f"gate_{facts['gate']}"
    accounts = [facts["team"], *(member["account_id"] for member in facts["members"])]
    return [Line(account_id, rule, TEAM_OUTCOME, 0, CANCELLED) for account_id in accounts]


def problem_returned(
    facts: Mapping[str, Any], vested: Sequence[Vested], rules: Rulebook
) -> list[Line]:
    """Decide what is taken back from each vested entry, never more than is left of it."""
    days, by_team = int(facts["days"]), bool(facts["self_reported"])
    lines = []
    for entry in vested:
        back = min(taken_back(entry.points, days, rules, self_reported=by_team), entry.left)
        window = rules.recurrence_window
        left = _short(Fraction(days, window) - 1)
        explanation = [
            {"name": "award", "value": str(entry.points), "note": ""},
            {"name": "left_of_window", "value": left, "note": f"−(1 − {days}/{window})"},
        ]
        if by_team:
            explanation.append({"name": "told_first", "value": "0.5", "note": ""})
        reason = "" if back else NO_MORE
        lines.append(
            Line(
                entry.account_id,
                f"return_{entry.entry_id}",
                entry.component,
                -back,
                reason,
                explanation,
                entry.entry_id,
            )
        )
    return lines


def deed_of(facts: Mapping[str, Any]) -> Deed:
    """Return the deed that a gate's facts describe."""
    return Deed(
        Impact(facts["impact"]),
        Work(facts["work"]),
        Cause(facts["cause"]),
        {name: Fraction(weight) for name, weight in facts["contributions"].items()},
        {
            MeasureKind(kind): Measure(**{name: Fraction(v) for name, v in measure.items()})
            for kind, measure in facts["measures"].items()
        },
    )


def explained(award: Award) -> list[dict[str, str]]:
    """Return the award's factors as lines to keep with the entry: name, value, note."""
    return [{"name": f.name, "value": _short(f.value), "note": f.note} for f in award.factors]


def _short(value: Fraction) -> str:
    return f"{float(value):.4f}".rstrip("0").rstrip(".")

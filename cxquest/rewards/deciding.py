"""From an event to decisions: what each account gets or loses, and why. Pure.

The facts of an event and the book of what was decided before it hold all that a decision
needs, so replaying the events on an empty ledger under the same rulebooks gives the same one.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from cxquest.core.errors import marked as _
from cxquest.rewards.book import Book, Memory, Slot, Vested
from cxquest.rewards.engine import Deed, Factor, points_of, score, taken_back
from cxquest.rewards.happening import (
    GATES,
    TEAM_OUTCOME,
    TEAM_PART,
    Happened,
    Line,
    Member,
)
from cxquest.rewards.limiting import by_rule
from cxquest.rewards.rulebook import Gate, Rulebook

GATE_PASSED = "gate_passed"
GATE_CANCELLED = "gate_cancelled"
PROBLEM_RETURNED = "problem_returned"
DISPUTE_UPHELD = "dispute_upheld"

SHARED = _("shared in full, not split")
CANCELLED = _("Cancelled: the problem came back before this gate was reached.")
NOTHING = _("The award comes to 0 points.")
NO_MORE = _("Nothing is left to take back.")
OWN_CHANGE = _("The team itself made the change that caused the problem: only the first gate pays.")
EARNED = _("An earlier quest of the same chain has earned %(points)s of %(full)s points already.")


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


def decide(event: Happened, rules: Rulebook, book: Book, *, explain: bool = True) -> list[Line]:
    """Return every decision on an event; without `explain` their factors are left out."""
    lines: list[Line] = []
    if event.kind == GATE_PASSED:
        lines += _gate_passed(event, rules, book, explain)
    elif event.kind == GATE_CANCELLED:
        lines += _gate_cancelled(event.facts)
    elif event.kind == PROBLEM_RETURNED:
        lines += _problem_returned(event.facts, rules, book, event.subject)
    elif event.kind == DISPUTE_UPHELD:
        lines += _dispute_upheld(event.facts, book)
    adds = event.kind != GATE_PASSED or lines[0].points > 0
    taken: dict[str, tuple[int, int]] = {}
    for rule in rules.rules:
        if rule.when == event.kind:
            lines += by_rule(event, rule, book, taken, adds=adds, explain=explain)
    return lines


def _gate_passed(event: Happened, rules: Rulebook, book: Book, explain: bool) -> Iterator[Line]:
    """Decide what a passed gate pays: the team, and every eligible member the same in full."""
    facts, gate = event.facts, GATES[event.facts["gate"]]
    full = points_of(gate, event.deed, rules)
    points, reason, values = _unearned(event, gate.value, full, book)
    factors = score(gate, event.deed, rules).factors if explain else ()
    rule = f"gate_{gate.value}"
    yield Line(facts["team"], rule, TEAM_OUTCOME, points, full, reason, values, factors)
    shared = (Factor("team", Fraction(points), SHARED),) if explain else ()
    for member in facts["members"]:
        paid = points if member["eligible"] else 0
        why = member["reason"] or reason
        yield Line(
            member["account_id"],
            rule,
            TEAM_PART,
            paid,
            points,
            why,
            {} if member["reason"] else values,
            shared,
        )


def _unearned(event: Happened, gate: str, full: int, book: Book) -> tuple[int, str, dict[str, Any]]:
    """Return what is left to earn at a gate, and why it is less than the full award."""
    if event.facts.get("own_change") and gate != Gate.G1:
        return 0, OWN_CHANGE, {}
    earned = book.earned(event.chain, event.subject, gate) if event.chain != event.subject else 0
    if earned > 0:
        return max(0, full - earned), EARNED, {"points": earned, "full": full}
    return full, "" if full else NOTHING, {}


def _gate_cancelled(facts: Mapping[str, Any]) -> Iterator[Line]:
    """Decide that a gate which had not vested when the problem returned pays nobody."""
    rule = f"gate_{facts['gate']}"
    yield Line(facts["team"], rule, TEAM_OUTCOME, 0, 0, CANCELLED)
    for member in facts["members"]:
        yield Line(member["account_id"], rule, TEAM_PART, 0, 0, CANCELLED)


def _problem_returned(
    facts: Mapping[str, Any], rules: Rulebook, book: Book, subject: str
) -> Iterator[Line]:
    """Decide what is taken back from each vested slot, never more than is left of it."""
    days, by_team = int(facts["days"]), bool(facts["self_reported"])
    window = rules.recurrence_window
    for vested in book.vested(subject):
        back = taken_back(vested.awarded, days, rules, self_reported=by_team)
        back = min(back, vested.left)
        factors = [
            Factor("award", Fraction(vested.awarded)),
            Factor("left_of_window", Fraction(days, window) - 1, f"−(1 − {days}/{window})"),
        ]
        if by_team:
            factors.append(Factor("told_first", Fraction(1, 2)))
        yield Line(
            vested.slot.account_id,
            _return_of(vested),
            vested.slot.component,
            -back,
            -back,
            "" if back else NO_MORE,
            factors=tuple(factors),
            reverses=vested.slot,
        )


def _return_of(vested: Vested) -> str:
    """Return the name under which a slot is taken back: one of its own for each slot."""
    plain = vested.slot.rule == f"gate_{vested.gate}"
    return f"return_{vested.gate}" + ("" if plain else f"_{vested.slot.rule}")


def _dispute_upheld(facts: Mapping[str, Any], book: Book) -> Iterator[Line]:
    """Put a disputed decision right: pay what was asked for, or undo what is left of it.

    What is left of a taking back is negative, and undoing it gives the points back. A decision
    about a team is put right for the `members` who share in it as well.
    """
    rule = str(facts["rule"])
    of_gate = f"_{rule.split('_')[1]}" if rule.startswith(("gate_", "return_")) else ""
    whose = [(int(facts["account"]), str(facts["component"]))]
    whose += [(int(member), TEAM_PART) for member in facts.get("members", ())]
    if facts["verdict"] == "pay":
        known = book.asked(facts["event"], rule, whose[0][0])
        more = max(0, known.asked - known.paid)
        reason = "" if more else NOTHING
        for account_id, component in whose:
            yield Line(account_id, f"dispute{of_gate}", component, more, more, reason)
        return
    for account_id, component in whose:
        left = book.asked(facts["event"], rule, account_id).left
        slot = Slot(facts["event"], rule, account_id, component)
        name, reason = f"undone{of_gate}", "" if left else NO_MORE
        yield Line(account_id, name, component, -left, -left, reason, reverses=slot)


def remember(book: Memory, event: Happened, lines: Sequence[Line]) -> None:
    """Write decisions into a book in memory, for the events after them."""
    gate = str(event.facts.get("gate", ""))
    is_watched = book.watches(event.key, event.subject, event.chain)
    for line in lines:
        if line.uses:
            book.use(line.uses, line.points, event.at)
        if line.reverses:
            book.reverse(line.reverses, line.points)
        if not is_watched:
            continue
        slot = Slot(event.key, line.rule, line.account_id, line.component)
        book.keep(
            slot,
            subject=event.subject,
            chain=event.chain,
            gate="" if line.reverses else gate,
            asked=line.asked,
            points=line.points,
            reverses=line.reverses,
        )


def explained(factors: Sequence[Factor]) -> list[dict[str, str]]:
    """Return factors as lines to keep with an entry: name, value to four places, note."""
    return [{"name": f.name, "value": _short(f.value), "note": f.note} for f in factors]


def _short(value: Fraction) -> str:
    return f"{float(value):.4f}".rstrip("0").rstrip(".")

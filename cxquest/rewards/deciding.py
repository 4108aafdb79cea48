"""From an event to decisions: what each account gets or loses, and why. Pure.

The facts of an event and the book of what was decided before it hold all that a decision
needs, so replaying the events on an empty ledger under the same rulebooks gives the same one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from cxquest.core.errors import marked as _
from cxquest.rewards.book import Book, Memory, Slot, Vested
from cxquest.rewards.catalogue import CATALOGUE
from cxquest.rewards.engine import Deed, Factor, Measure, points_of, score, taken_back
from cxquest.rewards.event_rules import EventRule, Limit, Per, Window, holds, room
from cxquest.rewards.rulebook import Cause, Gate, Impact, MeasureKind, Rulebook, Work
from cxquest.rewards.seasons import day_of, week_of

GATE_PASSED = "gate_passed"
GATE_CANCELLED = "gate_cancelled"
PROBLEM_RETURNED = "problem_returned"
DISPUTE_UPHELD = "dispute_upheld"
TEAM_OUTCOME, TEAM_AWARD, TEAM_PART = "team_outcome", "team_award", "team_part"
INDIVIDUAL, HELD = "individual", "held"

SHARED = _("shared in full, not split")
CANCELLED = _("Cancelled: the problem came back before this gate was reached.")
NOTHING = _("The award comes to 0 points.")
NO_MORE = _("Nothing is left to take back.")
OWN_CHANGE = _("The team itself made the change that caused the problem: only the first gate pays.")
EARNED = _("An earlier quest of the same chain has earned %(points)s of %(full)s points already.")
NOT_MET = _("The rule “%(rule)s” asks for something that this event is not.")
OWN_APPROVAL = _("Nobody is paid by their own approval.")
COOLING = _("The rule “%(rule)s” pays again %(days)s days after it paid last, on %(last)s.")
FULL = _("At most %(amount)s %(unit)s per %(per)s and %(window)s: used up.")
CLIPPED = _("At most %(amount)s %(unit)s per %(per)s and %(window)s: %(left)s were left.")


@dataclass(eq=False)
class Happened:
    """An event as a decision sees it, and nothing changes. `season_start` begins its season.

    What decisions work out of it is kept on it, since several rulebooks may decide on one event.
    """

    key: str
    kind: str
    subject: str
    chain: str
    facts: Mapping[str, Any]
    at: datetime
    zone: ZoneInfo
    season_start: datetime

    @cached_property
    def deed(self) -> Deed:
        """What a team did."""
        return deed_of(self.facts)

    @cached_property
    def day_start(self) -> datetime:
        """When its day began."""
        return day_of(self.at, self.zone).starts_at

    @cached_property
    def week_start(self) -> datetime:
        """When its week began."""
        return week_of(self.at, self.zone).starts_at


@dataclass(frozen=True)
class Member:
    """A person's account on the team, and why it gets nothing if it does not."""

    account_id: int
    eligible: bool
    reason: str = ""


class Line(NamedTuple):
    """One decision. `asked` is what nothing in its way would have paid.

    Where `points` is less than that, `reason` says why, `values` filling its places; `uses` are
    the limits that it counts against, with the beginning of their windows; `factors` explain it.
    """

    account_id: int
    rule: str
    component: str
    points: int
    asked: int = 0
    reason: str = ""
    values: Mapping[str, Any] = {}
    factors: tuple[Factor, ...] = ()
    reverses: Slot | None = None
    uses: tuple[tuple[str, datetime | None], ...] = ()


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
    taken: dict[str, tuple[int, int]] = {}
    for rule in rules.rules:
        if rule.when == event.kind:
            lines += _by_rule(event, rule, book, taken, explain)
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

    What is left of a taking back is negative, and undoing it gives the points back.
    """
    account_id, rule = int(facts["account"]), str(facts["rule"])
    known = book.asked(facts["event"], rule, account_id)
    slot = Slot(facts["event"], rule, account_id, facts["component"])
    if facts["verdict"] == "pay":
        more = max(0, known.asked - known.paid)
        reason = "" if more else NOTHING
        yield Line(account_id, "dispute", facts["component"], more, more, reason)
    else:
        left = known.left
        reason = "" if left else NO_MORE
        yield Line(account_id, "dispute", facts["component"], -left, -left, reason, reverses=slot)


def _by_rule(
    event: Happened,
    rule: EventRule,
    book: Book,
    taken: dict[str, tuple[int, int]],
    explain: bool,
) -> Iterator[Line]:
    """Decide what one rule gives for an event; `taken` is what its other awards used so far."""
    kind = CATALOGUE[event.kind]
    met = holds(rule.only_if, kind.values(event.facts) if rule.only_if.parts else {})
    component = TEAM_AWARD if rule.to == "team" else INDIVIDUAL
    for account_id in kind.accounts(event.facts, rule.to):
        name = f"rule_{rule.id}"
        if not met:
            yield Line(account_id, name, component, 0, 0, NOT_MET, {"rule": rule.name})
        elif account_id == event.facts.get("approver"):
            yield Line(account_id, name, component, 0, rule.give, OWN_APPROVAL)
        else:
            line = _within_limits(event, rule, component, account_id, book, taken)
            factor = Factor("rule", Fraction(rule.give), rule.name) if explain else None
            yield line._replace(factors=(factor,)) if factor else line


def _within_limits(
    event: Happened,
    rule: EventRule,
    component: str,
    account_id: int,
    book: Book,
    taken: dict[str, tuple[int, int]],
) -> Line:
    points, reason, values = _cooled(event, rule, account_id, book)
    uses: list[tuple[str, datetime | None]] = []
    for limit in rule.at_most:
        key, since = key_of(limit, event, account_id), window_start(limit.window, event)
        uses.append((key, since))
        times, used = book.used(key, since)
        more_times, more_used = taken.get(key, (0, 0))
        left = room(limit, times + more_times, used + more_used, points)
        if left < points:
            points, reason, values = left, *_clipped(limit, left)
    if rule.after_days:
        uses.append((_cooling_key(rule, account_id), None))
    if points:
        for key, _since in uses:
            times, used = taken.get(key, (0, 0))
            taken[key] = (times + 1, used + points)
    return Line(
        account_id,
        f"rule_{rule.id}",
        component,
        points,
        rule.give,
        reason,
        values,
        uses=tuple(uses) if points else (),
    )


def _cooled(
    event: Happened, rule: EventRule, account_id: int, book: Book
) -> tuple[int, str, dict[str, Any]]:
    last = book.last_paid(_cooling_key(rule, account_id)) if rule.after_days else None
    if last is None or event.at >= last + timedelta(days=rule.after_days):
        return rule.give, "", {}
    on = last.astimezone(event.zone).date().isoformat()
    return 0, COOLING, {"rule": rule.name, "days": rule.after_days, "last": on}


def _clipped(limit: Limit, left: int) -> tuple[str, dict[str, Any]]:
    values = {
        "amount": limit.amount,
        "unit": limit.unit.value,
        "per": limit.per.value,
        "window": limit.window.value,
        "left": left,
    }
    return CLIPPED if left else FULL, values


def _cooling_key(rule: EventRule, account_id: int) -> str:
    return f"cooling|{rule.id}|{account_id}"


def key_of(limit: Limit, event: Happened, account_id: int) -> str:
    """Return whose a limit is for this event and account, as the key that its uses count under."""
    whose: object = account_id
    if limit.per is Per.PAIR:
        whose = f"{account_id}-{event.facts.get('with', '')}"
    elif limit.per is Per.OBJECT:
        whose = event.subject
    elif limit.per is Per.THEME:
        whose = event.facts.get("theme", "")
    return f"{limit.pool}|{limit.unit}|{limit.per}|{limit.window}|{whose}"


def window_start(window: Window, event: Happened) -> datetime | None:
    """Return the instant at which the window of an event began; None for ever."""
    if window is Window.DAY:
        return event.day_start
    if window is Window.WEEK:
        return event.week_start
    return event.season_start if window is Window.SEASON else None


# A history asks for the same few words and numbers again and again.
IMPACTS = {one.value: one for one in Impact}
WORKS = {one.value: one for one in Work}
CAUSES = {one.value: one for one in Cause}
GATES = {one.value: one for one in Gate}
MEASURES = {one.value: one for one in MeasureKind}
_number = lru_cache(maxsize=4096)(Fraction)


def deed_of(facts: Mapping[str, Any]) -> Deed:
    """Return the deed that a gate's facts describe."""
    return Deed(
        IMPACTS[facts["impact"]],
        WORKS[facts["work"]],
        CAUSES[facts["cause"]],
        {name: _number(weight) for name, weight in facts["contributions"].items()},
        {
            MEASURES[kind]: Measure(
                _number(measure["baseline"]),
                _number(measure["target"]),
                _number(measure["observed"]),
            )
            for kind, measure in facts["measures"].items()
        },
    )


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
        )


def explained(factors: Sequence[Factor]) -> list[dict[str, str]]:
    """Return factors as lines to keep with an entry: name, value to four places, note."""
    return [{"name": f.name, "value": _short(f.value), "note": f.note} for f in factors]


def _short(value: Fraction) -> str:
    return f"{float(value):.4f}".rstrip("0").rstrip(".")

"""What one event rule gives for an event: its conditions, its limits, its cooling time. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from cxquest.core.errors import marked as _
from cxquest.rewards.book import Book
from cxquest.rewards.catalogue import CATALOGUE
from cxquest.rewards.engine import Factor
from cxquest.rewards.event_rules import EventRule, Limit, Per, Window, holds, room
from cxquest.rewards.happening import INDIVIDUAL, TEAM_AWARD, Happened, Line

NOT_MET = _("The rule “%(rule)s” asks for something that this event is not.")
NO_GATE = _("The gate itself paid nothing, so no rule adds to it.")
OWN_APPROVAL = _("Nobody is paid by their own approval.")
COOLING = _("The rule “%(rule)s” pays again %(days)s days after it paid last, on %(last)s.")
FULL = _("At most %(amount)s %(unit)s per %(per)s and %(window)s: used up.")
CLIPPED = _("At most %(amount)s %(unit)s per %(per)s and %(window)s: %(left)s were left.")


def by_rule(
    event: Happened,
    rule: EventRule,
    book: Book,
    taken: dict[str, tuple[int, int]],
    *,
    adds: bool,
    explain: bool,
) -> Iterator[Line]:
    """Decide what one rule gives for an event; `taken` is what its other awards used so far.

    It adds to a gate only where the formula pays for that: `adds` says so.
    """
    kind = CATALOGUE[event.kind]
    met = holds(rule.only_if, kind.values(event.facts) if rule.only_if.parts else {})
    component = TEAM_AWARD if rule.to == "team" else INDIVIDUAL
    for account_id in kind.accounts(event.facts, rule.to):
        name = f"rule_{rule.id}"
        if not met:
            yield Line(account_id, name, component, 0, 0, NOT_MET, {"rule": rule.name})
        elif account_id == event.facts.get("approver"):
            yield Line(account_id, name, component, 0, 0, OWN_APPROVAL)
        elif not adds:
            yield Line(account_id, name, component, 0, 0, NO_GATE)
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
        whose = f"{account_id}-{event.facts.get('with') or event.facts.get('approver')}"
    elif limit.per is Per.OBJECT:
        whose = event.subject
    elif limit.per is Per.THEME:
        whose = event.facts.get("theme") or event.subject
    return f"{limit.pool}|{limit.unit}|{limit.per}|{limit.window}|{whose}"


def window_start(window: Window, event: Happened) -> datetime | None:
    """Return the instant at which the window of an event began; None for ever."""
    if window is Window.DAY:
        return event.day_start
    if window is Window.WEEK:
        return event.week_start
    return event.season_start if window is Window.SEASON else None

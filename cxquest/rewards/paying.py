"""From event to ledger: record the fact, decide, enter, all in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from cxquest.rewards import deciding, ledger
from cxquest.rewards.deciding import Line, Vested
from cxquest.rewards.models import Component, Decision, LedgerEntry, Outcome, RewardEvent
from cxquest.rewards.rulebook import DEFAULT, Gate, Rulebook

VESTING = (Gate.G3, Gate.G4)


def rulebook_at(at: datetime) -> Rulebook:
    """Return the rulebook in force at an instant: so far there is one, the default."""
    return DEFAULT


def pay(
    session: Session,
    *,
    key: str,
    kind: str,
    subject: str,
    facts: Mapping[str, Any],
    label: str,
    at: datetime,
    zone: ZoneInfo,
) -> list[LedgerEntry]:
    """Record an event and everything that follows from it; the same key twice changes nothing.

    `subject` names what the event is about, `label` is what people read on the entries.
    """
    if session.scalar(select(RewardEvent.id).where(RewardEvent.key == key)):
        return []
    rules = rulebook_at(at)
    lines = _decide(session, kind, subject, facts, rules)
    event = RewardEvent(
        key=key, type=kind, occurred_at=at, recorded_at=at, subject=subject, facts=dict(facts)
    )
    session.add(event)
    session.flush()
    season = ledger.season_at(session, at, zone)
    return [
        entry
        for line in lines
        if (entry := _write(session, event, line, season.id, label, rules)) is not None
    ]


def occurred(session: Session, key: str) -> datetime | None:
    """Return when the event of this key happened; None when it did not."""
    return session.scalar(select(RewardEvent.occurred_at).where(RewardEvent.key == key))


def _decide(
    session: Session, kind: str, subject: str, facts: Mapping[str, Any], rules: Rulebook
) -> list[Line]:
    if kind == deciding.GATE_PASSED:
        return deciding.gate_passed(facts, rules)
    if kind == deciding.GATE_CANCELLED:
        return deciding.gate_cancelled(facts)
    if kind == deciding.PROBLEM_RETURNED:
        return deciding.problem_returned(facts, vested(session, subject), rules)
    raise ValueError(f"no rule looks at events of the type {kind}")


def _write(
    session: Session,
    event: RewardEvent,
    line: Line,
    season_id: int,
    label: str,
    rules: Rulebook,
) -> LedgerEntry | None:
    session.add(
        Decision(
            event_id=event.id,
            rule=line.rule,
            account_id=line.account_id,
            outcome=Outcome.AWARDED if line.points else Outcome.SKIPPED,
            points=line.points,
            reason=line.reason,
            rulebook_version=rules.version,
        )
    )
    if not line.points:
        return None
    entry = LedgerEntry(
        event_id=event.id,
        account_id=line.account_id,
        season_id=season_id,
        component=Component(line.component),
        points=line.points,
        label=label,
        explanation=line.explanation,
        reverses_id=line.reverses_id,
        rulebook_version=rules.version,
        at=event.occurred_at,
    )
    ledger.enter(session, entry)
    return entry


def vested(session: Session, subject: str) -> Sequence[Vested]:
    """Return the G3 and G4 entries of a subject with what is left of each, in the order entered."""
    reversal = aliased(LedgerEntry)
    back = (
        select(func.coalesce(func.sum(reversal.points), 0))
        .where(reversal.reverses_id == LedgerEntry.id)
        .scalar_subquery()
    )
    entries = (
        select(LedgerEntry, back, RewardEvent.facts)
        .join(RewardEvent, RewardEvent.id == LedgerEntry.event_id)
        .where(RewardEvent.subject == subject, LedgerEntry.reverses_id.is_(None))
        .order_by(LedgerEntry.id)
    )
    return [
        Vested(entry.id, entry.account_id, entry.component.value, entry.points, entry.points + b)
        for entry, b, facts in session.execute(entries)
        if facts.get("gate") in VESTING
    ]

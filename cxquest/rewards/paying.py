"""From event to ledger: record the fact, decide, enter, all in the caller's transaction.

An event that comes late may change what later ones were paid: those are decided again, and
the difference is entered as lines of its own. So the net result never depends on the order
in which events arrive.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cxquest.rewards import capping, deciding, entering, happening, ledger
from cxquest.rewards.catalogue import CATALOGUE, Pays
from cxquest.rewards.happening import Happened
from cxquest.rewards.history import History
from cxquest.rewards.ledger import Change
from cxquest.rewards.models import LedgerEntry, RewardEvent
from cxquest.rewards.versions import Rules, rules_at, timeline
from cxquest.rewards.versions import rulebook_at as rulebook_at

# What else happens with an event, in its own transaction: higher rooms hang themselves in here.
Listener = Callable[[Session, RewardEvent, int], object]
listeners: dict[str, Listener] = {}


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
    chain: str = "",
    recorded_at: datetime | None = None,
) -> list[LedgerEntry]:
    """Record an event and everything that follows from it; the same key twice changes nothing.

    `subject` names what the event is about, `chain` the first of the quests that it continues,
    `label` is what people read on the entries, `recorded_at` when a late
    event arrived. Raises ValueError for a type that the catalogue does not have.
    """
    if kind not in CATALOGUE:
        raise ValueError(f"the catalogue has no event type {kind}")
    ledger.lock(session)
    if session.scalar(select(RewardEvent.id).where(RewardEvent.key == key)):
        return []
    event = RewardEvent(
        key=key,
        type=kind,
        occurred_at=at,
        recorded_at=recorded_at or at,
        subject=subject,
        chain=chain or subject,
        zone=zone.key,
        label=label,
        facts=dict(facts),
    )
    session.add(event)
    session.flush()
    books = timeline(session)
    entries = [] if CATALOGUE[kind].pays is Pays.NOTHING else _enter(session, event, books)
    for listener in listeners.values():
        listener(session, event, rules_at(books, at).version)
    return entries


def _enter(session: Session, event: RewardEvent, books: Rules) -> list[LedgerEntry]:
    """Enter what an event pays, and what it changes in what later ones were paid."""
    moved: dict[tuple[int, int], Change] = {}
    entries = _settle(session, event, event, books, moved)
    for later in _after(session, event, books):
        entries += _settle(session, later, event, books, moved)
    standings = ledger.move(session, moved)
    return entries + capping.hold(session, event, moved, standings, books)


def occurred(session: Session, key: str) -> datetime | None:
    """Return when the event of this key happened; None when it did not."""
    return session.scalar(select(RewardEvent.occurred_at).where(RewardEvent.key == key))


def _settle(
    session: Session,
    event: RewardEvent,
    cause: RewardEvent,
    books: Rules,
    moved: dict[tuple[int, int], Change],
) -> list[LedgerEntry]:
    """Decide on an event and enter what is not entered yet, noting how standings move by it."""
    zone = ZoneInfo(event.zone)
    season = ledger.season_at(session, event.occurred_at, zone)
    rules = rules_at(books, event.occurred_at)
    lines = deciding.decide(happened(event, season.starts_at), rules, History(session, event))
    entries = entering.enter(session, event, cause, season.id, rules.version, lines)
    for entry in entries:
        change = moved.setdefault((entry.account_id, entry.season_id), Change(event.id))
        change.event_id = event.id
        change.points += entry.points
        if entry.component == happening.INDIVIDUAL:
            change.individual += entry.points
    return entries


def happened(event: RewardEvent, season_start: datetime) -> Happened:
    """Return an event as decisions see it."""
    return Happened(
        key=event.key,
        kind=event.type,
        subject=event.subject,
        chain=event.chain,
        facts=event.facts,
        at=event.occurred_at,
        zone=ZoneInfo(event.zone),
        season_start=season_start,
    )


def _after(session: Session, event: RewardEvent, books: Rules) -> Sequence[RewardEvent]:
    """Return the later events whose decisions may rest on this one, in canonical order."""
    at, later = RewardEvent.occurred_at, RewardEvent
    when = event.occurred_at
    kinds = {rule.when for _since, rules in books for rule in rules.rules}
    related = later.chain == event.chain
    if event.type in kinds:
        related = or_(related, later.type.in_(kinds))
    return session.scalars(
        select(later)
        .where(related, or_(at > when, (at == when) & (later.key > event.key)))
        .order_by(at, later.key)
    ).all()

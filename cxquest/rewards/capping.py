"""Holding back what a person's own awards come to above their allowance, and releasing it.

Own awards count up to the starter allowance or a quarter of the team's part, whichever is
more. What is above it is held by a line of its own, and released when the team's part grows.
The rulebook in force at the beginning of a season rules the allowance for all of it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from cxquest.core.errors import marked as _
from cxquest.rewards import ledger
from cxquest.rewards.engine import allowance, individual_part
from cxquest.rewards.ledger import Change
from cxquest.rewards.models import (
    Component,
    Decision,
    LedgerEntry,
    Outcome,
    RewardEvent,
    Season,
)
from cxquest.rewards.rulebook import Rulebook
from cxquest.rewards.versions import Rules, rules_at

RULE = "individual_cap"
ABOVE = _("Above the allowance: own awards count up to %(allowance)s points now.")
RELEASED = _("Released: own awards count up to %(allowance)s points now.")

Place = tuple[int, int]  # account, season


def held_of(individual: int, team: int, rules: Rulebook) -> int:
    """Return how much of a person's own awards is held back, as a number of 0 or less."""
    return individual_part(individual, team, rules) - individual


def hold(
    session: Session,
    cause: RewardEvent,
    moved: Mapping[Place, Change],
    standings: Mapping[Place, Any],
    books: Rules,
) -> list[LedgerEntry]:
    """Hold or release what the moved standings ask for, and return the lines of it."""
    changes: dict[Place, Change] = {}
    entries: list[LedgerEntry] = []
    for (account_id, season_id), row in sorted(standings.items()):
        if not row.individual and not row.held:
            continue
        rules = rules_at(books, session.get_one(Season, season_id).starts_at)
        team = row.points - row.individual - row.held
        change = held_of(row.individual, team, rules) - row.held
        if not change:
            continue
        event_id = moved[(account_id, season_id)].event_id
        allowed = allowance(team, rules)
        made = _lines(session, event_id, cause, (account_id, season_id), change, allowed, rules)
        entries += made
        changes[(account_id, season_id)] = Change(event_id, points=change, held=change)
    ledger.move(session, changes)
    return entries


def _lines(
    session: Session,
    event_id: int,
    cause: RewardEvent,
    place: Place,
    change: int,
    allowed: int,
    rules: Rulebook,
) -> list[LedgerEntry]:
    account_id, season_id = place
    moves = [(change, None)] if change < 0 else _releases(session, place, change)
    event = session.get_one(RewardEvent, event_id)
    explanation = [{"name": "allowance", "value": str(allowed), "note": ""}]
    session.add(
        Decision(
            event_id=event_id,
            cause_id=cause.id,
            rule=RULE,
            account_id=account_id,
            component=Component.HELD,
            outcome=Outcome.HELD if change < 0 else Outcome.AWARDED,
            points=change,
            reason=ABOVE if change < 0 else RELEASED,
            reason_values={"allowance": allowed},
            rulebook_version=rules.version,
        )
    )
    entries = [
        LedgerEntry(
            event_id=event_id,
            cause_id=cause.id,
            rule=RULE,
            account_id=account_id,
            season_id=season_id,
            component=Component.HELD,
            points=points,
            label=event.label,
            explanation=explanation,
            reverses_id=reverses,
            rulebook_version=rules.version,
            at=event.occurred_at,
        )
        for points, reverses in moves
    ]
    session.add_all(entries)
    session.flush()
    return entries


def _releases(session: Session, place: Place, points: int) -> list[tuple[int, int | None]]:
    """Return which held lines are released by how much, the latest first."""
    release = aliased(LedgerEntry)
    back = (
        select(func.coalesce(func.sum(release.points), 0))
        .where(release.reverses_id == LedgerEntry.id)
        .scalar_subquery()
    )
    found = session.execute(
        select(LedgerEntry.id, LedgerEntry.points + back)
        .where(
            LedgerEntry.account_id == place[0],
            LedgerEntry.season_id == place[1],
            LedgerEntry.component == Component.HELD,
            LedgerEntry.points < 0,
        )
        .order_by(LedgerEntry.id.desc())
    )
    moves: list[tuple[int, int | None]] = []
    for entry_id, left in found:
        part = min(points, -int(left))
        if part > 0:
            moves.append((part, entry_id))
            points -= part
    return moves

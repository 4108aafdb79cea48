"""The ledger: accounts, seasons, entries that are only added, and standings that follow them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cxquest.rewards import season_queries
from cxquest.rewards.models import Account, AccountKind, Component, LedgerEntry, Season, Standing

PEN = 7_266  # the number of the lock that whoever writes the ledger holds


def new_team(session: Session) -> Account:
    """Open an account for a team."""
    account = Account(kind=AccountKind.TEAM)
    session.add(account)
    session.flush()
    return account


def accounts_of(session: Session, person_ids: Sequence[int]) -> dict[int, int]:
    """Return the account of each person, opened where there is none."""
    known = _known_accounts(session, person_ids)
    missing = sorted(set(person_ids) - known.keys())
    if missing:
        rows = [{"kind": AccountKind.PERSON, "person_id": person_id} for person_id in missing]
        session.execute(_insert(session, Account).values(rows).on_conflict_do_nothing())
        known = _known_accounts(session, person_ids)
    return known


def _known_accounts(session: Session, person_ids: Sequence[int]) -> dict[int, int]:
    found = select(Account.person_id, Account.id).where(Account.person_id.in_(person_ids))
    return {person_id: account_id for person_id, account_id in session.execute(found) if person_id}


def season_at(session: Session, at: datetime, zone: ZoneInfo) -> Season:
    """Return the season in which `at` lies, made on its first use."""
    stored = season_queries.stored_at(at)
    known = session.scalars(stored).first()
    if known is None:
        span = season_queries.span_at(session, at, zone)
        session.execute(_insert(session, Season).values(vars(span)).on_conflict_do_nothing())
        known = session.scalars(stored).one()
    return known


@dataclass
class Change:
    """By how much the standing of an account in a season moves, and which event moved it."""

    event_id: int
    points: int = 0
    individual: int = 0
    held: int = 0


def move(session: Session, changes: Mapping[tuple[int, int], Change]) -> dict[tuple[int, int], Any]:
    """Move standings by their changes, in one order for everyone, and return them as they are."""
    if not changes:
        return {}
    rows = [
        {
            "account_id": account_id,
            "season_id": season_id,
            "kind": _kind_of(account_id),
            "points": change.points,
            "individual": change.individual,
            "held": change.held,
        }
        for (account_id, season_id), change in sorted(changes.items())
    ]
    new = _insert(session, Standing).values(rows)
    moved = {
        name: getattr(Standing, name) + new.excluded[name]
        for name in ("points", "individual", "held")
    }
    found = session.execute(
        new.on_conflict_do_update(index_elements=["account_id", "season_id"], set_=moved).returning(
            Standing.account_id,
            Standing.season_id,
            Standing.points,
            Standing.individual,
            Standing.held,
        )
    )
    return {(row.account_id, row.season_id): row for row in found}


def _kind_of(account_id: int) -> Any:
    return select(Account.kind).where(Account.id == account_id).scalar_subquery()


def lock(session: Session) -> None:
    """Wait for the one pen that writes the ledger; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(PEN)))


def check(session: Session) -> list[dict[str, Any]]:
    """Return every standing that is not the sum of its entries: account, season, both numbers.

    A standing is three numbers: points, a person's individual awards, and what is held back.
    """
    sums = _sums(session)
    kept = {
        (row.account_id, row.season_id): (row.points, row.individual, row.held)
        for row in session.execute(
            select(
                Standing.account_id,
                Standing.season_id,
                Standing.points,
                Standing.individual,
                Standing.held,
            )
        )
    }
    none = (0, 0, 0)
    return [
        {
            "account": account_id,
            "season": season_id,
            "standing": kept.get((account_id, season_id), none),
            "entries": sums.get((account_id, season_id), none),
        }
        for account_id, season_id in sorted(sums.keys() | kept.keys())
        if sums.get((account_id, season_id), none) != kept.get((account_id, season_id), none)
    ]


def rebuild(session: Session) -> int:
    """Make every standing anew from the entries, and return how many there are."""
    lock(session)
    session.execute(delete(Standing))
    kinds = {row.id: row.kind for row in session.execute(select(Account.id, Account.kind))}
    rows = [
        {
            "account_id": account_id,
            "season_id": season_id,
            "kind": kinds[account_id],
            "points": points,
            "individual": individual,
            "held": held,
        }
        for (account_id, season_id), (points, individual, held) in _sums(session).items()
    ]
    if rows:
        session.execute(insert(Standing), rows)
    session.expire_all()
    return len(rows)


def _sums(session: Session) -> dict[tuple[int, int], tuple[int, int, int]]:
    def of(component: Component) -> Any:
        mine = case((LedgerEntry.component == component, LedgerEntry.points), else_=0)
        return func.sum(mine)

    grouped = select(
        LedgerEntry.account_id,
        LedgerEntry.season_id,
        func.sum(LedgerEntry.points),
        of(Component.INDIVIDUAL),
        of(Component.HELD),
    ).group_by(LedgerEntry.account_id, LedgerEntry.season_id)
    return {
        (account_id, season_id): (int(points), int(individual), int(held))
        for account_id, season_id, points, individual, held in session.execute(grouped)
    }


def _insert(session: Session, model: type[Any]) -> Any:
    """Return the dialect's INSERT, which knows ON CONFLICT."""
    name = session.get_bind().dialect.name
    return postgresql.insert(model) if name == "postgresql" else sqlite.insert(model)

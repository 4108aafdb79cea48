"""The ledger: accounts, seasons, entries that are only added, and standings that follow them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cxquest.rewards.models import Account, AccountKind, LedgerEntry, Season, Standing
from cxquest.rewards.seasons import quarter_of


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
    span = quarter_of(at, zone)
    session.execute(_insert(session, Season).values(vars(span)).on_conflict_do_nothing())
    return session.scalars(select(Season).where(Season.name == span.name)).one()


def enter(session: Session, entry: LedgerEntry) -> None:
    """Add an entry and move its standing by as much, in one transaction."""
    session.add(entry)
    session.flush()
    row = {
        "account_id": entry.account_id,
        "season_id": entry.season_id,
        "points": entry.points,
    }
    new = _insert(session, Standing).values(row)
    moved = Standing.points + new.excluded.points
    session.execute(
        new.on_conflict_do_update(
            index_elements=["account_id", "season_id"], set_={"points": moved}
        )
    )


def check(session: Session) -> list[dict[str, Any]]:
    """Return every standing that is not the sum of its entries: account, season, both numbers."""
    sums = _sums(session)
    kept = {
        (row.account_id, row.season_id): row.points
        for row in session.execute(select(Standing.account_id, Standing.season_id, Standing.points))
    }
    return [
        {
            "account": account_id,
            "season": season_id,
            "standing": kept.get((account_id, season_id), 0),
            "entries": sums.get((account_id, season_id), 0),
        }
        for account_id, season_id in sorted(sums.keys() | kept.keys())
        if sums.get((account_id, season_id), 0) != kept.get((account_id, season_id), 0)
    ]


def rebuild(session: Session) -> int:
    """Make every standing anew from the entries, and return how many there are."""
    session.execute(delete(Standing))
    rows = [
        {"account_id": account_id, "season_id": season_id, "points": points}
        for (account_id, season_id), points in _sums(session).items()
    ]
    if rows:
        session.execute(insert(Standing), rows)
    session.expire_all()
    return len(rows)


def _sums(session: Session) -> dict[tuple[int, int], int]:
    grouped = select(
        LedgerEntry.account_id, LedgerEntry.season_id, func.sum(LedgerEntry.points)
    ).group_by(LedgerEntry.account_id, LedgerEntry.season_id)
    return {(account, season): int(total) for account, season, total in session.execute(grouped)}


def _insert(session: Session, model: type[Any]) -> Any:
    """Return the dialect's INSERT, which knows ON CONFLICT."""
    name = session.get_bind().dialect.name
    return postgresql.insert(model) if name == "postgresql" else sqlite.insert(model)

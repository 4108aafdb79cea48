"""What boards and pages ask of points: always standings and entries, never sums over history."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from cxquest.rewards import season_queries
from cxquest.rewards.models import Account, LedgerEntry, Season, Standing


def seasons(session: Session) -> Sequence[Season]:
    """Return the seasons in which points were entered, the latest first."""
    paid = exists().where(Standing.season_id == Season.id)
    return session.scalars(season_queries.stored().where(paid)).all()


def season_now(session: Session, at: datetime, zone: ZoneInfo) -> Season:
    """Return the season of an instant; one in which nothing was paid yet may not be stored."""
    known = session.scalars(season_queries.stored_at(at)).first()
    return known or Season(id=0, **vars(season_queries.span_at(session, at, zone)))


def entries_of_account(
    session: Session, account_id: int, season_id: int | None = None
) -> Sequence[LedgerEntry]:
    """Return an account's entries with their events, the latest first."""
    entries = select(LedgerEntry).where(LedgerEntry.account_id == account_id)
    if season_id is not None:
        entries = entries.where(LedgerEntry.season_id == season_id)
    return session.scalars(
        entries.options(joinedload(LedgerEntry.event)).order_by(LedgerEntry.id.desc())
    ).all()


def account_of_person(session: Session, person_id: int) -> int | None:
    """Return the account of a person; None before their first points."""
    return session.scalar(select(Account.id).where(Account.person_id == person_id))

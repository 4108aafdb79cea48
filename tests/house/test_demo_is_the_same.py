"""The demo company is the same whenever it is played up to the same instant."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core.models import AuditLine
from cxquest.demo import company
from cxquest.rewards.models import LedgerEntry

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def played(session: Session) -> list[tuple[Any, ...]]:
    """Play the story and return what was done and paid, in order; nothing of it stays."""
    company.load(session, AT)
    lines = select(AuditLine.at, AuditLine.actor_name, AuditLine.action, AuditLine.summary)
    entries = select(LedgerEntry.at, LedgerEntry.account_id, LedgerEntry.points, LedgerEntry.label)
    found = [tuple(row) for row in session.execute(lines.order_by(AuditLine.id))]
    found += [tuple(row) for row in session.execute(entries.order_by(LedgerEntry.id))]
    session.rollback()
    session.expunge_all()
    return found


def test_two_plays_are_one(session: Session) -> None:
    first = played(session)
    assert len(first) > 1000
    assert played(session) == first

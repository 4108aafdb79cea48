"""The audit: one line for each deed, written in the deed's own transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core.models import AuditLine


class Actor(Protocol):
    """Somebody who does things: a person, as the audit needs to know them."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


def record(
    session: Session,
    action: str,
    subject: Any,
    *,
    by: Actor | None,
    at: datetime,
    summary: str = "",
    **facts: Any,
) -> AuditLine:
    """Add the line "`by` did `action` to `subject`"; `by` is None for the program itself."""
    line = AuditLine(
        at=at,
        actor_id=by.id if by else None,
        actor_name=by.name if by else "",
        action=action,
        subject_kind=subject.__tablename__,
        subject_id=subject.id,
        summary=summary,
        facts=facts,
    )
    session.add(line)
    return line


def timeline(session: Session, subject: Any, limit: int = 100) -> Sequence[AuditLine]:
    """Return the latest lines about `subject`, newest first."""
    lines = select(AuditLine).where(
        AuditLine.subject_kind == subject.__tablename__, AuditLine.subject_id == subject.id
    )
    return session.scalars(lines.order_by(AuditLine.id.desc()).limit(limit)).all()

"""The two records that every room writes to: what happened, and what is to be sent."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cxquest.core.db import AppendOnly, Base, Key


class AuditLine(AppendOnly, Base):
    """Who did what to what, and when; the timeline of a subject is its lines in order."""

    __tablename__ = "audit_line"
    __table_args__ = (sa.Index("ix_audit_line_subject", "subject_kind", "subject_id", "id"),)

    id: Mapped[Key]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    actor_name: Mapped[str] = mapped_column(sa.String(200), default="")
    action: Mapped[str] = mapped_column(sa.String(60))
    subject_kind: Mapped[str] = mapped_column(sa.String(30))
    subject_id: Mapped[int]
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class OutboxMessage(Base):
    """A message that leaves the process after the transaction which caused it."""

    __tablename__ = "outbox_message"
    __table_args__ = (sa.Index("ix_outbox_message_due", "sent_at", "due_at"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    recipient: Mapped[str] = mapped_column(sa.String(320))
    subject: Mapped[str] = mapped_column(sa.String(300))
    body: Mapped[str] = mapped_column(sa.Text)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(sa.Text, default="")
    sent_at: Mapped[datetime | None]

"""The outbox: messages are rows first and leave only after their cause is committed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cxquest.core.models import OutboxMessage

MAX_ATTEMPTS = 8
BATCH = 50

Send = Callable[[OutboxMessage], None]

log = structlog.get_logger()


def post(
    session: Session, *, key: str, recipient: str, subject: str, body: str, at: datetime
) -> None:
    """Queue a message; `key` makes posting the same one twice a single message."""
    if session.scalar(select(OutboxMessage.id).where(OutboxMessage.key == key)) is None:
        session.add(
            OutboxMessage(
                key=key, recipient=recipient, subject=subject, body=body, created_at=at, due_at=at
            )
        )


def deliver(session: Session, send: Send, at: datetime) -> int:
    """Send what is due, oldest first, and return how many went out.

    Each message is committed by itself, so a crash repeats one message at the most; a failed
    one is tried again after 1, 2, 4, … minutes, eight times. Many workers may run on
    PostgreSQL, where taken rows are skipped.
    """
    sent = 0
    for _ in range(BATCH):
        message = session.scalars(_next(at)).first()
        if message is None:
            break
        sent += _try(message, send, at)
        session.commit()
    session.rollback()
    return sent


def _next(at: datetime) -> Select[tuple[OutboxMessage]]:
    return (
        select(OutboxMessage)
        .where(
            OutboxMessage.sent_at.is_(None),
            OutboxMessage.due_at <= at,
            OutboxMessage.attempts < MAX_ATTEMPTS,
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _try(message: OutboxMessage, send: Send, at: datetime) -> int:
    try:
        send(message)
    except OSError as error:  # smtplib's errors are OSErrors too
        message.attempts += 1
        message.last_error = str(error)[:500]
        message.due_at = at + timedelta(minutes=2 ** (message.attempts - 1))
        log.warning("message not sent", message=message.id, attempts=message.attempts)
        return 0
    message.sent_at = at
    return 1

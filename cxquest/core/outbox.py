"""The outbox: messages are rows first and leave only after their cause is committed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, case, select, update
from sqlalchemy.orm import Session

from cxquest.core.models import OutboxMessage

MAX_ATTEMPTS = 8
TO_CUSTOMERS = "note:"  # how the keys of messages to customers begin
BATCH = 50


@dataclass(frozen=True)
class Letter:
    """A message as its sender sees it."""

    recipient: str
    subject: str
    body: str


Send = Callable[[Letter], None]

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

    A message is claimed, sent and marked in three steps, each committed, so that no
    transaction waits for a mail server and a crash repeats one message at the most. A claim
    is also the next try's date: 1, 2, 4, … minutes on, eight times. Many workers may run.
    """
    sent = 0
    for _ in range(BATCH):
        message = session.scalars(_next(at)).first()
        if message is None:
            break
        letter = Letter(message.recipient, message.subject, message.body)
        key = _claim(message, at)
        session.commit()
        problem = _try(letter, send)
        _mark(session, key, problem, at)
        session.commit()
        sent += not problem
    session.rollback()
    return sent


def _next(at: datetime) -> Select[OutboxMessage]:
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


def _claim(message: OutboxMessage, at: datetime) -> int:
    message.attempts += 1
    message.due_at = at + timedelta(minutes=2 ** (message.attempts - 1))
    return message.id


def _try(letter: Letter, send: Send) -> str:
    """Return what went wrong, nothing if the letter is on its way."""
    try:
        send(letter)
    except OSError as error:  # smtplib's errors are OSErrors too
        return str(error).replace(letter.recipient, "…")[:500] or type(error).__name__
    return ""


def _mark(session: Session, key: int, problem: str, at: datetime) -> None:
    """Note the outcome. A sent body is blanked: it may hold a link that lets its reader in.

    So is the address of a customer, which is kept only apart from what they said.
    """
    mark = update(OutboxMessage).where(OutboxMessage.id == key)
    if problem:
        log.warning("message not sent", message=key, problem=problem)
        session.execute(mark.values(last_error=problem))
    else:
        known = OutboxMessage.recipient
        kept = case((OutboxMessage.key.startswith(TO_CUSTOMERS), ""), else_=known)
        session.execute(mark.values(sent_at=at, body="", last_error="", recipient=kept))

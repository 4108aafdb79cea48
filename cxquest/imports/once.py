"""What all calls of the API share: a body is listed, a key is taken once, an answer is kept."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.imports import bodies
from cxquest.imports.models import ApiCall, ApiKey

KEPT = timedelta(days=7)  # an answer, to be given again to the same call
OTHER_BODY = _(
    "This Idempotency-Key came with another body in the last 7 days. Use a new key for a new call."
)
GOING_ON = _(
    "A call with this Idempotency-Key is going on. Send the same again to have its answer."
)

Take = Callable[[list[object]], dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    """What a call is answered with; `replayed` where an earlier one with its key was it."""

    status: int
    body: dict[str, Any]
    replayed: bool = False


@dataclass(frozen=True)
class Call:
    """A call as it came: its key, its body, its Idempotency-Key (empty without one)."""

    key: ApiKey
    body: bytes
    once: str
    at: datetime


def done(session: Session, call: Call, member: str, take: Take) -> Answer:
    """Have a call's list, the body's one `member`, taken in, and return the answer.

    `take` returns its counts, among them `read` and `rejected`, and what is wrong with whom. A
    call with a key of its own is done once only. Raises Unreadable or BadInput for a body that
    is no call, BadInput where its key came with another body, and Refusal where that call is
    still going on.
    """
    fingerprint = hashlib.sha256(call.body).hexdigest()
    before = _before(session, call) if call.once else None
    if before and before.fingerprint != fingerprint:
        raise BadInput(OTHER_BODY, field="Idempotency-Key")
    if before:
        return Answer(before.status, before.answer, replayed=True)
    given = bodies.listed(call.body, member)
    noted = _note(session, call, fingerprint) if call.once else None
    found = take(given)
    _tell(session, call, found)
    answer = Answer(200 if found["rejected"] < found["read"] else 422, found)
    if noted and answer.status == 200:
        noted.status, noted.answer = answer.status, answer.body
    elif noted:
        session.delete(noted)  # a mended body may come with the same key
    session.flush()
    return answer


def _before(session: Session, call: Call) -> ApiCall | None:
    """Return the earlier call with this key; those that are too old are let go."""
    session.execute(delete(ApiCall).where(ApiCall.at <= call.at - KEPT))
    mine = select(ApiCall).where(
        ApiCall.key_id == call.key.id, ApiCall.idempotency_key == call.once
    )
    return session.scalar(mine)


def _note(session: Session, call: Call, fingerprint: str) -> ApiCall:
    """Take the key of a call; another call that takes it too waits here, and is refused."""
    noted = ApiCall(
        key_id=call.key.id,
        idempotency_key=call.once,
        fingerprint=fingerprint,
        status=0,
        answer={},
        at=call.at,
    )
    session.add(noted)
    try:
        session.flush()
    except IntegrityError as error:
        raise Refusal(GOING_ON) from error
    return noted


def _tell(session: Session, call: Call, found: dict[str, Any]) -> None:
    counts = {name: count for name, count in found.items() if isinstance(count, int)}
    audit.record(session, "called", call.key, by=None, at=call.at, summary=call.key.name, **counts)

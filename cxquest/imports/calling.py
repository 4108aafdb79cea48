"""A call of the API: its records are kept, each bad one is named, and nothing is kept twice."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.imports import bodies, contacts, storing
from cxquest.imports.intake import Record, Rejection, Terms
from cxquest.imports.models import ApiCall, ApiKey
from cxquest.imports.outcome import Outcome, sort_out
from cxquest.imports.receiving import received
from cxquest.imports.records import Fault
from cxquest.journey import queries as journey

KEPT = timedelta(days=7)  # an answer, to be given again to the same call
COUNTS = ("read", "created", "updated", "unchanged", "rejected")
OTHER_BODY = _(
    "This Idempotency-Key came with another body in the last 7 days. Use a new key for new records."
)
GOING_ON = _(
    "A call with this Idempotency-Key is going on. Send the same again to have its answer."
)
ALL_BAD = _("No record of this call can be kept. “errors” says what is wrong with each.")


@dataclass(frozen=True)
class Answer:
    """What a call is answered with; `replayed` where an earlier one with its key was it."""

    status: int
    body: dict[str, Any]
    replayed: bool = False


def call(
    session: Session, key: ApiKey, body: bytes, *, once: str, secret: str, at: datetime
) -> Answer:
    """Keep the records of a call; one that has the key `once` is done once only.

    Raises Unreadable or BadInput for a body that is no call, BadInput where `once` came with
    another body, and Refusal where that call is still going on.
    """
    fingerprint = hashlib.sha256(body).hexdigest()
    before = _before(session, key, once, at) if once else None
    if before and before.fingerprint != fingerprint:
        raise BadInput(OTHER_BODY, field="Idempotency-Key")
    if before:
        return Answer(before.status, before.answer, replayed=True)
    given = bodies.listed(body)
    noted = _note(session, key, once, fingerprint, at) if once else None
    found = _taken(session, key, given, secret, at)
    _tell(session, key, found, at)
    answer = Answer(200 if found["rejected"] < found["read"] else 422, found)
    if noted and answer.status == 200:
        noted.status, noted.answer = answer.status, answer.body
    elif noted:
        session.delete(noted)  # a mended body may come with the same key
    session.flush()
    return answer


def _before(session: Session, key: ApiKey, once: str, at: datetime) -> ApiCall | None:
    """Return the earlier call with this key; those that are too old are let go."""
    session.execute(delete(ApiCall).where(ApiCall.at <= at - KEPT))
    mine = select(ApiCall).where(ApiCall.key_id == key.id, ApiCall.idempotency_key == once)
    return session.scalar(mine)


def _note(session: Session, key: ApiKey, once: str, fingerprint: str, at: datetime) -> ApiCall:
    """Take the key `once`; another call that takes it too waits here, and is refused."""
    noted = ApiCall(
        key_id=key.id, idempotency_key=once, fingerprint=fingerprint, status=0, answer={}, at=at
    )
    session.add(noted)
    try:
        session.flush()
    except IntegrityError as error:
        raise Refusal(GOING_ON) from error
    return noted


def _taken(
    session: Session, key: ApiKey, given: list[object], secret: str, at: datetime
) -> dict[str, Any]:
    """Keep what is valid; return the counts, what is wrong, and what somebody should look at."""
    stages = {stage.name.lower(): stage.id for stage in journey.every_stage(session)}
    terms = Terms(stages, at.date(), contacts.keyed(secret))
    outcome, valid, faults = Outcome(), list[Record](), list[Fault]()
    for index, one in enumerate(received(given, terms)):
        if isinstance(one, Record):
            valid.append(one)
        else:
            faults += one
            outcome.reject(Rejection(index + 1, one[0].field, "", one[0].error), "")
    _keep(session, key.source_id, valid, outcome, at)
    return {
        **{name: getattr(outcome, name) for name in COUNTS},
        "errors": [fault.as_json() for fault in faults],
        "doubts": [
            {"index": record.line - 1, "field": doubt.column, "doubt": doubt.reason}
            for record in valid
            for doubt in record.doubts
        ],
    }


def _keep(
    session: Session, source_id: int, valid: list[Record], outcome: Outcome, at: datetime
) -> None:
    """Write the records."""
    storing.queue(session, source_id)
    known = storing.known(session, source_id, [record.identity for record in valid])
    fresh, changed = sort_out(valid, known, outcome)
    storing.create(session, source_id, None, fresh, at=at)
    storing.update(session, None, changed, at=at)


def _tell(session: Session, key: ApiKey, found: dict[str, Any], at: datetime) -> None:
    counts = {name: found[name] for name in COUNTS}
    audit.record(session, "called", key, by=None, at=at, summary=key.name, **counts)

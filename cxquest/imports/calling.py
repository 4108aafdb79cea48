"""A call that brings feedback: its records are kept, each bad one is named."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from cxquest.core.errors import NotAllowed
from cxquest.core.errors import marked as _
from cxquest.imports import contacts, once, storing
from cxquest.imports.intake import Record, Rejection, Terms
from cxquest.imports.once import Answer, Call
from cxquest.imports.outcome import Outcome, sort_out
from cxquest.imports.receiving import received
from cxquest.imports.records import Fault
from cxquest.journey import queries as journey

COUNTS = ("read", "created", "updated", "unchanged", "rejected")
OTHER_KEY = _("This key brings the readings of a metric, no feedback. Use a key of a source.")


def call(session: Session, made: Call, *, secret: str) -> Answer:
    """Keep the records of a call. Raises NotAllowed for a key without a source, and what
    `once.done` raises.
    """
    source_id = made.key.source_id
    if source_id is None:
        raise NotAllowed(OTHER_KEY)
    return once.done(
        session, made, "records", lambda given: _taken(session, source_id, given, secret, made.at)
    )


def _taken(
    session: Session, source_id: int, given: list[object], secret: str, at: datetime
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
    _keep(session, source_id, valid, outcome, at)
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

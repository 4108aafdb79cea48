"""A call that brings readings: those that fit are taken, each bad one is named."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.imports import once
from cxquest.imports.once import Answer, Call
from cxquest.imports.records import Fault
from cxquest.measures import belonging, called, keys, queries, recording, shares, sorting
from cxquest.measures.called import ReadingRecord
from cxquest.measures.models import Metric, Via
from cxquest.measures.offers import Given, Offered, Refused
from cxquest.measures.recording import Origin
from cxquest.measures.sorting import Words

COUNTS = ("read", "created", "corrected", "unchanged", "rejected")
FIELDS = {"day": "period"}
OTHER_KEY = _("This key is not one of this metric. Its owner or an administrator makes one.")
WORDS = Words(
    _("The period from %(day)s stands at index %(places)s too. Leave all but one of them out."),
    _("The period from %(day)s has the value %(value)s. Say in “reason” why it was wrong."),
)
NO_COUNT = "This metric is no share and no rate. Send “value”."
NO_N = "Say out of how many: this metric is a share or a rate."
NOTHING_COUNTED = "“n” is above 0."


def call(session: Session, made: Call, metric_id: int) -> Answer:
    """Take the readings of a call. Raises NotAllowed for a key of something else, Refusal for
    corrections where what is known must stay as it is, and what `once.done` raises. The metric is
    locked, so that calls at the same moment follow each other.
    """
    if not keys.opens(session, made.key, metric_id):
        raise NotAllowed(OTHER_KEY)
    metric = queries.metric(session, metric_id, locked=True)
    if metric is None:
        raise Refusal(_("There is no such metric any more."))
    return once.done(session, made, "readings", lambda given: _taken(session, metric, given, made))


def _taken(session: Session, metric: Metric, given: list[object], made: Call) -> dict[str, Any]:
    """Take what fits; return the counts, and what is wrong with the others."""
    at = made.at
    offered, faults = list[Offered](), list[Fault]()
    for index, one in enumerate(given):
        found = called.read(index, one)
        if isinstance(found, ReadingRecord):
            read = _offered(index, found, metric)
            if isinstance(read, Offered):
                offered.append(read)
            else:
                faults.append(read)
        else:
            faults += found
    good, refused = sorting.sort_out(session, metric, offered, words=WORDS, at=at)
    taken = recording.take(session, metric, good, origin=Origin(None, Via.API), at=at)
    faults += [_fault(one) for one in refused]
    if taken.created or taken.corrected:
        audit.record(
            session,
            "readings_sent",
            belonging.subject(session, metric),
            by=None,
            at=at,
            summary=f"{metric.name}: {made.key.name}"[:200],
            created=taken.created,
            corrected=taken.corrected,
        )
    return {
        "read": len(given),
        "created": taken.created,
        "corrected": taken.corrected,
        "unchanged": taken.unchanged,
        "rejected": len({fault.index for fault in faults}),
        "errors": [fault.as_json() for fault in _in_order(faults)],
    }


def _offered(index: int, record: ReadingRecord, metric: Metric) -> Offered | Fault:
    n = None if record.n is None else int(record.n)
    if metric.is_counted and record.n is None:
        return Fault(index, "n", NO_N)
    if n == 0:
        return Fault(index, "n", NOTHING_COUNTED)
    if record.count is not None and not metric.is_counted:
        return Fault(index, "count", NO_COUNT)
    value = _value(record, n, metric.per)
    day = date.fromisoformat(record.period)
    return Offered(index, Given(day, value, n, record.reason.strip()))


def _value(record: ReadingRecord, n: int | None, per: int) -> Decimal:
    if record.count is not None and n:
        return shares.value_of(record.count, n, per)
    return (record.value or Decimal(0)).quantize(shares.PLACES)


def _fault(one: Refused) -> Fault:
    return Fault(one.place, FIELDS.get(one.field, one.field), one.text % one.values)


def _in_order(faults: Sequence[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: fault.index)

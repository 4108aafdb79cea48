"""The organisation's own record."""

from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.audit import Actor
from cxquest.people import queries
from cxquest.people.models import Organisation


def describe(
    session: Session,
    *,
    name: str,
    time_zone: str,
    currency: str,
    by: Actor | None,
    at: datetime,
) -> Organisation:
    """Set the organisation's name, time zone and currency; the first time, make it."""
    known = queries.organisation(session)
    if known is None:
        known = Organisation()
        session.add(known)
    known.name, known.time_zone, known.currency = name, time_zone, currency
    session.flush()
    audit.record(session, "described", known, by=by, at=at, summary=name)
    return known

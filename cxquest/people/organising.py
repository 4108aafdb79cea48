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
    fiscal_month: int = 1,
    ranks_people: bool = True,
    by: Actor | None,
    at: datetime,
) -> Organisation:
    """Set what the organisation says of itself; the first time, make it.

    Seasons that are stored keep their days when its zone or fiscal year changes.
    """
    known = queries.organisation(session)
    if known is None:
        known = Organisation()
        session.add(known)
    known.name, known.time_zone, known.currency = name, time_zone, currency
    known.fiscal_month, known.ranks_people = fiscal_month, ranks_people
    session.flush()
    audit.record(session, "described", known, by=by, at=at, summary=name)
    return known

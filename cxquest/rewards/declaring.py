"""Declaring a season ahead: it begins where the last one ends, so that none overlaps."""

import re
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed
from cxquest.core.errors import marked as _
from cxquest.people import policy
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.rewards import season_queries, seasons
from cxquest.rewards.models import Season

QUARTER = re.compile(r"(\d{4}|FY\d{4}/\d\d)-Q[1-4].*", re.IGNORECASE)


def declare(session: Session, *, name: str, last_day: date, by: Person, at: datetime) -> Season:
    """Store a season of that name from the end of the last one to the end of `last_day`.

    Raises NotAllowed but for administrators, and BadInput for a name that is taken or a day
    that makes the season shorter than 4 weeks or longer than 53.
    """
    if not policy.may_administer(by):
        raise NotAllowed(_("Administrators declare seasons."))
    _check_name(session, name)
    zone = people.zone(session)
    _present, begins = season_queries.ahead(session, at, zone)
    first = begins.astimezone(zone).date()
    earliest, latest = (first + most - seasons.DAY for most in (seasons.SHORTEST, seasons.LONGEST))
    if not earliest <= last_day <= latest:
        raise BadInput(
            _("A season lasts 4 to 53 weeks. This one ends between %(earliest)s and %(latest)s."),
            field="last_day",
            earliest=earliest,
            latest=latest,
        )
    ends = seasons.midnight(last_day + seasons.DAY, zone)
    season = Season(name=name, starts_at=begins, ends_at=ends)
    session.add(season)
    session.flush()
    audit.record(session, "declared", season, by=by, at=at, summary=name)
    session.flush()
    return season


def _check_name(session: Session, name: str) -> None:
    if QUARTER.fullmatch(name):
        raise BadInput(_("Quarters are named by the program. Choose another name."), field="name")
    if session.scalar(select(Season.id).where(func.lower(Season.name) == name.lower())):
        raise BadInput(_("There is a season of that name already."), field="name")

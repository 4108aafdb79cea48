"""Opting in to the comparison with colleagues, and out of it again at any time."""

from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.boards import policy
from cxquest.core import audit
from cxquest.core.errors import NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.people import queries as people
from cxquest.people.models import Person


def opt_in(session: Session, *, by: Person, at: datetime) -> None:
    """Show one's points to colleagues who show theirs.

    Raises NotAllowed for executives, Refusal where the organisation compares nobody.
    """
    if not policy.may_compare(by):
        raise NotAllowed(_("Executives sponsor quests; they are not compared with others."))
    if not policy.compares_people(people.organisation(session)):
        raise Refusal(_("This organisation does not compare people."))
    _set(session, by, at, shows=True)


def opt_out(session: Session, *, by: Person, at: datetime) -> None:
    """Show one's points to nobody any more."""
    _set(session, by, at, shows=False)


def _set(session: Session, person: Person, at: datetime, *, shows: bool) -> None:
    if person.shows_points is not shows:
        person.shows_points = shows
        deed = "points_shown" if shows else "points_hidden"
        audit.record(session, deed, person, by=person, at=at, summary=person.name)
        session.flush()

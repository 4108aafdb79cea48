"""What a sponsor is asked for: when an answer is due, when it came, when none is needed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core.working_days import due
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests.models import Quest, SponsorRequest

WORKING_DAYS = 5


def asked(session: Session, quest: Quest, sponsor: Person, at: datetime) -> SponsorRequest:
    """Write down that the sponsor is asked; asking the same one again does not restart the clock.

    Whoever was asked before another sponsor need not answer any more.
    """
    known = waiting(session, quest)
    if known and known.sponsor_id == sponsor.id:
        return known
    withdrawn(session, quest, at)
    made = SponsorRequest(
        quest_id=quest.id,
        sponsor_id=sponsor.id,
        asked_at=at,
        due_at=due(at, WORKING_DAYS, people.zone(session)),
    )
    session.add(made)
    session.flush()
    return made


def answered(session: Session, quest: Quest, at: datetime) -> None:
    """Write down that the sponsor answered, whatever the answer was."""
    known = waiting(session, quest)
    if known:
        known.answered_at = at
        session.flush()


def withdrawn(session: Session, quest: Quest, at: datetime) -> None:
    """Take back what the sponsor was asked for; one that is overdue by now stays overdue.

    `answered_at` of what was taken back is the instant at which it ended.
    """
    known = waiting(session, quest)
    if known:
        known.answered_at, known.withdrawn = at, True
        session.flush()


def waiting(session: Session, quest: Quest) -> SponsorRequest | None:
    """Return what waits for the sponsor's answer."""
    return session.scalar(
        select(SponsorRequest).where(
            SponsorRequest.quest_id == quest.id,
            SponsorRequest.answered_at.is_(None),
            ~SponsorRequest.withdrawn,
        )
    )

"""What answering customers asks: the notes that were prepared, and whom they can reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from cxquest.pains.models import PainEvidence, PainNote, PainPoint
from cxquest.surveys.models import Contact
from cxquest.voice.models import Comment, Source, Submission


@dataclass(frozen=True)
class Reachable:
    """A customer who agreed to hear back; without an address, their source knows it."""

    source: str
    external_id: str
    collected_on: date | None
    address: str


def agreed(pain_id: int) -> ColumnElement[bool]:
    """Return what is true of the submissions that show a pain and whose customer agreed."""
    shown = (
        select(Comment.submission_id)
        .join(PainEvidence, PainEvidence.comment_id == Comment.id)
        .where(PainEvidence.pain_id == pain_id)
    )
    addressed = select(Contact.submission_id).correlate(None)
    consents = or_(Submission.contact != "", Submission.id.in_(addressed))
    return and_(Submission.id.in_(shown), consents)


def how_many(session: Session, pain_id: int) -> int:
    """Return how many of the customers whose words are evidence agreed to hear back."""
    return session.scalar(select(func.count(Submission.id)).where(agreed(pain_id))) or 0


def reachable(session: Session, pain_id: int) -> list[Reachable]:
    """Return the customers who agreed to hear back, the earliest first."""
    found = session.execute(
        select(Source.name, Submission.external_id, Submission.collected_on, Contact.address)
        .join(Submission, Submission.source_id == Source.id)
        .outerjoin(Contact, Contact.submission_id == Submission.id)
        .where(agreed(pain_id))
        .order_by(Submission.collected_on.nulls_last(), Submission.id)
    )
    return [Reachable(name, key, day, address or "") for name, key, day, address in found]


def notes(session: Session, pain_id: int) -> Sequence[PainNote]:
    """Return the notes about a pain point, the latest first."""
    about = select(PainNote).where(PainNote.pain_id == pain_id)
    return session.scalars(about.order_by(PainNote.id.desc())).all()


def draft(session: Session, pain: PainPoint) -> PainNote | None:
    """Return the note that was prepared and not sent yet."""
    unsent = select(PainNote).where(PainNote.pain_id == pain.id, PainNote.sent_at.is_(None))
    return session.scalar(unsent.order_by(PainNote.id.desc()).limit(1))


def of_outcome(session: Session, outcome: str) -> PainNote | None:
    """Return the note about an outcome, sent or not."""
    return session.scalar(select(PainNote).where(PainNote.outcome == outcome))


def asking(session: Session, pain_id: int, outcome: str = "") -> Sequence[PainNote]:
    """Return the notes of a pain point that ask whether it helped, the latest first.

    With an `outcome`, only its own.
    """
    about = select(PainNote).where(PainNote.pain_id == pain_id, PainNote.outcome.is_not(None))
    if outcome:
        about = about.where(PainNote.outcome == outcome)
    return session.scalars(about.order_by(PainNote.id.desc())).all()


def note(session: Session, note_id: int) -> PainNote | None:
    """Return a note that asks whether it helped."""
    return session.scalar(
        select(PainNote).where(PainNote.id == note_id, PainNote.outcome.is_not(None))
    )

"""Reading one comment closely: what it said before, what repeats it, and its original text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from cxquest.core import audit
from cxquest.core.audit import Actor
from cxquest.voice import masking
from cxquest.voice.models import Comment, Submission, SubmissionVersion

SHOWN = 20


@dataclass(frozen=True)
class Earlier:
    """What a submission said until something replaced it: questions with texts, masked."""

    until: datetime
    said: tuple[tuple[str, str], ...]
    rated: tuple[tuple[str, str], ...]
    collected: str


def versions(session: Session, submission: Submission) -> list[Earlier]:
    """Return what a submission said before, the latest first."""
    rows = (
        select(SubmissionVersion)
        .where(SubmissionVersion.submission_id == submission.id)
        .order_by(SubmissionVersion.id.desc())
        .limit(SHOWN)
    )
    return [_earlier(version) for version in session.scalars(rows)]


def repeats(session: Session, submission: Submission) -> Sequence[Submission]:
    """Return the submissions that say the same, as a person found: the first and its repeats."""
    first = submission.repeat_of_id or submission.id
    same = or_(Submission.id == first, Submission.repeat_of_id == first)
    rows = (
        select(Submission)
        .where(same, Submission.id != submission.id)
        .options(joinedload(Submission.source), selectinload(Submission.comments))
        .order_by(Submission.id)
        .limit(SHOWN)
    )
    return session.scalars(rows).all()


def read_original(session: Session, comment: Comment, *, by: Actor, at: datetime) -> None:
    """Put on record that somebody reads a comment with the contact data in it."""
    audit.record(session, "read_original", comment, by=by, at=at)
    session.flush()


def _earlier(version: SubmissionVersion) -> Earlier:
    before = version.before
    return Earlier(
        version.replaced_at,
        tuple((said[0], masking.masked(said[1])) for said in before.get("comments", ())),
        tuple((rated[0], masking.masked(rated[2])) for rated in before.get("ratings", ())),
        str(before.get("collected_raw") or before.get("collected_on") or ""),
    )

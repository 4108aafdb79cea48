"""What pages ask about the comments that show a pain point."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from cxquest.pains.models import PainEvidence, PainPoint
from cxquest.voice import queries as voice
from cxquest.voice import searching
from cxquest.voice.models import Comment, Submission
from cxquest.voice.searching import Asked


def evidence(session: Session, pain_id: int, limit: int) -> Sequence[PainEvidence]:
    """Return the pieces of evidence that weigh most, of these the latest.

    Each comes with its comment, submission, source and stage.
    """
    pieces = (
        select(PainEvidence)
        .join(PainEvidence.comment)
        .join(Comment.submission)
        .where(PainEvidence.pain_id == pain_id)
        .options(
            joinedload(PainEvidence.comment)
            .joinedload(Comment.submission)
            .options(joinedload(Submission.source), joinedload(Submission.stage))
        )
    )
    order = (
        PainEvidence.importance.desc(),
        Submission.collected_on.desc().nulls_last(),
        Comment.id.desc(),
    )
    return session.scalars(pieces.order_by(*order).limit(limit)).all()


def piece(session: Session, pain_id: int, comment_id: int) -> PainEvidence | None:
    """Return one piece of evidence."""
    return session.get(PainEvidence, (pain_id, comment_id))


def evidence_ids(session: Session, pain_id: int) -> set[int]:
    """Return the ids of all comments that are evidence already."""
    ids = select(PainEvidence.comment_id).where(PainEvidence.pain_id == pain_id)
    return set(session.scalars(ids))


def known_comments(session: Session, comment_ids: Iterable[int]) -> set[int]:
    """Return which of these comments there are."""
    possible = [n for n in comment_ids if 0 < n < 2**31]
    return set(session.scalars(select(Comment.id).where(Comment.id.in_(possible))))


def candidates(session: Session, found: PainPoint, search: str, most: int) -> Sequence[int]:
    """Return the ids of the newest comments, no more than `most`, that could be evidence.

    They hold these words; without words, they are about its theme.
    """
    used = sorted(evidence_ids(session, found.id))
    asked = Asked(q=search) if search else Asked(theme=voice.root_of(session, found.theme_id))
    return searching.ids(session, asked, most, used)


def latest(
    session: Session, asked: Asked, limit: int, without: Iterable[int] = ()
) -> Sequence[Comment]:
    """Return the latest comments that fit, without some that are known already."""
    ids = searching.ids(session, asked, limit, sorted(without))
    return voice.comments_by_id(session, ids)

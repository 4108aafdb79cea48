"""What merging and splitting asks: who is alike, what was moved, what became part of what."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload

from cxquest.pains import lifecycle
from cxquest.pains.likeness import Known
from cxquest.pains.models import PainEvidence, PainMerge, PainPoint, PainSupport

COMPARED = 2000  # pain points that a title is compared with, the newest


def live(session: Session, but: int | None = None) -> list[Known]:
    """Return the live pain points as they are compared, without the one with the id `but`."""
    texts = (
        select(PainPoint.id, PainPoint.title, PainPoint.experienced)
        .where(PainPoint.state.in_(lifecycle.LIVE), PainPoint.id != (but or 0))
        .order_by(PainPoint.id.desc())
        .limit(COMPARED)
    )
    return [Known(*row) for row in session.execute(texts)]


def named(session: Session, ids: Sequence[int]) -> list[PainPoint]:
    """Return these pain points with their stages, in the order of the ids."""
    found = session.scalars(
        select(PainPoint).where(PainPoint.id.in_(ids)).options(joinedload(PainPoint.stage))
    )
    known = {pain.id: pain for pain in found}
    return [known[key] for key in ids if key in known]


def whole_of(pain_id: int) -> Select[int]:
    """Return the ids of a pain point and of all that became part of it, directly or not."""
    parts = select(PainPoint.id).where(PainPoint.id == pain_id).cte("part", recursive=True)
    further = select(PainPoint.id).join(parts, PainPoint.merged_into_id == parts.c.id)
    return select(parts.union(further).c.id)


def merge_of(session: Session, pain_id: int) -> PainMerge | None:
    """Return the merge by which this pain point became part of another, with both."""
    return _latest(session, PainMerge.pain_id == pain_id, PainMerge.is_split.is_(False))


def split_of(session: Session, pain_id: int) -> PainMerge | None:
    """Return the split by which this pain point came out of another, with both."""
    return _latest(session, PainMerge.into_id == pain_id, PainMerge.is_split.is_(True))


def of(session: Session, pain_id: int) -> Sequence[PainMerge]:
    """Return every merge and split of a pain point that stands, with both sides, in one query."""
    about = or_(PainMerge.pain_id == pain_id, PainMerge.into_id == pain_id)
    return session.scalars(
        _with_both().where(about, PainMerge.undone_at.is_(None)).order_by(PainMerge.id)
    ).all()


def into(session: Session, pain_id: int, *, but: int) -> Sequence[PainMerge]:
    """Return the other merges into a pain point that still stand, the first one first."""
    standing = select(PainMerge).where(
        PainMerge.into_id == pain_id,
        PainMerge.id != but,
        PainMerge.is_split.is_(False),
        PainMerge.undone_at.is_(None),
    )
    return session.scalars(standing.order_by(PainMerge.id)).all()


def _latest(session: Session, *conditions: ColumnElement[bool]) -> PainMerge | None:
    standing = _with_both().where(PainMerge.undone_at.is_(None), *conditions)
    return session.scalar(standing.order_by(PainMerge.id.desc()).limit(1))


def _with_both() -> Select[PainMerge]:
    return select(PainMerge).options(
        joinedload(PainMerge.pain), joinedload(PainMerge.into), joinedload(PainMerge.by)
    )


def pieces(session: Session, pain_id: int) -> dict[int, PainEvidence]:
    """Return all evidence of a pain point by its comment."""
    found = session.scalars(select(PainEvidence).where(PainEvidence.pain_id == pain_id))
    return {piece.comment_id: piece for piece in found}


def supporters(session: Session, pain_id: int) -> dict[int, PainSupport]:
    """Return all support for a pain point by its person."""
    found = session.scalars(select(PainSupport).where(PainSupport.pain_id == pain_id))
    return {told.person_id: told for told in found}

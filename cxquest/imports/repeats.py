"""Submissions of a source that say exactly the same: offered for merging, never merged unasked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, Update, func, select, update
from sqlalchemy.orm import Session, aliased

from cxquest.core import audit
from cxquest.core.audit import Actor
from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.voice.models import Comment, Source, Submission


@dataclass(frozen=True)
class Repeated:
    """Submissions with the same words, ratings and day: how many, and how many count no more."""

    content: str
    text: str
    times: int
    merged: int


def firsts(source_id: int) -> Select[Submission]:
    """Return the first submission of each content that came more than once.

    The most frequent content stands first, then the oldest.
    """
    found = _groups(source_id).subquery()
    first, times = found.c[1], found.c[2]
    rows = select(Submission).join(found, Submission.id == first)
    return rows.order_by(times.desc(), Submission.id)


def counted(session: Session, source_id: int) -> tuple[int, int]:
    """Return how many submissions of a source repeat another, and how many of them are merged."""
    found = _groups(source_id).subquery()
    times, merged = found.c[2], found.c[3]
    row = session.execute(
        select(func.coalesce(func.sum(times - 1), 0), func.coalesce(func.sum(merged), 0))
    ).one()
    return int(row[0]), int(row[1])


def shown(session: Session, source_id: int, firsts: Sequence[Submission]) -> list[Repeated]:
    """Return what a list shows of these contents, in their order, each with its first words."""
    rows = _groups(source_id).where(Submission.content.in_([one.content for one in firsts]))
    figures = {content: (times, merged) for content, _id, times, merged in session.execute(rows)}
    said = select(Comment).where(Comment.submission_id.in_([one.id for one in firsts]))
    texts = {
        comment.submission_id: comment.shown
        for comment in session.scalars(said.order_by(Comment.position.desc()))
    }
    return [Repeated(one.content, texts.get(one.id, ""), *figures[one.content]) for one in firsts]


def _groups(source_id: int) -> Select[str, int, int, int]:
    """Return the contents that came more than once.

    A row is content, the first one's id, how many there are, how many of them are merged.
    """
    merged = func.count(Submission.repeat_of_id)
    return (
        select(Submission.content, func.min(Submission.id), func.count(), merged)
        .where(Submission.source_id == source_id, Submission.content != "")
        .group_by(Submission.content)
        .having(func.count() > 1)
    )


def merge(session: Session, source: Source, content: str = "", *, by: Actor, at: datetime) -> int:
    """Let repeats count once: the first of each stays, the others are kept and counted no more.

    Of one content, or of all. Returns how many count no more; raises Refusal for none.
    """
    first = aliased(Submission)
    earliest = (
        select(func.min(first.id))
        .where(first.source_id == source.id, first.content == Submission.content)
        .scalar_subquery()
    )
    mine = _of(source, content).where(Submission.repeat_of_id.is_(None), Submission.id != earliest)
    done = session.scalars(mine.values(repeat_of_id=earliest).returning(Submission.id)).all()
    return _told(session, source, "merged_repeats", done, by, at)


def part(session: Session, source: Source, content: str = "", *, by: Actor, at: datetime) -> int:
    """Let repeats count each for itself again. Raises Refusal where none is merged."""
    mine = _of(source, content).where(Submission.repeat_of_id.is_not(None))
    done = session.scalars(mine.values(repeat_of_id=None).returning(Submission.id)).all()
    return _told(session, source, "parted_repeats", done, by, at)


def _of(source: Source, content: str) -> Update:
    mine = update(Submission).where(Submission.source_id == source.id, Submission.content != "")
    return mine.where(Submission.content == content) if content else mine


def _told(
    session: Session, source: Source, deed: str, done: Sequence[int], by: Actor, at: datetime
) -> int:
    if not done:
        raise Refusal(_("There is nothing of this kind any more."))
    audit.record(session, deed, source, by=by, at=at, summary=source.name, submissions=len(done))
    session.expire_all()
    return len(done)

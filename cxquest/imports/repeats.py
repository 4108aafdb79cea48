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


def groups(source_id: int) -> Select[str, int, int, int]:
    """Return the contents that came more than once, the most frequent first, then the oldest.

    A row is content, the first one's id, how many there are, how many of them are merged.
    """
    merged = func.count(Submission.repeat_of_id)
    return (
        select(Submission.content, func.min(Submission.id), func.count(), merged)
        .where(Submission.source_id == source_id, Submission.content != "")
        .group_by(Submission.content)
        .having(func.count() > 1)
        .order_by(func.count().desc(), func.min(Submission.id))
    )


def counted(session: Session, source_id: int) -> tuple[int, int]:
    """Return how many submissions of a source repeat another, and how many of them are merged."""
    found = groups(source_id).subquery()
    times, merged = found.c[2], found.c[3]
    row = session.execute(
        select(func.coalesce(func.sum(times - 1), 0), func.coalesce(func.sum(merged), 0))
    ).one()
    return int(row[0]), int(row[1])


def several(session: Session, source_id: int) -> int:
    """Return how many contents of a source came more than once."""
    found = groups(source_id).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def shown(session: Session, source_id: int, page: int, per_page: int) -> list[Repeated]:
    """Return one page of the contents that came more than once, each with its first words."""
    rows = session.execute(
        groups(source_id).offset((page - 1) * per_page).limit(per_page + 1)
    ).all()
    firsts = [first for _content, first, _times, _merged in rows]
    said = (
        select(Comment).where(Comment.submission_id.in_(firsts)).order_by(Comment.position.desc())
    )
    texts = {
        comment.submission_id: comment.shown
        for comment in session.scalars(said.order_by(Comment.position.desc()))
    }
    return [
        Repeated(content, texts.get(first, ""), times, merged)
        for content, first, times, merged in rows
    ]


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

"""What pages and services ask about learnings and the groups that were found."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, joinedload

from cxquest.themes.models import (
    FoundGroup,
    FoundGroupComment,
    GroupState,
    LearningState,
    ThemeLearning,
)
from cxquest.voice.models import Comment, CommentTheme, Origin, Submission, Theme
from cxquest.voice.queries import COUNTS


def themes(session: Session) -> Sequence[Theme]:
    """Return the themes that stand for themselves, by name."""
    own = select(Theme).where(Theme.merged_into_id.is_(None))
    return session.scalars(own.order_by(func.lower(Theme.name), Theme.id)).all()


def last(session: Session) -> ThemeLearning | None:
    """Return the last learning that was asked for."""
    newest = select(ThemeLearning).order_by(ThemeLearning.id.desc()).limit(1)
    return session.scalar(newest.options(joinedload(ThemeLearning.asked_by)))


def last_measured(session: Session) -> ThemeLearning | None:
    """Return the last learning whose agreement with people is known."""
    measured = select(ThemeLearning).where(ThemeLearning.state == LearningState.DONE)
    found = session.scalars(measured.order_by(ThemeLearning.id.desc()).limit(20))
    return next((one for one in found if one.agreement), None)


def unsaid() -> Select[int]:
    """Return the ids of comments that count and have no person's word, in order."""
    word = (
        exists()
        .where(
            CommentTheme.comment_id == Comment.id,
            CommentTheme.origin == Origin.PERSON,
            CommentTheme.refused.is_(False),
        )
        .correlate(Comment)
    )
    return _counted().where(~word).order_by(Comment.id)


def left_over() -> Select[int]:
    """Return the ids of comments that count and that nobody has a theme for, in order.

    Those of groups that a person dropped are not asked about again.
    """
    dropped = (
        exists()
        .where(
            FoundGroupComment.comment_id == Comment.id,
            FoundGroupComment.group_id == FoundGroup.id,
            FoundGroup.state == GroupState.DROPPED,
        )
        .correlate(Comment)
    )
    return _counted().where(~_themed(), ~dropped).order_by(Comment.id)


def _counted() -> Select[int]:
    return select(Comment.id).join(Comment.submission).where(COUNTS)


def count(session: Session, ids: Select[int]) -> int:
    """Return how many ids there are."""
    return session.scalar(select(func.count()).select_from(ids.order_by(None).subquery())) or 0


def groups_to_name(session: Session) -> int:
    """Return how many groups wait for a name."""
    return count(session, select(FoundGroup.id).where(FoundGroup.state == GroupState.OPEN))


def _themed() -> ColumnElement[bool]:
    given = CommentTheme.comment_id == Comment.id, CommentTheme.refused.is_(False)
    return exists().where(*given).correlate(Comment)


def open_groups() -> Select[FoundGroup]:
    """Return the groups that nobody has named or dropped, the largest first."""
    return (
        select(FoundGroup)
        .where(FoundGroup.state == GroupState.OPEN)
        .order_by(FoundGroup.size.desc(), FoundGroup.id)
    )


def group(session: Session, group_id: int) -> FoundGroup | None:
    """Return a group by id, with the theme that it became."""
    wanted = select(FoundGroup).where(FoundGroup.id == group_id)
    return session.scalar(wanted.options(joinedload(FoundGroup.theme)))


def typical(session: Session, group_ids: Sequence[int], most: int) -> dict[int, list[Comment]]:
    """Return the most typical comments of each group, with their source."""
    rows = (
        select(FoundGroupComment)
        .where(FoundGroupComment.group_id.in_(group_ids), FoundGroupComment.rank < most)
        .order_by(FoundGroupComment.group_id, FoundGroupComment.rank)
        .options(
            joinedload(FoundGroupComment.comment)
            .joinedload(Comment.submission)
            .joinedload(Submission.source)
        )
    )
    found: dict[int, list[Comment]] = {key: [] for key in group_ids}
    for row in session.scalars(rows):
        found[row.group_id].append(row.comment)
    return found


def comments_of(session: Session, group: FoundGroup) -> list[int]:
    """Return the ids of a group's comments, the most typical first."""
    ids = select(FoundGroupComment.comment_id).where(FoundGroupComment.group_id == group.id)
    return list(session.scalars(ids.order_by(FoundGroupComment.rank)))

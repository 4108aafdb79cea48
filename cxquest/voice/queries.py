"""What pages ask about comments, sources and themes."""

from collections.abc import Iterable, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from cxquest.voice import shares
from cxquest.voice.models import Comment, CommentTheme, Origin, Source, Submission, Theme
from cxquest.voice.shares import Series

# What counts: it says something, and repeats nothing.
COUNTS = sa.and_(Submission.repeat_of_id.is_(None), Comment.says_nothing.is_(False))
READABLE = (60, 240)


def comments() -> Select[Comment]:
    """Return all comments with their submission, its source and its stage, in no order."""
    return (
        select(Comment)
        .join(Comment.submission)
        .options(
            contains_eager(Comment.submission).joinedload(Submission.source),
            contains_eager(Comment.submission).joinedload(Submission.stage),
        )
    )


def comments_by_id(session: Session, ids: Iterable[int]) -> list[Comment]:
    """Return these comments, in the order of the ids, with their source and stage."""
    wanted = list(dict.fromkeys(ids))
    found = session.scalars(comments().where(Comment.id.in_(wanted)))
    known = {comment.id: comment for comment in found}
    return [known[key] for key in wanted if key in known]


def comment(session: Session, comment_id: int) -> Comment | None:
    """Return a comment with its themes and the whole of its submission."""
    whole = contains_eager(Comment.submission)
    return session.scalar(
        comments()
        .where(Comment.id == comment_id)
        .options(
            selectinload(Comment.themes),
            whole.joinedload(Submission.heard_by),
            whole.selectinload(Submission.comments),
            whole.selectinload(Submission.ratings),
        )
    )


def proposed(session: Session, comment_id: int) -> dict[int, CommentTheme]:
    """Return by theme what no person has said of a comment yet, but the program or a group."""
    rows = select(CommentTheme).where(
        CommentTheme.comment_id == comment_id,
        CommentTheme.origin != Origin.PERSON,
        CommentTheme.refused.is_(False),
    )
    return {row.theme_id: row for row in session.scalars(rows)}


def sources(session: Session) -> Sequence[Source]:
    """Return all sources, by name."""
    return session.scalars(select(Source).order_by(Source.name)).all()


def sources_heard(session: Session) -> Sequence[Source]:
    """Return the sources of which there are submissions, by name."""
    heard = select(Submission.id).where(Submission.source_id == Source.id).exists()
    return session.scalars(select(Source).where(heard).order_by(Source.name)).all()


def themes(session: Session) -> Sequence[Theme]:
    """Return all themes that are not part of another one, by name."""
    live = select(Theme).where(Theme.merged_into_id.is_(None))
    return session.scalars(live.order_by(func.lower(Theme.name), Theme.id)).all()


def theme(session: Session, theme_id: int) -> Theme | None:
    """Return a theme by id."""
    return session.get(Theme, theme_id)


def theme_named(session: Session, name: str) -> Theme | None:
    """Return the theme of this name, whatever its capitals."""
    return session.scalar(select(Theme).where(func.lower(Theme.name) == name.strip().lower()))


def whole_theme(theme_id: int) -> Select[int]:
    """Return the ids of the theme that this one is part of now and of all that are part of it."""
    columns = Theme.id, Theme.merged_into_id
    kin = select(*columns).where(Theme.id == theme_id).cte("theme_kin", recursive=True)
    part_or_whole = sa.or_(Theme.merged_into_id == kin.c.id, Theme.id == kin.c.merged_into_id)
    return select(kin.union(select(*columns).join(kin, part_or_whole)).c.id)


def root_of(session: Session, theme_id: int | None) -> int | None:
    """Return the id of the theme that this one is part of now, its own where it is part of none."""
    if theme_id is None:
        return None
    columns = Theme.id, Theme.merged_into_id
    way = select(*columns).where(Theme.id == theme_id).cte("theme_way", recursive=True)
    way = way.union(select(*columns).join(way, Theme.id == way.c.merged_into_id))
    return session.scalar(select(way.c.id).where(way.c.merged_into_id.is_(None)))


def theme_counts(session: Session) -> dict[int, int]:
    """Return how many comments each theme has, as the list shows them; none is not in it."""
    repeats = select(Comment.id).join(Comment.submission)
    repeats = repeats.where(Submission.repeat_of_id.is_not(None))
    counted = (
        select(CommentTheme.theme_id, func.count())
        .where(CommentTheme.refused.is_(False), CommentTheme.comment_id.not_in(repeats))
        .group_by(CommentTheme.theme_id)
    )
    return dict(session.execute(counted).all())


def theme_series(
    session: Session, theme_ids: Sequence[int], today: date, weeks: int = shares.WEEKS
) -> dict[int, Series]:
    """Return each theme's share of the last weeks: two statements for any number of themes.

    What says nothing and what repeats another is not counted.
    """
    day = Submission.collected_on
    days = sa.and_(day.between(shares.since(today, weeks), today), COUNTS)
    tagged = (
        select(CommentTheme.theme_id, day, func.count())
        .join(Comment, Comment.id == CommentTheme.comment_id)
        .join(Comment.submission)
        .where(days, CommentTheme.theme_id.in_(theme_ids), CommentTheme.refused.is_(False))
        .group_by(CommentTheme.theme_id, day)
    )
    everything = select(day, func.count()).join(Submission.comments).where(days).group_by(day)
    return shares.series(
        ((key, on, often) for key, on, often in session.execute(tagged) if on),
        {on: often for on, often in session.execute(everything) if on},
        theme_ids,
        today,
        weeks,
    )

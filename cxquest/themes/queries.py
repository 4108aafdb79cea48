"""What the pages of themes ask: shares by week, by stage, by department, ratings, changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from cxquest.journey.models import Stage
from cxquest.people.models import Department, Person
from cxquest.themes.models import ThemeChange
from cxquest.themes.ratings import Rated
from cxquest.themes.typical import typical
from cxquest.voice.models import (
    Comment,
    CommentTheme,
    Origin,
    Rating,
    Source,
    Submission,
    Theme,
)
from cxquest.voice.queries import COUNTS

LOOKED_THROUGH = 200  # newest comments that the typical ones are chosen from
CHANGES = 20


@dataclass(frozen=True)
class Part:
    """A part of what customers say: how many comments, and how many about the theme."""

    name: str
    tagged: int
    n: int


@dataclass(frozen=True)
class Unthemed:
    """Comments of some days: all of them, those that say nothing, those without a theme."""

    n: int
    nothing: int
    without: int


@dataclass(frozen=True)
class Said:
    """All comments about a theme: how many, how many without a date, how many only proposed."""

    n: int
    undated: int
    proposed: int


@dataclass(frozen=True)
class Typical:
    """A comment that stands for others of its theme, and whether it is only proposed for it."""

    comment: Comment
    is_proposed: bool


def theme(session: Session, theme_id: int) -> Theme | None:
    """Return a theme with its owner."""
    found = select(Theme).where(Theme.id == theme_id).options(joinedload(Theme.owner))
    return session.scalar(found)


def unthemed(session: Session, since: date, until: date) -> Unthemed:
    """Count what was collected in these days and has nothing to theme, or no theme."""
    tags = select(CommentTheme.comment_id).join(Theme, Theme.id == CommentTheme.theme_id)
    live = tags.where(
        CommentTheme.comment_id == Comment.id,
        CommentTheme.refused.is_(False),
        Theme.merged_into_id.is_(None),
    ).exists()
    row = session.execute(
        select(
            func.count(),
            _sum(Comment.says_nothing.is_(True)),
            _sum(sa.and_(Comment.says_nothing.is_(False), ~live)),
        )
        .select_from(Comment)
        .join(Comment.submission)
        .where(Submission.collected_on.between(since, until), Submission.repeat_of_id.is_(None))
    ).one()
    return Unthemed(*(int(count or 0) for count in row))


def said(session: Session, theme_id: int) -> Said:
    """Count a theme's comments, as the list of comments shows them."""
    row = session.execute(
        select(
            func.count(),
            _sum(Submission.collected_on.is_(None)),
            _sum(CommentTheme.origin != Origin.PERSON),
        )
        .select_from(CommentTheme)
        .join(Comment, Comment.id == CommentTheme.comment_id)
        .join(Comment.submission)
        .where(CommentTheme.theme_id == theme_id, CommentTheme.refused.is_(False))
        .where(Submission.repeat_of_id.is_(None))
    ).one()
    return Said(*(int(count or 0) for count in row))


def proposed_counts(session: Session) -> dict[int, int]:
    """Return how many comments the program proposes for each theme; none is not in it."""
    rows = (
        select(CommentTheme.theme_id, func.count())
        .join(Comment, Comment.id == CommentTheme.comment_id)
        .join(Comment.submission)
        .where(CommentTheme.origin != Origin.PERSON, CommentTheme.refused.is_(False))
        .where(Submission.repeat_of_id.is_(None))
        .group_by(CommentTheme.theme_id)
    )
    return dict(session.execute(rows).all())


def typical_comments(session: Session, theme_id: int, most: int) -> list[Comment]:
    """Return the comments that are most like the others of a theme, with their source."""
    return [one.comment for one in most_typical(session, theme_id, most)]


def most_typical(session: Session, theme_id: int, most: int) -> list[Typical]:
    """Return the same, each with whether it is only proposed.

    What a person said, of one comment or of a whole group, stands before what is proposed.
    """
    is_proposed = CommentTheme.origin.in_([Origin.PHRASE, Origin.LEARNED])
    rows = (
        select(Comment, is_proposed)
        .join(Comment.submission)
        .join(CommentTheme, CommentTheme.comment_id == Comment.id)
        .where(CommentTheme.theme_id == theme_id, CommentTheme.refused.is_(False), COUNTS)
        .options(contains_eager(Comment.submission).joinedload(Submission.source))
        .options(contains_eager(Comment.submission).defer(Submission.original))
        .order_by(is_proposed, Comment.id.desc())
        .limit(LOOKED_THROUGH)
    )
    newest = [Typical(comment, proposed) for comment, proposed in session.execute(rows)]
    places = typical([one.comment.text for one in newest], len(newest))
    best = sorted((newest[place] for place in places), key=lambda one: one.is_proposed)
    return best[:most]


def newest_comments(session: Session, theme_id: int, most: int) -> Sequence[Comment]:
    """Return a theme's newest comments."""
    rows = (
        select(Comment)
        .join(CommentTheme, CommentTheme.comment_id == Comment.id)
        .where(CommentTheme.theme_id == theme_id, CommentTheme.refused.is_(False))
    )
    return session.scalars(rows.order_by(Comment.id.desc()).limit(most)).all()


def by_stage(session: Session, theme_id: int, since: date, until: date) -> list[Part]:
    """Return, for each stage in its order, how much of what is said there is about the theme."""
    rows = _parts(theme_id, since, until, Stage.name).join(Submission.stage)
    return _read(session, rows.group_by(Stage.position, Stage.id).order_by(Stage.position))


def by_department(session: Session, theme_id: int, since: date, until: date) -> list[Part]:
    """Return the same for the departments whose people heard it; other comments have none."""
    rows = _parts(theme_id, since, until, Department.name).join(Submission.heard_by)
    rows = rows.join(Department, Department.id == Person.department_id)
    return _read(session, rows.group_by(Department.id).order_by(Department.name))


def ratings(session: Session, theme_id: int, since: date, until: date) -> list[Rated]:
    """Return the ratings that came with comments about the theme, by source and scale."""
    said = select(Comment.submission_id).join(CommentTheme, CommentTheme.comment_id == Comment.id)
    said = said.where(CommentTheme.theme_id == theme_id, CommentTheme.refused.is_(False))
    scale = Source.name, Rating.question, Rating.low, Rating.high, Rating.best_is_high
    rows = (
        select(*scale, func.count(), func.sum(Rating.value))
        .join(Submission, Submission.id == Rating.submission_id)
        .join(Submission.source)
        .where(Submission.id.in_(said), Submission.collected_on.between(since, until))
        .where(Submission.repeat_of_id.is_(None))
        .group_by(*scale)
        .order_by(*scale)
    )
    return [Rated(*row) for row in session.execute(rows)]


def changes(session: Session, theme_id: int) -> Sequence[ThemeChange]:
    """Return what was done to a theme, the latest first, with who did it."""
    rows = select(ThemeChange).where(
        sa.or_(ThemeChange.theme_id == theme_id, ThemeChange.other_id == theme_id)
    )
    rows = rows.options(
        joinedload(ThemeChange.by), joinedload(ThemeChange.theme), joinedload(ThemeChange.other)
    )
    return session.scalars(rows.order_by(ThemeChange.id.desc()).limit(CHANGES)).all()


def change(session: Session, change_id: int) -> ThemeChange | None:
    """Return a change with its themes."""
    rows = select(ThemeChange).where(ThemeChange.id == change_id)
    return session.scalar(
        rows.options(joinedload(ThemeChange.theme), joinedload(ThemeChange.other))
    )


def _parts(
    theme_id: int, since: date, until: date, name: sa.orm.InstrumentedAttribute[str]
) -> sa.Select[str, int, int]:
    tagged = (
        select(CommentTheme.comment_id)
        .where(
            CommentTheme.comment_id == Comment.id,
            CommentTheme.theme_id == theme_id,
            CommentTheme.refused.is_(False),
        )
        .exists()
    )
    return (
        select(name, _sum(tagged), func.count())
        .select_from(Comment)
        .join(Comment.submission)
        .where(Submission.collected_on.between(since, until), COUNTS)
    )


def _read(session: Session, rows: sa.Select[str, int, int]) -> list[Part]:
    return [Part(name, int(tagged or 0), n) for name, tagged, n in session.execute(rows)]


def _sum(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return func.sum(sa.case((condition, 1), else_=0))

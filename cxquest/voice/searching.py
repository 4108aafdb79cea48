"""The list of comments with its filters: one select, which page and export share."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from cxquest.voice import queries
from cxquest.voice.models import Comment, CommentTheme, Rating, Submission

BANDS = ("low", "middle", "high")
NO_THEME = "none"


@dataclass(frozen=True)
class Asked:
    """What a person filters by; every part may be left out."""

    q: str = ""
    source: int | None = None
    stage: int | None = None
    theme: int | str | None = None
    rating: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def in_force(self) -> int:
        """Return the number of filters in force."""
        return sum(bool(value) for value in asdict(self).values())


def found(session: Session, asked: Asked) -> Select[Comment]:
    """Return the comments that fit, newest first, with all that a list shows of them."""
    whole = contains_eager(Comment.submission)
    return (
        queries.comments()
        .where(*_conditions(session, asked))
        .options(
            selectinload(Comment.themes),
            whole.defer(Submission.original),
            whole.joinedload(Submission.heard_by),
            whole.selectinload(Submission.ratings),
        )
        .order_by(Submission.collected_on.desc().nulls_last(), Comment.id.desc())
    )


def every(session: Session, asked: Asked) -> Sequence[Comment]:
    """Return all comments that fit, for a file."""
    return session.scalars(found(session, asked)).all()


def _conditions(session: Session, asked: Asked) -> list[sa.ColumnElement[bool]]:
    wanted: list[Any] = []
    if asked.q:
        wanted.append(_words(session, asked.q))
    if asked.source:
        wanted.append(Submission.source_id == asked.source)
    if asked.stage:
        wanted.append(Submission.stage_id == asked.stage)
    if asked.since:
        wanted.append(Submission.collected_on >= asked.since)
    if asked.until:
        wanted.append(Submission.collected_on <= asked.until)
    if asked.rating in BANDS:
        wanted.append(_rated(asked.rating))
    if asked.theme:
        wanted.append(_about(asked.theme))
    return wanted


def _words(session: Session, q: str) -> sa.ColumnElement[bool]:
    """Every word is in the comment; what is searching syntax to the database is only text."""
    if session.get_bind().dialect.name == "sqlite":
        quoted = " ".join('"' + word.replace('"', '""') + '"' for word in q.split())
        search = sa.table("comment_search", sa.column("rowid", sa.Integer))
        hit = sa.literal_column("comment_search").op("MATCH", is_comparison=True)(quoted)
        return Comment.id.in_(select(search.c.rowid).where(hit))
    simple: sa.ColumnElement[Any] = sa.literal_column("'simple'")
    return func.to_tsvector(simple, Comment.text).op("@@", is_comparison=True)(
        func.plainto_tsquery(simple, q)
    )


def _about(theme: int | str) -> sa.ColumnElement[bool]:
    tags = select(CommentTheme.comment_id).where(CommentTheme.comment_id == Comment.id)
    if theme == NO_THEME:
        return ~tags.exists()
    return tags.where(CommentTheme.theme_id == theme).exists()


def _rated(band: str) -> sa.ColumnElement[bool]:
    """The submission's first rating lies in this third of its scale, counted from the worst."""
    from_worst = sa.case(
        (Rating.best_is_high, Rating.value - Rating.low), else_=Rating.high - Rating.value
    )
    third = (Rating.high - Rating.low) / 3
    bands = {
        "low": from_worst < third,
        "middle": from_worst.between(third, 2 * third),
        "high": from_worst > 2 * third,
    }
    first = select(Rating.id).where(
        Rating.submission_id == Submission.id, Rating.position == 0, bands[band]
    )
    return first.exists()

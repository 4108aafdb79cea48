"""The list of comments with its filters: what page and export share, quick whatever the size.

Words are looked for in the database's own full-text index, and the newest comments come first
by their id, so that both databases stop as soon as a page is full; without words the days of
the submissions give the order, which is an index too. Nothing is counted to its end.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from cxquest.voice import fulltext, queries
from cxquest.voice.asking import terms
from cxquest.voice.models import Comment, CommentTheme, Rating, Submission, Theme

BANDS = ("low", "middle", "high")
NO_THEME = "none"
NOTHING = "nothing"
WITHOUT = (NO_THEME, NOTHING)
BATCH = 500
LOOKED_THROUGH = 200  # newest comments that a quote is chosen from


@dataclass(frozen=True)
class Asked:
    """What a person filters by; every part may be left out."""

    q: str = ""
    source: int | None = None
    stage: int | None = None
    theme: int | str | None = None
    rating: str = ""
    language: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def in_force(self) -> int:
        """Return the number of filters in force."""
        return sum(bool(value) for value in asdict(self).values())


def found(session: Session, asked: Asked) -> Select[Comment]:
    """Return the comments that fit, newest first, with all that a list shows of them."""
    return _whole().where(*_conditions(session, asked)).order_by(*_newest(asked))


def ids(session: Session, asked: Asked, most: int, without: Iterable[int] = ()) -> list[int]:
    """Return the ids of the newest comments that fit, no more than `most`."""
    kept = [Comment.id.not_in(list(without))] if without else []
    if asked.q:
        words = terms(asked.q)
        return fulltext.newest(session, words, [*_filters(asked), *kept], most) if words else []
    rows = select(Comment.id).join(Comment.submission).where(*_conditions(session, asked), *kept)
    day = Submission.collected_on
    # PostgreSQL walks an index backwards only where the undated would come first.
    dated = rows.where(day.is_not(None)).order_by(day.desc(), *_newest(asked)[1:])
    keys = list(session.scalars(dated.limit(most)))
    if len(keys) < most and not (asked.since or asked.until):
        undated = rows.where(day.is_(None)).order_by(*_newest(asked)[1:])
        keys += session.scalars(undated.limit(most - len(keys)))
    return keys


def whole(session: Session, keys: Sequence[int]) -> list[Comment]:
    """Return these comments in this order, with all that a list shows of them."""
    rows = session.scalars(_whole().where(Comment.id.in_(keys)))
    known = {comment.id: comment for comment in rows}
    return [known[key] for key in keys if key in known]


def newest_quote(session: Session) -> Comment | None:
    """Return a recent comment that reads well: neither a word nor a page."""
    keys = ids(session, Asked(), LOOKED_THROUGH)
    length = func.length(Comment.text).between(*queries.READABLE)
    reads_well = queries.comments().where(
        Comment.id.in_(keys), length, Comment.says_nothing.is_(False)
    )
    return session.scalar(reads_well.order_by(*_newest(Asked())).limit(1))


def every(session: Session, asked: Asked) -> Iterator[Comment]:
    """Return all comments that fit, for a file: read in batches, and let go of."""
    rows = found(session, asked).execution_options(yield_per=BATCH)
    for batch in session.scalars(rows).partitions():
        yield from batch


def _whole() -> Select[Comment]:
    submission = contains_eager(Comment.submission)
    return queries.comments().options(
        selectinload(Comment.themes),
        submission.defer(Submission.original),
        submission.joinedload(Submission.heard_by),
        submission.selectinload(Submission.ratings),
    )


def _newest(asked: Asked) -> list[sa.UnaryExpression[Any]]:
    if asked.q:
        return [Comment.id.desc()]
    day = Submission.collected_on.desc().nulls_last()
    return [day, Submission.id.desc(), Comment.id.desc()]


def _conditions(session: Session, asked: Asked) -> list[sa.ColumnElement[bool]]:
    words = [fulltext.says(session, terms(asked.q))] if asked.q else []
    return [*words, *_filters(asked)]


def _filters(asked: Asked) -> list[sa.ColumnElement[bool]]:
    wanted: list[Any] = [Submission.repeat_of_id.is_(None)]
    if asked.source:
        wanted.append(Submission.source_id == asked.source)
    if asked.stage:
        wanted.append(Submission.stage_id == asked.stage)
    if asked.since:
        wanted.append(Submission.collected_on >= asked.since)
    if asked.until:
        wanted.append(Submission.collected_on <= asked.until)
    if asked.language:
        wanted.append(Comment.language == asked.language)
    if asked.rating in BANDS:
        wanted.append(_rated(asked.rating))
    if asked.theme:
        wanted += _about(asked.theme)
    return wanted


def _about(theme: int | str) -> list[sa.ColumnElement[bool]]:
    if theme == NOTHING:
        return [Comment.says_nothing.is_(True)]
    tags = select(CommentTheme.comment_id).where(
        CommentTheme.comment_id == Comment.id, CommentTheme.refused.is_(False)
    )
    if theme == NO_THEME:
        live = tags.join(Theme, Theme.id == CommentTheme.theme_id)
        return [
            Comment.says_nothing.is_(False),
            ~live.where(Theme.merged_into_id.is_(None)).exists(),
        ]
    return [tags.where(CommentTheme.theme_id == theme).exists()]


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

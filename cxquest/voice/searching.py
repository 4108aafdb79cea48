"""The list of comments with its filters: what page and export share, quick whatever the size.

Words are looked for in the database's own full-text index. Where few comments hold them, the
newest come first by their day; where many do, by their id, so that both databases stop as soon
as a page is full. Without words the days of the submissions give the order, which is an index
too. Nothing is counted to its end.
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
from cxquest.voice.models import Comment, CommentTheme, Origin, Rating, Submission, Theme

BANDS = ("low", "middle", "high")
NO_THEME = "none"
NOTHING = "nothing"
WITHOUT = (NO_THEME, NOTHING)
BATCH = 500
SORTED = 1000  # comments with the words that are looked for, at most, to be sorted by day
LOOKED_THROUGH = 200  # newest comments that a quote is chosen from
UNCONFIRMED = (CommentTheme.origin != Origin.PERSON, CommentTheme.refused.is_(False))


@dataclass(frozen=True)
class Asked:
    """What a person filters by; every part may be left out."""

    q: str = ""
    source: int | None = None
    stage: int | None = None
    theme: int | str | None = None
    rating: str = ""
    language: str = ""
    proposed: bool = False
    since: date | None = None
    until: date | None = None

    @property
    def in_force(self) -> int:
        """Return the number of filters in force."""
        return sum(bool(value) for value in asdict(self).values())


def found(session: Session, asked: Asked) -> Select[Comment]:
    """Return the comments that fit, newest first, with all that a list shows of them."""
    if (few := hits(session, asked)) is None:
        return _whole().where(*_conditions(session, asked)).order_by(*_newest(asked))
    rows = _whole().where(Comment.id.in_(few), *_filters(asked))
    return rows.order_by(*_newest(Asked()))


def hits(session: Session, asked: Asked) -> list[int] | None:
    """Return all comments with the words, whatever else is asked; None where many have them.

    None as well where no words are asked.
    """
    if not asked.q:
        return None
    words = terms(asked.q)
    return fulltext.few(session, words, SORTED) if words else []


def ids(session: Session, asked: Asked, most: int, without: Iterable[int] = ()) -> list[int]:
    """Return the ids of the newest comments that fit, no more than `most`."""
    return among(session, asked, hits(session, asked), most, without)


def among(
    session: Session,
    asked: Asked,
    few: Sequence[int] | None,
    most: int,
    without: Iterable[int] = (),
) -> list[int]:
    """Return the same where the comments with the words are known, sorted by day."""
    kept = [Comment.id.not_in(list(without))] if without else []
    if few is not None:
        return _sorted(session, [Comment.id.in_(few), *_filters(asked), *kept])[:most]
    if asked.q:
        return fulltext.newest(session, terms(asked.q), [*_filters(asked), *kept], most)
    dated, undated = _by_day([*_conditions(session, asked), *kept])
    keys = list(session.scalars(dated.limit(most)))
    if len(keys) < most and not (asked.since or asked.until):
        keys += session.scalars(undated.limit(most - len(keys)))
    return keys


def _sorted(session: Session, conditions: Iterable[sa.ColumnElement[bool]]) -> list[int]:
    """Return the ids of a few comments, the newest first.

    Sorted here: asked for an order, SQLite would walk through all days to find them.
    """
    rows = select(Submission.collected_on, Submission.id, Comment.id).join(Comment.submission)
    found = session.execute(rows.where(*conditions)).all()
    found = sorted(found, key=lambda row: (row[0] or date.min, row[1], row[2]), reverse=True)
    return [comment_id for _day, _submission, comment_id in found]


def _by_day(conditions: Iterable[sa.ColumnElement[bool]]) -> tuple[Select[int], Select[int]]:
    """Return the ids of the dated and of the undated comments that fit, the newest first."""
    rows = select(Comment.id).join(Comment.submission).where(*conditions)
    day, *then = Submission.collected_on, Submission.id.desc(), Comment.id.desc()
    # PostgreSQL walks an index backwards only where the undated would come first.
    dated = rows.where(day.is_not(None)).order_by(day.desc(), *then)
    return dated, rows.where(day.is_(None)).order_by(*then)


def whole(session: Session, keys: Sequence[int]) -> list[Comment]:
    """Return these comments in this order, with all that a list shows of them."""
    rows = session.scalars(_whole().where(Comment.id.in_(keys)))
    known = {comment.id: comment for comment in rows}
    return [known[key] for key in keys if key in known]


def proposed(session: Session, keys: Sequence[int]) -> dict[tuple[int, int], Origin]:
    """Return by comment and theme what no person has said of these comments yet."""
    columns = CommentTheme.comment_id, CommentTheme.theme_id, CommentTheme.origin
    rows = select(*columns).where(CommentTheme.comment_id.in_(keys), *UNCONFIRMED)
    return {(comment, theme): origin for comment, theme, origin in session.execute(rows)}


def newest_quote(session: Session) -> Comment | None:
    """Return a recent comment that reads well: neither a word nor a page."""
    length = func.length(Comment.text).between(*queries.READABLE)
    reads_well = queries.comments().where(length, Comment.says_nothing.is_(False))
    for newest in _by_day(_filters(Asked())):
        keys = newest.limit(LOOKED_THROUGH).correlate(None)
        quotes = reads_well.where(Comment.id.in_(keys)).order_by(*_newest(Asked())).limit(1)
        if quote := session.scalar(quotes):
            return quote
    return None


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
    if asked.proposed:
        wanted.append(_proposed(asked.theme))
    return wanted


def _proposed(theme: int | str | None) -> sa.ColumnElement[bool]:
    """The program, or its group, gives it this theme, or any, that no person has confirmed."""
    tags = select(CommentTheme.comment_id).join(Theme, Theme.id == CommentTheme.theme_id)
    tags = tags.where(CommentTheme.comment_id == Comment.id, *UNCONFIRMED)
    if isinstance(theme, int):
        return tags.where(CommentTheme.theme_id == theme).exists()
    return tags.where(Theme.merged_into_id.is_(None)).exists()


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

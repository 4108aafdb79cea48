"""Words in comments, by each database's own full-text index, the newest comments first.

SQLite's index gives its rows by their id, backwards as well: it is walked until a page is full.
PostgreSQL's index gives them in no order. A word that is in many comments is soon met when
comments are read from the newest on; one that is in few is quick to look up and to sort. Which
it is, the database's own statistics say: its planner takes reading a text for cheap, and would
read a million of them to find a rare word. Of phrases and beginnings they say nothing: these are
looked for among the newest comments first, whose letters are compared before their words, and in
the whole index where those do not fill the page. Words of scripts without spaces are in neither
index: comments are read for them, from the newest on.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.voice.asking import Term
from cxquest.voice.models import Comment, Submission

FREQUENT = 0.03  # of all comments, from which on they are read from the newest
RECENT = 50_000  # of the newest ids: to compare their letters takes a tenth of a second at most
FREQUENCIES = sa.text(
    "SELECT said.word, said.part FROM pg_stats, unnest("
    "most_common_elems::text::text[], most_common_elem_freqs) AS said (word, part) "
    "WHERE schemaname = current_schema() AND tablename = 'ix_comment_words' "
    "AND said.word = ANY (:words)"
)


def newest(
    session: Session, words: Sequence[Term], filters: Sequence[sa.ColumnElement[bool]], most: int
) -> list[int]:
    """Return the ids of the newest comments with all of these terms that pass the filters."""
    inside = _inside(words)
    words = [term for term in words if not term.lies_inside]
    filters = [*inside, *filters]
    if not words:
        rows = select(Comment.id).join(Comment.submission).where(*filters)
        return list(session.scalars(rows.order_by(Comment.id.desc()).limit(most)))
    if session.get_bind().dialect.name == "sqlite":
        index = sa.table("comment_search", sa.column("rowid", sa.Integer))
        joined = index.join(Comment, Comment.id == index.c.rowid).join(Submission)
        rows = select(index.c.rowid).select_from(joined).where(_matches(words), *filters)
        return list(session.scalars(rows.order_by(index.c.rowid.desc()).limit(most)))
    return _newest_in_postgresql(session, words, filters, most)


def _newest_in_postgresql(
    session: Session, words: Sequence[Term], filters: Sequence[sa.ColumnElement[bool]], most: int
) -> list[int]:
    rows = select(Comment.id).join(Comment.submission).where(_contains(words), *filters)
    from_newest = rows.order_by(Comment.id.desc()).limit(most)
    part = _part(session, words)
    if part is None:
        recent = list(session.scalars(from_newest.where(_is_recent(), *_has_letters(words))))
        if len(recent) == most:
            return recent
    elif part >= FREQUENT:
        return list(session.scalars(from_newest))
    hits = rows.cte("hits").prefix_with("MATERIALIZED")
    return list(session.scalars(select(hits.c.id).order_by(hits.c.id.desc()).limit(most)))


def few(session: Session, words: Sequence[Term], most: int) -> list[int] | None:
    """Return the ids of all comments with these terms, no more than `most`.

    None where there are more, and where many comments would be read to find out.
    """
    if any(term.lies_inside for term in words):
        return None
    if session.get_bind().dialect.name == "sqlite":
        if any(term.beginning for term in words) and _last(session) > RECENT:
            return None
        found: Sequence[int] = newest(session, words, [], most + 1)
    else:
        found = _few_in_postgresql(session, words, most + 1)
    return list(found) if len(found) <= most else None


def _few_in_postgresql(session: Session, words: Sequence[Term], enough: int) -> Sequence[int]:
    last = _last(session)
    part = _part(session, words)
    rows = select(Comment.id).where(_contains(words))
    too_many = range(enough)
    if part is None:
        rows = rows.where(*_has_letters(words))
        return too_many if last > RECENT else list(session.scalars(rows.limit(enough)))
    if part * last >= enough:
        return too_many
    hits = rows.cte("hits").prefix_with("MATERIALIZED")
    return list(session.scalars(select(hits.c.id).limit(enough)))


def _last(session: Session) -> int:
    return session.scalar(select(func.max(Comment.id))) or 0


def says(session: Session, words: Sequence[Term]) -> sa.ColumnElement[bool]:
    """Every term is in the comment; what is searching syntax to the database is only text."""
    if not words:
        return sa.false()
    inside = _inside(words)
    words = [term for term in words if not term.lies_inside]
    if not words:
        return sa.and_(*inside)
    if session.get_bind().dialect.name == "sqlite":
        index = sa.table("comment_search", sa.column("rowid", sa.Integer))
        return sa.and_(Comment.id.in_(select(index.c.rowid).where(_matches(words))), *inside)
    return sa.and_(_contains(words), *inside)


def _inside(words: Sequence[Term]) -> list[sa.ColumnElement[bool]]:
    parts = (part for term in words if term.lies_inside for part in term.said)
    return [Comment.text.icontains(part, autoescape=True) for part in parts]


def _matches(words: Sequence[Term]) -> sa.ColumnElement[bool]:
    phrases = (f'"{" ".join(term.words)}"' + " *" * term.beginning for term in words)
    index: sa.ColumnElement[Any] = sa.literal_column("comment_search")
    return index.op("MATCH", is_comparison=True)(" AND ".join(phrases))


def _contains(words: Sequence[Term]) -> sa.ColumnElement[bool]:
    simple: sa.ColumnElement[Any] = sa.literal_column("'simple'")
    phrases = (
        "(" + " <-> ".join(f"'{word}'" for word in term.said) + ":*" * term.beginning + ")"
        for term in words
    )
    query = func.to_tsquery(simple, " & ".join(phrases))
    return func.to_tsvector(simple, Comment.text).op("@@", is_comparison=True)(query)


def _is_recent() -> sa.ColumnElement[bool]:
    last = select(func.max(Comment.id)).scalar_subquery()
    return Comment.id > last - RECENT


def _has_letters(words: Sequence[Term]) -> list[sa.ColumnElement[bool]]:
    """Every comment with these terms has their letters in this order; to see that is cheap."""
    patterns = ("%".join(term.said) for term in words)
    return [Comment.text.ilike(f"%{''.join(map(_letter, said))}%") for said in patterns]


def _letter(sign: str) -> str:
    """Return a letter or digit as it is, % for a sign that may part words in the database."""
    return sign if sign.isalpha() or sign.isdecimal() else "%"


def _part(session: Session, words: Sequence[Term]) -> float | None:
    """Return roughly how large a part of all comments has these terms; 0 where it is small.

    A phrase, and a beginning, may be far rarer than its words, or more frequent: None for them.
    """
    if any(term.beginning or len(term.said) > 1 for term in words):
        return None
    said = [term.said[0] for term in words]
    rows = session.execute(FREQUENCIES, {"words": said})
    known = {word: float(part) for word, part in rows}
    return prod(known.get(word, 0.0) for word in said)

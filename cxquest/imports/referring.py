"""Which comments something rests on: evidence of a pain point, say. Such a comment stays.

The rooms above are not known here, so the tables themselves are asked who points at a comment.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import Session, selectinload

from cxquest.core.db import Base
from cxquest.voice.models import Comment, Submission

# What goes with a comment when its run is undone.
OWN = frozenset({"comment_theme", "found_group_comment"})
WHOLE = (selectinload(Submission.comments), selectinload(Submission.ratings))


def is_used(comment_id: Any = Comment.id) -> ColumnElement[bool]:
    """Return the condition that something rests on a comment."""
    target = Comment.__table__.c.id
    pointing = [
        key.parent
        for table in Base.metadata.sorted_tables
        if table.name not in OWN
        for key in table.foreign_keys
        if key.column is target
    ]
    return or_(false(), *(exists().where(column == comment_id) for column in pointing))


def used(session: Session, comment_ids: Iterable[int]) -> set[int]:
    """Return which of these comments something rests on."""
    asked = select(Comment.id).where(Comment.id.in_(list(comment_ids)), is_used())
    return set(session.scalars(asked))

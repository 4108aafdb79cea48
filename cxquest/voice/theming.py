"""Naming themes, and saying which comments are about them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.audit import Actor
from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.voice import queries
from cxquest.voice.models import Comment, CommentTheme, Theme


def add(
    session: Session, name: str, definition: str = "", *, by: Actor | None, at: datetime
) -> Theme:
    """Add a theme. Raises BadInput for a taken name."""
    name = _free(session, name, None)
    theme = Theme(name=name, definition=definition, created_at=at)
    session.add(theme)
    session.flush()
    audit.record(session, "added", theme, by=by, at=at, summary=name)
    return theme


def rename(
    session: Session, theme: Theme, name: str, definition: str, *, by: Actor, at: datetime
) -> None:
    """Give a theme another name or definition; its comments stay with it."""
    theme.name, theme.definition = _free(session, name, theme), definition
    audit.record(session, "renamed", theme, by=by, at=at, summary=theme.name)
    session.flush()


def tag(
    session: Session, comment_ids: Iterable[int], theme: Theme, *, by: Actor | None, at: datetime
) -> int:
    """Say that comments are about a theme; return how many were not said to be yet.

    Ids without a comment are passed over; saying it again changes nothing.
    """
    wanted = list(dict.fromkeys(comment_ids))
    known = select(Comment.id).where(Comment.id.in_(wanted))
    tagged = select(CommentTheme.comment_id).where(
        CommentTheme.theme_id == theme.id, CommentTheme.comment_id.in_(wanted)
    )
    new = set(session.scalars(known)) - set(session.scalars(tagged))
    if not new:
        return 0
    who = by.id if by else None
    rows = [
        {"comment_id": key, "theme_id": theme.id, "tagged_by_id": who, "tagged_at": at}
        for key in wanted
        if key in new
    ]
    session.execute(insert(CommentTheme), rows)
    audit.record(session, "tagged", theme, by=by, at=at, summary=theme.name, comments=sorted(new))
    session.flush()
    return len(new)


def untag(
    session: Session, comment_ids: Iterable[int], theme: Theme, *, by: Actor, at: datetime
) -> None:
    """Say that comments are not about a theme after all."""
    ids = list(comment_ids)
    session.execute(
        delete(CommentTheme).where(
            CommentTheme.theme_id == theme.id, CommentTheme.comment_id.in_(ids)
        )
    )
    audit.record(session, "untagged", theme, by=by, at=at, summary=theme.name, comments=ids)
    session.flush()


def _free(session: Session, name: str, theme: Theme | None) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= 120:
        raise BadInput(_("Give the theme a name of at most 120 characters."), field="name")
    found = queries.theme_named(session, name)
    if found is not None and found is not theme:
        raise BadInput(_("There is a theme of that name already."), field="name")
    return name

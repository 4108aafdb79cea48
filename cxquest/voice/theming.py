"""Naming themes, and saying which comments are about them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.audit import Actor
from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.voice import queries
from cxquest.voice.models import Comment, CommentTheme, Origin, Theme


def add(
    session: Session, name: str, definition: str = "", *, by: Actor | None, at: datetime
) -> Theme:
    """Add a theme. Raises BadInput for a taken name."""
    name = free_name(session, name, None)
    theme = Theme(name=name, definition=definition, created_at=at)
    session.add(theme)
    session.flush()
    audit.record(session, "added", theme, by=by, at=at, summary=name)
    return theme


def tag(
    session: Session, comment_ids: Iterable[int], theme: Theme, *, by: Actor | None, at: datetime
) -> int:
    """Say that comments are about a theme; return how many people had not said to be yet.

    A person's word takes the place of what the program said, or another person refused. Ids
    without a comment are passed over; saying it again changes nothing.
    """
    wanted = list(dict.fromkeys(comment_ids))
    known = set(session.scalars(select(Comment.id).where(Comment.id.in_(wanted))))
    mine = CommentTheme.theme_id == theme.id, CommentTheme.comment_id.in_(wanted)
    rows = select(CommentTheme.comment_id, CommentTheme.origin, CommentTheme.refused).where(*mine)
    there = {key: origin is Origin.PERSON and not no for key, origin, no in session.execute(rows)}
    new = {key for key in known if not there.get(key)}
    if not new:
        return 0
    word = {"tagged_by_id": by.id if by else None, "tagged_at": at}
    session.execute(
        update(CommentTheme)
        .where(CommentTheme.theme_id == theme.id, CommentTheme.comment_id.in_(new & there.keys()))
        .values(origin=Origin.PERSON, refused=False, confidence=None, **word)
    )
    added = [key for key in wanted if key in new and key not in there]
    if added:
        rows_added = [{"comment_id": key, "theme_id": theme.id, **word} for key in added]
        session.execute(insert(CommentTheme), rows_added)
    audit.record(session, "tagged", theme, by=by, at=at, summary=theme.name, comments=sorted(new))
    session.flush()
    return len(new)


def untag(
    session: Session, comment_ids: Iterable[int], theme: Theme, *, by: Actor, at: datetime
) -> None:
    """Say that comments are not about a theme after all; the program proposes it no more."""
    ids = list(comment_ids)
    session.execute(
        update(CommentTheme)
        .where(CommentTheme.theme_id == theme.id, CommentTheme.comment_id.in_(ids))
        .values(
            origin=Origin.PERSON, refused=True, confidence=None, tagged_by_id=by.id, tagged_at=at
        )
    )
    audit.record(session, "untagged", theme, by=by, at=at, summary=theme.name, comments=ids)
    session.flush()


def free_name(session: Session, name: str, theme: Theme | None) -> str:
    """Return the name as it is kept. Raises BadInput where another theme has it."""
    name = " ".join(name.split())
    if not 0 < len(name) <= 120:
        raise BadInput(_("Give the theme a name of at most 120 characters."), field="name")
    found = queries.theme_named(session, name)
    if found is not None and found is not theme:
        raise BadInput(_("There is a theme of that name already."), field="name")
    return name

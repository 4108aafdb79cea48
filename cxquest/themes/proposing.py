"""Proposing themes for comments that no person has spoken of: by key phrases, and by learning.

A person's word is never touched, and what a person refused is not proposed again. Comments are
read in one transaction and written in the next, so that nobody waits while they are judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cxquest.themes import learning_queries
from cxquest.themes.phrasing import Phrases
from cxquest.voice.models import Comment, CommentTheme, Origin

if TYPE_CHECKING:
    from cxquest.themes.learning import Learned

BATCH = 2_000
OURS = (Origin.PHRASE, Origin.LEARNED)

Proposals = dict[int, tuple[Origin, float | None]]  # by theme


@dataclass(frozen=True)
class Judge:
    """Proposes what it finds a key phrase of, and what it is at least so sure of."""

    learned: "Learned[int] | None"
    phrases: Phrases
    confidence: float

    def proposals(self, texts: Sequence[str]) -> list[Proposals]:
        """Return what is proposed for each text; nothing where it is not sure."""
        found: list[Proposals] = [
            dict.fromkeys(self.phrases.themes(text), (Origin.PHRASE, None)) for text in texts
        ]
        if self.learned:
            for one, sure in zip(found, self.learned.judge(texts), strict=True):
                for label, confidence in sure:
                    if confidence >= self.confidence:
                        one.setdefault(label, (Origin.LEARNED, confidence))
        return found


def waiting(session: Session, after: int) -> dict[int, str]:
    """Return the next comments that no person has spoken of, by their ids."""
    ids = learning_queries.unsaid().where(Comment.id > after).limit(BATCH)
    rows = select(Comment.id, Comment.text).where(Comment.id.in_(ids)).order_by(Comment.id)
    return dict(session.execute(rows).all())


def write(session: Session, proposed: Mapping[int, Proposals], at: datetime) -> None:
    """Put what is proposed in the place of what was proposed before.

    Whatever people said meanwhile stays as they said it.
    """
    still = learning_queries.unsaid().where(Comment.id.in_(proposed))
    ids = set(session.scalars(still))
    old = CommentTheme.comment_id.in_(ids), CommentTheme.origin.in_(OURS)
    session.execute(delete(CommentTheme).where(*old))
    rows = [
        {
            "comment_id": key,
            "theme_id": theme_id,
            "origin": origin,
            "confidence": confidence,
            "refused": False,
            "tagged_at": at,
        }
        for key, themes in proposed.items()
        if key in ids
        for theme_id, (origin, confidence) in themes.items()
    ]
    if rows:
        new = _insert(session).on_conflict_do_nothing()
        session.execute(new, rows)
    session.flush()


def _insert(session: Session) -> Any:
    """Return an insert that passes over what a person said or refused."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(CommentTheme)
    return sqlite.insert(CommentTheme)

"""Describing, merging and splitting themes, each with the way back."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.people.models import Person
from cxquest.themes.models import ChangeKind, ThemeChange
from cxquest.voice import fulltext, theming
from cxquest.voice.asking import terms
from cxquest.voice.models import Comment, CommentTheme, Origin, Theme

MOST_PHRASES = 50
AT_ONCE = 10_000  # ids in one statement
TAG = ("comment_id", "origin", "confidence", "refused", "tagged_by_id", "tagged_at")


def describe(
    session: Session,
    theme: Theme,
    *,
    name: str,
    definition: str,
    phrases: Iterable[str],
    owner: Person | None,
    by: Person,
    at: datetime,
) -> ThemeChange | None:
    """Say what a theme is called, means, is known by, and who answers for it.

    Returns the change, None where nothing is different. Raises BadInput for a taken name or
    too many phrases.
    """
    before = _described(theme)
    said = list(dict.fromkeys(filter(None, (" ".join(phrase.split()) for phrase in phrases))))
    if len(said) > MOST_PHRASES or any(len(phrase) > 80 for phrase in said):
        raise BadInput(_("Keep to 50 key phrases of at most 80 characters each."), field="phrases")
    theme.name = theming.free_name(session, name, theme)
    theme.definition, theme.phrases = definition, said
    theme.owner_id = owner.id if owner else None
    if _described(theme) == before:
        return None
    return _kept(session, ChangeKind.RENAME, theme, by=by, at=at, before=before)


def merge(session: Session, theme: Theme, into: Theme, *, by: Person, at: datetime) -> ThemeChange:
    """Let a theme be part of another one, which gets its comments.

    Raises Refusal where either is part of another theme already, or both are the same.
    """
    _own(theme, into)
    if theme.id == into.id:
        raise BadInput(_("Choose another theme than this one."), field="into")
    has = select(CommentTheme.comment_id).where(CommentTheme.theme_id == into.id)
    mine = CommentTheme.theme_id == theme.id, CommentTheme.refused.is_(False)
    rows = select(CommentTheme.comment_id).where(*mine, CommentTheme.comment_id.not_in(has))
    moved = list(session.scalars(rows.order_by(CommentTheme.comment_id)))
    _copy(session, theme, into, moved)
    theme.merged_into_id = into.id
    return _kept(session, ChangeKind.MERGE, theme, into, by=by, at=at, moved=moved)


def split(
    session: Session,
    theme: Theme,
    name: str,
    *,
    comment_ids: Iterable[int] = (),
    phrase: str = "",
    by: Person,
    at: datetime,
) -> ThemeChange:
    """Take some of a theme's comments over to a new one: chosen ones, and those with a phrase.

    Raises BadInput where no comment would go, or all of them.
    """
    _own(theme)
    tagged = _tagged(session, theme)
    moved = sorted(tagged & (set(comment_ids) | _with(session, theme, phrase)))
    if not moved:
        raise BadInput(
            _("No comment of this theme was chosen or holds these words."), field="phrase"
        )
    if len(moved) == len(tagged):
        raise BadInput(
            _("All of its comments would go: give the theme another name instead."), field="phrase"
        )
    other = theming.add(session, name, by=by, at=at)
    other.phrases = [" ".join(phrase.split())] if terms(phrase) else []
    _move(session, theme, other, moved)
    return _kept(session, ChangeKind.SPLIT, theme, other, by=by, at=at, moved=moved)


def undo(session: Session, change: ThemeChange, *, by: Person, at: datetime) -> None:
    """Take a change back. Raises Refusal where it was, or where a later one comes first."""
    if change.undone_at:
        raise Refusal(_("This was undone already."))
    if _later(session, change):
        raise Refusal(
            _("Something was changed about these themes since. Undo the latest change first.")
        )
    back = {
        ChangeKind.RENAME: _describe_again,
        ChangeKind.MERGE: _part,
        ChangeKind.SPLIT: _join,
    }
    back[change.kind](session, change)
    change.undone_by_id, change.undone_at = by.id, at
    session.flush()
    audit.record(session, "undone", change.theme, by=by, at=at, summary=change.theme.name)


def _describe_again(session: Session, change: ThemeChange) -> None:
    theme, before = change.theme, change.before
    theme.name = theming.free_name(session, before["name"], theme)
    theme.definition, theme.phrases = before["definition"], before["phrases"]
    theme.owner_id = before["owner_id"]


def _part(session: Session, change: ThemeChange) -> None:
    """Let the merged theme stand for itself again; what it brought along goes with it.

    What a person said of those comments since stays.
    """
    brought = or_(CommentTheme.origin != Origin.PERSON, CommentTheme.tagged_at <= change.at)
    mine = CommentTheme.theme_id == change.other_id, brought
    for ids in _batches(change.moved):
        session.execute(delete(CommentTheme).where(*mine, CommentTheme.comment_id.in_(ids)))
    change.theme.merged_into_id = None


def _join(session: Session, change: ThemeChange) -> None:
    """Bring all comments of the new theme back; it is part of the first one from now on."""
    theme, other = change.theme, change.other
    if other is None:
        return
    _copy(session, other, theme, sorted(_tagged(session, other) - _tagged(session, theme)))
    other.merged_into_id = theme.id
    other.name = f"{other.name} #{other.id}"[-120:]  # the name is free for another split


def _copy(session: Session, source: Theme, target: Theme, ids: Sequence[int]) -> None:
    columns = [getattr(CommentTheme, name) for name in TAG]
    for some in _batches(ids):
        rows = select(literal(target.id), *columns).where(
            CommentTheme.theme_id == source.id, CommentTheme.comment_id.in_(some)
        )
        refused = delete(CommentTheme).where(
            CommentTheme.theme_id == target.id, CommentTheme.comment_id.in_(some)
        )
        session.execute(refused)
        session.execute(insert(CommentTheme).from_select(["theme_id", *TAG], rows))


def _move(session: Session, source: Theme, target: Theme, ids: Sequence[int]) -> None:
    for some in _batches(ids):
        session.execute(
            update(CommentTheme)
            .where(CommentTheme.theme_id == source.id, CommentTheme.comment_id.in_(some))
            .values(theme_id=target.id)
        )


def _tagged(session: Session, theme: Theme) -> set[int]:
    rows = select(CommentTheme.comment_id).where(CommentTheme.theme_id == theme.id)
    return set(session.scalars(rows.where(CommentTheme.refused.is_(False))))


def _with(session: Session, theme: Theme, phrase: str) -> set[int]:
    """Return the theme's comments that hold these words, as the search finds them."""
    words = terms(phrase)
    if not words:
        return set()
    rows = select(Comment.id).join(CommentTheme, CommentTheme.comment_id == Comment.id)
    mine = rows.where(CommentTheme.theme_id == theme.id, fulltext.says(session, words))
    return set(session.scalars(mine))


def _own(*themes: Theme) -> None:
    for theme in themes:
        if theme.merged_into_id:
            raise Refusal(
                _("“%(name)s” is part of another theme. Undo that first."), name=theme.name
            )


def _later(session: Session, change: ThemeChange) -> bool:
    themes = [key for key in (change.theme_id, change.other_id) if key]
    touching = or_(ThemeChange.theme_id.in_(themes), ThemeChange.other_id.in_(themes))
    later = select(func.count()).where(
        touching, ThemeChange.id > change.id, ThemeChange.undone_at.is_(None)
    )
    return bool(session.scalar(later))


def _described(theme: Theme) -> dict[str, Any]:
    return {
        "name": theme.name,
        "definition": theme.definition,
        "phrases": list(theme.phrases),
        "owner_id": theme.owner_id,
    }


def _kept(
    session: Session,
    kind: ChangeKind,
    theme: Theme,
    other: Theme | None = None,
    *,
    by: Person,
    at: datetime,
    before: dict[str, Any] | None = None,
    moved: Sequence[int] = (),
) -> ThemeChange:
    """Keep what it takes to undo a change, and put it on record."""
    change = ThemeChange(
        kind=kind,
        theme=theme,
        other=other,
        before=before or {},
        moved=list(moved),
        by=by,
        at=at,
    )
    session.add(change)
    session.flush()
    summary = f"{theme.name} → {other.name}" if other else theme.name
    audit.record(session, DEEDS[kind], theme, by=by, at=at, summary=summary, comments=len(moved))
    return change


DEEDS = {ChangeKind.RENAME: "renamed", ChangeKind.MERGE: "merged", ChangeKind.SPLIT: "split"}


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))

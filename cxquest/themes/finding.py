"""Groups among comments that nobody has a theme for: found, named, joined to a theme, dropped.

Who names a group has seen its most typical comments only: the others are tagged as a group's
(`Origin.GROUP`), which any person's word replaces and from which nothing is learned.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.people.models import Person
from cxquest.themes import learning_queries, policy
from cxquest.themes.models import FoundGroup, FoundGroupComment, GroupState, ThemeLearning
from cxquest.voice import theming
from cxquest.voice.models import Comment, CommentTheme, Origin, Theme

if TYPE_CHECKING:
    from cxquest.themes.grouping import Group

MOST = 20_000  # comments that are looked at, the newest
SHOWN = 5  # typical comments, which a person sees who names the group


def texts(session: Session) -> dict[int, str]:
    """Return the newest comments that nobody has a theme for, by their ids."""
    ids = learning_queries.left_over().order_by(None).order_by(Comment.id.desc()).limit(MOST)
    rows = select(Comment.id, Comment.text).where(Comment.id.in_(ids)).order_by(Comment.id)
    return dict(session.execute(rows).all())


def found(texts: dict[int, str]) -> "list[Group]":
    """Return the groups in comments. It takes seconds, and asks no database."""
    from cxquest.themes import grouping  # scikit-learn is loaded where something is looked for

    return grouping.groups(list(texts.values()), list(texts))


def keep(session: Session, learning: ThemeLearning, groups: "list[Group]", at: datetime) -> None:
    """Keep groups for people to look at, in the place of those that nobody looked at.

    Those stay as rows without comments, so that a page that still shows one is told so.
    """
    stale = select(FoundGroup.id).where(FoundGroup.state == GroupState.OPEN)
    session.execute(
        delete(FoundGroupComment)
        .where(FoundGroupComment.group_id.in_(stale))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(FoundGroup)
        .where(FoundGroup.state == GroupState.OPEN)
        .values(state=GroupState.DROPPED, decided_at=at, version=FoundGroup.version + 1)
    )
    for group in groups:
        row = FoundGroup(
            learning_id=learning.id,
            keywords=list(group.keywords),
            cohesion=group.cohesion,
            size=len(group.ids),
        )
        session.add(row)
        session.flush()
        rest = [one for one in group.ids if one not in group.typical]
        rows = [
            {"group_id": row.id, "comment_id": one, "rank": rank}
            for rank, one in enumerate([*group.typical, *rest])
        ]
        session.execute(insert(FoundGroupComment), rows)
    session.flush()


def name(
    session: Session, group: FoundGroup, name: str, definition: str, *, by: Person, at: datetime
) -> int:
    """Make a theme of a group; return how many comments are about it. Raises BadInput, Refusal."""
    _refuse_decided(group, by)
    theme = theming.add(session, name, definition, by=by, at=at)
    return join(session, group, theme, by=by, at=at)


def join(session: Session, group: FoundGroup, theme: Theme, *, by: Person, at: datetime) -> int:
    """Say that a group is about a theme; return how many comments were not said to be yet."""
    _refuse_decided(group, by)
    if theme.merged_into_id is not None:
        raise BadInput(_("This theme was merged into another. Choose that one."), field="theme")
    ids = learning_queries.comments_of(session, group)
    there = select(CommentTheme.comment_id).where(
        CommentTheme.theme_id == theme.id, CommentTheme.comment_id.in_(ids)
    )
    _take_over(session, ids, theme, by=by, at=at)
    told = set(session.scalars(there))
    new = [one for one in ids if one not in told]
    word = {"theme_id": theme.id, "origin": Origin.GROUP, "tagged_by_id": by.id, "tagged_at": at}
    if new:
        session.execute(insert(CommentTheme), [{"comment_id": one, **word} for one in new])
    seen = ids[:SHOWN]
    theming.tag(session, seen, theme, by=by, at=at)
    group.theme_id = theme.id
    _decide(session, group, GroupState.NAMED, "group_named", by=by, at=at)
    return len(new)


def drop(session: Session, group: FoundGroup, *, by: Person, at: datetime) -> None:
    """Drop a group; its comments are not put into a group again."""
    _refuse_decided(group, by)
    _decide(session, group, GroupState.DROPPED, "group_dropped", by=by, at=at)


def _take_over(session: Session, ids: list[int], theme: Theme, *, by: Person, at: datetime) -> None:
    """Let the group's word stand where the program had proposed the theme meanwhile."""
    ours = (Origin.PHRASE, Origin.LEARNED)
    session.execute(
        update(CommentTheme)
        .where(
            CommentTheme.theme_id == theme.id,
            CommentTheme.comment_id.in_(ids),
            CommentTheme.origin.in_(ours),
        )
        .values(origin=Origin.GROUP, confidence=None, tagged_by_id=by.id, tagged_at=at)
    )


def _decide(
    session: Session, group: FoundGroup, state: GroupState, deed: str, *, by: Person, at: datetime
) -> None:
    group.state, group.decided_by_id, group.decided_at = state, by.id, at
    session.flush()
    words = ", ".join(group.keywords)
    audit.record(session, deed, group, by=by, at=at, summary=words, theme=group.theme_id)
    session.flush()


def _refuse_decided(group: FoundGroup, by: Person) -> None:
    if not policy.may_name_groups(by):
        raise NotAllowed(_("Only colleagues who are let in name groups."))
    if group.state is not GroupState.OPEN:
        raise Refusal(_("This group is named, dropped or looked for anew. Go on with another."))

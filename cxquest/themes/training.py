"""Asking the program to learn from people's tags, and measuring how far it agrees with them.

What was learned is kept nowhere but in the proposals: it is quickly learned again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.audit import Actor
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.people.models import Person
from cxquest.themes import learning_queries, policy
from cxquest.themes.models import LearningState, ThemeLearning
from cxquest.voice.models import Comment, CommentTheme, Origin, Submission

if TYPE_CHECKING:
    from cxquest.themes.learning import Learned

CONFIDENCE = 0.6  # where no coach has said anything
LOWEST, HIGHEST = 0.3, 0.99
MOST = 20_000  # comments that it learns from, the last tagged ones
NIGHT = timedelta(hours=12)
OPEN = (LearningState.WAITING, LearningState.RUNNING)
COACHES = _("Only coaches ask the program to learn. Ask one of them.")


@dataclass(frozen=True)
class Taught:
    """What people said: texts, the themes that each is about, and those that it is not about."""

    names: dict[int, str]
    texts: list[str]
    themes: list[set[int]]
    refused: list[set[int]]


def ask(session: Session, confidence: float, *, by: Person, at: datetime) -> ThemeLearning:
    """Ask the worker to learn, and to propose what it is at least so sure of (0.3 to 0.99).

    Raises NotAllowed but for coaches, Refusal while it is at it already.
    """
    if not policy.may_teach(by):
        raise NotAllowed(COACHES)
    last = learning_queries.last(session)
    if last and last.state in OPEN:
        raise Refusal(_("It is learning already. Wait for it to end, or stop it first."))
    return add(session, confidence, by=by, at=at)


def add(session: Session, confidence: float, *, by: Actor | None, at: datetime) -> ThemeLearning:
    """Add a learning that waits. Raises BadInput for a confidence that is out of bounds."""
    if not LOWEST <= confidence <= HIGHEST:
        raise BadInput(
            _("Choose a confidence from %(low)s to %(high)s %%."),
            field="confidence",
            low=round(100 * LOWEST),
            high=round(100 * HIGHEST),
        )
    made = ThemeLearning(confidence=confidence, asked_by_id=by.id if by else None, asked_at=at)
    session.add(made)
    session.flush()
    audit.record(session, "learning_asked", made, by=by, at=at, confidence=confidence)
    session.flush()
    return made


def stop(session: Session, learning: ThemeLearning, *, by: Person, at: datetime) -> None:
    """Stop a learning: at once while it waits, otherwise after the comments at hand."""
    if not policy.may_teach(by):
        raise NotAllowed(COACHES)
    if learning.state not in OPEN:
        raise Refusal(_("This learning has ended already."))
    learning.stop_asked = True
    if learning.state is LearningState.WAITING:
        learning.state, learning.finished_at = LearningState.STOPPED, at
    audit.record(session, "learning_stopped", learning, by=by, at=at)
    session.flush()


def due(session: Session, at: datetime) -> bool:
    """Return whether there is something new to learn, and a night has passed since the last time.

    The first time, a coach asks for it.
    """
    last = learning_queries.last(session)
    if last is None or last.state in OPEN or last.asked_at > at - NIGHT:
        return False
    since = last.begun_at or last.asked_at
    newest = select(Submission.created_at).order_by(Submission.id.desc()).limit(1)
    comment = session.scalar(newest)
    if comment is not None and comment > since:
        return True
    tag = select(CommentTheme.comment_id).where(
        CommentTheme.origin == Origin.PERSON, CommentTheme.tagged_at > since
    )
    return session.scalar(tag.limit(1)) is not None


def confidence(session: Session) -> float:
    """Return the confidence that a coach chose last."""
    last = learning_queries.last(session)
    return last.confidence if last else CONFIDENCE


def taught(session: Session) -> Taught:
    """Return what people said of comments and themes that are still there."""
    names = {theme.id: theme.name for theme in learning_queries.themes(session)}
    said = CommentTheme.origin == Origin.PERSON, CommentTheme.theme_id.in_(names)
    latest = (
        select(CommentTheme.comment_id)
        .where(*said)
        .group_by(CommentTheme.comment_id)
        .order_by(func.max(CommentTheme.tagged_at).desc(), CommentTheme.comment_id)
        .limit(MOST)
        .subquery()
    )
    texts = select(Comment.id, Comment.text).join(latest, latest.c.comment_id == Comment.id)
    known = dict(session.execute(texts.order_by(Comment.id)).all())
    tags = select(CommentTheme.comment_id, CommentTheme.theme_id, CommentTheme.refused)
    mine = tags.where(*said).join(latest, latest.c.comment_id == CommentTheme.comment_id)
    themes: dict[int, set[int]] = {key: set() for key in known}
    refused: dict[int, set[int]] = {key: set() for key in known}
    for comment_id, theme_id, no in session.execute(mine):
        (refused if no else themes)[comment_id].add(theme_id)
    return Taught(names, list(known.values()), list(themes.values()), list(refused.values()))


def agreement(
    given: Taught, bound: float, tell: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Return how far it agrees with people, as JSON values; raises TooLittle.

    `tell` is called between the folds. It takes seconds to minutes, and asks no database.
    """
    from cxquest.themes import evaluating  # scikit-learn is loaded where something is learned

    found = evaluating.cross_validated(
        given.texts, given.themes, given.refused, bound=bound, tell=tell
    ).as_json()
    for one in found["labels"]:
        one["name"] = given.names[one["label"]]
    return {**found, "left_out": [given.names[key] for key in found["left_out"]]}


def learned(given: Taught) -> "Learned[int]":
    """Return what is learned from all that people said; raises TooLittle."""
    from cxquest.themes import learning  # scikit-learn is loaded where something is learned

    return learning.train(given.texts, given.themes, given.refused)


def phrases(session: Session) -> dict[int, list[str]]:
    """Return the key phrases of each theme that has any."""
    return {theme.id: theme.phrases for theme in learning_queries.themes(session) if theme.phrases}


def finish(session: Session, learning: ThemeLearning, at: datetime) -> None:
    """Note that a learning has done all it was asked for."""
    learning.state, learning.finished_at = LearningState.DONE, at
    audit.record(
        session,
        "learning_done",
        learning,
        by=None,
        at=at,
        proposed=learning.proposed,
        abstained=learning.abstained,
    )
    session.flush()

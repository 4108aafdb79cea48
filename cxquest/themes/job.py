"""The worker's part of a learning: measuring, proposing batch by batch, and finding groups.

What takes long is done between two transactions, so that nobody is kept waiting; each batch is
a transaction of its own and tells how far the learning is.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.themes import finding, learning_queries, proposing, training
from cxquest.themes.models import LearningState, ThemeLearning
from cxquest.themes.phrasing import Phrases
from cxquest.themes.proposing import Judge

LOST = timedelta(minutes=10)  # without a sign of life it is taken up again
BROKEN = _("Something went wrong in the program. It is in the log; ask again later.")

Clock = Callable[[], datetime]

log = structlog.get_logger("cxquest.themes")


class Ended(Exception):
    """The learning was stopped, or somebody else does it now."""


class Interrupted(Exception):
    """The worker ends; the next one begins again."""


def work(session: Session, now: Clock, interrupted: Callable[[], bool] = lambda: False) -> bool:
    """Do the next learning that waits, was left half done, or is due; say whether there was one.

    It commits: the claim, each batch, and the end.
    """
    learning = _claim(session, now())
    if learning is None:
        session.rollback()
        return False
    number, mine = learning.id, learning.begun_at
    assert mine is not None
    session.commit()
    pulse = _Pulse(session, number, mine, now, interrupted)
    try:
        do(session, learning, pulse, now)
    except Ended:
        _end(session, number, mine, LearningState.STOPPED, now())
    except Interrupted:
        _end(session, number, mine, LearningState.WAITING, None)
    except (SQLAlchemyError, LookupError, ValueError, TypeError, Refusal) as error:
        session.rollback()
        log.exception("learning failed", learning=number)
        said = str(error) if isinstance(error, Refusal) else BROKEN
        _end(session, number, mine, LearningState.FAILED, now(), said)
    return True


def do(session: Session, learning: ThemeLearning, tell: Callable[[], None], now: Clock) -> None:
    """Do all of a learning, in transactions of its own; `tell` is called between them."""
    judge = _taught(session, learning, tell)
    propose(session, learning, judge, tell, now)
    texts = finding.texts(session)
    session.commit()
    found = finding.found(texts)
    tell()
    finding.keep(session, learning, found, now())
    training.finish(session, learning, now())
    session.commit()


def propose(
    session: Session,
    learning: ThemeLearning,
    judge: Judge,
    tell: Callable[[], None],
    now: Clock,
) -> None:
    """Propose for all comments that no person has spoken of, batch by batch."""
    learning.of = learning_queries.count(session, learning_queries.unsaid())
    learning.done = learning.proposed = learning.abstained = 0
    last = 0
    while texts := proposing.waiting(session, last):
        session.commit()
        found = dict(zip(texts, judge.proposals(list(texts.values())), strict=True))
        tell()
        proposing.write(session, found, now())
        some = sum(map(bool, found.values()))
        learning.done += len(found)
        learning.proposed += some
        learning.abstained += len(found) - some
        last = max(texts)
        session.commit()


def _taught(session: Session, learning: ThemeLearning, tell: Callable[[], None]) -> Judge:
    """Learn from people and note how far it agrees with them; without enough, say so."""
    given = training.taught(session)
    phrases = Phrases.of(training.phrases(session))
    learned, agreement, problem, bound = None, {}, "", learning.confidence
    session.commit()  # and ask nothing, which would keep SQLite's pen, until it has learned
    try:
        agreement = training.agreement(given, bound, tell)
        learned = training.learned(given)
    except Refusal as refusal:
        problem = str(refusal)
    tell()
    learning.agreement, learning.problem = agreement, problem
    session.commit()
    return Judge(learned, phrases, bound)


def _claim(session: Session, at: datetime) -> ThemeLearning | None:
    """Take the next learning up; workers beside this one skip it."""
    found = session.scalar(
        select(ThemeLearning)
        .where(
            or_(
                ThemeLearning.state == LearningState.WAITING,
                (ThemeLearning.state == LearningState.RUNNING)
                & (ThemeLearning.alive_at < at - LOST),
            )
        )
        .order_by(ThemeLearning.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if found is None and training.due(session, at):
        found = training.add(session, training.confidence(session), by=None, at=at)
    if found:
        found.state, found.begun_at, found.alive_at = LearningState.RUNNING, at, at
    return found


class _Pulse:
    """Gives a sign of life, and looks whether the learning is to stop.

    `mine` is when this worker took it up: where another has done so since, that one goes on.
    """

    def __init__(
        self,
        session: Session,
        number: int,
        mine: datetime,
        now: Clock,
        interrupted: Callable[[], bool],
    ) -> None:
        self.session, self.number, self.mine = session, number, mine
        self.now, self.interrupted = now, interrupted

    def __call__(self) -> None:
        if self.interrupted():
            raise Interrupted
        goes_on = (*_own(self.number, self.mine), ThemeLearning.stop_asked.is_(False))
        beat = update(ThemeLearning).where(*goes_on).values(alive_at=self.now())
        still_ours = self.session.scalar(beat.returning(ThemeLearning.id))
        self.session.commit()
        if still_ours is None:
            raise Ended


def _own(number: int, mine: datetime) -> tuple[Any, ...]:
    return (
        ThemeLearning.id == number,
        ThemeLearning.begun_at == mine,
        ThemeLearning.state == LearningState.RUNNING,
    )


def _end(
    session: Session,
    number: int,
    mine: datetime,
    state: LearningState,
    at: datetime | None,
    problem: str = "",
) -> None:
    session.rollback()
    session.execute(
        update(ThemeLearning)
        .where(*_own(number, mine))
        .values(state=state, finished_at=at, problem=problem)
    )
    session.commit()

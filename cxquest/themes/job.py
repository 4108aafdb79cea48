"""The worker's part of a learning: measuring, proposing batch by batch, and finding groups.

What takes long is done between two transactions, so that nobody is kept waiting; each batch is
a transaction of its own and tells how far the learning is.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from cxquest.core import jobs
from cxquest.core.errors import Refusal
from cxquest.themes import finding, learning_queries, proposing, training
from cxquest.themes.models import LearningState, ThemeLearning
from cxquest.themes.phrasing import Phrases
from cxquest.themes.proposing import Judge

LOST = timedelta(minutes=10)  # it learns for minutes without giving a sign of life

log = structlog.get_logger("cxquest.themes")


def work(
    session: Session, now: jobs.Clock, interrupted: Callable[[], bool] = lambda: False
) -> bool:
    """Do the next learning that waits, was left half done, or is due; say whether there was one.

    It commits: the claim, each batch, and the end.
    """
    learning = _claim(session, now())
    if learning is None:
        session.rollback()
        return False
    held = jobs.Held(session, learning, now, interrupted)
    session.commit()
    try:
        do(session, learning, held.beat, now)
    except jobs.Ended:
        held.end(LearningState.STOPPED, finished_at=now(), problem="")
    except jobs.Interrupted:
        held.end(LearningState.WAITING, problem="")
    except jobs.FAILURES as error:
        log.exception("learning failed", learning=held.number)
        held.end(LearningState.FAILED, finished_at=now(), problem=jobs.said(error))
    return True


def do(
    session: Session, learning: ThemeLearning, tell: Callable[[], None], now: jobs.Clock
) -> None:
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
    now: jobs.Clock,
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
    found = jobs.following(session, ThemeLearning, training.OPEN, at, LOST)
    if found is None and training.due(session, at):
        found = training.add(session, training.confidence(session), by=None, at=at)
    if found:
        found.state, found.begun_at, found.alive_at = LearningState.RUNNING, at, at
    return found

"""The worker's part of an import: previewing, taking and undoing large files, chunk by chunk.

Each chunk is a transaction of its own, so that others write in between, and tells how far the
run is. A run whose worker was lost is taken up again after its last chunk.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from cxquest.core import jobs
from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.imports import importing, taking, undoing
from cxquest.imports.models import ImportRun, RunState
from cxquest.people.models import Person

BROKEN = _("Something went wrong in the program. It is in the log; try again later.")
# Where a run stands again when its work was stopped or failed.
BEFORE = {
    RunState.PREVIEWING: RunState.MAPPED,
    RunState.IMPORTING: RunState.STOPPED,
    RunState.UNDOING: RunState.DONE,
}

log = structlog.get_logger("cxquest.imports")


def work(
    session: Session, now: jobs.Clock, secret: str, interrupted: Callable[[], bool] = lambda: False
) -> bool:
    """Do the next preview or import that waits, or that was left; say whether there was one.

    It commits: the claim, each chunk, and the end.
    """
    run = _claim(session, now())
    if run is None:
        session.rollback()
        return False
    number, doing = run.id, run.state
    session.commit()
    try:
        _do(session, run, now, secret, interrupted)
        session.commit()
    except jobs.Ended:
        _end(session, number, BEFORE[doing])
    except jobs.Interrupted:
        _end(session, number, doing)
    except StaleDataError:
        session.rollback()  # somebody else has changed the run: it is theirs
    except Refusal as refusal:
        _end(session, number, BEFORE[doing], str(refusal))
    except jobs.FAILURES:
        log.exception("import failed", run=number)
        _end(session, number, BEFORE[doing], BROKEN)
    return True


def _claim(session: Session, at: datetime) -> ImportRun | None:
    run = jobs.following(session, ImportRun, importing.WAITING, at)
    if run:
        run.alive_at = at
    return run


def _do(
    session: Session, run: ImportRun, now: jobs.Clock, secret: str, interrupted: Callable[[], bool]
) -> None:
    def settle() -> None:
        if interrupted():
            raise jobs.Interrupted
        asked = select(ImportRun.stop_asked).where(ImportRun.id == run.id)
        if session.scalar(asked):
            raise jobs.Ended
        run.alive_at = now()
        session.commit()

    if run.state is RunState.PREVIEWING:
        taking.begin_anew(run)
        taking.dry(session, run, secret=secret, at=now(), settle=settle)
        run.state, run.alive_at = RunState.PREVIEWED, None
        return
    if run.state is RunState.UNDOING:
        undoing.go_on(session, run, by=None, at=now(), settle=settle)
        return
    if not run.rows:
        taking.measure(session, run)
    taking.really(session, run, secret=secret, at=now(), settle=settle)
    run.alive_at = None
    by = session.get(Person, run.by_id) if run.by_id else None
    importing.complete(session, run, by=by, at=now())


def _end(session: Session, number: int, state: RunState, problem: str = "") -> None:
    """Leave a run where it stood after its last chunk."""
    session.rollback()
    run = session.get_one(ImportRun, number)
    run.state, run.alive_at, run.stop_asked, run.problem = state, None, False, problem
    if state is RunState.MAPPED:
        taking.begin_anew(run)
    session.commit()

"""The worker's part of a simulation: taking it up, telling how far it is, keeping its result.

The events are read by a session of its own that never writes, and progress is noted in short
transactions, so that nobody is kept waiting.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core import jobs
from cxquest.core.db import may_write
from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.rewards import documents, simulating, versions
from cxquest.rewards.models import RulebookVersion, Simulation, SimulationState

TELLS = timedelta(seconds=1)
CHANGED = _("The draft was changed after this simulation was asked for. Ask again.")

log = structlog.get_logger("cxquest.simulating")


def work(
    session: Session, now: jobs.Clock, interrupted: Callable[[], bool] = lambda: False
) -> bool:
    """Do the next simulation that waits, or that was left half done; say whether there was one.

    It commits: the claim, its progress about every second, and the result.
    """
    simulation = _claim(session, now())
    if simulation is None:
        session.rollback()
        return False
    held = jobs.Held(session, simulation, now, interrupted, every=TELLS)
    session.commit()
    try:
        found = _computed(held)
    except jobs.Ended:
        held.end(SimulationState.STOPPED, ended_at=now())
    except jobs.Interrupted:
        held.end(SimulationState.WAITING)
    except jobs.FAILURES as error:
        log.exception("simulation failed", simulation=held.number)
        held.end(SimulationState.FAILED, ended_at=now(), error=jobs.said(error))
    else:
        _keep(held, found, now())
    return True


def _claim(session: Session, at: datetime) -> Simulation | None:
    found = jobs.following(session, Simulation, simulating.OPEN, at)
    if found:
        found.state, found.begun_at, found.alive_at, found.done = SimulationState.RUNNING, at, at, 0
    return found


def _computed(held: jobs.Held) -> simulating.Simulated:
    """Simulate with a session that only reads. Raises Refusal for a draft changed meanwhile."""
    with _reading(held.session) as reading:
        simulation = reading.get_one(Simulation, held.number)
        version = reading.get_one(RulebookVersion, simulation.version_id)
        if documents.fingerprint(version.document) != simulation.fingerprint:
            raise Refusal(CHANGED)
        if simulation.stop_asked:
            raise jobs.Ended
        return simulating.compute(
            reading,
            versions.of(version),
            seasons=simulation.seasons,
            at=simulation.asked_at,
            tell=lambda done: held.beat(done=done),
        )


@contextmanager
def _reading(session: Session) -> Iterator[Session]:
    """Open a session that sees one state of the database, and keeps nobody from writing."""
    bind = session.get_bind()
    options = {"isolation_level": "REPEATABLE READ"} if bind.dialect.name == "postgresql" else {}
    with Session(bind) as reading:
        token = may_write.set(False)
        try:
            reading.connection(execution_options=options)
        finally:
            may_write.reset(token)
        yield reading


def _keep(held: jobs.Held, found: simulating.Simulated, at: datetime) -> None:
    """Keep the result, unless somebody else has taken the simulation up meanwhile."""
    simulation = held.session.scalar(select(Simulation).where(*held.own).with_for_update())
    if simulation:
        simulating.finish(held.session, simulation, found, at)
    held.session.commit()

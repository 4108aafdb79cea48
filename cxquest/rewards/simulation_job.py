"""The worker's part of a simulation: taking it up, telling how far it is, keeping its result.

The events are read by a session of its own that never writes, and progress is noted in short
transactions, so that nobody is kept waiting.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from cxquest.core.db import may_write
from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.rewards import documents, simulating, versions
from cxquest.rewards.models import RulebookVersion, Simulation, SimulationState

LOST = timedelta(minutes=2)  # without a sign of life it is taken up again
TELLS = timedelta(seconds=1)
CHANGED = _("The draft was changed after this simulation was asked for. Ask again.")
BROKEN = _("Something went wrong in the program. It is in the log; ask again later.")

Clock = Callable[[], datetime]

log = structlog.get_logger("cxquest.simulating")


class Ended(Exception):
    """The simulation was stopped, or somebody else does it now."""


class Interrupted(Exception):
    """The worker ends; the next one begins again."""


def work(session: Session, now: Clock, interrupted: Callable[[], bool] = lambda: False) -> bool:
    """Do the next simulation that waits, or that was left half done; say whether there was one.

    It commits: the claim, its progress about every second, and the result.
    """
    simulation = _claim(session, now())
    if simulation is None:
        session.rollback()
        return False
    number, mine = simulation.id, simulation.begun_at
    assert mine is not None
    session.commit()
    try:
        found = _computed(session, number, _Pulse(session, number, mine, now, interrupted))
    except Ended:
        _end(session, number, mine, SimulationState.STOPPED, now())
    except Interrupted:
        _end(session, number, mine, SimulationState.WAITING, now())
    except (SQLAlchemyError, LookupError, ValueError, TypeError, Refusal) as error:
        session.rollback()
        log.exception("simulation failed", simulation=number)
        said = str(error) if isinstance(error, Refusal) else BROKEN
        _end(session, number, mine, SimulationState.FAILED, now(), said)
    else:
        _keep(session, number, mine, found, now())
    return True


def _claim(session: Session, at: datetime) -> Simulation | None:
    """Take the next simulation up; workers beside this one skip it."""
    found = session.scalar(
        select(Simulation)
        .where(
            or_(
                Simulation.state == SimulationState.WAITING,
                (Simulation.state == SimulationState.RUNNING) & (Simulation.alive_at < at - LOST),
            )
        )
        .order_by(Simulation.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if found:
        found.state, found.begun_at, found.alive_at, found.done = SimulationState.RUNNING, at, at, 0
    return found


class _Pulse:
    """Notes how far a simulation is, about every second, and looks whether it is to stop.

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
        self.now, self.interrupted, self.told = now, interrupted, mine

    def __call__(self, done: int) -> None:
        if self.interrupted():
            raise Interrupted
        at = self.now()
        if at - self.told < TELLS:
            return
        goes_on = (*_own(self.number, self.mine), Simulation.stop_asked.is_(False))
        beat = update(Simulation).where(*goes_on).values(done=done, alive_at=at)
        still_ours = self.session.scalar(beat.returning(Simulation.id))
        self.session.commit()
        self.told = at
        if still_ours is None:
            raise Ended


def _own(number: int, mine: datetime) -> tuple[Any, ...]:
    return (
        Simulation.id == number,
        Simulation.begun_at == mine,
        Simulation.state == SimulationState.RUNNING,
    )


def _computed(session: Session, number: int, tell: _Pulse) -> simulating.Simulated:
    """Simulate with a session that only reads. Raises Refusal for a draft changed meanwhile."""
    with _reading(session) as reading:
        simulation = reading.get_one(Simulation, number)
        version = reading.get_one(RulebookVersion, simulation.version_id)
        if documents.fingerprint(version.document) != simulation.fingerprint:
            raise Refusal(CHANGED)
        if simulation.stop_asked:
            raise Ended
        draft, seasons = versions.of(version), simulation.seasons
        return simulating.compute(
            reading, draft, seasons=seasons, at=simulation.asked_at, tell=tell
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


def _end(
    session: Session,
    number: int,
    mine: datetime,
    state: SimulationState,
    at: datetime,
    error: str = "",
) -> None:
    ended = None if state is SimulationState.WAITING else at
    session.execute(
        update(Simulation)
        .where(*_own(number, mine))
        .values(state=state, ended_at=ended, error=error)
    )
    session.commit()


def _keep(
    session: Session, number: int, mine: datetime, found: simulating.Simulated, at: datetime
) -> None:
    """Keep the result, unless somebody else has taken the simulation up meanwhile."""
    simulation = session.scalar(select(Simulation).where(*_own(number, mine)).with_for_update())
    if simulation:
        simulating.finish(session, simulation, found, at)
    session.commit()

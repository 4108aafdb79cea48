"""Long jobs: rows that wait for the worker, which takes one up and holds it until it ends.

Of many workers one takes a job up. It gives signs of life, and hears at each whether it is to
stop. After `lost` without one the job is the next worker's; the first then ends at its next sign,
and writes no outcome. A job that ends says how, and one that is broken off waits again.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _

LOST = timedelta(minutes=2)  # without a sign of life it is taken up again
BROKEN = _("Something went wrong in the program. It is in the log; ask again later.")
# What ends a job alone; whatever else happens leaves it to be lost, and is in the worker's log.
FAILURES = (Refusal, SQLAlchemyError, LookupError, ValueError, TypeError, OSError)

Clock = Callable[[], datetime]


class Ended(Exception):
    """Somebody asked to stop, or another worker does it now."""


class Interrupted(Exception):
    """The worker ends; the next one has the job."""


class Job(Protocol):
    """A row that waits for the worker; `alive_at` is empty while nobody is at it."""

    id: int
    state: Any
    stop_asked: bool
    alive_at: datetime | None


class Begun(Job, Protocol):
    """A job that says when it was taken up."""

    begun_at: datetime | None


J = TypeVar("J", bound=Job)


def following(
    session: Session,
    kind: type[J],
    states: Collection[StrEnum],
    at: datetime,
    lost: timedelta = LOST,
) -> J | None:
    """Lock the next job in one of the states that nobody is at; other workers skip it."""
    job: Any = kind  # its columns, not their values
    nobody = or_(job.alive_at.is_(None), job.alive_at < at - lost)
    free = select(job).where(job.state.in_(states), nobody).order_by(job.id).limit(1)
    found: J | None = session.scalar(free.with_for_update(skip_locked=True, of=job))
    return found


class Held:
    """A job in this worker's hands; `own` are the conditions by which a query finds it there."""

    def __init__(
        self,
        session: Session,
        job: Begun,
        now: Clock,
        interrupted: Callable[[], bool],
        every: timedelta = timedelta(0),
    ) -> None:
        assert job.begun_at is not None
        self.session, self.number, self.now, self.interrupted = session, job.id, now, interrupted
        self.every, self.told = every, job.begun_at
        kind: Any = type(job)
        self.kind = kind
        self.own = (kind.id == job.id, kind.begun_at == job.begun_at, kind.state == job.state)

    def beat(self, **progress: object) -> None:
        """Give a sign of life and commit, unless there was one within `every`.

        Raises Interrupted, and Ended where the job is to stop or is another worker's by now.
        """
        if self.interrupted():
            raise Interrupted
        at = self.now()
        if abs(at - self.told) < self.every:  # a clock may be set back
            return
        goes_on = update(self.kind).where(*self.own, self.kind.stop_asked.is_(False))
        told = goes_on.values(alive_at=at, **progress).returning(self.kind.id)
        still_ours = self.session.scalar(told)
        self.session.commit()
        self.told = at
        if still_ours is None:
            raise Ended

    def end(self, state: StrEnum, **outcome: object) -> None:
        """Take back what is not committed, and leave the job in a state, if it is still ours."""
        self.session.rollback()
        left = update(self.kind).where(*self.own)
        self.session.execute(left.values(state=state, alive_at=None, **outcome))
        self.session.commit()


def said(error: Exception) -> str:
    """Return what people are told of a failure."""
    return str(error) if isinstance(error, Refusal) else BROKEN

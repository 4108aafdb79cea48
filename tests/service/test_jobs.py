"""Long jobs: who takes one up, when it is lost, and what a worker that lost it may still write.

A learning stands for every job.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from cxquest.core import jobs
from cxquest.core.errors import Refusal
from cxquest.themes import job as themes_job
from cxquest.themes.models import LearningState, ThemeLearning
from tests.cast import BEGUN

WAITING, RUNNING = LearningState.WAITING, LearningState.RUNNING
OPEN = (WAITING, RUNNING)
SECOND = timedelta(seconds=1)


class Moving:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = BEGUN

    def __call__(self) -> datetime:
        return self.at


def waiting(session: Session, *, alive: datetime | None = None) -> ThemeLearning:
    made = ThemeLearning(confidence=0.5, asked_at=BEGUN, alive_at=alive)
    made.state = RUNNING if alive else WAITING
    session.add(made)
    session.commit()
    return made


def held(
    session: Session,
    now: jobs.Clock,
    every: timedelta = timedelta(0),
    interrupted: bool = False,
) -> jobs.Held:
    """Take a job up."""
    made = waiting(session, alive=BEGUN)
    made.begun_at = BEGUN
    session.commit()
    return jobs.Held(session, made, now, lambda: interrupted, every)


def otherwise(job: jobs.Held, **changed: object) -> None:
    """Let somebody else change a job."""
    with Session(job.session.get_bind()) as beside:
        row = beside.get_one(ThemeLearning, job.number)
        for name, value in changed.items():
            setattr(row, name, value)
        beside.commit()


def kept(job: jobs.Held) -> tuple[LearningState, int, datetime | None]:
    """Return what the database has of a job."""
    with Session(job.session.get_bind()) as beside:
        row = beside.get_one(ThemeLearning, job.number)
        return row.state, row.done, row.alive_at


def test_the_first_one_that_nobody_is_at_comes_next(session: Session) -> None:
    at = BEGUN + jobs.LOST
    waiting(session, alive=BEGUN)  # exactly as long as it may be silent
    other, first, _second = waiting(session), waiting(session), waiting(session)
    other.state = LearningState.DONE
    session.commit()
    assert jobs.following(session, ThemeLearning, OPEN, at) is first
    assert jobs.following(session, ThemeLearning, [LearningState.FAILED], at) is None


def test_one_that_was_silent_for_too_long_is_lost(session: Session) -> None:
    silent = waiting(session, alive=BEGUN)
    late = BEGUN + jobs.LOST + SECOND
    assert jobs.following(session, ThemeLearning, OPEN, late) is silent
    assert jobs.following(session, ThemeLearning, [WAITING], late) is None
    assert jobs.following(session, ThemeLearning, OPEN, late, timedelta(minutes=3)) is None


def test_two_workers_take_up_two_jobs(session: Session, engine: str) -> None:
    first, second = waiting(session), waiting(session)
    taken = jobs.following(session, ThemeLearning, OPEN, BEGUN)
    assert taken is first
    taken.alive_at = BEGUN
    if engine == "sqlite":  # it has one pen: the second worker waits for the first
        session.commit()
    with Session(session.get_bind()) as beside:
        found = jobs.following(beside, ThemeLearning, OPEN, BEGUN)
        assert found is not None
        assert found.id == second.id


def test_a_sign_of_life_is_written_with_how_far_it_is(session: Session) -> None:
    now = Moving()
    mine = held(session, now)
    now.at += SECOND
    mine.beat(done=7)
    assert kept(mine) == (RUNNING, 7, now.at)


@pytest.mark.parametrize(("seconds", "told"), [(59, 1), (60, 7), (-59, 1), (-60, 7)])
def test_signs_are_given_now_and_then(session: Session, seconds: int, told: int) -> None:
    """A clock that is set back keeps a job neither silent nor deaf."""
    now = Moving()
    mine = held(session, now, every=timedelta(minutes=1))
    now.at += timedelta(minutes=1)
    mine.beat(done=1)
    now.at += timedelta(seconds=seconds)
    mine.beat(done=7)
    assert kept(mine)[1] == told


def test_a_worker_that_ends_writes_no_sign(session: Session) -> None:
    mine = held(session, Moving(), interrupted=True)
    with pytest.raises(jobs.Interrupted):
        mine.beat(done=7)
    assert kept(mine) == (RUNNING, 0, BEGUN)


@pytest.mark.parametrize(
    "changed",
    [
        {"stop_asked": True},
        {"begun_at": BEGUN + SECOND},
        {"state": LearningState.STOPPED},
    ],
)
def test_it_ends_where_it_is_to_stop_or_is_not_ours(
    session: Session, changed: dict[str, object]
) -> None:
    mine = held(session, Moving())
    otherwise(mine, **changed)
    before = kept(mine)
    with pytest.raises(jobs.Ended):
        mine.beat(done=7)
    assert kept(mine) == before


def test_what_is_left_waits_for_the_next_worker(session: Session) -> None:
    mine = held(session, Moving())
    job = session.get_one(ThemeLearning, mine.number)
    job.done = 7  # of a batch that was not finished
    session.flush()
    mine.end(WAITING, problem="")
    assert kept(mine) == (WAITING, 0, None)
    assert jobs.following(session, ThemeLearning, OPEN, BEGUN) is job


def test_whoever_lost_a_job_writes_no_outcome(session: Session) -> None:
    mine = held(session, Moving())
    otherwise(mine, begun_at=BEGUN + SECOND)
    mine.end(LearningState.FAILED, problem="Broken")
    assert kept(mine) == (RUNNING, 0, BEGUN)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Refusal("Ask %(who)s.", who="Ruth"), "Ask Ruth."),
        (KeyError("x"), jobs.BROKEN),
        (OSError("The disk is full"), jobs.BROKEN),
    ],
)
def test_a_failure_says_what_people_can_mend(
    session: Session, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def failing(*_: object) -> None:
        raise error

    made = waiting(session)
    monkeypatch.setattr(themes_job, "do", failing)
    assert themes_job.work(session, Moving())
    session.refresh(made)
    assert (made.state, made.problem) == (LearningState.FAILED, told)
    assert (made.alive_at, made.finished_at) == (None, BEGUN)

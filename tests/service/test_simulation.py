"""Simulations: what they come to, that they write nothing, and the job that does them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core.db import Base
from cxquest.core.errors import NotAllowed, Refusal
from cxquest.rewards import (
    documents,
    publishing,
    replaying,
    simulating,
    simulation_job,
    simulation_queries,
    versions,
)
from cxquest.rewards.book import Memory
from cxquest.rewards.models import (
    RulebookVersion,
    SimulatedAccount,
    Simulation,
    SimulationState,
    Standing,
    VersionState,
)
from cxquest.rewards.rulebook import DEFAULT, Work
from tests import histories, rulebooks
from tests.cast import Cast
from tests.histories import BEGUN

NOW = BEGUN + timedelta(days=400)
DRAFT = replace(DEFAULT, version=9, work={**DEFAULT.work, Work.PREVENTION: Fraction(9, 4)})
DOCUMENT = rulebooks.document(work={"prevention": "2.25"})


def played(session: Session, seed: int = 3, events: int = 150) -> None:
    """Record a random history of a good year."""
    firm = histories.company(session, quests=9)
    for one in histories.history(seed, events, firm):
        histories.record(session, one)
    session.flush()


def counts(session: Session) -> dict[str, int]:
    """Return how many rows every table has."""
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


@pytest.mark.parametrize("seasons", [1, 2])
@pytest.mark.parametrize("seed", range(3))
def test_p11_simulating_the_rulebook_in_force_gives_no_difference_at_all(
    session: Session, seed: int, seasons: int
) -> None:
    played(session, seed)
    found = simulating.compute(session, replace(DEFAULT, version=9), seasons=seasons, at=NOW)
    assert found.accounts
    assert all(before == after for before, after in found.accounts.values())
    assert all(row["before"] == row["after"] for row in found.result["teams"])
    assert all(row["rank_before"] == row["rank_after"] for row in found.result["teams"])
    for part in ("types", "work", "rules"):
        assert all(row["share_before"] == row["share_after"] for row in found.result[part])
    assert found.result["warnings"] == []


@pytest.mark.parametrize("seasons", [1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_before_is_what_the_ledger_holds(session: Session, seed: int, seasons: int) -> None:
    """Returns, disputes, limits and continuations that reach back over the border included."""
    played(session, seed)
    found = simulating.compute(session, DRAFT, seasons=seasons, at=NOW)
    begins = simulation_queries.spans(session, seasons, NOW)[0].starts_at
    kept = {
        account: int(points)
        for account, points in session.execute(
            select(Standing.account_id, func.sum(Standing.points))
            .where(Standing.season_id.in_(_since(session, begins)))
            .group_by(Standing.account_id)
        )
        if points
    }
    assert {one: before for one, (before, _after) in found.accounts.items() if before} == kept


def _since(session: Session, begins: datetime) -> list[int]:
    return [number for at, _ends, number in replaying.spans(session).spans if at >= begins]


def test_a_narrow_book_and_a_whole_one_come_to_the_same(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(session)
    narrow = simulating.compute(session, DRAFT, seasons=2, at=NOW)
    monkeypatch.setattr(simulation_queries, "book", lambda _session: Memory())
    assert simulating.compute(session, DRAFT, seasons=2, at=NOW) == narrow


def test_a_draft_pays_more_for_prevention_and_writes_nothing(session: Session) -> None:
    played(session, 2)
    before = counts(session)
    found = simulating.compute(session, DRAFT, seasons=2, at=NOW).result
    (prevention,) = (row for row in found["work"] if row["name"] == "prevention")
    assert prevention["after"] > prevention["before"] > 0
    assert Fraction(prevention["share_after"]) > Fraction(prevention["share_before"])
    assert not session.new
    assert not session.dirty
    assert counts(session) == before


@pytest.fixture
def draft(session: Session, cast: Cast) -> RulebookVersion:
    """A draft that pays a little more for prevention, on a year of events, all committed."""
    played(session)
    made = publishing.draft(session, DOCUMENT, "More for prevention", by=cast.ruth, at=NOW)
    session.commit()
    return made


def asked(session: Session, draft: RulebookVersion, cast: Cast) -> Simulation:
    made = simulating.ask(session, draft, seasons=2, by=cast.ruth, at=NOW)
    session.commit()
    return made


def ticking(step: float = 1.0) -> Iterator[datetime]:
    at = NOW
    while True:
        at += timedelta(seconds=step)
        yield at


def work(
    session: Session, step: float = 1.0, interrupted: Callable[[], bool] = lambda: False
) -> bool:
    moments = ticking(step)
    return simulation_job.work(session, lambda: next(moments), interrupted)


def test_the_job_keeps_the_result_and_the_version_is_simulated(
    session: Session, draft: RulebookVersion, cast: Cast
) -> None:
    made = asked(session, draft, cast)
    assert made.events == simulation_queries.events(session) > 100
    assert work(session)
    session.refresh(made)
    session.refresh(draft)
    assert made.state is SimulationState.DONE
    assert made.done == made.events
    assert draft.state is VersionState.SIMULATED
    direct = simulating.compute(session, versions.of(draft), seasons=2, at=NOW)
    assert made.result == direct.result
    rows = session.scalars(select(SimulatedAccount)).all()
    assert {row.account_id: (row.before, row.after) for row in rows} == direct.accounts
    assert not work(session)


def test_only_a_lawful_draft_is_simulated_and_only_once_at_a_time(
    session: Session, draft: RulebookVersion, cast: Cast
) -> None:
    with pytest.raises(NotAllowed):
        simulating.ask(session, draft, seasons=1, by=cast.ida, at=NOW)
    asked(session, draft, cast)
    with pytest.raises(Refusal, match="on its way"):
        simulating.ask(session, draft, seasons=1, by=cast.ruth, at=NOW)
    wrong = rulebooks.document(work={"prevention": "1.25"})
    unlawful = publishing.draft(session, wrong, "Less", by=cast.ruth, at=NOW)
    with pytest.raises(Refusal, match="Article C1"):
        simulating.ask(session, unlawful, seasons=1, by=cast.ruth, at=NOW)


def test_one_that_waits_is_stopped_at_once(
    session: Session, draft: RulebookVersion, cast: Cast
) -> None:
    made = asked(session, draft, cast)
    simulating.stop(session, made, by=cast.ruth, at=NOW)
    session.commit()
    assert made.state is SimulationState.STOPPED
    assert not work(session)
    with pytest.raises(Refusal, match="ended already"):
        simulating.stop(session, made, by=cast.ruth, at=NOW)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the job look up after every ten events."""
    monkeypatch.setattr("cxquest.rewards.replaying.BATCH", 10)


@pytest.mark.usefixtures("small_batches")
def test_one_that_runs_is_stopped_between_two_batches(
    session: Session, draft: RulebookVersion, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = asked(session, draft, cast)
    seen: list[int] = []

    def interfering() -> bool:
        with Session(session.get_bind()) as beside:
            row = beside.get_one(Simulation, made.id)
            seen.append(row.done)
            if len(seen) == 4:
                simulating.stop(beside, row, by=beside.merge(cast.ruth), at=NOW)
                beside.commit()
        return False

    assert work(session, interrupted=interfering)
    session.refresh(made)
    session.refresh(draft)
    assert seen == [0, 10, 20, 30]
    assert made.state is SimulationState.STOPPED
    assert made.result == {}
    assert draft.state is VersionState.DRAFT


@pytest.mark.usefixtures("small_batches")
def test_a_worker_that_ends_leaves_it_to_the_next_one(
    session: Session, draft: RulebookVersion, cast: Cast
) -> None:
    made = asked(session, draft, cast)
    assert work(session, interrupted=lambda: True)
    session.refresh(made)
    assert made.state is SimulationState.WAITING
    assert work(session)
    session.refresh(made)
    assert made.state is SimulationState.DONE


@pytest.mark.parametrize(("silent", "taken"), [(1, False), (3, True)])
def test_one_whose_worker_was_killed_is_taken_up_again(
    session: Session, draft: RulebookVersion, cast: Cast, silent: int, taken: bool
) -> None:
    made = asked(session, draft, cast)
    made.state, made.begun_at, made.done = SimulationState.RUNNING, NOW, 70
    made.alive_at = NOW - timedelta(minutes=silent)
    session.commit()
    assert work(session) is taken
    session.refresh(made)
    assert made.state is (SimulationState.DONE if taken else SimulationState.RUNNING)


@pytest.mark.usefixtures("small_batches")
def test_whoever_was_thought_dead_keeps_nothing(
    session: Session, draft: RulebookVersion, cast: Cast
) -> None:
    made = asked(session, draft, cast)

    def taken_up_by_another() -> bool:
        with Session(session.get_bind()) as beside:
            beside.get_one(Simulation, made.id).begun_at = NOW + timedelta(hours=1)
            beside.commit()
        return False

    assert work(session, interrupted=taken_up_by_another)
    session.refresh(made)
    assert made.state is SimulationState.RUNNING
    assert made.result == {}


def test_a_draft_that_was_changed_meanwhile_is_not_simulated(
    session: Session, draft: RulebookVersion, cast: Cast
) -> None:
    made = asked(session, draft, cast)
    other = rulebooks.document(work={"prevention": "2.5"})
    publishing.change(session, draft, other, "Still more", seen=draft.version, by=cast.ruth, at=NOW)
    session.commit()
    assert work(session)
    session.refresh(made)
    assert made.state is SimulationState.FAILED
    assert "was changed" in made.error
    assert draft.state is VersionState.DRAFT


@pytest.mark.usefixtures("small_batches")
def test_nobody_is_kept_from_writing_meanwhile(
    session: Session, draft: RulebookVersion, cast: Cast
) -> None:
    asked(session, draft, cast)

    def writing() -> bool:
        with Session(session.get_bind()) as beside:
            histories.company(beside, quests=1)
            beside.commit()
        return False

    assert work(session, interrupted=writing)


def test_it_can_be_done_here_and_now(session: Session, draft: RulebookVersion, cast: Cast) -> None:
    made = simulating.run_now(session, draft, by=cast.ruth, at=NOW)
    assert made.state is SimulationState.DONE
    assert draft.state is VersionState.SIMULATED
    assert made.fingerprint == documents.fingerprint(draft.document)
    assert simulation_queries.last_done(session, draft, made.fingerprint) is made

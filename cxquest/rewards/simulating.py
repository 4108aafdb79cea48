"""Simulating a draft: replaying past seasons under it, beside what is in force, paying nothing.

A request only asks for it; the worker does it (`simulation_job`).
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.people.models import Person
from cxquest.rewards import (
    documents,
    policy,
    publishing,
    replaying,
    simulation_queries,
    simulation_result,
    versions,
)
from cxquest.rewards.catalogue import CATALOGUE, Pays
from cxquest.rewards.models import (
    RulebookVersion,
    SimulatedAccount,
    Simulation,
    SimulationState,
    VersionState,
)
from cxquest.rewards.rulebook import Rulebook
from cxquest.rewards.simulation import Simulation as Replay
from cxquest.rewards.versions import rules_at, timeline

FORMULA = frozenset(
    kind.name for kind in CATALOGUE.values() if kind.pays in (Pays.FORMULA, Pays.BOTH)
)
MOST_SEASONS = 2
OPEN = (SimulationState.WAITING, SimulationState.RUNNING)


@dataclass(frozen=True)
class Simulated:
    """What a simulation came to: its result as JSON values, and each account's points."""

    result: dict[str, Any]
    accounts: dict[int, tuple[int, int]]


def compute(
    session: Session,
    draft: Rulebook,
    *,
    seasons: int,
    at: datetime,
    tell: Callable[[int], None] = lambda done: None,
) -> Simulated:
    """Replay the season of an instant and those before it; `tell` is told of each batch read."""
    spans = simulation_queries.spans(session, seasons, at)
    books = timeline(session)
    replay = Replay(
        rules_at(books, at),
        draft,
        begins=spans[0].starts_at,
        in_force_at=partial(rules_at, books),
        book=simulation_queries.book(session),
    )
    done = _read(session, replay, _heard([draft, *(rules for _since, rules in books)]), tell)
    named = [{"name": one.name, "starts_at": one.starts_at.isoformat()} for one in spans]
    result = simulation_result.result(replay, simulation_queries.employees(session))
    before, after = (run.points for run in replay.runs)
    return Simulated(
        {"seasons": named, "events": done, **result},
        {one: (before.get(one, 0), after.get(one, 0)) for one in before.keys() | after.keys()},
    )


def _read(
    session: Session, replay: Replay, heard: frozenset[str], tell: Callable[[int], None]
) -> int:
    """Hand every event that some rulebook listens to on, and return how many were read."""
    known = replaying.spans(session)
    done = 0
    with closing(replaying.read(session)) as rows:
        for row in rows:
            if row.type in heard:
                replay.look(replaying.happened(row, known.at(row.occurred_at)[1]), row.label)
            done += 1
            if done % replaying.BATCH == 0:
                tell(done)
    replay.end()
    return done


def _heard(books: list[Rulebook]) -> frozenset[str]:
    return FORMULA | {rule.when for rules in books for rule in rules.rules}


def ask(
    session: Session, version: RulebookVersion, *, seasons: int, by: Person, at: datetime
) -> Simulation:
    """Ask the worker to simulate a draft over one season or two.

    Raises NotAllowed but for administrators, Refusal for a version that is not open, one that
    breaks an article, and while another simulation of it waits or runs.
    """
    if not policy.may_write(by):
        raise NotAllowed(publishing.ADMINISTRATORS)
    if not policy.may_change(by, version):
        raise Refusal(_("Only a draft is simulated. Start a new version from this one."))
    if not 1 <= seasons <= MOST_SEASONS:
        raise BadInput(_("Choose one season or two."), field="seasons")
    publishing.check_lawful(versions.of(version))
    last = simulation_queries.last(session, version)
    if last and last.state in OPEN:
        raise Refusal(_("A simulation of this version is on its way already."))
    made = Simulation(
        version_id=version.id,
        fingerprint=documents.fingerprint(version.document),
        seasons=seasons,
        events=simulation_queries.events(session),
        asked_by_id=by.id,
        asked_at=at,
    )
    session.add(made)
    session.flush()
    audit.record(session, "simulation_asked", version, by=by, at=at, seasons=seasons)
    session.flush()
    return made


def stop(session: Session, simulation: Simulation, *, by: Person, at: datetime) -> None:
    """Stop a simulation: at once while it waits, otherwise after the batch at hand."""
    if not policy.may_write(by):
        raise NotAllowed(publishing.ADMINISTRATORS)
    if simulation.state not in OPEN:
        raise Refusal(_("This simulation has ended already."))
    simulation.stop_asked = True
    if simulation.state is SimulationState.WAITING:
        simulation.state, simulation.ended_at = SimulationState.STOPPED, at
    audit.record(session, "simulation_stopped", simulation, by=by, at=at)
    session.flush()


def run_now(
    session: Session, version: RulebookVersion, *, seasons: int = 1, by: Person, at: datetime
) -> Simulation:
    """Simulate a draft here and now, in the caller's transaction."""
    made = ask(session, version, seasons=seasons, by=by, at=at)
    made.begun_at = at
    found = compute(session, versions.of(version), seasons=seasons, at=at)
    finish(session, made, found, at)
    return made


def finish(session: Session, simulation: Simulation, found: Simulated, at: datetime) -> None:
    """Write the result; the version is simulated if it still says what was simulated."""
    simulation.state, simulation.result = SimulationState.DONE, found.result
    simulation.events = simulation.done = found.result["events"]
    simulation.ended_at = at
    rows = [
        {"simulation_id": simulation.id, "account_id": one, "before": before, "after": after}
        for one, (before, after) in found.accounts.items()
    ]
    if rows:
        session.execute(insert(SimulatedAccount), rows)
    version = session.get_one(
        RulebookVersion, simulation.version_id, with_for_update=True, populate_existing=True
    )
    fits = documents.fingerprint(version.document) == simulation.fingerprint
    if fits and version.state is VersionState.DRAFT:
        version.state = VersionState.SIMULATED
    audit.record(session, "simulation_done", version, by=None, at=at, seasons=simulation.seasons)
    session.flush()

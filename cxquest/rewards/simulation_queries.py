"""What a simulation asks of the database before it begins, and what its pages ask of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased, defer

from cxquest.people import queries as people_queries
from cxquest.people.models import Department, Person
from cxquest.rewards import season_queries
from cxquest.rewards.book import Memory
from cxquest.rewards.deciding import DISPUTE_UPHELD, GATE_PASSED, PROBLEM_RETURNED
from cxquest.rewards.models import (
    Account,
    Component,
    Decision,
    RewardEvent,
    RulebookVersion,
    SimulatedAccount,
    Simulation,
    SimulationState,
)
from cxquest.rewards.seasons import Span
from cxquest.rewards.simulation_result import Employee


def spans(session: Session, seasons: int, at: datetime) -> Sequence[Span]:
    """Return the season of an instant and the ones before it, the earliest first."""
    zone = people_queries.zone(session)
    found = [season_queries.span_at(session, at, zone)]
    while len(found) < seasons:
        before = found[0].starts_at - timedelta.resolution
        found.insert(0, season_queries.span_at(session, before, zone))
    return found


def events(session: Session) -> int:
    """Return how many events there are."""
    return session.scalar(select(func.count()).select_from(RewardEvent)) or 0


def book(session: Session) -> Memory:
    """Return an empty book that keeps only what some event in the database comes back to."""
    late = select(RewardEvent.type, RewardEvent.subject, RewardEvent.facts).where(
        RewardEvent.type.in_((PROBLEM_RETURNED, DISPUTE_UPHELD))
    )
    subjects: set[str] = set()
    disputed: set[str] = set()
    for kind, subject, facts in session.execute(late):
        subjects.add(subject)
        if kind == DISPUTE_UPHELD:
            disputed.add(facts["event"])
    chains = select(RewardEvent.chain).where(
        RewardEvent.type == GATE_PASSED, RewardEvent.chain != RewardEvent.subject
    )
    return Memory(subjects, frozenset(session.scalars(chains.distinct())), disputed)


def employees(session: Session) -> list[Employee]:
    """Return every active person with account and present department."""
    found = session.execute(
        select(Account.id, Person.department_id, Department.name)
        .select_from(Person)
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(Department, Department.id == Person.department_id)
        .where(Person.is_active)
    )
    return [Employee(account, department, name or "") for account, department, name in found]


def last(session: Session, version: RulebookVersion) -> Simulation | None:
    """Return the last simulation of a version, without its result."""
    return session.scalar(_of(version).options(defer(Simulation.result)).limit(1))


def last_done(session: Session, version: RulebookVersion, mark: str) -> Simulation | None:
    """Return the last whole simulation of exactly this document, with its result."""
    done = (Simulation.state == SimulationState.DONE, Simulation.fingerprint == mark)
    return session.scalar(_of(version).where(*done).limit(1))


def own(session: Session, simulation_id: int, account_id: int | None) -> tuple[int, int]:
    """Return what one account would have had, before and after; nothing where it has no row."""
    row = session.get(SimulatedAccount, (simulation_id, account_id)) if account_id else None
    return (row.before, row.after) if row else (0, 0)


def own_teams(session: Session, account_id: int | None) -> frozenset[int]:
    """Return the accounts of the teams with whom a person was looked at for a gate."""
    if account_id is None:
        return frozenset()
    mine, team = aliased(Decision), aliased(Decision)
    found = session.scalars(
        select(team.account_id)
        .join(mine, mine.event_id == team.event_id)
        .where(
            mine.account_id == account_id,
            mine.component == Component.TEAM_PART,
            team.component == Component.TEAM_OUTCOME,
        )
        .distinct()
    )
    return frozenset(found)


def _of(version: RulebookVersion) -> Select[Simulation]:
    return (
        select(Simulation).where(Simulation.version_id == version.id).order_by(Simulation.id.desc())
    )

"""The boards, computed from standings: their cost does not depend on the length of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from cxquest.people.models import Department, Person
from cxquest.quests import deeds
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Membership, Quest
from cxquest.quests.work import Countermeasure, Why
from cxquest.rewards.models import Account, Standing
from cxquest.rewards.ranking import ranks, shrunken_mean
from cxquest.rewards.rulebook import Cause, Work

LEAST_PEOPLE = 5
LEAST_TEAMS = 3


@dataclass(frozen=True)
class TeamRow:
    """A team on the board of a season."""

    rank: int
    quest_id: int
    title: str
    state: State
    departments: tuple[str, ...]
    work: Work | None
    cause: Cause | None
    points: int


@dataclass(frozen=True)
class DepartmentRow:
    """A department on the board of a season; `mean` is drawn towards everyone's."""

    rank: int
    name: str
    people: int
    points: int
    mean: Fraction


def teams(session: Session, season_id: int) -> list[TeamRow]:
    """Return the teams with points in a season, best first; equal points share a rank."""
    found = session.execute(
        select(Quest.id, Quest.title, Quest.state, Quest.aim, Standing.points)
        .join(Standing, Standing.account_id == Quest.account_id)
        .where(Standing.season_id == season_id, Standing.points > 0)
        .order_by(Standing.points.desc(), Quest.title, Quest.id)
    ).all()
    ids = [row.id for row in found]
    names, roots = _departments_of(session, ids), _roots_of(session, ids)
    places = ranks([row.points for row in found])
    return [
        TeamRow(
            rank=place,
            quest_id=row.id,
            title=row.title,
            state=row.state,
            departments=names.get(row.id, ()),
            work=deeds.strongest(roots.get(row.id, ()), row.aim),
            cause=deeds.depth(roots.get(row.id, ())),
            points=row.points,
        )
        for place, row in zip(places, found, strict=True)
    ]


def _roots_of(session: Session, quest_ids: Sequence[int]) -> dict[int, list[deeds.Root]]:
    """Return the root causes of each quest, once for every countermeasure on them."""
    found = session.execute(
        select(Why.quest_id, Why.level, Countermeasure.work)
        .outerjoin(Countermeasure, Countermeasure.why_id == Why.id)
        .where(Why.quest_id.in_(quest_ids), Why.is_root, Why.level.is_not(None))
    )
    roots: dict[int, list[deeds.Root]] = {}
    for row in found:
        if row.level is not None:
            roots.setdefault(row.quest_id, []).append((row.level, row.work))
    return roots


def _departments_of(session: Session, quest_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found = session.execute(
        select(Membership.quest_id, Department.name)
        .join(Department, Department.id == Membership.department_id)
        .where(Membership.quest_id.in_(quest_ids))
        .distinct()
        .order_by(Department.name)
    )
    names: dict[int, tuple[str, ...]] = {}
    for quest_id, name in found:
        names[quest_id] = (*names.get(quest_id, ()), name)
    return names


def departments(session: Session, season_id: int) -> list[DepartmentRow]:
    """Return the departments of at least five people by their shrunken mean over all staff."""
    found = _department_sums(session, season_id)
    people = sum(row.people for row in found)
    total = sum(int(row.points) for row in found)
    mean = Fraction(total, people) if people else Fraction(0)
    large = [row for row in found if row.people >= LEAST_PEOPLE]
    means = [shrunken_mean(int(row.points), row.people, mean) for row in large]
    rows = [
        DepartmentRow(place, row.name, row.people, int(row.points), level)
        for place, row, level in zip(ranks(means), large, means, strict=True)
    ]
    return sorted(rows, key=lambda row: (row.rank, row.name))


def _department_sums(session: Session, season_id: int) -> Sequence[Row[str, int, int]]:
    """Return name, active people and their points of every department, joined in or not."""
    return session.execute(
        select(
            Department.name,
            func.count(func.distinct(Person.id)).label("people"),
            func.coalesce(func.sum(Standing.points), 0).label("points"),
        )
        .join(Person, and_(Person.department_id == Department.id, Person.is_active))
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(
            Standing, and_(Standing.account_id == Account.id, Standing.season_id == season_id)
        )
        .group_by(Department.id, Department.name)
        .order_by(Department.name)
    ).all()

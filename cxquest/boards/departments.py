"""Departments of a season by their shrunken mean over all staff, joined in or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from cxquest.boards import sealed, veiling
from cxquest.boards.veiling import Earned, Veiled
from cxquest.people.models import Department, Person
from cxquest.quests.models import Quest
from cxquest.rewards.models import (
    Account,
    Component,
    LedgerEntry,
    RewardEvent,
    Season,
    Standing,
)
from cxquest.rewards.ranking import ranks, shrunken_mean

LEAST_PEOPLE = 5
PULL = 10  # people's worth of everyone's mean that a department is drawn by


@dataclass(frozen=True)
class DepartmentRow:
    """A department on the board of a season; `mean` is drawn towards everyone's.

    `last` is its row of the season before, `since` what was corrected after the season's seal.
    """

    rank: int
    department_id: int
    name: str
    people: int
    points: int
    mean: Fraction
    last: "DepartmentRow | None" = None
    since: int = 0

    @property
    def plain_mean(self) -> Fraction:
        """The points of its people by how many they are."""
        return Fraction(self.points, self.people)


def everyones(rows: Sequence[DepartmentRow], season: Season) -> Fraction | None:
    """Return the mean of everyone that the means were drawn to; a sealed one is not kept."""
    if season.seal is not None or not rows:
        return None
    return (rows[0].mean * (rows[0].people + PULL) - rows[0].points) / PULL


def of_season(session: Session, season: Season, before: Season | None) -> list[DepartmentRow]:
    """Return the departments of at least five people: as they were sealed, or as they stand."""
    then = {row.department_id: row for row in _result(session, before)} if before else {}
    today = {}
    if season.seal is not None:
        today = {row.department_id: row.points for row in standing(session, season.id)}
    return [
        DepartmentRow(
            row.rank,
            row.department_id,
            row.name,
            row.people,
            row.points,
            row.mean,
            last=then.get(row.department_id),
            since=today.get(row.department_id, row.points) - row.points,
        )
        for row in _result(session, season)
    ]


def _result(session: Session, season: Season) -> list[DepartmentRow]:
    if season.seal is None:
        return standing(session, season.id)
    return [_sealed(row) for row in sealed.result(season.seal).departments]


def _sealed(row: Mapping[str, Any]) -> DepartmentRow:
    return DepartmentRow(
        row["rank"],
        row["department"],
        row["name"],
        row["people"],
        row["points"],
        Fraction(row["mean"]),
    )


def standing(session: Session, season_id: int) -> list[DepartmentRow]:
    """Return the departments of at least five people as they stand today, best first."""
    found = _sums(session, season_id)
    people = sum(row.people for row in found)
    total = sum(int(row.points) for row in found)
    mean = Fraction(total, people) if people else Fraction(0)
    large = [row for row in found if row.people >= LEAST_PEOPLE]
    means = [shrunken_mean(int(row.points), row.people, mean, PULL) for row in large]
    rows = [
        DepartmentRow(place, row.id, row.name, row.people, int(row.points), level)
        for place, row, level in zip(ranks(means), large, means, strict=True)
    ]
    return sorted(rows, key=lambda row: (row.rank, row.name, row.department_id))


def _sums(session: Session, season_id: int) -> Sequence[Row[int, str, int, int]]:
    """Return id, name, active people and their points of every department."""
    return session.execute(
        select(
            Department.id,
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


def lines(session: Session, department_id: int, season_id: int) -> Veiled:
    """Return what a department's points of a season come from, so that nobody is singled out."""
    entries = (
        select(
            RewardEvent.subject,
            LedgerEntry.component,
            LedgerEntry.account_id,
            func.sum(LedgerEntry.points),
        )
        .join(RewardEvent, RewardEvent.id == LedgerEntry.event_id)
        .join(Account, Account.id == LedgerEntry.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(
            Person.department_id == department_id,
            Person.is_active,
            LedgerEntry.season_id == season_id,
        )
        .group_by(RewardEvent.subject, LedgerEntry.component, LedgerEntry.account_id)
    )
    return veiling.veiled(
        Earned(subject if part is Component.TEAM_PART else "", account, int(points))
        for subject, part, account, points in session.execute(entries)
    )


def titles(session: Session, veiled: Veiled) -> dict[str, tuple[int, str]]:
    """Return id and title of the quests that the lines name, by subject."""
    ids = [
        int(number)
        for kind, _, number in (line.source.partition(":") for line in veiled.lines)
        if kind == "quest"
    ]
    found = session.execute(select(Quest.id, Quest.title).where(Quest.id.in_(ids)))
    return {f"quest:{quest_id}": (quest_id, title) for quest_id, title in found}

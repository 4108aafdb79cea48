"""People near me: a comparison among those who asked for it, and of nobody else.

No query here reads a row of a person who did not opt in: what they earned cannot change what
anybody sees.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import CTE, Row, and_, func, select
from sqlalchemy.orm import Session

from cxquest.boards.queries import NEAR
from cxquest.people.models import Department, Person, Role
from cxquest.rewards.models import Account, Standing

LEAST_OPTED = 5


@dataclass(frozen=True)
class NearRow:
    """Somebody who opted in, with their rank among those who did."""

    rank: int
    person_id: int
    name: str
    department: str
    points: int


def around(session: Session, reader: Person, season_id: int) -> list[NearRow]:
    """Return the reader between the two before and the two after, among those who opted in.

    Nobody, where fewer than five did, or where the reader did not.
    """
    every = _opted(season_id)
    mine = select(every.c.place).where(every.c.id == reader.id).scalar_subquery()
    found: Sequence[Row[int, int, str, str | None, int]] = session.execute(
        select(every.c.rank, every.c.id, every.c.name, Department.name, every.c.points)
        .outerjoin(Department, Department.id == every.c.department_id)
        .where(every.c.people >= LEAST_OPTED, func.abs(every.c.place - mine) <= NEAR)
        .order_by(every.c.place)
    ).all()
    return [
        NearRow(rank, person_id, name, department or "", points)
        for rank, person_id, name, department, points in found
    ]


def _opted(season_id: int) -> CTE:
    """Return those who opted in, with points, place and rank, and how many they are.

    Executives sponsor and lead the others' lines: they are never among them.
    """
    points = func.coalesce(Standing.points, 0)
    best = points.desc()
    return (
        select(
            Person.id,
            Person.name,
            Person.department_id,
            points.label("points"),
            func.rank().over(order_by=best).label("rank"),
            func.row_number().over(order_by=(best, Person.name, Person.id)).label("place"),
            func.count().over().label("people"),
        )
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(
            Standing, and_(Standing.account_id == Account.id, Standing.season_id == season_id)
        )
        .where(Person.shows_points, Person.is_active, Person.role != Role.EXECUTIVE)
        .cte("opted")
    )

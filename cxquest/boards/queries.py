"""Places of teams, asked of the database: the top, one's own neighbourhood, what one looks for.

Nothing here reads all teams or the ledger's history: a rank is one more than the number of
better ones, and the top is the first rows of an index.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Select, Subquery, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import Session

from cxquest.people.models import Person
from cxquest.quests.models import Membership, Quest

LEAST_TEAMS = 3
TOP = 10
NEAR = 2
FOUND = 20


class Placed(NamedTuple):
    """A team with its points; `title` is that of its quest."""

    quest_id: int
    account_id: int
    title: str
    points: int


def rank_of(session: Session, scores: Subquery, points: int) -> int:
    """Return the rank that goes with so many points: 1 + the number of teams with more."""
    return ranks_of(session, scores, [points])[points]


def ranks_of(session: Session, scores: Subquery, points: Collection[int]) -> dict[int, int]:
    """Return the rank that goes with each of these numbers of points, counted in one go.

    A team is on a board, and in the way of others, once it has more than no points.
    """
    levels = sorted({max(n, 0) for n in points})
    if not levels:
        return {}
    better = [func.count().filter(scores.c.points > level) for level in levels]
    counts = session.execute(
        select(*better).select_from(scores).where(scores.c.points > levels[0])
    ).one()
    return {level: 1 + count for level, count in zip(levels, counts, strict=True)}


def top(session: Session, scores: Subquery, limit: int = TOP) -> list[Placed]:
    """Return the best teams, the older quest first among equals."""
    return _placed(session, _best(_on_board(scores), scores).limit(limit))


def own(session: Session, scores: Subquery, person: Person) -> list[Placed]:
    """Return the teams with points that a person is on now, best first."""
    teams = _placed(session, _with_or_without(scores).where(Quest.id.in_(_quests_of(person))))
    return sorted(
        (team for team in teams if team.points > 0), key=lambda team: (-team.points, team.quest_id)
    )


def around(session: Session, scores: Subquery, team: Placed) -> list[Placed]:
    """Return a team between the NEAR before it and the NEAR after it."""
    points, more, less = (
        scores.c.points,
        scores.c.points > team.points,
        scores.c.points < team.points,
    )
    above = (
        _teams(scores)
        .where(points >= team.points, or_(more, Quest.id < team.quest_id))
        .order_by(points, Quest.id.desc())
        .limit(NEAR)
    )
    after = or_(less, Quest.id > team.quest_id)
    below = _best(_on_board(scores).where(points <= team.points, after), scores).limit(NEAR)
    both = union_all(select(above.subquery()), select(below.subquery()))
    near = [team, *_placed(session, both)]
    return sorted(near, key=lambda one: (-one.points, one.quest_id))


def found(session: Session, scores: Subquery, search: str, department: int | None) -> list[Placed]:
    """Return the best teams whose title holds `search` and that have people of a department.

    At most FOUND and one more, which says that there are others.
    """
    teams = _on_board(scores)
    if search:
        teams = teams.where(func.lower(Quest.title).contains(search.lower(), autoescape=True))
    if department is not None:
        teams = teams.where(
            exists().where(Membership.quest_id == Quest.id, Membership.department_id == department)
        )
    return _placed(session, _best(teams, scores).limit(FOUND + 1))


def has_enough(session: Session, scores: Subquery) -> bool:
    """Whether there are enough teams for a rank to mean something."""
    return len(top(session, scores, LEAST_TEAMS)) == LEAST_TEAMS


def quests_of(session: Session, person: Person) -> set[int]:
    """Return the quests that a person is on now."""
    return set(session.scalars(_quests_of(person)))


def quests_with(session: Session, department: int) -> set[int]:
    """Return the quests that have or had people of a department."""
    joined = select(Membership.quest_id).where(Membership.department_id == department)
    return set(session.scalars(joined))


def team(session: Session, scores: Subquery, quest_id: int) -> Placed | None:
    """Return the team of a quest, with no points where it is not among the scores."""
    placed = _with_or_without(scores).where(Quest.id == quest_id)
    return next(iter(_placed(session, placed)), None)


def _with_or_without(scores: Subquery) -> Select[int, int, str, int]:
    """Return teams also without points: the database begins with the few quests asked for."""
    points = func.coalesce(scores.c.points, 0).label("points")
    teams = select(Quest.id, Quest.account_id, Quest.title, points)
    return teams.outerjoin(scores, scores.c.account_id == Quest.account_id)


def _teams(scores: Subquery) -> Select[Any]:
    teams = select(Quest.id, Quest.account_id, Quest.title, scores.c.points)
    return teams.join(scores, scores.c.account_id == Quest.account_id)


def _on_board(scores: Subquery) -> Select[Any]:
    return _teams(scores).where(scores.c.points > 0)


def _best(teams: Select[Any], scores: Subquery) -> Select[Any]:
    return teams.order_by(scores.c.points.desc(), Quest.id)


def _placed(session: Session, teams: Any) -> list[Placed]:
    return [Placed(*row) for row in session.execute(teams)]


def _quests_of(person: Person) -> Select[Any]:
    current = and_(Membership.person_id == person.id, Membership.left_at.is_(None))
    return select(Membership.quest_id).where(current)

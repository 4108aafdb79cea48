"""The boards of teams: what their page and their file show, for one reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Subquery, literal, select, union_all
from sqlalchemy.orm import Session

from cxquest.boards import queries, scores, sealed
from cxquest.boards.queries import FOUND, LEAST_TEAMS, TOP, Placed
from cxquest.boards.sealed import Result
from cxquest.people.models import Department, Person
from cxquest.quests import deeds
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Membership, Quest
from cxquest.quests.work import Countermeasure, Why
from cxquest.rewards.models import Season, Standing
from cxquest.rewards.ranking import ranks
from cxquest.rewards.rulebook import Cause, Work

REMEMBERED = 50  # places of the season before that are still told


@dataclass(frozen=True)
class Asked:
    """What a reader looks for; with nothing asked, the top and the own neighbourhood are shown."""

    search: str = ""
    department: int | None = None

    @property
    def anything(self) -> bool:
        """Whether a filter is in force."""
        return bool(self.search) or self.department is not None


class Then(NamedTuple):
    """A team in the season before; its rank where it stood among the first."""

    rank: int | None
    points: int


class Line(NamedTuple):
    """A team with its place."""

    rank: int | None
    quest_id: int | None
    account_id: int
    title: str
    points: int


@dataclass(frozen=True)
class TeamRow:
    """A team as the board shows it. `since` is what was corrected after the season's seal."""

    rank: int | None
    quest_id: int | None
    title: str
    state: State | None
    departments: tuple[str, ...]
    work: Work | None
    cause: Cause | None
    points: int
    last: Then | None
    since: int
    is_mine: bool


@dataclass(frozen=True)
class Board:
    """The rows of a board: the top, or what was found; and the reader's neighbourhood."""

    rows: list[TeamRow]
    around: list[TeamRow]
    is_ranked: bool
    has_more: bool

    @property
    def shown(self) -> list[TeamRow]:
        """Every row that the page shows."""
        return self.rows + self.around


class _Lines(NamedTuple):
    rows: Sequence[Line]
    around: Sequence[Line]
    is_ranked: bool
    has_more: bool
    mine: set[int]


def of_season(
    session: Session, season: Season, before: Season | None, reader: Person, asked: Asked
) -> Board:
    """Return the board of a season: as it was sealed, or as it stands."""
    if season.seal is None:
        return _shown(session, _live(session, scores.of_season(season.id), reader, asked), before)
    result = sealed.result(season.seal)
    lines = _sealed(session, result, reader, asked)
    accounts = [line.account_id for line in [*lines.rows, *lines.around]]
    today = sealed.points_today(session, season.id, accounts)
    return _shown(session, lines, before, today)


def lasting(session: Session, field: Subquery, reader: Person, asked: Asked) -> Board:
    """Return the board of what held."""
    return _shown(session, _live(session, field, reader, asked), None)


def _live(session: Session, field: Subquery, reader: Person, asked: Asked) -> _Lines:
    mine = queries.own(session, field, reader)
    near: list[Placed] = []
    if asked.anything:
        found = queries.found(session, field, asked.search, asked.department)
        is_ranked = queries.has_enough(session, field)
    else:
        found = queries.top(session, field)
        is_ranked = len(found) >= LEAST_TEAMS
        near = _near(session, field, mine, found)
    first = found[: FOUND if asked.anything else TOP]
    known = queries.ranks_of(
        session, field, {t.points for t in [*first, *near]} if is_ranked else ()
    )
    return _Lines(
        [Line(known.get(team.points), *team) for team in first],
        [Line(known.get(team.points), *team) for team in near],
        is_ranked,
        asked.anything and len(found) > FOUND,
        {team.quest_id for team in mine},
    )


def _near(
    session: Session, field: Subquery, mine: Sequence[Placed], first: Sequence[Placed]
) -> list[Placed]:
    """Return the neighbourhood of the reader's best team that is not among the first."""
    known = set(first)
    team = next((team for team in mine if team not in known), None)
    near = queries.around(session, field, team) if team else []
    return [one for one in near if one not in known]


def _sealed(session: Session, result: Result, reader: Person, asked: Asked) -> _Lines:
    mine = queries.quests_of(session, reader)
    found = result.teams[:TOP]
    near: list[sealed.SealedTeam] = []
    if asked.anything:
        found = _matching(session, result, asked)
    else:
        team = next((t for t in result.teams[TOP:] if t.quest_id in mine), None)
        near = [t for t in result.around(team) if t not in found] if team else []
    is_ranked = len(result.teams) >= LEAST_TEAMS
    return _Lines(
        [Line(*team) if is_ranked else Line(None, *team[1:]) for team in found[:FOUND]],
        [Line(*team) for team in near],
        is_ranked,
        len(found) > FOUND,
        mine,
    )


def _matching(session: Session, result: Result, asked: Asked) -> tuple[sealed.SealedTeam, ...]:
    words, department = asked.search.lower(), asked.department
    quests = None if department is None else queries.quests_with(session, department)
    return tuple(
        team
        for team in result.teams
        if words in team.title.lower() and (quests is None or team.quest_id in quests)
    )


def _shown(
    session: Session,
    lines: _Lines,
    before: Season | None,
    today: Mapping[int, int] | None = None,
) -> Board:
    every = [*lines.rows, *lines.around]
    ids = [line.quest_id for line in every if line.quest_id is not None]
    states, names = _quests(session, ids)
    roots = _roots_of(session, ids)
    then = _then(session, before, [line.account_id for line in every])

    def row(line: Line) -> TeamRow:
        state, aim = states.get(line.quest_id or 0, (None, None))
        known = roots.get(line.quest_id or 0, ())
        return TeamRow(
            rank=line.rank,
            quest_id=line.quest_id,
            title=line.title,
            state=state,
            departments=tuple(names.get(line.quest_id or 0, ())),
            work=deeds.strongest(known, aim),
            cause=deeds.depth(known),
            points=line.points,
            last=then.get(line.account_id),
            since=0 if today is None else today.get(line.account_id, 0) - line.points,
            is_mine=line.quest_id in lines.mine,
        )

    return Board(
        [row(line) for line in lines.rows],
        [row(line) for line in lines.around],
        lines.is_ranked,
        lines.has_more,
    )


def _quests(
    session: Session, quest_ids: Sequence[int]
) -> tuple[dict[int, tuple[State, Work | None]], dict[int, list[str]]]:
    """Return the state and aim of each quest, and its departments by name."""
    found = session.execute(
        select(Quest.id, Quest.state, Quest.aim, Department.name)
        .outerjoin(Membership, Membership.quest_id == Quest.id)
        .outerjoin(Department, Department.id == Membership.department_id)
        .where(Quest.id.in_(quest_ids))
        .distinct()
        .order_by(Department.name)
    )
    states: dict[int, tuple[State, Work | None]] = {}
    names: dict[int, list[str]] = {}
    for quest_id, state, aim, name in found:
        states[quest_id] = (state, aim)
        if name is not None:
            names.setdefault(quest_id, []).append(name)
    return states, names


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


def _then(session: Session, before: Season | None, accounts: Sequence[int]) -> dict[int, Then]:
    """Return where teams stood in the season before; ranks only of the first ones."""
    if before is None:
        return {}
    if before.seal is not None:
        return _then_sealed(sealed.result(before.seal), accounts)
    field = scores.of_season(before.id)
    first = (
        select(field.c.account_id, field.c.points, literal(1).label("first"))
        .join(Quest, Quest.account_id == field.c.account_id)
        .where(field.c.points > 0)
        .order_by(field.c.points.desc(), Quest.id)
        .limit(REMEMBERED)
    )
    others = select(Standing.account_id, Standing.points, literal(0)).where(
        Standing.season_id == before.id, Standing.account_id.in_(accounts)
    )
    found = session.execute(union_all(select(first.subquery()), others)).all()
    leading = [(account, points) for account, points, is_first in found if is_first]
    places = ranks([points for _account, points in leading])
    known = dict(zip((account for account, _ in leading), places, strict=True))
    ranked = known if len(known) >= LEAST_TEAMS else {}
    return {
        account: Then(ranked.get(account), points)
        for account, points, is_first in found
        if not is_first and points > 0
    }


def _then_sealed(result: Result, accounts: Sequence[int]) -> dict[int, Then]:
    is_ranked = len(result.teams) >= LEAST_TEAMS
    teams = (result.team(account) for account in accounts)
    return {
        team.account_id: Then(
            team.rank if is_ranked and team.rank <= REMEMBERED else None, team.points
        )
        for team in teams
        if team
    }

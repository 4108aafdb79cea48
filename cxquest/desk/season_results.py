"""What the pages about seasons show: states and days, and a result beside the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cxquest.boards import comparing, departments, sealed
from cxquest.boards.comparing import TeamPoints, Teams
from cxquest.boards.departments import DepartmentRow
from cxquest.rewards import season_queries, seasons
from cxquest.rewards.models import Season
from cxquest.rewards.ranking import ranks
from cxquest.rewards.seasons import SeasonState


@dataclass(frozen=True)
class Facts:
    """A season as a line of the list; `seals_from` is the day from which it can be sealed."""

    id: int
    name: str
    first: date
    last: date
    state: SeasonState
    seals_from: date
    hash: str
    points: int


@dataclass(frozen=True)
class TeamLine:
    """A team's result, what it had in the season before, and what was corrected since the seal.

    `rank` is None for a team that came into the season only after its seal.
    """

    rank: int | None
    quest_id: int | None
    title: str
    points: int
    before: int
    corrected: int


@dataclass(frozen=True)
class Result:
    """A season's result beside the season before, which the first one has not."""

    before: Season | None
    teams: list[TeamLine]
    departments: list[DepartmentRow]
    points: int
    points_before: int
    corrected: int


def facts(season: Season, at: datetime, zone: ZoneInfo, points: int) -> Facts:
    """Return a season's days in the organisation's zone, and its state."""
    span = season_queries.span_of(season)
    return Facts(
        id=season.id,
        name=season.name,
        first=seasons.first_day(span, zone),
        last=seasons.last_day(span, zone),
        state=seasons.state_of(span, at, zone, sealed=season.seal is not None),
        seals_from=seasons.seals_from(season.ends_at, zone).astimezone(zone).date(),
        hash=season.seal.hash if season.seal else "",
        points=points,
    )


def listed(session: Session, known: Sequence[Season], at: datetime, zone: ZoneInfo) -> list[Facts]:
    """Return the seasons of a list, with the points that teams were paid in each."""
    points = season_queries.team_points(session, [season.id for season in known])
    return [facts(season, at, zone, points.get(season.id, 0)) for season in known]


def of(session: Session, season: Season) -> Result:
    """Return a season's result: the sealed one where there is a seal, else that of today."""
    before = season_queries.before(session, season)
    today = comparing.team_points(session, [season.id, before.id] if before else [season.id])
    result, then = _teams(season, today), _teams(before, today) if before else {}
    lines = _team_lines(result, then, today[season.id] if season.seal else result)
    units = departments.of_season(session, season, before)
    return Result(
        before=before,
        teams=lines,
        departments=sorted(units, key=lambda row: row.name),
        points=sum(line.points for line in lines),
        points_before=sum(team.points for team in then.values()),
        corrected=sum(line.corrected for line in lines),
    )


def _team_lines(result: Teams, then: Teams, today: Teams) -> list[TeamLine]:
    """Return a line for each team of the result, then for those that came by a correction."""
    places = dict(zip(result, ranks([team.points for team in result.values()]), strict=True))
    late = {a: team for a, team in today.items() if a not in result and team.points > 0}
    return [
        TeamLine(
            rank=places.get(account_id),
            quest_id=team.quest_id,
            title=team.title,
            points=_points(result, account_id),
            before=_points(then, account_id),
            corrected=_points(today, account_id) - _points(result, account_id),
        )
        for account_id, team in {**result, **late}.items()
    ]


def _points(teams: Teams, account_id: int) -> int:
    return teams[account_id].points if account_id in teams else 0


def _teams(season: Season, today: Mapping[int, Teams]) -> Teams:
    """Return the teams of a season by what was sealed, else by what stands today."""
    if season.seal is None:
        return {account: team for account, team in today[season.id].items() if team.points > 0}
    return {
        team.account_id: TeamPoints(team.quest_id, team.title, team.points)
        for team in sealed.result(season.seal).teams
    }

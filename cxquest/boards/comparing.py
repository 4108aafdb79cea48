"""Points of several seasons side by side, team by team."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.quests.models import Quest
from cxquest.rewards.models import Account, AccountKind, Standing


class TeamPoints(NamedTuple):
    """A team's points; `quest_id` is None where its account belongs to no quest."""

    quest_id: int | None
    title: str
    points: int


Teams = dict[int, TeamPoints]  # by the team's account


def team_points(session: Session, season_ids: Sequence[int]) -> dict[int, Teams]:
    """Return what stands for teams in each season today, the best first."""
    found = session.execute(
        select(Standing.season_id, Standing.account_id, Quest.id, Quest.title, Standing.points)
        .join(Account, Account.id == Standing.account_id)
        .outerjoin(Quest, Quest.account_id == Standing.account_id)
        .where(Standing.season_id.in_(season_ids), Account.kind == AccountKind.TEAM)
        .order_by(Standing.points.desc(), Quest.id, Standing.account_id)
    )
    sides: dict[int, Teams] = {season_id: {} for season_id in season_ids}
    for season_id, account_id, quest_id, title, points in found:
        sides[season_id][account_id] = TeamPoints(quest_id, title or "", points)
    return sides

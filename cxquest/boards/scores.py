"""What teams are ranked on: a table of accounts and points that the team boards share."""

from datetime import datetime

from sqlalchemy import Subquery, func, select

from cxquest.rewards.models import AccountKind, Component, LedgerEntry, Standing

LASTING_RULES = ("gate_G4", "return_G4")


def of_season(season_id: int) -> Subquery:
    """Return what teams have in a season, read off the standings.

    It says nothing of points itself, so that each query has one bound on the index for them.
    """
    standings = select(Standing.account_id, Standing.points)
    of_teams = Standing.kind == AccountKind.TEAM
    return standings.where(Standing.season_id == season_id, of_teams).subquery("score")


def lasting(since: datetime) -> Subquery:
    """Return what teams were paid since an instant for what held, less what was taken back."""
    points = func.sum(LedgerEntry.points)
    return (
        select(LedgerEntry.account_id, points.label("points"))
        .where(
            LedgerEntry.rule.in_(LASTING_RULES),
            LedgerEntry.component == Component.TEAM_OUTCOME,
            LedgerEntry.at >= since,
        )
        .group_by(LedgerEntry.account_id)
        .subquery("score")
    )

"""What teams are ranked on: a table of accounts and points that the team boards share."""

from datetime import datetime

from sqlalchemy import Subquery, func, or_, select

from cxquest.rewards.models import AccountKind, Component, LedgerEntry, Standing

LASTING_RULES = ("gate_G4", "dispute_G4", "undone_G4")
TAKEN_BACK = "return_G4"


def is_lasting(rule: str) -> bool:
    """Whether a line belongs to what held: its award, and what was taken of it or given back."""
    return rule in LASTING_RULES or rule.startswith(TAKEN_BACK)


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
            or_(LedgerEntry.rule.in_(LASTING_RULES), LedgerEntry.rule.startswith(TAKEN_BACK)),
            LedgerEntry.component == Component.TEAM_OUTCOME,
            LedgerEntry.at >= since,
        )
        .group_by(LedgerEntry.account_id)
        .subquery("score")
    )

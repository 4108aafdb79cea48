"""The result of a season as it is sealed: every team and department with rank and points."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from cxquest.boards import departments
from cxquest.quests.models import Quest
from cxquest.rewards.models import Account, AccountKind, Season, Standing
from cxquest.rewards.ranking import ranks

TENTH = Decimal("0.1")


def snapshot(session: Session, season: Season) -> dict[str, Any]:
    """Return the boards of a season as plain JSON values, in the order of the boards."""
    teams = _teams(session, season.id)
    places = ranks([row.points for row in teams])
    return {
        "teams": [
            {
                "account": row.account_id,
                "quest": row.quest_id,
                "title": row.title or "",
                "rank": place,
                "points": row.points,
            }
            for place, row in zip(places, teams, strict=True)
        ],
        "departments": [
            {
                "department": row.department_id,
                "name": row.name,
                "people": row.people,
                "points": row.points,
                "mean": tenths(row.mean),
                "rank": row.rank,
            }
            for row in departments.standing(session, season.id)
        ],
    }


def tenths(mean: Fraction) -> str:
    """Return a mean as text with one decimal, rounded half up."""
    exact = Decimal(mean.numerator) / Decimal(mean.denominator)
    return str(exact.quantize(TENTH, ROUND_HALF_UP))


def _teams(session: Session, season_id: int) -> Sequence[Row[int, int | None, str | None, int]]:
    """Return all teams with points: the best first, the older quest first among equals."""
    return session.execute(
        select(
            Standing.account_id,
            Quest.id.label("quest_id"),
            Quest.title,
            Standing.points,
        )
        .join(Account, Account.id == Standing.account_id)
        .outerjoin(Quest, Quest.account_id == Standing.account_id)
        .where(
            Standing.season_id == season_id,
            Standing.points > 0,
            Account.kind == AccountKind.TEAM,
        )
        .order_by(Standing.points.desc(), Quest.id, Standing.account_id)
    ).all()

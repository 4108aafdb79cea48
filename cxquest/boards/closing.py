"""Closing a season: its result, as the boards show it, is sealed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.boards.snapshot import snapshot
from cxquest.people.models import Person
from cxquest.rewards import sealing, season_queries
from cxquest.rewards.models import Season, SeasonSeal


def close(session: Session, season: Season, *, by: Person | None, at: datetime) -> SeasonSeal:
    """Seal a season with its result as it stands. Raises what `sealing.check` raises."""
    sealing.check(session, season, by=by, at=at)
    return sealing.seal(session, season, snapshot(session, season), by=by, at=at)


def due(session: Session, at: datetime) -> Sequence[int]:
    """Return the seasons that the program seals by itself now, the earliest first."""
    return sealing.due(session, at)


def close_due(session: Session, season_id: int, at: datetime) -> None:
    """Seal one of the seasons that are due, unless somebody has just done so."""
    season = season_queries.whole(session, season_id)
    if season is not None and season.seal is None:
        close(session, season, by=None, at=at)

"""The season that a board shows, the one before it, and how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cxquest.rewards import queries as rewards
from cxquest.rewards import season_queries
from cxquest.rewards.models import Season
from cxquest.rewards.seasons import SeasonState, midnight, seals_from, state_of


@dataclass(frozen=True)
class Term:
    """A season on a board, those to choose from, and the one before it."""

    season: Season
    seasons: Sequence[Season]
    before: Season | None
    state: SeasonState
    settles_until: datetime

    @property
    def is_sealed(self) -> bool:
        """Whether its result no longer changes."""
        return self.season.seal is not None


def chosen(session: Session, name: str, at: datetime, zone: ZoneInfo) -> Term:
    """Return the season of this name, else the present one."""
    known = [one for one in session.scalars(season_queries.stored()) if one.starts_at <= at]
    if not known or known[0].ends_at <= at:
        known.insert(0, rewards.season_now(session, at, zone))
    season = next((one for one in known if one.name == name), known[0])
    return Term(
        season=season,
        seasons=known,
        before=next((one for one in known if one.starts_at < season.starts_at), None),
        state=state_of(season_queries.span_of(season), at, zone, sealed=season.seal is not None),
        settles_until=seals_from(season.ends_at, zone),
    )


def year_before(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the midnight in `zone` that begins the day twelve months before `at`."""
    today = at.astimezone(zone).date()
    leap_day = (today.month, today.day) == (2, 29)
    day = date(today.year - 1, today.month, 28 if leap_day else today.day)
    return midnight(day, zone).astimezone(UTC)

"""What pages and services ask of seasons. Their snapshots are large and come only when asked."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.interfaces import LoaderOption

from cxquest.people import queries as people
from cxquest.rewards import seasons
from cxquest.rewards.models import Account, AccountKind, Season, SeasonSeal, Standing
from cxquest.rewards.seasons import Span


def stored_at(at: datetime) -> Select[Season]:
    """Return the stored season in which an instant lies."""
    return select(Season).where(Season.starts_at <= at, Season.ends_at > at).options(_light())


def stored() -> Select[Season]:
    """Return the stored seasons, the latest first."""
    return select(Season).options(_light()).order_by(Season.starts_at.desc())


def whole(session: Session, season_id: int) -> Season | None:
    """Return a season with its seal and snapshot."""
    found = select(Season).where(Season.id == season_id)
    return session.scalar(found.options(joinedload(Season.seal)))


def before(session: Session, season: Season) -> Season | None:
    """Return the stored season before another, with its seal and snapshot."""
    earlier = select(Season).where(Season.starts_at < season.starts_at)
    latest = earlier.order_by(Season.starts_at.desc()).limit(1)
    return session.scalar(latest.options(joinedload(Season.seal)))


def named(session: Session, name: str) -> Season | None:
    """Return the stored season of a name."""
    return session.scalar(select(Season).where(Season.name == name).options(_light()))


def span_of(season: Season) -> Span:
    """Return a season's span."""
    return Span(season.name, season.starts_at, season.ends_at)


def spans(session: Session) -> Sequence[Span]:
    """Return the spans of all stored seasons, the earliest first."""
    found = select(Season.name, Season.starts_at, Season.ends_at).order_by(Season.starts_at)
    return [Span(*row) for row in session.execute(found)]


def span_at(session: Session, at: datetime, zone: ZoneInfo) -> Span:
    """Return the span of the season in which an instant lies, stored or not."""
    return seasons.span_at(at, zone, _fiscal_month(session), spans(session))


def ahead(session: Session, at: datetime, zone: ZoneInfo) -> tuple[Span, datetime]:
    """Return the season of an instant, and where the last one ends that is known by then."""
    known = spans(session)
    present = seasons.span_at(at, zone, _fiscal_month(session), known)
    return present, max(span.ends_at for span in (present, *known))


def team_points(session: Session, season_ids: Sequence[int]) -> dict[int, int]:
    """Return how many points teams were paid in each of these seasons."""
    sums = (
        select(Standing.season_id, func.sum(Standing.points))
        .join(Account, Account.id == Standing.account_id)
        .where(Standing.season_id.in_(season_ids), Account.kind == AccountKind.TEAM)
        .group_by(Standing.season_id)
    )
    return {season_id: int(points) for season_id, points in session.execute(sums)}


def _fiscal_month(session: Session) -> int:
    known = people.organisation(session)
    return known.fiscal_month if known else 1


def _light() -> LoaderOption:
    return joinedload(Season.seal).defer(SeasonSeal.snapshot)

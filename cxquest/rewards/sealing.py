"""Sealing: once a season has settled, its result is kept for ever, chained to the seal before.

A seal's hash is SHA-256, as hex, over the hash of the seal before it ("" for the first one)
followed by the season's document: JSON in UTF-8 with sorted keys and no space between signs.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Exists, exists, func, select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.people import policy
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.rewards import ledger, season_queries, seasons
from cxquest.rewards.models import LedgerEntry, Season, SeasonSeal
from cxquest.rewards.seasons import Span

CHANGED = _("The result of %(season)s is not the one that was sealed.")
TORN = _("The seal of %(season)s does not follow from the one before it.")


@dataclass(frozen=True)
class Fault:
    """Something in the chain of seals that is not as it was written."""

    season: str
    text: str


@dataclass(frozen=True)
class Link:
    """A seal without its snapshot, as a part of the chain."""

    season_id: int
    season: str
    sealed_at: datetime
    sealed_by: str
    previous_hash: str
    hash: str


def seal(
    session: Session,
    season: Season,
    snapshot: Mapping[str, Any],
    *,
    by: Person | None,
    at: datetime,
) -> SeasonSeal:
    """Seal a season with its result; `by` is None for the program itself.

    Raises what `check` raises.
    """
    check(session, season, by=by, at=at)
    kept = json.loads(canonical(snapshot))
    chain = links(session)
    previous = chain[-1].hash if chain else ""
    made = SeasonSeal(
        season_id=season.id,
        sealed_at=at,
        sealed_by_id=by.id if by else None,
        snapshot=kept,
        previous_hash=previous,
        hash=hash_of(previous, document(season_queries.span_of(season), kept)),
    )
    session.add(made)
    audit.record(session, "sealed", season, by=by, at=at, summary=season.name, hash=made.hash)
    session.flush()
    session.refresh(season)
    return made


def check(session: Session, season: Season, *, by: Person | None, at: datetime) -> None:
    """Say no where a season cannot be sealed now, and let nobody seal or pay beside this.

    Raises NotAllowed for anyone but administrators; Refusal when it is sealed already, has not
    settled, or when an earlier season with entries is not sealed.
    """
    if by is not None and not policy.may_administer(by):
        raise NotAllowed(_("Administrators seal seasons."))
    if not season.id:
        raise Refusal(_("Nothing was paid in this season, so there is nothing to seal."))
    ledger.lock(session)
    _check_moment(session, season, at)
    if session.scalar(select(SeasonSeal.season_id).where(SeasonSeal.season_id == season.id)):
        raise Refusal(_("%(season)s is sealed already."), season=season.name)
    earlier = _unsealed_before(session, season)
    if earlier is not None:
        raise Refusal(
            _("%(earlier)s comes first: it has points and is not sealed yet."), earlier=earlier
        )


def due(session: Session, at: datetime) -> Sequence[int]:
    """Return the seasons that have settled and are not sealed, the earliest first."""
    zone = people.zone(session)
    ended = (
        select(Season.id, Season.ends_at)
        .where(Season.ends_at <= at, ~_sealed())
        .order_by(Season.starts_at)
    )
    return [row.id for row in session.execute(ended) if at >= seasons.seals_from(row.ends_at, zone)]


def verify(session: Session) -> list[Fault]:
    """Work every seal out anew, and return what is not as it was written."""
    kept = select(
        Season.name,
        Season.starts_at,
        Season.ends_at,
        SeasonSeal.snapshot,
        SeasonSeal.previous_hash,
        SeasonSeal.hash,
    ).join(Season, Season.id == SeasonSeal.season_id)
    faults = [
        Fault(name, CHANGED)
        for name, starts_at, ends_at, snapshot, before, known in session.execute(
            kept.order_by(Season.starts_at)
        )
        if known != hash_of(before, document(Span(name, starts_at, ends_at), snapshot))
    ]
    chained = set(links(session))
    return faults + [Fault(link.season, TORN) for link in _seals(session) if link not in chained]


def links(session: Session) -> list[Link]:
    """Return the seals in the order in which they follow from one another."""
    following: dict[str, Link] = {}
    for link in _seals(session):
        following.setdefault(link.previous_hash, link)
    chain: list[Link] = []
    found = following.pop("", None)
    while found is not None:
        chain.append(found)
        found = following.pop(found.hash, None)
    return chain


def document(span: Span, snapshot: Mapping[str, Any]) -> str:
    """Return what a seal's hash is worked out over, after the hash before it."""
    return canonical(
        {
            "season": span.name,
            "starts_at": span.starts_at.astimezone(UTC).isoformat(),
            "ends_at": span.ends_at.astimezone(UTC).isoformat(),
            "snapshot": snapshot,
        }
    )


def canonical(value: Mapping[str, Any]) -> str:
    """Return JSON that is the same for the same value, whatever the order of its keys."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def hash_of(previous: str, text: str) -> str:
    """Return SHA-256, as hex, over the hash before and a season's document."""
    return hashlib.sha256((previous + text).encode()).hexdigest()


def _check_moment(session: Session, season: Season, at: datetime) -> None:
    zone = people.zone(session)
    settled = seasons.seals_from(season.ends_at, zone)
    if at < settled:
        raise Refusal(
            _("%(season)s settles for 14 days after its end. It can be sealed from %(day)s on."),
            season=season.name,
            day=settled.astimezone(zone).date(),
        )


def _unsealed_before(session: Session, season: Season) -> str | None:
    """Return the first season before this one that has entries and no seal."""
    return session.scalar(
        select(Season.name)
        .where(
            Season.starts_at < season.starts_at,
            exists().where(LedgerEntry.season_id == Season.id),
            ~_sealed(),
        )
        .order_by(Season.starts_at)
        .limit(1)
    )


def _sealed() -> Exists:
    return exists().where(SeasonSeal.season_id == Season.id)


def _seals(session: Session) -> list[Link]:
    """Return all seals, those of earlier seasons first."""
    found = (
        select(
            Season.id,
            Season.name,
            SeasonSeal.sealed_at,
            func.coalesce(Person.name, ""),
            SeasonSeal.previous_hash,
            SeasonSeal.hash,
        )
        .join(SeasonSeal, SeasonSeal.season_id == Season.id)
        .outerjoin(Person, Person.id == SeasonSeal.sealed_by_id)
        .order_by(Season.starts_at)
    )
    return [Link(*row) for row in session.execute(found)]

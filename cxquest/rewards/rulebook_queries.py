"""What pages ask about versions of the rulebook, and about past events to try them on."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, defer, joinedload

from cxquest.core.models import AuditLine
from cxquest.rewards.catalogue import CATALOGUE, Pays
from cxquest.rewards.models import (
    RewardEvent,
    RulebookVersion,
    Simulation,
    SimulationState,
    VersionState,
)

LAST = 6  # events of each type to choose from
PAYING = tuple(kind.name for kind in CATALOGUE.values() if kind.pays is not Pays.NOTHING)


def listed() -> Select[RulebookVersion]:
    """Return the written versions with their people, the latest first, without documents."""
    return (
        select(RulebookVersion)
        .options(
            joinedload(RulebookVersion.written_by),
            joinedload(RulebookVersion.approved_by),
            defer(RulebookVersion.document),
        )
        .order_by(RulebookVersion.number.desc())
    )


def whole(session: Session, number: int) -> RulebookVersion | None:
    """Return a version with its people."""
    return session.scalar(
        select(RulebookVersion)
        .where(RulebookVersion.number == number)
        .options(joinedload(RulebookVersion.written_by), joinedload(RulebookVersion.approved_by))
    )


def next_number(session: Session) -> int:
    """Return the number of the next version; the built-in one is number 1."""
    highest = session.scalar(select(func.max(RulebookVersion.number)))
    return max(highest or 1, 1) + 1


def counted(session: Session) -> Sequence[RulebookVersion]:
    """Return the versions that count or will count, the latest first."""
    return session.scalars(listed().where(RulebookVersion.state == VersionState.SCHEDULED)).all()


def on_the_way(at: datetime) -> Select[RulebookVersion]:
    """Return the versions that wait for approval, and those that everyone was told of."""
    ahead = (RulebookVersion.state == VersionState.SCHEDULED) & (
        RulebookVersion.effective_from > at
    )
    return listed().where(or_(RulebookVersion.state == VersionState.SIMULATED, ahead))


def counts_from(session: Session, instant: datetime) -> int | None:
    """Return the number of the version that counts from exactly this instant."""
    return session.scalar(
        select(RulebookVersion.number).where(RulebookVersion.effective_from == instant)
    )


def simulation_of(session: Session, version: RulebookVersion, fingerprint: str) -> int | None:
    """Return the last simulation of a version that is done and was of this very document."""
    return session.scalar(
        select(Simulation.id)
        .where(
            Simulation.version_id == version.id,
            Simulation.state == SimulationState.DONE,
            Simulation.fingerprint == fingerprint,
        )
        .order_by(Simulation.id.desc())
        .limit(1)
    )


def lines_of(session: Session, version: RulebookVersion) -> Sequence[AuditLine]:
    """Return what was done with a version, the earliest first."""
    return session.scalars(
        select(AuditLine)
        .where(
            AuditLine.subject_kind == RulebookVersion.__tablename__,
            AuditLine.subject_id == version.id,
        )
        .order_by(AuditLine.id)
    ).all()


def last_events(session: Session) -> Sequence[RewardEvent]:
    """Return the last few events of each type that can pay, the latest first."""
    place = func.row_number().over(
        partition_by=RewardEvent.type,
        order_by=(RewardEvent.occurred_at.desc(), RewardEvent.key.desc()),
    )
    ranked = (
        select(RewardEvent.id, place.label("place")).where(RewardEvent.type.in_(PAYING)).subquery()
    )
    return session.scalars(
        select(RewardEvent)
        .join(ranked, ranked.c.id == RewardEvent.id)
        .where(ranked.c.place <= LAST)
        .order_by(RewardEvent.occurred_at.desc(), RewardEvent.key.desc())
    ).all()

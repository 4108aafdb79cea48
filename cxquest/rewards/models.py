"""Events, decisions, ledger entries and standings."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxquest.core.db import AppendOnly, Base, Key


class AccountKind(StrEnum):
    """Who can hold points."""

    TEAM = "team"
    PERSON = "person"


class Account(Base):
    """A holder of points: a team or a person."""

    __tablename__ = "account"

    id: Mapped[Key]
    kind: Mapped[AccountKind] = mapped_column(sa.Enum(AccountKind, native_enum=False, length=20))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), unique=True)


class Season(Base):
    """A span of time on which boards restart: `starts_at` belongs to it, `ends_at` does not."""

    __tablename__ = "season"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]


class RewardEvent(AppendOnly, Base):
    """A fact that rules may look at. Its key makes recording it twice a single event."""

    __tablename__ = "reward_event"
    __table_args__ = (sa.Index("ix_reward_event_subject", "subject"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    type: Mapped[str] = mapped_column(sa.String(60), index=True)
    occurred_at: Mapped[datetime] = mapped_column(index=True)
    recorded_at: Mapped[datetime]
    subject: Mapped[str] = mapped_column(sa.String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Outcome(StrEnum):
    """What a decision came to."""

    AWARDED = "awarded"
    CLIPPED = "clipped"
    HELD = "held"
    SKIPPED = "skipped"


class Decision(AppendOnly, Base):
    """What a rule said of an event for an account, also when it said nothing is paid."""

    __tablename__ = "decision"
    __table_args__ = (sa.UniqueConstraint("event_id", "rule", "account_id"),)

    id: Mapped[Key]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("reward_event.id"))
    rule: Mapped[str] = mapped_column(sa.String(60))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    outcome: Mapped[Outcome] = mapped_column(sa.Enum(Outcome, native_enum=False, length=20))
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    rulebook_version: Mapped[int]

    event: Mapped[RewardEvent] = relationship(lazy="raise_on_sql")


class Component(StrEnum):
    """What part of an account's score an entry belongs to."""

    TEAM_OUTCOME = "team_outcome"
    TEAM_PART = "team_part"


class LedgerEntry(AppendOnly, Base):
    """A non-zero whole number of points, with its explanation; a correction is another row."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "account_id", "component", "reverses_id"),
        sa.Index(
            "uq_ledger_entry_award",
            "event_id",
            "account_id",
            "component",
            unique=True,
            sqlite_where=sa.text("reverses_id IS NULL"),
            postgresql_where=sa.text("reverses_id IS NULL"),
        ),
        sa.Index("ix_ledger_entry_account_id_season_id", "account_id", "season_id"),
        sa.CheckConstraint("points <> 0", name="points_not_zero"),
    )

    id: Mapped[Key]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("reward_event.id"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    season_id: Mapped[int] = mapped_column(sa.ForeignKey("season.id"), index=True)
    component: Mapped[Component] = mapped_column(sa.Enum(Component, native_enum=False, length=20))
    points: Mapped[int]
    label: Mapped[str] = mapped_column(sa.String(200), default="")
    explanation: Mapped[list[Any]] = mapped_column(default=list)
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ledger_entry.id"), index=True)
    rulebook_version: Mapped[int]
    at: Mapped[datetime]

    event: Mapped[RewardEvent] = relationship(lazy="raise_on_sql")


class Standing(Base):
    """The running total of an account in a season: a cache of the ledger, moved with it."""

    __tablename__ = "standing"
    __table_args__ = (sa.Index("ix_standing_season_id_points", "season_id", "points"),)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), primary_key=True)
    season_id: Mapped[int] = mapped_column(sa.ForeignKey("season.id"), primary_key=True)
    points: Mapped[int] = mapped_column(default=0)

    account: Mapped[Account] = relationship(lazy="raise_on_sql")

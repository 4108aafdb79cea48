"""Events, decisions, ledger entries, standings and seasons; rulebook versions and disputes."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxquest.core.db import AppendOnly, Base, Key
from cxquest.people.models import Person


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
    starts_at: Mapped[datetime] = mapped_column(unique=True)
    ends_at: Mapped[datetime]

    seal: Mapped["SeasonSeal | None"] = relationship(lazy="raise_on_sql", viewonly=True)


class SeasonSeal(AppendOnly, Base):
    """The result of a season as it stood when it was sealed, chained to the seal before it.

    `hash` is SHA-256, as hex, over `previous_hash` and the snapshot's canonical JSON.
    """

    __tablename__ = "season_seal"

    season_id: Mapped[int] = mapped_column(sa.ForeignKey("season.id"), primary_key=True)
    sealed_at: Mapped[datetime]
    sealed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    snapshot: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)


class RewardEvent(AppendOnly, Base):
    """A fact that rules may look at. Its key makes recording it twice a single event.

    Events are decided in canonical order: by `occurred_at`, then by `key`. `subject` is what
    it is about ("quest:12"), `chain` the first of the quests that continue one another, and
    `zone` the time zone in which its day and week are counted.
    """

    __tablename__ = "reward_event"
    __table_args__ = (
        sa.Index("ix_reward_event_subject", "subject"),
        sa.Index("ix_reward_event_chain", "chain"),
        sa.Index("ix_reward_event_occurred_at_key", "occurred_at", "key"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    type: Mapped[str] = mapped_column(sa.String(60), index=True)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    subject: Mapped[str] = mapped_column(sa.String(60))
    chain: Mapped[str] = mapped_column(sa.String(60), default="")
    zone: Mapped[str] = mapped_column(sa.String(60), default="UTC")
    label: Mapped[str] = mapped_column(sa.String(200), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Outcome(StrEnum):
    """What a decision came to."""

    AWARDED = "awarded"
    CLIPPED = "clipped"
    HELD = "held"
    SKIPPED = "skipped"


class Component(StrEnum):
    """What part of an account's score an entry belongs to.

    A team earns outcomes and what rules add; a person gets the team's part in full, earns
    individual awards, and has those held back that are above the allowance.
    """

    TEAM_OUTCOME = "team_outcome"
    TEAM_AWARD = "team_award"
    TEAM_PART = "team_part"
    INDIVIDUAL = "individual"
    HELD = "held"


class Decision(AppendOnly, Base):
    """What a rule said of an event for an account, also when it said nothing is paid.

    `asked` is what the rule would pay with no limit in its way. Where a late event made the
    program decide anew, there is another row whose `cause` is that event; the last one counts.
    """

    __tablename__ = "decision"
    __table_args__ = (sa.UniqueConstraint("event_id", "rule", "account_id", "cause_id"),)

    id: Mapped[Key]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("reward_event.id"))
    cause_id: Mapped[int] = mapped_column(sa.ForeignKey("reward_event.id"), index=True)
    rule: Mapped[str] = mapped_column(sa.String(60))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    component: Mapped[Component] = mapped_column(sa.Enum(Component, native_enum=False, length=20))
    outcome: Mapped[Outcome] = mapped_column(sa.Enum(Outcome, native_enum=False, length=20))
    asked: Mapped[int] = mapped_column(default=0)
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    reason_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rulebook_version: Mapped[int]

    event: Mapped[RewardEvent] = relationship(lazy="raise_on_sql", foreign_keys=event_id)


class LedgerEntry(AppendOnly, Base):
    """A non-zero whole number of points, with its explanation; a correction is another row.

    `event` is what it is for, `cause` the event that made it to be written: another one only
    where something that came late changed what an earlier decision had paid.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        sa.UniqueConstraint(
            "event_id",
            "rule",
            "account_id",
            "component",
            "cause_id",
            "reverses_id",
            name="uq_ledger_entry_reversal",
        ),
        sa.Index(
            "uq_ledger_entry_award",
            "event_id",
            "rule",
            "account_id",
            "component",
            "cause_id",
            unique=True,
            sqlite_where=sa.text("reverses_id IS NULL"),
            postgresql_where=sa.text("reverses_id IS NULL"),
        ),
        sa.Index("ix_ledger_entry_account_id_season_id", "account_id", "season_id"),
        sa.CheckConstraint("points <> 0", name="points_not_zero"),
    )

    id: Mapped[Key]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("reward_event.id"), index=True)
    cause_id: Mapped[int] = mapped_column(sa.ForeignKey("reward_event.id"), index=True)
    rule: Mapped[str] = mapped_column(sa.String(60))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    season_id: Mapped[int] = mapped_column(sa.ForeignKey("season.id"), index=True)
    component: Mapped[Component] = mapped_column(sa.Enum(Component, native_enum=False, length=20))
    points: Mapped[int]
    label: Mapped[str] = mapped_column(sa.String(200), default="")
    explanation: Mapped[list[Any]] = mapped_column(default=list)
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ledger_entry.id"), index=True)
    rulebook_version: Mapped[int]
    at: Mapped[datetime]

    event: Mapped[RewardEvent] = relationship(lazy="raise_on_sql", foreign_keys=event_id)


class LimitUse(AppendOnly, Base):
    """How much of a limit an award used: the sum over a window says what is left of it.

    `key` names the limit and whose it is; a correction is another row, with negative numbers.
    """

    __tablename__ = "limit_use"
    __table_args__ = (sa.Index("ix_limit_use_key_occurred_at", "key", "occurred_at"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(sa.String(160))
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("reward_event.id"), index=True)
    occurred_at: Mapped[datetime]
    event_key: Mapped[str] = mapped_column(sa.String(120))
    rule: Mapped[str] = mapped_column(sa.String(60))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    times: Mapped[int]
    points: Mapped[int]


class Standing(Base):
    """The running total of an account in a season: a cache of the ledger, moved with it.

    Of `points`, `individual` are a person's own awards in full and `held` (0 or less) what the
    cap holds back of them; the rest came from teams. `kind` is the account's, so that a board of
    teams passes over nobody's own points.
    """

    __tablename__ = "standing"
    __table_args__ = (sa.Index("ix_standing_season_id_kind_points", "season_id", "kind", "points"),)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), primary_key=True)
    season_id: Mapped[int] = mapped_column(sa.ForeignKey("season.id"), primary_key=True)
    kind: Mapped[AccountKind] = mapped_column(sa.Enum(AccountKind, native_enum=False, length=20))
    points: Mapped[int] = mapped_column(default=0)
    individual: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)

    account: Mapped[Account] = relationship(lazy="raise_on_sql")


class VersionState(StrEnum):
    """How far a version of the rulebook is; the clock says whether a scheduled one is in force."""

    DRAFT = "draft"
    SIMULATED = "simulated"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    WITHDRAWN = "withdrawn"


class RulebookVersion(Base):
    """One version of the reward rules: a document that nothing changes once it is approved."""

    __tablename__ = "rulebook_version"

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(unique=True)
    state: Mapped[VersionState] = mapped_column(
        sa.Enum(VersionState, native_enum=False, length=20), default=VersionState.DRAFT
    )
    document: Mapped[dict[str, Any]]
    why: Mapped[str] = mapped_column(sa.Text, default="")
    written_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    written_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    approved_at: Mapped[datetime | None]
    scheduled_at: Mapped[datetime | None]
    effective_from: Mapped[datetime | None] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column()

    written_by: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=written_by_id)
    approved_by: Mapped[Person | None] = relationship(
        lazy="raise_on_sql", foreign_keys=approved_by_id
    )

    __mapper_args__ = {"version_id_col": version}


class SimulationState(StrEnum):
    """How far a simulation is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class Simulation(Base):
    """A replay of past seasons under a draft, beside what is in force; nothing of it is paid.

    `fingerprint` is the SHA-256 of the document that was simulated.
    """

    __tablename__ = "simulation"

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("rulebook_version.id"), index=True)
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    seasons: Mapped[int]
    state: Mapped[SimulationState] = mapped_column(
        sa.Enum(SimulationState, native_enum=False, length=20),
        default=SimulationState.WAITING,
        index=True,
    )
    stop_asked: Mapped[bool] = mapped_column(default=False)
    events: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    alive_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str] = mapped_column(sa.Text, default="")


class SimulatedAccount(Base):
    """What an account would have had: readable by its holder only, where it is a person's."""

    __tablename__ = "simulated_account"

    simulation_id: Mapped[int] = mapped_column(sa.ForeignKey("simulation.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        sa.ForeignKey("account.id"), primary_key=True, index=True
    )
    before: Mapped[int]
    after: Mapped[int]


class DisputeVerdict(StrEnum):
    """What somebody outside the team says of a disputed decision."""

    STANDS = "stands"
    CORRECTED = "corrected"


class Dispute(Base):
    """Someone's doubt about a decision on their own account, and the answer from outside."""

    __tablename__ = "dispute"
    __table_args__ = (sa.UniqueConstraint("event_id", "rule", "account_id"),)

    id: Mapped[Key]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("reward_event.id"))
    rule: Mapped[str] = mapped_column(sa.String(60))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    raised_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    raised_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(sa.Text)
    due_at: Mapped[datetime]
    verdict: Mapped[DisputeVerdict | None] = mapped_column(
        sa.Enum(DisputeVerdict, native_enum=False, length=20), index=True
    )
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    event: Mapped[RewardEvent] = relationship(lazy="raise_on_sql")
    raised_by: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=raised_by_id)
    answered_by: Mapped[Person | None] = relationship(
        lazy="raise_on_sql", foreign_keys=answered_by_id
    )

    __mapper_args__ = {"version_id_col": version}

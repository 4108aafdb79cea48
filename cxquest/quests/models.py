"""The quest, its team and the departments at its table."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxquest.core.db import Base, Key
from cxquest.measures.models import Metric
from cxquest.pains.models import PainPoint
from cxquest.people.models import Department, Person
from cxquest.quests.lifecycle import State
from cxquest.rewards.rulebook import Work

if TYPE_CHECKING:
    from cxquest.quests.learned import Lesson
    from cxquest.quests.work import (
        Contribution,
        Countermeasure,
        HoldCheck,
        Message,
        Recurrence,
        Review,
        Why,
    )


class Size(StrEnum):
    """The agreed impact of a quest, which sets its base value."""

    S = "S"
    M = "M"
    L = "L"
    XL = "XL"


class ValueKind(StrEnum):
    """How the quest pays for itself, or that the sponsor says it need not."""

    MAKE = "make"
    SAVE = "save"
    BOTH = "both"
    EXEMPT = "exempt"


class Communication(StrEnum):
    """The answer to the communication branch of the cause tree."""

    UNDER = "under"
    OVER = "over"
    WITHHELD = "withheld"
    WRONG = "wrong"
    MISLEADING = "misleading"
    NONE = "none"


def _enum(kind: type[StrEnum]) -> sa.Enum:
    return sa.Enum(kind, native_enum=False, length=20)


class Quest(Base):
    """The work of a cross-department team on one pain point."""

    __tablename__ = "quest"

    id: Mapped[Key]
    title: Mapped[str] = mapped_column(sa.String(160))
    state: Mapped[State] = mapped_column(_enum(State), index=True)
    state_since: Mapped[datetime]
    pain_id: Mapped[int] = mapped_column(sa.ForeignKey("pain_point.id"), index=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    sponsor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    metric_id: Mapped[int | None] = mapped_column(sa.ForeignKey("metric.id"), unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), unique=True)
    proposed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    proposed_at: Mapped[datetime]
    continues_id: Mapped[int | None] = mapped_column(sa.ForeignKey("quest.id"), index=True)
    chain_id: Mapped[int | None] = mapped_column(sa.ForeignKey("quest.id"), index=True)
    own_change: Mapped[bool] = mapped_column(default=False)  # the team itself made the cause

    shared_goal: Mapped[str] = mapped_column(sa.Text, default="")
    customer_change: Mapped[str] = mapped_column(sa.Text, default="")
    value_kind: Mapped[ValueKind | None] = mapped_column(_enum(ValueKind))
    value_amount: Mapped[Decimal | None] = mapped_column(sa.Numeric(14, 2))
    value_reason: Mapped[str] = mapped_column(sa.Text, default="")
    size: Mapped[Size | None] = mapped_column(_enum(Size))
    size_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    charter_asked_at: Mapped[datetime | None]
    charter_signed_at: Mapped[datetime | None]

    communication: Mapped[Communication | None] = mapped_column(_enum(Communication))
    aim: Mapped[Work | None] = mapped_column(_enum(Work))
    communication_note: Mapped[str] = mapped_column(sa.Text, default="")
    why_unnoticed: Mapped[str] = mapped_column(sa.Text, default="")  # the escape cause
    why_unnoticed_evidence: Mapped[str] = mapped_column(sa.Text, default="")
    customers_told: Mapped[str] = mapped_column(sa.Text, default="")

    root_cause_at: Mapped[datetime | None]
    in_place_at: Mapped[datetime | None]
    outcome_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    stop_reason: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    pain: Mapped[PainPoint] = relationship(lazy="raise_on_sql")
    continues: Mapped["Quest | None"] = relationship(
        lazy="raise_on_sql", foreign_keys=continues_id, remote_side=lambda: Quest.id
    )
    lead: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=lead_id)
    sponsor: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=sponsor_id)
    size_by: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=size_by_id)
    metric: Mapped[Metric | None] = relationship(lazy="raise_on_sql")
    members: Mapped[list["Membership"]] = relationship(
        lazy="raise_on_sql", order_by="Membership.id", viewonly=True
    )
    chairs: Mapped[list["Chair"]] = relationship(
        lazy="raise_on_sql", order_by="Chair.id", viewonly=True
    )
    whys: Mapped[list["Why"]] = relationship(lazy="raise_on_sql", order_by="Why.id", viewonly=True)
    countermeasures: Mapped[list["Countermeasure"]] = relationship(
        lazy="raise_on_sql", order_by="Countermeasure.id", viewonly=True
    )
    contributions: Mapped[list["Contribution"]] = relationship(
        lazy="raise_on_sql", order_by="Contribution.id", viewonly=True
    )
    reviews: Mapped[list["Review"]] = relationship(
        lazy="raise_on_sql", order_by="Review.id", viewonly=True
    )
    hold_checks: Mapped[list["HoldCheck"]] = relationship(
        lazy="raise_on_sql", order_by="HoldCheck.due_on", viewonly=True
    )
    recurrences: Mapped[list["Recurrence"]] = relationship(
        lazy="raise_on_sql", order_by="Recurrence.id", viewonly=True
    )
    lesson: Mapped["Lesson | None"] = relationship(lazy="raise_on_sql", viewonly=True)
    messages: Mapped[list["Message"]] = relationship(
        lazy="raise_on_sql", order_by="Message.id", viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def chain(self) -> str:
        """The first of the quests that continue one another, as events name it."""
        return f"quest:{self.chain_id or self.id}"

    @property
    def team(self) -> list["Membership"]:
        """The memberships that have not ended."""
        return [member for member in self.members if member.left_at is None]

    @property
    def returned(self) -> "Recurrence | None":
        """The confirmed return of the problem that no outcome has been proven after."""
        return next(
            (
                one
                for one in reversed(self.recurrences)
                if one.state == "confirmed"
                and one.decided_at is not None
                and (self.outcome_at is None or one.decided_at > self.outcome_at)
            ),
            None,
        )

    @property
    def waiting(self) -> "Review | None":
        """The review that waits for a verdict."""
        return next((review for review in self.reviews if review.verdict is None), None)

    def has_member(self, person: Person) -> bool:
        """Whether `person` is on the team now."""
        return any(member.person_id == person.id for member in self.team)

    def had_member(self, person: Person) -> bool:
        """Whether `person` is or ever was on the team: such a one never reviews it."""
        return any(member.person_id == person.id for member in self.members)


class Membership(Base):
    """A person on a team, for the department they came from, with the hours granted."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.Index(
            "uq_membership_current",
            "quest_id",
            "person_id",
            unique=True,
            sqlite_where=sa.text("left_at IS NULL"),
            postgresql_where=sa.text("left_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("department.id"), index=True)
    hours_per_week: Mapped[Decimal | None] = mapped_column(sa.Numeric(5, 2))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    department: Mapped[Department | None] = relationship(lazy="raise_on_sql")


class Chair(Base):
    """A department at the quest's table: who sits for it, its own goal, what it said.

    A deputy sits for a department without belonging to it; a chair of nobody is empty.
    """

    __tablename__ = "chair"
    __table_args__ = (sa.UniqueConstraint("quest_id", "department_id"),)

    id: Mapped[Key]
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id"))
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    is_deputy: Mapped[bool] = mapped_column(default=False)
    own_goal: Mapped[str] = mapped_column(sa.Text, default="")
    conflict: Mapped[str] = mapped_column(sa.Text, default="")
    heard: Mapped[str] = mapped_column(sa.Text, default="")

    department: Mapped[Department] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")

    @property
    def is_filled(self) -> bool:
        """Whether somebody sits here who is with the company."""
        return self.person is not None and self.person.is_active


class SponsorRequest(Base):
    """Something that a sponsor was asked for, by when an answer was due, and when it came."""

    __tablename__ = "sponsor_request"
    __table_args__ = (
        sa.Index(
            "uq_sponsor_request_open",
            "quest_id",
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL AND NOT withdrawn"),
            postgresql_where=sa.text("answered_at IS NULL AND NOT withdrawn"),
        ),
    )

    id: Mapped[Key]
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id"), index=True)
    sponsor_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    withdrawn: Mapped[bool] = mapped_column(default=False)

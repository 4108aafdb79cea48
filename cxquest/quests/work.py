"""What a team does on a quest: whys, countermeasures, contributions, reviews, talk, holding."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxquest.core.db import AppendOnly, Base, Key
from cxquest.people.models import Person
from cxquest.rewards.rulebook import Cause, Gate, Work
from cxquest.voice.models import Comment


class Why(Base):
    """A step of the cause tree. Accepted as root, it carries a level and two statements."""

    __tablename__ = "why"

    id: Mapped[Key]
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("why.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    evidence: Mapped[str] = mapped_column(sa.Text, default="")
    is_root: Mapped[bool] = mapped_column(default=False)
    level: Mapped[Cause | None] = mapped_column(sa.Enum(Cause, native_enum=False, length=20))
    without_it: Mapped[str] = mapped_column(sa.Text, default="")
    fixed_stops: Mapped[str] = mapped_column(sa.Text, default="")
    written_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    written_at: Mapped[datetime]

    comments: Mapped[list["WhyComment"]] = relationship(
        lazy="raise_on_sql", order_by="WhyComment.comment_id", viewonly=True
    )


class WhyComment(Base):
    """A customer's comment that shows a why."""

    __tablename__ = "why_comment"

    why_id: Mapped[int] = mapped_column(
        sa.ForeignKey("why.id", ondelete="CASCADE"), primary_key=True
    )
    comment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("comment.id"), primary_key=True, index=True
    )
    added_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    added_at: Mapped[datetime]

    comment: Mapped[Comment] = relationship(lazy="raise_on_sql")


class StandardKind(StrEnum):
    """What stays changed."""

    POLICY = "policy"
    PROCESS = "process"
    PROCEDURE = "procedure"
    SYSTEM = "system"
    GUIDELINE = "guideline"
    WORK_INSTRUCTION = "work_instruction"


class Countermeasure(Base):
    """What is changed about a root cause, and the standard that keeps it so."""

    __tablename__ = "countermeasure"

    id: Mapped[Key]
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id"), index=True)
    why_id: Mapped[int] = mapped_column(sa.ForeignKey("why.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(160))
    work: Mapped[Work] = mapped_column(sa.Enum(Work, native_enum=False, length=20))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    in_place_on: Mapped[date | None]
    standard_kind: Mapped[StandardKind | None] = mapped_column(
        sa.Enum(StandardKind, native_enum=False, length=20)
    )
    standard: Mapped[str] = mapped_column(sa.Text, default="")
    standard_version: Mapped[str] = mapped_column(sa.String(40), default="")
    standard_owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    review_on: Mapped[date | None] = mapped_column(index=True)
    affected_roles: Mapped[str] = mapped_column(sa.Text, default="")
    no_standard_reason: Mapped[str] = mapped_column(sa.Text, default="")
    written_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    written_at: Mapped[datetime]

    standard_owner: Mapped[Person | None] = relationship(
        lazy="raise_on_sql", foreign_keys=standard_owner_id
    )
    tasks: Mapped[list["Task"]] = relationship(
        lazy="raise_on_sql", order_by="(Task.due_on.is_(None), Task.due_on, Task.id)", viewonly=True
    )

    @property
    def is_kept(self) -> bool:
        """Whether the standard has all that keeps it: owner, version, day of review, roles."""
        owned = self.standard_owner_id is not None and self.review_on is not None
        return owned and bool(self.standard_version and self.affected_roles)


class Task(Base):
    """A piece of work that a countermeasure takes: who does it by when."""

    __tablename__ = "task"

    id: Mapped[Key]
    countermeasure_id: Mapped[int] = mapped_column(
        sa.ForeignKey("countermeasure.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(sa.String(300))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    due_on: Mapped[date | None] = mapped_column(index=True)
    done_on: Mapped[date | None]

    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")


class Contribution(Base):
    """Work that a member did. Reviewers accept it with the gate; shares make the bridge."""

    __tablename__ = "contribution"

    id: Mapped[Key]
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("department.id"), index=True)
    what: Mapped[str] = mapped_column(sa.Text)
    size: Mapped[int] = mapped_column(default=1)
    done_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)

    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=person_id)


class Verdict(StrEnum):
    """What a reviewer says of a gate."""

    ACCEPT = "accept"
    DECLINE = "decline"


class Review(Base):
    """A team's request for a gate, and the verdict of someone outside the team.

    `judgement` is what the reviewer made of figures that give no plain verdict; `figures` are
    those that lay before them; `next_step` is what a declined team does next.
    """

    __tablename__ = "review"
    __table_args__ = (
        sa.Index(
            "uq_review_waiting",
            "quest_id",
            unique=True,
            sqlite_where=sa.text("verdict IS NULL"),
            postgresql_where=sa.text("verdict IS NULL"),
        ),
    )

    id: Mapped[Key]
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id"), index=True)
    gate: Mapped[Gate] = mapped_column(sa.Enum(Gate, native_enum=False, length=4))
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]
    reviewer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    verdict: Mapped[Verdict | None] = mapped_column(sa.Enum(Verdict, native_enum=False, length=20))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    judgement: Mapped[str] = mapped_column(sa.Text, default="")
    next_step: Mapped[str] = mapped_column(sa.Text, default="")
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    reviewer: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=reviewer_id)

    __mapper_args__ = {"version_id_col": version}


class HoldState(StrEnum):
    """Whether the outcome still stood on the day of the check."""

    DUE = "due"
    PASSED = "passed"
    FAILED = "failed"


class HoldCheck(Base):
    """A look at the metric 30, 60 or 90 days after the outcome was verified.

    `level` is the metric's mean on that day, `attained` the part of the way to the target, 0 to 1.
    """

    __tablename__ = "hold_check"
    __table_args__ = (sa.UniqueConstraint("quest_id", "due_on"),)

    id: Mapped[Key]
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id"))
    day: Mapped[int]
    due_on: Mapped[date] = mapped_column(index=True)
    state: Mapped[HoldState] = mapped_column(
        sa.Enum(HoldState, native_enum=False, length=20), default=HoldState.DUE
    )
    level: Mapped[Decimal | None] = mapped_column(sa.Numeric(16, 4))
    attained: Mapped[Decimal | None] = mapped_column(sa.Numeric(5, 4))
    checked_at: Mapped[datetime | None]


class Source(StrEnum):
    """Who or what found that a problem may be back."""

    METRIC = "metric"
    THEME = "theme"
    COACH = "coach"
    TEAM = "team"


class RecurrenceState(StrEnum):
    """Whether it is sure that the problem is back."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class Recurrence(Base):
    """That the problem of a proven quest may be back, or is: who says so, and on what evidence."""

    __tablename__ = "recurrence"
    __table_args__ = (
        sa.Index(
            "uq_recurrence_suspected",
            "quest_id",
            "source",
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id"), index=True)
    source: Mapped[Source] = mapped_column(sa.Enum(Source, native_enum=False, length=20))
    state: Mapped[RecurrenceState] = mapped_column(
        sa.Enum(RecurrenceState, native_enum=False, length=20)
    )
    evidence: Mapped[str] = mapped_column(sa.Text)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    found_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    decided_by: Mapped[Person | None] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class Message(AppendOnly, Base):
    """A word in the quest's conversation, in Markdown."""

    __tablename__ = "message"

    id: Mapped[Key]
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")

"""Pain points, their evidence, and the colleagues who feel them too."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxquest.core.db import Base, Key
from cxquest.journey.models import Stage
from cxquest.pains.lifecycle import PainState as PainState
from cxquest.people.models import Person
from cxquest.voice.models import Comment, Theme


class PainClass(StrEnum):
    """What the customer takes for granted, compares, or would tell a friend about."""

    TABLE_STAKE = "table_stake"
    PERFORMANCE = "performance"
    DIFFERENTIATOR = "differentiator"


class PainKind(StrEnum):
    """What goes wrong: how the work runs, how somebody serves, or how it feels."""

    PROCESS = "process"
    SERVICE = "service"
    EXPERIENCE = "experience"


class PainPoint(Base):
    """A problem in the customer's words, at a stage. It has no solution field, on purpose."""

    __tablename__ = "pain_point"

    id: Mapped[Key]
    title: Mapped[str] = mapped_column(sa.String(160))
    state: Mapped[PainState] = mapped_column(
        sa.Enum(PainState, native_enum=False, length=20), default=PainState.DRAFT, index=True
    )
    stage_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stage.id"), index=True)
    origin_stage_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stage.id"), index=True)
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    expected: Mapped[str] = mapped_column(sa.Text, default="")
    experienced: Mapped[str] = mapped_column(sa.Text, default="")
    consequence: Mapped[str] = mapped_column(sa.Text, default="")
    pain_class: Mapped[PainClass | None] = mapped_column(
        sa.Enum(PainClass, native_enum=False, length=20)
    )
    kind: Mapped[PainKind | None] = mapped_column(sa.Enum(PainKind, native_enum=False, length=20))
    interviews: Mapped[int] = mapped_column(default=0)
    reach_per_month: Mapped[int] = mapped_column(default=0)
    severity: Mapped[int] = mapped_column(default=3)
    value: Mapped[int] = mapped_column(default=3)
    confidence: Mapped[int] = mapped_column(default=3)
    effort: Mapped[int] = mapped_column(default=3)
    cost: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("pain_point.id"), index=True)
    created_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    stage: Mapped[Stage | None] = relationship(lazy="raise_on_sql", foreign_keys=stage_id)
    origin_stage: Mapped[Stage | None] = relationship(
        lazy="raise_on_sql", foreign_keys=origin_stage_id
    )
    theme: Mapped[Theme | None] = relationship(lazy="raise_on_sql")
    created_by: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=created_by_id)
    decided_by: Mapped[Person | None] = relationship(
        lazy="raise_on_sql", foreign_keys=decided_by_id
    )

    __mapper_args__ = {"version_id_col": version}


class PainEvidence(Base):
    """A customer's comment that shows the pain."""

    __tablename__ = "pain_evidence"

    pain_id: Mapped[int] = mapped_column(sa.ForeignKey("pain_point.id"), primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("comment.id"), primary_key=True, index=True
    )
    importance: Mapped[int] = mapped_column(default=1)
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    added_at: Mapped[datetime]

    comment: Mapped[Comment] = relationship(lazy="raise_on_sql")


class PainSupport(Base):
    """A colleague's "this costs me too", with what it cost."""

    __tablename__ = "pain_support"

    pain_id: Mapped[int] = mapped_column(sa.ForeignKey("pain_point.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
    cost: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class PainMerge(Base):
    """That a pain point became part of another, or a part of it became one of its own.

    `moved` says which evidence and which supporters the other got by it, so that undoing it
    takes back just these; whatever was there keeps its own dates.
    """

    __tablename__ = "pain_merge"

    id: Mapped[Key]
    pain_id: Mapped[int] = mapped_column(sa.ForeignKey("pain_point.id"), index=True)
    into_id: Mapped[int] = mapped_column(sa.ForeignKey("pain_point.id"), index=True)
    is_split: Mapped[bool] = mapped_column(default=False)
    before: Mapped[PainState] = mapped_column(sa.Enum(PainState, native_enum=False, length=20))
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    undone_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    pain: Mapped[PainPoint] = relationship(lazy="raise_on_sql", foreign_keys=pain_id)
    into: Mapped[PainPoint] = relationship(lazy="raise_on_sql", foreign_keys=into_id)
    by: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=by_id)

    __mapper_args__ = {"version_id_col": version}


class PainNote(Base):
    """ "You said, we did": prepared for customers who agreed to hear back; sent once.

    With an `outcome`, the name of what a quest reached, it also asks whether it helped; there is
    one of these for each outcome.
    """

    __tablename__ = "pain_note"
    __table_args__ = (sa.Index("uq_pain_note_outcome", "outcome", unique=True),)

    id: Mapped[Key]
    pain_id: Mapped[int] = mapped_column(sa.ForeignKey("pain_point.id"), index=True)
    deed: Mapped[str] = mapped_column(sa.String(40))
    outcome: Mapped[str | None] = mapped_column(sa.String(80))
    text: Mapped[str] = mapped_column(sa.Text)
    prepared_at: Mapped[datetime]
    sent_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    sent_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Answer(StrEnum):
    """What a customer says of a change: it helped, it did not, or it got worse."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


class CustomerCheck(Base):
    """A question to one customer whether a change helped; only the hash of its link is kept.

    An answer that came by another way has no link, and somebody who wrote it down.
    """

    __tablename__ = "customer_check"
    __table_args__ = (sa.UniqueConstraint("note_id", "submission_id"),)

    id: Mapped[Key]
    note_id: Mapped[int] = mapped_column(sa.ForeignKey("pain_note.id"))
    submission_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("submission.id", ondelete="SET NULL"), index=True
    )
    hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    asked_at: Mapped[datetime]
    answer: Mapped[Answer | None] = mapped_column(sa.Enum(Answer, native_enum=False, length=20))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    answered_at: Mapped[datetime | None]
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    version: Mapped[int] = mapped_column()

    note: Mapped[PainNote] = relationship(lazy="raise_on_sql")
    written_by: Mapped[Person | None] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}

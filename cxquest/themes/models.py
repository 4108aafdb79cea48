"""What was changed about themes, what the program learned, and groups that it found."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxquest.core.db import Base, Key
from cxquest.people.models import Person
from cxquest.voice.models import Comment, Theme


class ChangeKind(StrEnum):
    """What was done to a theme."""

    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"


class ThemeChange(Base):
    """A deed on a theme, with what it takes to undo it.

    `before` holds what a rename replaced; `moved` the comments that a merge added to `other`
    or that a split took over from `theme` to `other`.
    """

    __tablename__ = "theme_change"

    id: Mapped[Key]
    kind: Mapped[ChangeKind] = mapped_column(sa.Enum(ChangeKind, native_enum=False, length=20))
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    other_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    moved: Mapped[list[Any]] = mapped_column(default=list)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    undone_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    theme: Mapped[Theme] = relationship(lazy="raise_on_sql", foreign_keys=theme_id)
    other: Mapped[Theme | None] = relationship(lazy="raise_on_sql", foreign_keys=other_id)
    by: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=by_id)

    __mapper_args__ = {"version_id_col": version}


class LearningState(StrEnum):
    """How far a learning has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class ThemeLearning(Base):
    """One learning from people's tags: how far it agrees with them, and what it proposed.

    `confidence` (0 to 1) is the coach's bound, below which nothing is proposed.
    """

    __tablename__ = "theme_learning"

    id: Mapped[Key]
    state: Mapped[LearningState] = mapped_column(
        sa.Enum(LearningState, native_enum=False, length=20), default=LearningState.WAITING
    )
    confidence: Mapped[float]
    agreement: Mapped[dict[str, Any]] = mapped_column(default=dict)
    of: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    proposed: Mapped[int] = mapped_column(default=0)
    abstained: Mapped[int] = mapped_column(default=0)
    stop_asked: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str] = mapped_column(sa.Text, default="")
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    alive_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    asked_by: Mapped[Person | None] = relationship(lazy="raise_on_sql")


class GroupState(StrEnum):
    """What a person made of a group."""

    OPEN = "open"
    NAMED = "named"
    DROPPED = "dropped"


class FoundGroup(Base):
    """Comments without a theme that say something alike, for a person to name or drop."""

    __tablename__ = "found_group"

    id: Mapped[Key]
    learning_id: Mapped[int] = mapped_column(sa.ForeignKey("theme_learning.id"), index=True)
    keywords: Mapped[list[Any]] = mapped_column(default=list)
    cohesion: Mapped[float]
    size: Mapped[int]
    state: Mapped[GroupState] = mapped_column(
        sa.Enum(GroupState, native_enum=False, length=20), default=GroupState.OPEN, index=True
    )
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    theme: Mapped[Theme | None] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class FoundGroupComment(Base):
    """A comment of a group; `rank` 0 is the most typical one."""

    __tablename__ = "found_group_comment"

    group_id: Mapped[int] = mapped_column(
        sa.ForeignKey("found_group.id", ondelete="CASCADE"), primary_key=True
    )
    comment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    rank: Mapped[int]

    comment: Mapped[Comment] = relationship(lazy="raise_on_sql")

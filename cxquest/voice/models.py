"""Sources, import runs, submissions with their comments and ratings, and themes."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxquest.core.db import Base, Key
from cxquest.journey.models import Stage
from cxquest.people.models import Person


class Source(Base):
    """Where feedback comes from; keeps the mapping of columns that was last used."""

    __tablename__ = "source"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class RunState(StrEnum):
    """How far an import run has come."""

    UPLOADED = "uploaded"
    MAPPED = "mapped"
    PREVIEWED = "previewed"
    DONE = "done"


class ImportRun(Base):
    """One load of a file. Read = created + updated + unchanged + rejected, always."""

    __tablename__ = "import_run"
    __table_args__ = (
        sa.CheckConstraint("read = created + updated + unchanged + rejected", name="adds_up"),
    )

    id: Mapped[Key]
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("source.id"), index=True)
    filename: Mapped[str] = mapped_column(sa.String(255))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    encoding: Mapped[str] = mapped_column(sa.String(30))
    delimiter: Mapped[str] = mapped_column(sa.String(1))
    header: Mapped[list[Any]] = mapped_column(default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    findings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[RunState] = mapped_column(
        sa.Enum(RunState, native_enum=False, length=20), default=RunState.UPLOADED
    )
    read: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    comments: Mapped[int] = mapped_column(default=0)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    source: Mapped[Source] = relationship(lazy="joined", innerjoin=True)
    by: Mapped[Person | None] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class RejectedRow(Base):
    """A row of a file that was not taken: where it stands, its cells, and what was wrong."""

    __tablename__ = "rejected_row"

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(
        sa.ForeignKey("import_run.id", ondelete="CASCADE"), index=True
    )
    line: Mapped[int]
    column: Mapped[str] = mapped_column(sa.Text)
    value: Mapped[str] = mapped_column(sa.Text)
    reason: Mapped[str] = mapped_column(sa.Text)
    cells: Mapped[list[Any]] = mapped_column(default=list)


class Submission(Base):
    """One customer's answer.

    `identity` is what makes it the same one when its file comes again: the source's own id,
    or else the row's content and how often that content had come before in the file.
    """

    __tablename__ = "submission"
    __table_args__ = (
        sa.UniqueConstraint("source_id", "identity"),
        sa.Index("ix_submission_collected_on_id", "collected_on", "id"),
    )

    id: Mapped[Key]
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("source.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(sa.ForeignKey("import_run.id"), index=True)
    identity: Mapped[str] = mapped_column(sa.String(300))
    external_id: Mapped[str] = mapped_column(sa.String(200), default="")
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    collected_on: Mapped[date | None]
    collected_raw: Mapped[str] = mapped_column(sa.String(100), default="")
    stage_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stage.id"), index=True)
    heard_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    original: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    source: Mapped[Source] = relationship(lazy="raise_on_sql")
    stage: Mapped[Stage | None] = relationship(lazy="raise_on_sql")
    heard_by: Mapped[Person | None] = relationship(lazy="raise_on_sql")
    comments: Mapped[list["Comment"]] = relationship(
        lazy="raise_on_sql", back_populates="submission", order_by="Comment.position"
    )
    ratings: Mapped[list["Rating"]] = relationship(lazy="raise_on_sql", order_by="Rating.position")


class Comment(Base):
    """A text in a submission, as the customer wrote it, with the question it answers."""

    __tablename__ = "comment"
    __table_args__ = (sa.UniqueConstraint("submission_id", "position"),)

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"))
    position: Mapped[int] = mapped_column(default=0)
    question: Mapped[str] = mapped_column(sa.Text, default="")
    text: Mapped[str] = mapped_column(sa.Text)

    submission: Mapped[Submission] = relationship(lazy="raise_on_sql", back_populates="comments")
    themes: Mapped[list["Theme"]] = relationship(
        lazy="raise_on_sql", secondary="comment_theme", viewonly=True, order_by="Theme.name"
    )


class Rating(Base):
    """A number in a submission, with the ends of its scale and which of them is best."""

    __tablename__ = "rating"
    __table_args__ = (sa.UniqueConstraint("submission_id", "position"),)

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"))
    position: Mapped[int] = mapped_column(default=0)
    question: Mapped[str] = mapped_column(sa.Text, default="")
    value: Mapped[Decimal] = mapped_column(sa.Numeric(12, 4))
    low: Mapped[Decimal] = mapped_column(sa.Numeric(12, 4))
    high: Mapped[Decimal] = mapped_column(sa.Numeric(12, 4))
    best_is_high: Mapped[bool] = mapped_column(default=True)
    raw: Mapped[str] = mapped_column(sa.String(100))


class Theme(Base):
    """What several comments are about."""

    __tablename__ = "theme"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    definition: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class CommentTheme(Base):
    """A person's word that a comment is about a theme."""

    __tablename__ = "comment_theme"

    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comment.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"), primary_key=True, index=True)
    tagged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    tagged_at: Mapped[datetime]

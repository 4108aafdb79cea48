"""Sources, submissions with their comments and ratings, and themes."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxquest.core.db import Base, Key
from cxquest.journey.models import Stage
from cxquest.people.models import Person
from cxquest.voice import masking

# SQLite would give the number of a deleted row to the next one, and old links would lead to it.
NEVER_AGAIN = {"sqlite_autoincrement": True}


class Source(Base):
    """Where feedback comes from."""

    __tablename__ = "source"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    created_at: Mapped[datetime]


class Submission(Base):
    """One customer's answer.

    `identity` is what makes it the same one when its file comes again: the source's own id,
    or else the row's content and how often that content had come before in the file.
    `content` is the same for two that say the same on the same day; where a person has said
    that one repeats another, it is kept and counted no more. `contact` is a keyed hash.
    """

    __tablename__ = "submission"
    __table_args__ = (
        sa.UniqueConstraint("source_id", "identity"),
        sa.Index("ix_submission_collected_on_id", "collected_on", "id"),
        sa.Index("ix_submission_source_id_content", "source_id", "content"),
        # Nearly all repeat none: an index of those would only lead a search astray.
        sa.Index(
            "ix_submission_repeat_of_id",
            "repeat_of_id",
            sqlite_where=sa.text("repeat_of_id IS NOT NULL"),
            postgresql_where=sa.text("repeat_of_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_submission_asked_for_score",
            "id",
            sqlite_where=sa.text("asked_for_score"),
            postgresql_where=sa.text("asked_for_score"),
        ),
        NEVER_AGAIN,
    )

    id: Mapped[Key]
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("source.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(sa.ForeignKey("import_run.id"), index=True)
    identity: Mapped[str] = mapped_column(sa.String(300))
    external_id: Mapped[str] = mapped_column(sa.String(200), default="")
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[str] = mapped_column(sa.String(64), default="")
    repeat_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("submission.id"))
    line: Mapped[int | None]
    collected_on: Mapped[date | None]
    collected_raw: Mapped[str] = mapped_column(sa.String(100), default="")
    stage_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stage.id"), index=True)
    heard_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    contact: Mapped[str] = mapped_column(sa.String(64), default="")
    asked_for_score: Mapped[bool] = mapped_column(default=False)
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


class SubmissionVersion(Base):
    """What a submission said before a later file, or a call of the API, said it otherwise."""

    __tablename__ = "submission_version"

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    run_id: Mapped[int | None] = mapped_column(sa.ForeignKey("import_run.id"), index=True)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    replaced_at: Mapped[datetime]


class Comment(Base):
    """A text in a submission, as the customer wrote it, with the question it answers."""

    __tablename__ = "comment"
    __table_args__ = (sa.UniqueConstraint("submission_id", "position"), NEVER_AGAIN)

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"))
    position: Mapped[int] = mapped_column(default=0)
    question: Mapped[str] = mapped_column(sa.Text, default="")
    text: Mapped[str] = mapped_column(sa.Text)
    says_nothing: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(sa.String(8), default="")

    submission: Mapped[Submission] = relationship(lazy="raise_on_sql", back_populates="comments")
    themes: Mapped[list["Theme"]] = relationship(
        lazy="raise_on_sql",
        secondary="comment_theme",
        secondaryjoin=lambda: sa.and_(
            Theme.id == CommentTheme.theme_id,
            CommentTheme.refused.is_(False),
            Theme.merged_into_id.is_(None),
        ),
        viewonly=True,
        order_by="Theme.name",
    )

    @property
    def asked(self) -> str:
        """Return the question as people read it, masked like the text."""
        return masking.masked(self.question)

    @property
    def shown(self) -> str:
        """Return the text as people read it: addresses and numbers of persons are masked."""
        return masking.masked(self.text)


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
    """What several comments are about. One that was merged leads to the one it is part of."""

    __tablename__ = "theme"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    definition: Mapped[str] = mapped_column(sa.Text, default="")
    phrases: Mapped[list[Any]] = mapped_column(default=list)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    owner: Mapped[Person | None] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class Origin(StrEnum):
    """Who says that a comment is about a theme."""

    PERSON = "person"
    PHRASE = "phrase"
    LEARNED = "learned"
    GROUP = "group"


class CommentTheme(Base):
    """That a comment is about a theme, or, where a person refused it, that it is not.

    A person's word replaces the program's; `confidence` (0 to 1) is the program's own.
    """

    __tablename__ = "comment_theme"
    __table_args__ = (
        sa.Index(
            "ix_comment_theme_tagged_at",
            "tagged_at",
            sqlite_where=sa.text("origin = 'PERSON'"),
            postgresql_where=sa.text("origin = 'PERSON'"),
        ),
    )

    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comment.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"), primary_key=True, index=True)
    origin: Mapped[Origin] = mapped_column(
        sa.Enum(Origin, native_enum=False, length=20), default=Origin.PERSON
    )
    confidence: Mapped[float | None]
    refused: Mapped[bool] = mapped_column(default=False)
    tagged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    tagged_at: Mapped[datetime]

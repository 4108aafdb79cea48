"""Surveys, their one-use links, and the addresses of customers who want to hear back."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxquest.core.db import Base, Key
from cxquest.journey.models import Stage
from cxquest.people.models import Person
from cxquest.voice.models import Source


class Access(StrEnum):
    """Who may answer: whoever has the address, or each link once."""

    OPEN = "open"
    ONE_USE = "one_use"


class SurveyState(StrEnum):
    """Whether customers may answer."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Survey(Base):
    """A page of questions about one stage, the customer's goal first.

    `code` is its public address; `texts` holds the wording of each question by its name.
    """

    __tablename__ = "survey"

    id: Mapped[Key]
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stage.id"), index=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("source.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    access: Mapped[Access] = mapped_column(sa.Enum(Access, native_enum=False, length=20))
    state: Mapped[SurveyState] = mapped_column(
        sa.Enum(SurveyState, native_enum=False, length=20), default=SurveyState.DRAFT
    )
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    stage: Mapped[Stage] = relationship(lazy="raise_on_sql")
    source: Mapped[Source] = relationship(lazy="raise_on_sql")
    made_by: Mapped[Person] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class SurveyLink(Base):
    """A link that one customer may use once; only the hash of its code is kept."""

    __tablename__ = "survey_link"

    id: Mapped[Key]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id"), index=True)
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    label: Mapped[str] = mapped_column(sa.String(120), default="")
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Contact(Base):
    """The address of a customer who wants to hear back, apart from what they said."""

    __tablename__ = "contact"

    submission_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[str] = mapped_column(sa.String(254))
    agreed_at: Mapped[datetime]


class AnswerTally(Base):
    """How often one network has answered a survey in an hour; a keyed hash, soon deleted."""

    __tablename__ = "answer_tally"

    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id"), primary_key=True)
    mark: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    answers: Mapped[int] = mapped_column(default=0)

"""Lessons: what another team can reuse, and where it was."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxquest.core.db import Base, Key
from cxquest.people.models import Department, Person
from cxquest.quests.models import Quest


class Lesson(Base):
    """What a quest teaches: when it is useful, what worked, what did not, what was got wrong."""

    __tablename__ = "lesson"

    id: Mapped[Key]
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id"), unique=True)
    title: Mapped[str] = mapped_column(sa.String(160), default="")
    useful_when: Mapped[str] = mapped_column(sa.Text, default="")
    worked: Mapped[str] = mapped_column(sa.Text, default="")
    did_not: Mapped[str] = mapped_column(sa.Text, default="")
    got_wrong: Mapped[str] = mapped_column(sa.Text, default="")
    written_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    quest: Mapped[Quest] = relationship(lazy="raise_on_sql")
    written_by: Mapped[Person] = relationship(lazy="raise_on_sql")
    adoptions: Mapped[list["Adoption"]] = relationship(
        lazy="raise_on_sql", order_by="Adoption.id", viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}


class AdoptionState(StrEnum):
    """Whether a coach has seen that another department uses a lesson."""

    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class Adoption(Base):
    """That a department uses the lesson of another: what it changed, and who has seen it."""

    __tablename__ = "adoption"
    __table_args__ = (sa.UniqueConstraint("lesson_id", "department_id"),)

    id: Mapped[Key]
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"))
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"), index=True)
    state: Mapped[AdoptionState] = mapped_column(
        sa.Enum(AdoptionState, native_enum=False, length=20), default=AdoptionState.CLAIMED
    )
    what: Mapped[str] = mapped_column(sa.Text)
    since: Mapped[date]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    department: Mapped[Department] = relationship(lazy="raise_on_sql")
    by: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=by_id)
    decided_by: Mapped[Person | None] = relationship(
        lazy="raise_on_sql", foreign_keys=decided_by_id
    )

    __mapper_args__ = {"version_id_col": version}

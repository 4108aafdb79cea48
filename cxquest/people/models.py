"""Organisation, departments, persons, and what lets a person in."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxquest.core.db import Base, Key


class Role(StrEnum):
    """What a person is here for; the coach mark is apart and goes with any role."""

    EMPLOYEE = "employee"
    EXECUTIVE = "executive"
    ADMINISTRATOR = "administrator"


class DepartmentKind(StrEnum):
    """Inside the company, or a partner that customers meet on its behalf."""

    INTERNAL = "internal"
    PARTNER = "partner"


class Organisation(Base):
    """The one company that this installation serves."""

    __tablename__ = "organisation"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(sa.String(120))
    time_zone: Mapped[str] = mapped_column(sa.String(60), default="UTC")
    currency: Mapped[str] = mapped_column(sa.String(3), default="EUR")
    fiscal_month: Mapped[int] = mapped_column(default=1)  # the month in which its year begins
    ranks_people: Mapped[bool] = mapped_column(default=True)
    demo_since: Mapped[datetime | None]


class Department(Base):
    """An organisational unit."""

    __tablename__ = "department"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    kind: Mapped[DepartmentKind] = mapped_column(
        sa.Enum(DepartmentKind, native_enum=False, length=20), default=DepartmentKind.INTERNAL
    )


class Person(Base):
    """Somebody who can sign in. Flask-Login asks it for `get_id`; nothing else of the web."""

    __tablename__ = "person"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(sa.String(320), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200), index=True)
    title: Mapped[str] = mapped_column(sa.String(120), default="")
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("department.id"), index=True)
    role: Mapped[Role] = mapped_column(
        sa.Enum(Role, native_enum=False, length=20), default=Role.EMPLOYEE
    )
    is_coach: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    time_zone: Mapped[str] = mapped_column(sa.String(60), default="")
    shows_points: Mapped[bool] = mapped_column(default=False)  # among "People near me"
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    department: Mapped[Department | None] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": version}

    # Flask-Login's protocol. A person that a session was found for is signed in.
    is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the id as Flask-Login wants it."""
        return str(self.id)

    @property
    def is_executive(self) -> bool:
        """Whether this person may sponsor quests."""
        return self.role is Role.EXECUTIVE

    @property
    def is_administrator(self) -> bool:
        """Whether this person keeps people, departments, stages, imports and rules."""
        return self.role is Role.ADMINISTRATOR


class SignInSession(Base):
    """A browser that is signed in. The cookie holds the token, the row only its hash."""

    __tablename__ = "sign_in_session"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class TicketPurpose(StrEnum):
    """What a link in a mail lets its holder do."""

    INVITATION = "invitation"
    RESET = "reset"


class Ticket(Base):
    """A link that sets a password: one use, until it expires. Only its hash is kept."""

    __tablename__ = "ticket"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    purpose: Mapped[TicketPurpose] = mapped_column(
        sa.Enum(TicketPurpose, native_enum=False, length=20)
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class SignInFailure(Base):
    """A sign-in that failed; too many for one address within a while close it for a while."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (sa.Index("ix_sign_in_failure_email_hash_at", "email_hash", "at"),)

    id: Mapped[Key]
    email_hash: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime]

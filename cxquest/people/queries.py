"""What pages ask about people, departments and the organisation."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from cxquest.people.models import Department, Organisation, Person, Role


def organisation(session: Session) -> Organisation | None:
    """Return the organisation; None before the first set-up."""
    return session.scalar(select(Organisation).order_by(Organisation.id).limit(1))


def zone(session: Session) -> ZoneInfo:
    """Return the organisation's time zone, in which days and seasons begin."""
    known = organisation(session)
    return ZoneInfo(known.time_zone if known else "UTC")


def today(session: Session, at: datetime) -> date:
    """Return the day that an instant lies in for the organisation."""
    return at.astimezone(zone(session)).date()


def everyone(search: str = "", role: str = "", active: str = "") -> Select[Person]:
    """Return the people whose name or address holds `search`, by name."""
    people = select(Person)
    if search:
        like = f"%{_plain(search.lower())}%"
        people = people.where(
            or_(
                func.lower(Person.name).like(like, escape="\\"),
                Person.email.like(like, escape="\\"),
            )
        )
    if role == "coach":
        people = people.where(Person.is_coach)
    elif role in set(Role):
        people = people.where(Person.role == Role(role))
    if active in ("yes", "no"):
        people = people.where(Person.is_active.is_(active == "yes"))
    return people.order_by(Person.name, Person.id)


def active_people(session: Session) -> Sequence[Person]:
    """Return everyone who can sign in, by name."""
    return session.scalars(
        select(Person).where(Person.is_active).order_by(Person.name, Person.id)
    ).all()


def executives(session: Session) -> Sequence[Person]:
    """Return the active executives, by name."""
    return session.scalars(
        select(Person)
        .where(Person.is_active, Person.role == Role.EXECUTIVE)
        .order_by(Person.name, Person.id)
    ).all()


def departments(session: Session) -> Sequence[Department]:
    """Return all departments, by name."""
    return session.scalars(select(Department).order_by(Department.name)).all()


def heads(session: Session) -> dict[int, int]:
    """Return how many active people each department has."""
    counted = (
        select(Person.department_id, func.count(Person.id))
        .where(Person.is_active, Person.department_id.is_not(None))
        .group_by(Person.department_id)
    )
    return {department_id: n for department_id, n in session.execute(counted) if department_id}


def person(session: Session, person_id: int) -> Person | None:
    """Return a person by id."""
    return session.get(Person, person_id)


def with_address(session: Session, email: str) -> Person | None:
    """Return who is let in with this e-mail address."""
    wanted = email.strip().lower()
    return session.scalar(select(Person).where(Person.email == wanted, Person.is_active))


def department(session: Session, department_id: int) -> Department | None:
    """Return a department by id."""
    return session.get(Department, department_id)


def _plain(text: str) -> str:
    """Return text with LIKE's own signs taken as letters."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

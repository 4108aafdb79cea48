"""The cast: the same few people in every story, made by the services that the pages call.

Ida and Bram hear customers (Care and Field), Noor coaches (Billing), Karl sponsors, Ruth
administers, Olaf looks on from outside, and Gone is no longer let in.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from cxquest.people import keeping, organising, passwords
from cxquest.people.models import Department, Organisation, Person, Role

BEGUN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PASSWORD = "a long password"
# Passwords are slow to check on purpose, and the tests check many: here they are quick.
STRONG = passwords.hasher
passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
passwords.DECOY = passwords.hasher.hash("no such person")
HASH = passwords.hashed(PASSWORD)


@dataclass(frozen=True)
class Cast:
    """The organisation, its departments and its people."""

    organisation: Organisation
    care: Department
    field: Department
    billing: Department
    ida: Person
    bram: Person
    noor: Person
    karl: Person
    ruth: Person
    olaf: Person
    gone: Person


def cast(session: Session, at: datetime = BEGUN) -> Cast:
    """Make the organisation with everybody in it."""
    organisation = organising.describe(
        session, name="Halden Home", time_zone="Europe/Oslo", currency="EUR", by=None, at=at
    )
    care, field, billing = (
        keeping.department(session, name, by=None, at=at) for name in ("Care", "Field", "Billing")
    )
    gone = person(session, "Gone", care, at=at)
    made = Cast(
        organisation=organisation,
        care=care,
        field=field,
        billing=billing,
        ida=person(session, "Ida", care, at=at),
        bram=person(session, "Bram", field, at=at),
        noor=person(session, "Noor", billing, is_coach=True, at=at),
        karl=person(session, "Karl", None, Role.EXECUTIVE, at=at),
        ruth=person(session, "Ruth", None, Role.ADMINISTRATOR, at=at),
        olaf=person(session, "Olaf", billing, at=at),
        gone=gone,
    )
    keeping.deactivate(session, gone, by=made.ruth, at=at)
    return made


def person(
    session: Session,
    name: str,
    department: Department | None,
    role: Role = Role.EMPLOYEE,
    *,
    is_coach: bool = False,
    at: datetime = BEGUN,
) -> Person:
    """Make one more person, whose password is PASSWORD."""
    given = keeping.Particulars(
        email=f"{name.lower()}@halden.example",
        name=name,
        department_id=department.id if department else None,
        role=role,
        is_coach=is_coach,
    )
    made = keeping.add(session, given, by=None, at=at)
    made.password_hash = HASH
    session.flush()
    return made

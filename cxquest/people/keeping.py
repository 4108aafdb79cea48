"""Keeping persons and departments: add, change, deactivate."""

from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.audit import Actor
from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.people.models import Department, DepartmentKind, Person, Role, Ticket
from cxquest.people.signing_in import sign_out_everywhere

LAST = _("This is the last administrator. Make somebody else one first.")


@dataclass(frozen=True)
class Particulars:
    """What an administrator says about a person."""

    email: str
    name: str
    title: str = ""
    department_id: int | None = None
    role: Role = Role.EMPLOYEE
    is_coach: bool = False


def address(email: str) -> str:
    """Return the address in lower case. Raises BadInput where it cannot be one."""
    try:
        found = validate_email(
            email.strip(), check_deliverability=False, test_environment=True
        ).normalized
    except EmailNotValidError as error:
        raise BadInput(
            _("“%(email)s” is not an e-mail address."), field="email", email=email
        ) from error
    return found.lower()


def add(session: Session, given: Particulars, *, by: Actor | None, at: datetime) -> Person:
    """Add a person. Raises BadInput for a wrong or a taken address."""
    email = address(given.email)
    if session.scalar(select(Person.id).where(Person.email == email)):
        raise BadInput(
            _("Somebody with the address %(email)s is here already."), field="email", email=email
        )
    person = Person(email=email, created_at=at, is_active=True)
    _write(person, given)
    session.add(person)
    session.flush()
    audit.record(session, "added", person, by=by, at=at, summary=person.name)
    return person


def change(
    session: Session, person: Person, given: Particulars, *, by: Actor | None, at: datetime
) -> bool:
    """Bring a person up to what is given; return whether anything changed.

    Raises BadInput for a wrong or a taken address, and for the last administrator's role.
    """
    email = address(given.email)
    taken = select(Person.id).where(Person.email == email, Person.id != person.id)
    if session.scalar(taken):
        raise BadInput(
            _("Somebody with the address %(email)s is here already."), field="email", email=email
        )
    if given.role is not Role.ADMINISTRATOR and _is_last_administrator(session, person):
        raise BadInput(LAST, field="role")
    before = _as_given(person)
    _write(person, given)
    person.email = email
    after = _as_given(person)
    if before == after:
        return False
    if before.email != after.email:
        _void_links(session, person, at)
    changed = [name for name, value in vars(after).items() if getattr(before, name) != value]
    audit.record(session, "changed", person, by=by, at=at, summary=", ".join(changed))
    session.flush()
    return True


def _void_links(session: Session, person: Person, at: datetime) -> None:
    """Let links that went to an earlier address work no longer."""
    unused = Ticket.person_id == person.id, Ticket.used_at.is_(None)
    session.execute(update(Ticket).where(*unused).values(used_at=at))


def deactivate(session: Session, person: Person, *, by: Person, at: datetime) -> None:
    """Let a person in no longer; what they did stays. Raises Refusal for the last administrator."""
    if person.id == by.id:
        raise Refusal(_("You cannot deactivate yourself. Ask another administrator."))
    if _is_last_administrator(session, person):
        raise Refusal(LAST)
    person.is_active = False
    sign_out_everywhere(session, person)
    audit.record(session, "deactivated", person, by=by, at=at, summary=person.name)
    session.flush()


def activate(session: Session, person: Person, *, by: Person, at: datetime) -> None:
    """Let a person in again."""
    person.is_active = True
    audit.record(session, "activated", person, by=by, at=at, summary=person.name)
    session.flush()


def department(
    session: Session,
    name: str,
    *,
    kind: DepartmentKind = DepartmentKind.INTERNAL,
    by: Actor | None,
    at: datetime,
) -> Department:
    """Return the department of this name, added if it is new."""
    name = name.strip()
    found = session.scalar(select(Department).where(func.lower(Department.name) == name.lower()))
    if found is None:
        found = Department(name=name, kind=kind)
        session.add(found)
        session.flush()
        audit.record(session, "added", found, by=by, at=at, summary=name)
    return found


def add_department(
    session: Session, name: str, *, kind: DepartmentKind, by: Actor, at: datetime
) -> Department:
    """Add a department. Raises BadInput for a taken name."""
    if session.scalar(select(Department.id).where(func.lower(Department.name) == name.lower())):
        raise BadInput(_("There is a department of that name already."), field="name")
    return department(session, name, kind=kind, by=by, at=at)


def change_department(
    session: Session,
    found: Department,
    *,
    name: str,
    kind: DepartmentKind,
    by: Actor,
    at: datetime,
) -> None:
    """Rename a department or change its kind. Raises BadInput for a taken name."""
    taken = select(Department.id).where(
        func.lower(Department.name) == name.lower(), Department.id != found.id
    )
    if session.scalar(taken):
        raise BadInput(_("There is a department of that name already."), field="name")
    found.name, found.kind = name, kind
    audit.record(session, "changed", found, by=by, at=at, summary=name)
    session.flush()


def _is_last_administrator(session: Session, person: Person) -> bool:
    others = select(func.count(Person.id)).where(
        Person.role == Role.ADMINISTRATOR, Person.is_active, Person.id != person.id
    )
    return person.is_administrator and not session.scalar(others)


def _write(person: Person, given: Particulars) -> None:
    person.name, person.title = given.name, given.title
    person.department_id = given.department_id
    person.role, person.is_coach = given.role, given.is_coach


def _as_given(person: Person) -> Particulars:
    return Particulars(
        person.email,
        person.name,
        person.title,
        person.department_id,
        person.role,
        person.is_coach,
    )

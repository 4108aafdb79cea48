"""Importing people from a file: read = created + updated + unchanged + rejected."""

import io
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core.audit import Actor
from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.people import keeping, roster
from cxquest.people.models import Person, Role
from cxquest.tables import reading


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken."""

    line: int
    column: str
    value: str
    reason: str


@dataclass
class Outcome:
    """What came of a file of people."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    new: list[Person] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)


def take(session: Session, content: bytes, *, by: Actor | None, at: datetime) -> Outcome:
    """Add or update every person of the file; rows at fault are named and left out.

    Raises BadInput when the file itself cannot be read.
    """
    file = io.BytesIO(content)
    table = reading.opened(file, reading.guess(file))
    places = roster.columns(table.header)
    known = {person.email: person for person in session.scalars(select(Person))}
    outcome = Outcome()
    for row in table.rows():
        outcome.read += 1
        try:
            line = roster.line(row.cells, places)
            _refuse_twice(line, row.line, outcome)
            _take_line(session, line, known, outcome, by=by, at=at)
        except BadInput as error:
            place = places.get(error.field)
            value = row.cells[place] if place is not None and place < len(row.cells) else ""
            outcome.rejected.append(Rejected(row.line, error.field, value, str(error)))
    return outcome


def _refuse_twice(line: roster.Line, number: int, outcome: Outcome) -> None:
    """Refuse an address that an earlier line of the file has. Raises BadInput."""
    first = outcome.lines.setdefault(line.email.lower(), number)
    if first != number:
        raise BadInput(
            _("This address stands on line %(line)s already."), field="email", line=first
        )


def _take_line(
    session: Session,
    line: roster.Line,
    known: dict[str, Person],
    outcome: Outcome,
    *,
    by: Actor | None,
    at: datetime,
) -> None:
    email = keeping.address(line.email)
    person = known.get(email)
    given = _given(session, line, email, person, by=by, at=at)
    if person is None:
        person = keeping.add(session, given, by=by, at=at)
        known[email] = person
        outcome.new.append(person)
        outcome.created += 1
    elif keeping.change(session, person, given, by=by, at=at):
        outcome.updated += 1
    else:
        outcome.unchanged += 1


def _given(
    session: Session,
    line: roster.Line,
    email: str,
    person: Person | None,
    *,
    by: Actor | None,
    at: datetime,
) -> keeping.Particulars:
    """Return the row's word on each column it has, and what is known for the others."""
    department_id = person.department_id if person else None
    if line.department:
        department_id = keeping.department(session, line.department, by=by, at=at).id
    return keeping.Particulars(
        email=email,
        name=line.name,
        title=line.title if line.title is not None else (person.title if person else ""),
        department_id=department_id,
        role=line.role or (person.role if person else Role.EMPLOYEE),
        is_coach=line.is_coach
        if line.is_coach is not None
        else (person.is_coach if person else False),
    )

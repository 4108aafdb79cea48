"""`flask people …`"""

from pathlib import Path
from typing import Any

import click
from flask import current_app

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.people import importing, inviting, keeping, passwords
from cxquest.people.models import Role, TicketPurpose
from cxquest.web.command import Commands, speaking

people = Commands("people", help="Add and import people.")


@people.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="employee")
@click.option("--department", default="", help="Name of the department; added if it is new.")
@click.option("--coach", is_flag=True)
@click.option("--password", default="", help="Set it now; without one an invitation is sent.")
@speaking
def add(
    email: str, name: str, role: str, department: str, coach: bool, password: str
) -> dict[str, Any]:
    """Add a person."""
    at = clock.now()
    unit = keeping.department(db.session, department, by=None, at=at) if department else None
    given = keeping.Particulars(
        email=email,
        name=name,
        department_id=unit.id if unit else None,
        role=Role(role),
        is_coach=coach,
    )
    person = keeping.add(db.session, given, by=None, at=at)
    if password:
        person.password_hash = passwords.hashed(password)
    else:
        inviting.send_link(
            db.session,
            person,
            TicketPurpose.INVITATION,
            base_url=current_app.config["SETTINGS"].base_url,
            at=at,
        )
    return {"id": person.id, "email": person.email, "invited": not password}


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@speaking
def import_file(file: Path) -> dict[str, Any]:
    """Add or update people from a CSV FILE; every row is accounted for."""
    outcome = importing.take(db.session, file.read_bytes(), by=None, at=clock.now())
    return {
        "read": outcome.read,
        "created": outcome.created,
        "updated": outcome.updated,
        "unchanged": outcome.unchanged,
        "rejected": len(outcome.rejected),
        "rows": [vars(row) for row in outcome.rejected],
    }

"""Founding the company: organisation, departments, people, stages, themes."""

from datetime import datetime

from cxquest.demo import reading
from cxquest.demo.world import World
from cxquest.journey import staging
from cxquest.people import keeping, organising, passwords
from cxquest.people.models import DepartmentKind, Role
from cxquest.voice import theming

PASSWORD = "warm-at-last-2026"  # the demo's own, printed by `make run`; no real account has it
KEEPER = "ruth.adeyemi@maren-heat.example"
COACH = "noor.haddad@maren-heat.example"


def found(world: World, at: datetime) -> None:
    """Make the company and everybody in it."""
    company = reading.document("company")
    session = world.session
    organisation = organising.describe(session, **company["organisation"], by=None, at=at)
    organisation.demo_since = world.today
    for unit in company["department"]:
        world.departments[unit["name"]] = keeping.department(
            session, unit["name"], kind=DepartmentKind(unit["kind"]), by=None, at=at
        )
    _people(world, at)
    keeper = world.people[KEEPER]
    for stage in company["stage"]:
        world.stages[stage["name"]] = staging.add(session, **stage, by=keeper, at=at)
    for theme in reading.document("themes")["theme"]:
        world.themes[theme["name"]] = theming.add(
            session, theme["name"], theme["definition"], by=world.people[COACH], at=at
        )


def _people(world: World, at: datetime) -> None:
    password_hash = passwords.hashed(PASSWORD)
    for row in reading.table("people"):
        person = keeping.add(
            world.session,
            keeping.Particulars(
                email=row["email"],
                name=row["name"],
                title=row["title"],
                department_id=world.departments[row["department"]].id,
                role=Role(row["role"]),
                is_coach=row["coach"] == "yes",
            ),
            by=None,
            at=at,
        )
        person.password_hash = password_hash
        world.people[row["email"]] = person

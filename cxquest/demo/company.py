"""Loads the demo company into an empty database, lists its sign-ins, takes it out again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.core.models import OutboxMessage
from cxquest.demo import (
    doubting,
    founding,
    listening,
    questing,
    reading,
    recognising,
    ruling,
    settling,
    surveying,
)
from cxquest.demo.world import Act, World, play
from cxquest.people import queries as people
from cxquest.people.models import Person

YEAR = 366
SHOWN = (
    ("employee", "ida.holm@maren-heat.example"),
    ("colleague of another department", "bram.visser@maren-heat.example"),
    ("coach", "noor.haddad@maren-heat.example"),
    ("executive", "karl.lindqvist@maren-heat.example"),
    ("administrator", "ruth.adeyemi@maren-heat.example"),
)


def is_empty(session: Session) -> bool:
    """Whether nobody and nothing is in the database yet."""
    return people.organisation(session) is None and not session.scalar(
        select(func.count(Person.id))
    )


def load(session: Session, at: datetime) -> dict[str, Any]:
    """Play the company's year up to `at`. Raises Refusal unless the database is empty.

    The mails of the story are not sent: their day is over.
    """
    if not is_empty(session):
        raise Refusal(_("The demo company goes into an empty database only; this one is in use."))
    world = World(session, at)
    founding.found(world, at - timedelta(days=YEAR))
    acts: list[Act] = [
        *listening.acts(),
        *surveying.acts(),
        *questing.acts(),
        *recognising.acts(at, people.zone(session)),
        *doubting.acts(),
        *ruling.acts(),
        *settling.acts(YEAR),
    ]
    play(world, acts)
    settling.look(world, at)
    for message in session.scalars(select(OutboxMessage)):
        message.sent_at, message.body = at, ""
    return {
        "people": len(world.people),
        "pain_points": len(world.pains),
        "quests": len(world.quests),
        "acts": len(acts),
    }


def accounts(session: Session) -> Sequence[dict[str, str]]:
    """Return the demo's sign-ins, one for each role first; none when there is no demo."""
    known = people.organisation(session)
    if known is None or known.demo_since is None:
        return []
    emails = [*(email for _role, email in SHOWN), *(r["email"] for r in reading.table("people"))]
    roles = {email: role for role, email in SHOWN}
    found = {person.email: person for person in people.active_people(session)}
    return [
        {
            "role": roles.get(email, found[email].role.value),
            "name": found[email].name,
            "email": email,
            "password": founding.PASSWORD,
        }
        for email in dict.fromkeys(emails)
        if email in found
    ]


def strangers(session: Session) -> int:
    """Return how many people are here whom the demo did not bring."""
    ours = {row["email"] for row in reading.table("people")}
    return sum(person.email not in ours for person in people.active_people(session))

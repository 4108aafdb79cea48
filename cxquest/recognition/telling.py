"""Telling those who received kudos."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.core import outbox
from cxquest.people.models import Person
from cxquest.recognition.models import Kudos


def tell(
    session: Session,
    kudos: Kudos,
    receivers: Iterable[Person],
    *,
    team: str,
    by: Person,
    at: datetime,
    base_url: str,
) -> None:
    """Queue one mail to each receiver who is here; `team` is a quest's title, or empty."""
    whom = f"your team on “{team}”" if team else "you"
    for person in receivers:
        if person.is_active:
            outbox.post(
                session,
                key=f"kudos:{kudos.id}:{person.id}",
                recipient=person.email,
                subject=f"Kudos from {by.name}",
                body=f"Hello {person.name},\n\n{by.name} thanks {whom}:\n\n{kudos.reason}\n\n"
                f"{base_url}/kudos\n",
                at=at,
            )

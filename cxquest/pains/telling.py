"""Telling a pain point's author and supporters what was decided."""

from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.core import outbox
from cxquest.pains import queries
from cxquest.pains.models import PainPoint
from cxquest.people.models import Person

MAIL = {
    "accepted": (
        "Accepted: {title}",
        "Hello {name},\n\n{decider} accepted the pain point “{title}”. Anyone may now propose a "
        "quest on it.\n{why}\n{url}\n",
    ),
    "declined": (
        "Not taken on: {title}",
        "Hello {name},\n\n{decider} declined the pain point “{title}”.\n{why}\n"
        "Its author or a coach may put it forward again:\n\n{url}\n",
    ),
}


def tell(
    session: Session, pain: PainPoint, decision: str, *, by: Person, at: datetime, base_url: str
) -> None:
    """Queue a mail to each contributor but the decider; each decision is told once to each."""
    subject, body = MAIL[decision]
    why = f"\nThe reason: {pain.reason}\n" if pain.reason else ""
    for person in queries.contributors(session, pain):
        if person.id == by.id:
            continue
        outbox.post(
            session,
            key=f"pain:{pain.id}:{decision}:{at:%Y%m%dT%H%M%S.%f}:{person.id}",
            recipient=person.email,
            subject=subject.format(title=pain.title),
            body=body.format(
                name=person.name,
                decider=by.name,
                title=pain.title,
                why=why,
                url=f"{base_url}/pains/{pain.id}",
            ),
            at=at,
        )

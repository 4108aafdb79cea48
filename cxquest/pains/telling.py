"""Telling those who brought a pain point what became of it: author, supporters, contributors."""

from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.core import outbox
from cxquest.core.audit import Actor
from cxquest.pains import queries
from cxquest.pains.models import PainPoint

# Subject, text, and what stands before a reason where one was given.
MAIL = {
    "accepted": (
        "Accepted: {title}",
        "{who} accepted the pain point “{title}”. Anyone may now propose a quest on it.",
        "The reason",
    ),
    "declined": (
        "Not taken on: {title}",
        "{who} declined the pain point “{title}”. Its author or a coach may put it forward again.",
        "The reason",
    ),
    "reopened": (
        "Put forward again: {title}",
        "{who} put the pain point “{title}” before the coaches again.",
        "",
    ),
    "merged": (
        "Part of another one now: {title}",
        "{who} made the pain point “{title}” part of “{other}”, which says the same. What you "
        "brought counts there, under your name and with its date.",
        "",
    ),
    "unmerged": (
        "One of its own again: {title}",
        "{who} made the pain point “{title}” one of its own again; it was part of “{other}”.",
        "",
    ),
    "entered_quest": (
        "A quest works on it: {title}",
        "{who} started a quest on the pain point “{title}”.",
        "The quest",
    ),
    "given_back": (
        "Waiting for another quest: {title}",
        "The quest on the pain point “{title}” was stopped, so it waits for another one.",
        "The reason",
    ),
    "resolved": (
        "Resolved: {title}",
        "The cause of the pain point “{title}” is gone, and that has held.",
        "The quest",
    ),
    "came_back": (
        "It is back: {title}",
        "Customers say it again: “{title}”.",
        "What shows it",
    ),
}


def tell(
    session: Session,
    pain: PainPoint,
    news: str,
    *,
    by: Actor | None,
    at: datetime,
    base_url: str = "",
    why: str = "",
    other: PainPoint | None = None,
) -> None:
    """Queue a mail to each contributor but `by`; each piece of news is told once to each."""
    subject, body, before = MAIL[news]
    words = {
        "who": by.name if by else "CXQuest",
        "title": pain.title,
        "other": other.title if other else "",
    }
    reason = f"{before}: {why}\n\n" if why else ""
    shown = other if other and news == "merged" else pain
    for person in queries.contributors(session, pain):
        if by is not None and person.id == by.id:
            continue
        outbox.post(
            session,
            key=f"pain:{pain.id}:{news}:{at:%Y%m%dT%H%M%S.%f}:{person.id}",
            recipient=person.email,
            subject=subject.format(**words),
            body=f"Hello {person.name},\n\n{body.format(**words)}\n\n{reason}"
            f"{base_url}/pains/{shown.id}\n",
            at=at,
        )

"""Invitation and password-reset links: single use, expiring, sent through the outbox."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cxquest.core import audit, outbox
from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.people import passwords
from cxquest.people.models import Person, Ticket, TicketPurpose
from cxquest.people.signing_in import fingerprint, sign_out_everywhere

LIFETIME = {TicketPurpose.INVITATION: timedelta(days=7), TicketPurpose.RESET: timedelta(hours=2)}
PAUSE = timedelta(minutes=2)
MAIL = {
    TicketPurpose.INVITATION: (
        "Your invitation to CXQuest",
        "Hello {name},\n\nyou are invited to CXQuest. Choose your password here:\n\n{url}\n\n"
        "The link works once, until {until}.\n",
    ),
    TicketPurpose.RESET: (
        "A new password for CXQuest",
        "Hello {name},\n\nsomebody, probably you, asked for a new password. Choose it here:\n\n"
        "{url}\n\nThe link works once, until {until}. If it was not you, do nothing.\n",
    ),
}
USED = _("This link was used or is too old. Ask for a new one.")


def send_link(
    session: Session, person: Person, purpose: TicketPurpose, *, base_url: str, at: datetime
) -> Ticket:
    """Mail the person a fresh link; earlier ones for the same purpose stop working."""
    session.execute(
        update(Ticket)
        .where(Ticket.person_id == person.id, Ticket.purpose == purpose, Ticket.used_at.is_(None))
        .values(used_at=at)
    )
    token = secrets.token_urlsafe(32)
    ticket = Ticket(
        token_hash=fingerprint(token),
        person_id=person.id,
        purpose=purpose,
        created_at=at,
        expires_at=at + LIFETIME[purpose],
    )
    session.add(ticket)
    session.flush()
    subject, body = MAIL[purpose]
    outbox.post(
        session,
        key=f"ticket:{ticket.id}",
        recipient=person.email,
        subject=subject,
        body=body.format(
            name=person.name,
            url=f"{base_url}/ticket/{token}",
            until=f"{ticket.expires_at:%Y-%m-%d %H:%M} UTC",
        ),
        at=at,
    )
    return ticket


def reset(session: Session, email: str, *, base_url: str, at: datetime) -> None:
    """Send a reset link if the address is an active person's; say nothing either way."""
    person = session.scalar(
        select(Person).where(Person.email == email.strip().lower(), Person.is_active)
    )
    if person and not _just_sent(session, person, at):
        send_link(session, person, TicketPurpose.RESET, base_url=base_url, at=at)


def _just_sent(session: Session, person: Person, at: datetime) -> bool:
    """Whether a reset link went out a moment ago, so that nobody fills a mailbox."""
    recent = select(Ticket.id).where(
        Ticket.person_id == person.id,
        Ticket.purpose == TicketPurpose.RESET,
        Ticket.created_at > at - PAUSE,
    )
    return session.scalar(recent.limit(1)) is not None


def ticket_of(session: Session, token: str, at: datetime) -> Ticket:
    """Return the unused, unexpired ticket of this token. Raises Refusal."""
    ticket = session.scalar(select(Ticket).where(Ticket.token_hash == fingerprint(token)))
    if ticket is None or ticket.used_at or ticket.expires_at <= at or not ticket.person.is_active:
        raise Refusal(USED)
    return ticket


def set_password(session: Session, token: str, password: str, *, at: datetime) -> Person:
    """Use the link up, set the password and end every session. Raises Refusal or BadInput."""
    ticket = ticket_of(session, token, at)
    person = ticket.person
    new_hash = passwords.hashed(password)
    used = session.scalar(
        update(Ticket)
        .where(Ticket.id == ticket.id, Ticket.used_at.is_(None))
        .values(used_at=at)
        .returning(Ticket.id)
    )
    if used is None:
        raise Refusal(USED)
    person.password_hash = new_hash
    sign_out_everywhere(session, person)
    audit.record(session, "password_set", person, by=person, at=at)
    session.flush()
    return person

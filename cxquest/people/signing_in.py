"""Signing in and out: sessions live on the server, the browser holds only a token."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.people.models import Person, SignInFailure, SignInSession

FAILURES = 10
WINDOW = timedelta(minutes=15)


class TooMany(Refusal):
    """Too many failed sign-ins for one address."""

    status = 429


def fingerprint(secret: str) -> str:
    """Return the hash under which a token is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def known_hash(session: Session, email: str, *, at: datetime) -> str | None:
    """Return the password hash of an active person; None for anybody else.

    Raises TooMany after ten failures for this address within a quarter of an hour.
    """
    email = email.strip().lower()
    recent = select(func.count(SignInFailure.id)).where(
        SignInFailure.email_hash == fingerprint(email), SignInFailure.at > at - WINDOW
    )
    if session.scalars(recent).one() >= FAILURES:
        raise TooMany(_("Too many tries. Wait a quarter of an hour, or ask for a new password."))
    return session.scalar(
        select(Person.password_hash).where(Person.email == email, Person.is_active)
    )


def sign_in(session: Session, email: str, *, right: bool, at: datetime, days: int) -> str | None:
    """Return the token of a new session if the password was right; else note the failure."""
    email = email.strip().lower()
    if not right:
        session.add(SignInFailure(email_hash=fingerprint(email), at=at))
        return None
    person = session.scalars(select(Person).where(Person.email == email)).one()
    audit.record(session, "signed_in", person, by=person, at=at)
    return open_session(session, person, at=at, days=days)


def open_session(session: Session, person: Person, *, at: datetime, days: int) -> str:
    """Return the token of a new session; expired ones are swept out on the way."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(SignInSession).where(SignInSession.expires_at <= at))
    session.execute(delete(SignInFailure).where(SignInFailure.at <= at - WINDOW))
    session.add(
        SignInSession(
            token_hash=fingerprint(token),
            person_id=person.id,
            created_at=at,
            expires_at=at + timedelta(days=days),
        )
    )
    session.flush()
    return token


def person_of(session: Session, token: str, at: datetime) -> Person | None:
    """Return the active person whose unexpired session has this token."""
    found = session.scalar(
        select(SignInSession).where(
            SignInSession.token_hash == fingerprint(token), SignInSession.expires_at > at
        )
    )
    return found.person if found and found.person.is_active else None


def sign_out(session: Session, token: str) -> None:
    """End the session of this token: a cookie kept from before is dead."""
    session.execute(delete(SignInSession).where(SignInSession.token_hash == fingerprint(token)))


def sign_out_everywhere(session: Session, person: Person) -> None:
    """End every session of the person."""
    session.execute(delete(SignInSession).where(SignInSession.person_id == person.id))

"""Signing in and out: sessions live on the server, the browser holds only a token."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.people import passwords
from cxquest.people.models import Person, SignInFailure, SignInSession

FAILURES = 10
WINDOW = timedelta(minutes=15)


class TooMany(Refusal):
    """Too many failed sign-ins for one address."""

    status = 429


def fingerprint(secret: str) -> str:
    """Return the hash under which a token is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def sign_in(
    session: Session, email: str, password: str, *, at: datetime, days: int
) -> tuple[Person, str] | None:
    """Return the person and a new token, or None (and the failure is noted).

    Raises TooMany after ten failures within a quarter of an hour.
    """
    email = email.strip().lower()
    mark = fingerprint(email)
    recent = select(func.count(SignInFailure.id)).where(
        SignInFailure.email_hash == mark, SignInFailure.at > at - WINDOW
    )
    if session.scalars(recent).one() >= FAILURES:
        raise TooMany(_("Too many tries. Wait a quarter of an hour, or ask for a new password."))
    person = session.scalar(select(Person).where(Person.email == email))
    if not passwords.matches(password, person.password_hash if person else None):
        session.add(SignInFailure(email_hash=mark, at=at))
        return None
    if person is None or not person.is_active:
        return None
    audit.record(session, "signed_in", person, by=person, at=at)
    return person, open_session(session, person, at=at, days=days)


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

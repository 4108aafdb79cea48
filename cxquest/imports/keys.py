"""Keys with which other programs bring feedback of one source, or what else a higher room takes.

Of each only a hash is kept.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from cxquest.core import audit
from cxquest.core.audit import Actor
from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.imports.models import ApiKey
from cxquest.voice import sources
from cxquest.voice.models import Source

MARK = "cxq_"  # by which a token is told from other secrets that leaked somewhere
NOTED_EVERY = timedelta(minutes=1)


def make(
    session: Session, name: str, source_name: str, *, by: Actor, at: datetime
) -> tuple[ApiKey, str]:
    """Return a new key of a source, and its token, which nobody can read again.

    Raises BadInput for a name that is empty or too long.
    """
    source = sources.named(session, source_name, at=at)
    return issue(session, name, source, by=by, at=at, source=source.name)


def issue(
    session: Session, name: str, of: Source | None, *, by: Actor, at: datetime, **facts: object
) -> tuple[ApiKey, str]:
    """Return a new key and its token; without a source, a higher room says what it is for.

    `facts` are noted with the deed. Raises BadInput for a name that is empty or too long.
    """
    name = " ".join(name.replace("\x00", "").split())
    if not 0 < len(name) <= 120:
        raise BadInput(_("Give the key a name of at most 120 characters."), field="name")
    token = MARK + secrets.token_urlsafe(32)
    source_id = of.id if of else None
    key = ApiKey(name=name, hash=hashed(token), source_id=source_id, made_by_id=by.id, made_at=at)
    session.add(key)
    session.flush()
    audit.record(session, "made", key, by=by, at=at, summary=name, **facts)
    return key, token


def revoke(session: Session, key: ApiKey, *, by: Actor, at: datetime) -> None:
    """End a key for ever. Raises Refusal for one that has ended."""
    if key.revoked_at:
        raise Refusal(_("This key is revoked already."))
    key.revoked_at = at
    session.flush()
    audit.record(session, "revoked", key, by=by, at=at, summary=key.name)


def of_token(session: Session, token: str, *, at: datetime) -> ApiKey | None:
    """Return the key of a token that is in force, with its source, and note its use.

    Whatever the token is, it is hashed and asked for once, so that the time tells nothing.
    """
    found = session.scalar(
        select(ApiKey)
        .where(ApiKey.hash == hashed(token), ApiKey.revoked_at.is_(None))
        .options(joinedload(ApiKey.source))
    )
    if found and (found.used_at is None or found.used_at <= at - NOTED_EVERY):
        found.used_at = at
    return found


def hashed(token: str) -> str:
    """Return the hash under which a token is kept."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()

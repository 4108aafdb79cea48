"""What pages ask about keys of the API."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from cxquest.imports.models import ApiKey


def keys() -> Select[ApiKey]:
    """Return all keys with their source and who made them: those in force first, then newest."""
    whole = (joinedload(ApiKey.source), joinedload(ApiKey.made_by))
    return select(ApiKey).options(*whole).order_by(ApiKey.revoked_at.is_not(None), ApiKey.id.desc())


def key(session: Session, key_id: int) -> ApiKey | None:
    """Return a key by id."""
    return session.get(ApiKey, key_id)

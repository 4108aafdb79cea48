"""Where feedback comes from."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.voice.models import Source


def named(session: Session, name: str, *, at: datetime) -> Source:
    """Return the source of this name, whatever its capitals; added if it is new.

    Raises BadInput for a name that is empty or too long.
    """
    name = " ".join(name.replace("\x00", "").split())
    if not 0 < len(name) <= 120:
        raise BadInput(_("Give the source a name of at most 120 characters."), field="source")
    found = session.scalar(select(Source).where(func.lower(Source.name) == name.lower()))
    if found is None:
        found = Source(name=name, created_at=at)
        session.add(found)
        session.flush()
    return found

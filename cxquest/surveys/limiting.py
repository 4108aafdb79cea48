"""No more than so many answers from one network in an hour, without keeping who it was."""

import hashlib
import hmac
import ipaddress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.surveys.models import AnswerTally, Survey

MOST = 30  # answers to one survey from one network in an hour
HOUR = timedelta(hours=1)


class TooMany(Refusal):
    """Too many answers from one network; `wait` says for how many seconds."""

    status = 429

    def __init__(self, wait: int) -> None:
        super().__init__(_("Too many answers from here. Try again in an hour."))
        self.wait = wait


def count(session: Session, survey: Survey, address: str, secret: str, *, at: datetime) -> None:
    """Count an answer to a survey from a network. Raises TooMany when the hour's are used up.

    One statement, so that answers at the same moment are all counted.
    """
    hour = hour_of(at)
    row = {"survey_id": survey.id, "mark": mark(secret, address, hour), "hour": hour}
    new = _insert(session).values(**row, answers=1)
    counted = new.on_conflict_do_update(
        index_elements=list(row),
        set_={"answers": AnswerTally.answers + 1},
        where=AnswerTally.answers < MOST,
    ).returning(AnswerTally.answers)
    if session.execute(counted).scalar_one_or_none() is None:
        raise TooMany(int((hour + HOUR - at).total_seconds()) + 1)


def forget(session: Session, at: datetime) -> int:
    """Delete the tallies of hours that are over, and return how many there were."""
    old = delete(AnswerTally).where(AnswerTally.hour < hour_of(at))
    return len(session.scalars(old.returning(AnswerTally.mark)).all())


def mark(secret: str, address: str, hour: datetime) -> str:
    """Return what stands for a network during one hour: a hash under a key of the installation.

    Another hour gives another mark, so that nobody can be followed from one to the next.
    """
    key = hashlib.sha256(b"survey answers:" + secret.encode()).digest()
    said = f"{hour.isoformat()} {network(address)}"
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def network(address: str) -> str:
    """Return the network of an address: itself for IPv4, the first 64 bits for IPv6."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def hour_of(at: datetime) -> datetime:
    """Return the beginning of an instant's hour."""
    return at.replace(minute=0, second=0, microsecond=0)


def _insert(session: Session) -> Any:
    dialect = session.get_bind().dialect.name
    return (postgresql if dialect == "postgresql" else sqlite).insert(AnswerTally)

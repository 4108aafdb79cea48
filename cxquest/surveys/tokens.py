"""The token in a customer's form: it says which survey was shown, when, and marks the one sending.

A stranger has no session, so the form carries all that is needed, signed. Pure.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

LIFE = timedelta(hours=12)
SALT = "cxquest survey"


@dataclass(frozen=True)
class Shown:
    """A form that was shown: its own mark, the version of its survey, and when."""

    mark: str
    version: int
    at: datetime

    def is_late(self, at: datetime) -> bool:
        """Whether it was open for longer than a token lives."""
        return not self.at - timedelta(minutes=5) <= at < self.at + LIFE


def issued(secret: str, code: str, version: int, at: datetime) -> str:
    """Return a new token for a form of this survey."""
    said = [code, version, secrets.token_urlsafe(12), int(at.timestamp())]
    return str(URLSafeSerializer(secret, salt=SALT).dumps(said))


def read(token: str, secret: str, code: str) -> Shown | None:
    """Return what a token says; None for one that is not ours, or of another survey."""
    try:
        found = URLSafeSerializer(secret, salt=SALT).loads(token)
    except BadData:
        return None
    shown, version, mark, seconds = found
    if shown != code:
        return None
    return Shown(mark, version, datetime.fromtimestamp(seconds, UTC))

"""Passwords: argon2id, and a rule that people can keep."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _

SHORTEST = 10
LONGEST = 256

hasher = PasswordHasher()
# A hash of nothing that anybody types, so that an unknown address takes as long as a known one.
DECOY = hasher.hash("no such person")


def hashed(password: str) -> str:
    """Return the argon2id hash. Raises BadInput for a password that is too short or long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput(
            _("Use %(least)s characters or more; a short sentence works well."),
            field="password",
            least=SHORTEST,
        )
    return hasher.hash(password)


def matches(password: str, known: str | None) -> bool:
    """Whether `password` belongs to the hash; takes the same time when there is none."""
    try:
        return hasher.verify(known or DECOY, password[:LONGEST]) and known is not None
    except (VerifyMismatchError, InvalidHashError):
        return False

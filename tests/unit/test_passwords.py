"""Passwords: kept so that a stolen database gives little away."""

import pytest
from argon2 import Type

from cxquest.core.errors import BadInput
from cxquest.people import passwords
from tests.cast import STRONG


def test_the_product_uses_argon2id_at_least_as_strong_as_advised() -> None:
    """OWASP advises 19 MiB and two passes, or more of the one for less of the other."""
    assert STRONG.type is Type.ID
    assert STRONG.memory_cost >= 19_456
    assert STRONG.time_cost >= 2


def test_the_same_password_never_gives_the_same_hash() -> None:
    assert passwords.hashed("a long password") != passwords.hashed("a long password")


def test_only_the_right_password_matches() -> None:
    known = passwords.hashed("a long password")
    assert passwords.matches("a long password", known)
    assert not passwords.matches("a long passwort", known)
    assert not passwords.matches("a long password", None)
    assert not passwords.matches("no such person", None)
    assert not passwords.matches("a long password", "nonsense")


@pytest.mark.parametrize("wrong", ["", "nine char", "x" * 257])
def test_too_short_and_too_long_are_refused(wrong: str) -> None:
    with pytest.raises(BadInput):
        passwords.hashed(wrong)

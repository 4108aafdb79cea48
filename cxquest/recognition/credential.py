"""A badge as an Open Badges 3.0 credential: plain values in, a JSON object out. Pure.

Source: 1EdTech Open Badges Specification 3.0, OpenBadgeCredential and IdentityObject. The
object carries no proof: it is a copy, and the badge's own page is what verifies it.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

CONTEXT = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)


@dataclass(frozen=True)
class Issuer:
    """The organisation, and the address at which it can be reached."""

    name: str
    url: str


@dataclass(frozen=True)
class Achievement:
    """What the badge is for; `url` says what somebody does to get it."""

    url: str
    name: str
    description: str
    criteria: str


@dataclass(frozen=True)
class Proof:
    """What the badge rests on: a page, its name, and what happened there."""

    url: str
    name: str
    narrative: str


def credential(
    *,
    url: str,
    issuer: Issuer,
    achievement: Achievement,
    email: str,
    salt: str,
    earned_at: datetime,
    proof: Proof | None,
) -> dict[str, Any]:
    """Return the credential; the holder is named by a salted hash of their address alone."""
    made: dict[str, Any] = {
        "@context": list(CONTEXT),
        "id": url,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achievement.name,
        "issuer": {
            "id": issuer.url,
            "type": ["Profile"],
            "name": issuer.name,
            "url": issuer.url,
        },
        "validFrom": _instant(earned_at),
        "awardedDate": _instant(earned_at),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [_identity(email, salt)],
            "achievement": _achievement(achievement),
        },
    }
    if proof:
        made["evidence"] = [
            {
                "id": proof.url,
                "type": ["Evidence"],
                "name": proof.name,
                "narrative": proof.narrative,
            }
        ]
    return made


def identity_hash(email: str, salt: str) -> str:
    """Return SHA-256 over the address followed by the salt, in UTF-8, as the format writes it."""
    return "sha256$" + hashlib.sha256(f"{email}{salt}".encode()).hexdigest()


def _identity(email: str, salt: str) -> dict[str, Any]:
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(email, salt),
        "identityType": "emailAddress",
        "salt": salt,
    }


def _achievement(achievement: Achievement) -> dict[str, Any]:
    return {
        "id": achievement.url,
        "type": ["Achievement"],
        "name": achievement.name,
        "description": achievement.description,
        "criteria": {"id": achievement.url, "narrative": achievement.criteria},
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")

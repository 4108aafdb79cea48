"""Which rulebook counts at an instant: the one whose day had come when the event happened."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.rewards import documents
from cxquest.rewards.models import RulebookVersion, VersionState
from cxquest.rewards.rulebook import DEFAULT, Rulebook

Rules = Sequence[tuple[datetime | None, Rulebook]]


def rulebook_at(session: Session, at: datetime) -> Rulebook:
    """Return the rulebook in force at an instant; before the first version, the default."""
    found = session.execute(
        select(RulebookVersion.number, RulebookVersion.document)
        .where(
            RulebookVersion.state == VersionState.SCHEDULED, RulebookVersion.effective_from <= at
        )
        .order_by(RulebookVersion.effective_from.desc())
        .limit(1)
    ).first()
    return _parsed(found.number, json.dumps(found.document)) if found else DEFAULT


def timeline(session: Session) -> Rules:
    """Return every rulebook that is or will be in force with its first instant, in order."""
    found = session.execute(
        select(RulebookVersion.effective_from, RulebookVersion.number, RulebookVersion.document)
        .where(RulebookVersion.state == VersionState.SCHEDULED)
        .order_by(RulebookVersion.effective_from)
    )
    later = [(row.effective_from, _parsed(row.number, json.dumps(row.document))) for row in found]
    return [(None, DEFAULT), *later]


def rules_at(rules: Rules, at: datetime) -> Rulebook:
    """Return the rulebook of an instant out of a timeline."""
    found = rules[0][1]
    for since, book in rules:
        if since is None or since <= at:
            found = book
    return found


def of(version: RulebookVersion) -> Rulebook:
    """Return the rulebook of a version's document. Raises BadInput when it cannot be read."""
    return _parsed(version.number, json.dumps(version.document))


@lru_cache(maxsize=64)
def _parsed(number: int, text: str) -> Rulebook:
    return documents.read(json.loads(text), number)

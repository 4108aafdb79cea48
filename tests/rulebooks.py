"""A version of the rulebook at any step of its life, made by the services that the pages call."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from cxquest.people.models import Person
from cxquest.rewards import documents, publishing
from cxquest.rewards.models import RulebookVersion, Simulation, SimulationState, VersionState
from cxquest.rewards.rulebook import DEFAULT

URL = "http://localhost"
WEEK = timedelta(days=7)


def document(**formula: Any) -> dict[str, Any]:
    """Return the default's document with some numbers changed, like work={"prevention": "1"}."""
    made = deepcopy(documents.document_of(DEFAULT))
    for name, value in formula.items():
        if isinstance(value, Mapping):
            made["formula"][name] |= value
        else:
            made["formula"][name] = value
    return made


def rule(**changed: Any) -> dict[str, Any]:
    """Return a rule that pays the team a little for an outcome, with some of it changed."""
    return {
        "id": "extra",
        "name": "A little more",
        "when": "gate_passed",
        "only_if": {
            "joint": "all",
            "parts": [{"field": "gate", "comparison": "is", "value": "G3"}],
        },
        "give": 1,
        "to": "team",
        "at_most": [],
        "after_days": 0,
        **changed,
    }


def with_rule(**changed: Any) -> dict[str, Any]:
    """Return the default's document with one rule more."""
    made = document()
    made["rules"].append(rule(**changed))
    return made


def simulated(session: Session, version: RulebookVersion, by: Person, at: datetime) -> None:
    """Attach a simulation of the document as it stands; what it says is told by other tests."""
    session.add(
        Simulation(
            version_id=version.id,
            fingerprint=documents.fingerprint(version.document),
            seasons=1,
            state=SimulationState.DONE,
            asked_by_id=by.id,
            asked_at=at,
            begun_at=at,
            ended_at=at,
        )
    )
    version.state = VersionState.SIMULATED
    session.flush()


def approved(
    session: Session, given: Mapping[str, Any], by: Person, second: Person, at: datetime
) -> RulebookVersion:
    """Return a version that one administrator wrote and another approved."""
    version = publishing.draft(session, given, "Because", by=by, at=at)
    simulated(session, version, by, at)
    publishing.approve(session, version, by=second, at=at)
    return version


def scheduled(
    session: Session,
    given: Mapping[str, Any],
    by: Person,
    second: Person,
    at: datetime,
    effective_from: datetime | None = None,
) -> RulebookVersion:
    """Return a version that counts from a week after `at`, or from an instant."""
    version = approved(session, given, by, second, at)
    since = effective_from or at + WEEK
    publishing.schedule(session, version, since, by=by, at=at, base_url=URL)
    return version

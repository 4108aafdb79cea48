"""Badges: who earns which by what, and the file that their holder takes out."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from cxquest.recognition.badges import MEANINGS, earned
from cxquest.recognition.credential import (
    Achievement,
    Issuer,
    Proof,
    credential,
    identity_hash,
)
from cxquest.recognition.models import BadgeKind
from cxquest.web.labels import LABELS

MEMBERS = [
    {"account_id": 1, "eligible": True, "reason": ""},
    {"account_id": 2, "eligible": False, "reason": "No accepted contribution yet."},
    {"account_id": 3, "eligible": True, "reason": ""},
]


def gate(gate: str, **more: Any) -> dict[str, Any]:
    """Return the facts of a passed gate."""
    return {
        "gate": gate,
        "work": "resolution",
        "contributions": {"Care": "1", "Field": "1"},
        "measures": {},
        "members": MEMBERS,
        **more,
    }


def action(observed: str) -> dict[str, dict[str, str]]:
    return {"action": {"baseline": "12", "target": "4", "observed": observed}}


def test_every_badge_has_its_meaning_and_its_name() -> None:
    assert set(MEANINGS) == set(BadgeKind)
    assert {f"badge_{kind}" for kind in BadgeKind} <= set(LABELS)


@pytest.mark.parametrize(("passed", "badge"), [("G1", "root_cause"), ("G4", "held")])
def test_a_gate_gives_its_badge_to_eligible_members_only(passed: str, badge: str) -> None:
    assert earned("gate_passed", gate(passed)) == [(badge, 1), (badge, 3)]


def test_a_countermeasure_alone_gives_none() -> None:
    assert earned("gate_passed", gate("G2", work="prevention", measures=action("4"))) == []


@pytest.mark.parametrize(("observed", "given"), [("8", True), ("8.1", False), ("3", True)])
def test_prevented_needs_half_of_the_way(observed: str, given: bool) -> None:
    facts = gate("G3", work="prevention", measures=action(observed))
    assert (earned("gate_passed", facts) == [("prevented", 1), ("prevented", 3)]) is given


def test_prevented_needs_prevention_and_an_action_metric() -> None:
    assert earned("gate_passed", gate("G3", measures=action("4"))) == []
    assert earned("gate_passed", gate("G3", work="prevention")) == []
    flat = {"action": {"baseline": "4", "target": "4", "observed": "4"}}
    assert earned("gate_passed", gate("G3", work="prevention", measures=flat)) == []


def test_a_bridge_needs_two_and_a_half_departments() -> None:
    three = {"Care": "40", "Field": "30", "Billing": "30"}  # N 2.94
    assert earned("gate_passed", gate("G3", contributions=three)) == [("bridge", 1), ("bridge", 3)]
    token = {"Care": "9", "Field": "9", "Billing": "1"}
    assert earned("gate_passed", gate("G3", contributions=token)) == []


@pytest.mark.parametrize(
    ("kind", "facts", "badges"),
    [
        ("lesson_adopted", {"author": 7}, [("lesson_reused", 7)]),
        ("blocker_cleared", {"sponsor": 8}, [("blocker_cleared", 8)]),
        ("problem_returned", {"self_reported": True, "reporter": 9}, [("told_first", 9)]),
        ("problem_returned", {"self_reported": False, "reporter": 9}, []),
        ("problem_returned", {"self_reported": True}, []),
        ("gate_cancelled", {"gate": "G4", "members": MEMBERS}, []),
        ("kudos_given", {"behaviour": "shared"}, []),
    ],
)
def test_other_events_name_the_holder(
    kind: str, facts: dict[str, Any], badges: list[tuple[str, int]]
) -> None:
    assert earned(kind, facts) == badges


def made(**more: Any) -> dict[str, Any]:
    """Return the file of a badge."""
    given: dict[str, Any] = {
        "url": "https://cx.example/badges/3",
        "issuer": Issuer("Halden Home", "https://cx.example"),
        "achievement": Achievement("https://cx.example/badges#held", "Held", "It held.", "90 days"),
        "email": "ida@halden.example",
        "salt": "salt",
        "earned_at": datetime(2026, 3, 2, 8, 0, 1, 5, tzinfo=UTC),
        "proof": Proof("https://cx.example/quests/12", "Nobody waits", "Recorded"),
        **more,
    }
    return credential(**given)


def test_the_file_has_what_open_badges_3_requires() -> None:
    """The required members of OpenBadgeCredential, Profile, AchievementSubject, Achievement,
    IdentityObject and Evidence, from the specification's JSON schema."""
    file = made()
    assert file["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert file["@context"][1].startswith("https://purl.imsglobal.org/spec/ob/v3p0/context")
    assert {"id", "type", "name", "issuer", "validFrom", "credentialSubject"} <= file.keys()
    assert file["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert {"id", "type", "name"} <= file["issuer"].keys()
    assert file["issuer"]["type"] == ["Profile"]
    assert file["validFrom"] == "2026-03-02T08:00:01Z"
    subject = file["credentialSubject"]
    assert subject["type"] == ["AchievementSubject"]
    assert {"id", "type", "name", "description", "criteria"} <= subject["achievement"].keys()
    assert subject["achievement"]["type"] == ["Achievement"]
    assert subject["achievement"]["criteria"]["narrative"]
    (identity,) = subject["identifier"]
    assert identity.keys() == {"type", "hashed", "identityHash", "identityType", "salt"}
    assert (identity["type"], identity["identityType"]) == ("IdentityObject", "emailAddress")
    (evidence,) = file["evidence"]
    assert evidence["type"] == ["Evidence"]
    assert evidence["id"] == "https://cx.example/quests/12"
    assert "proof" not in file


def test_the_holder_is_named_by_a_salted_hash_alone() -> None:
    (identity,) = made()["credentialSubject"]["identifier"]
    expected = hashlib.sha256(b"ida@halden.examplesalt").hexdigest()
    assert identity["hashed"] is True
    assert identity["identityHash"] == f"sha256${expected}"
    assert "ida@" not in str(made())


def test_the_hash_is_that_of_the_specifications_own_example() -> None:
    assert identity_hash("a@example.com", "Kosher") == (
        "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
    )


def test_a_badge_without_a_quest_has_no_evidence() -> None:
    assert "evidence" not in made(proof=None)

"""Random histories: gates, returns, continuations, disputes and own awards, in any order."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cxquest.rewards import deciding, ledger, paying
from cxquest.rewards.engine import Deed, Measure
from cxquest.rewards.happening import Member
from cxquest.rewards.rulebook import Cause, Gate, Impact, MeasureKind, Work

ZONE = ZoneInfo("Europe/Oslo")
BEGUN = datetime(2026, 1, 5, tzinfo=UTC)
PEOPLE = 12


@dataclass(frozen=True)
class Recorded:
    """An event as it is handed to the ledger."""

    key: str
    kind: str
    subject: str
    chain: str
    facts: dict[str, Any]
    at: datetime


@dataclass
class Company:
    """Accounts of people, and of one team for each quest."""

    people: list[int]
    teams: dict[int, int]


def company(session: Session, quests: int) -> Company:
    """Open the accounts."""
    people = [ledger.new_team(session).id for _ in range(PEOPLE)]
    return Company(people, {n: ledger.new_team(session).id for n in range(1, quests + 1)})


def history(seed: int, events: int, firm: Company, days: int = 400) -> list[Recorded]:
    """Return a random history in canonical order; the same seed gives the same one."""
    dice = random.Random(seed)
    made = [_one(dice, number, firm, days) for number in range(events)]
    returned = [one for one in made if one.kind == "problem_returned" and dice.random() < 0.3]
    made += [_undone(dice, one, firm) for one in returned]
    unique = {one.key: one for one in made}
    return sorted(unique.values(), key=lambda one: (one.at, one.key))


def out_of_order(seed: int, recorded: Sequence[Recorded], lateness: int) -> list[Recorded]:
    """Return events as they arrive: each up to `lateness` places late, some of them twice."""
    dice = random.Random(seed)
    places = [(n + dice.randint(0, lateness), n) for n in range(len(recorded))]
    arrived = [recorded[n] for _place, n in sorted(places)]
    for number in range(0, len(arrived), 17):
        arrived.append(arrived[number])
    return arrived


def record(session: Session, one: Recorded) -> None:
    """Hand an event to the ledger."""
    paying.pay(
        session,
        key=one.key,
        kind=one.kind,
        subject=one.subject,
        facts=one.facts,
        label="Nobody waits",
        at=one.at,
        zone=ZONE,
        chain=one.chain,
    )


def _one(dice: random.Random, number: int, firm: Company, days: int) -> Recorded:
    at = BEGUN + timedelta(minutes=dice.randint(0, days * 24 * 60))
    what = dice.random()
    if what < 0.35:
        return _gate(dice, firm, at)
    if what < 0.43:
        return _returned(dice, number, firm, at)
    if what < 0.47:
        return _disputed(dice, number, firm, at)
    return _own(dice, number, firm, at)


def _quest(dice: random.Random, firm: Company) -> tuple[int, str]:
    """Return a quest and its chain: every third one continues the one before it."""
    quest = dice.choice(list(firm.teams))
    return quest, f"quest:{quest - 1 if quest % 3 == 0 else quest}"


def _gate(dice: random.Random, firm: Company, at: datetime) -> Recorded:
    quest, chain = _quest(dice, firm)
    gate = dice.choice(list(Gate))
    measure = Measure(Fraction(0), Fraction(1), Fraction(dice.randint(0, 12), 10))
    deed = Deed(
        dice.choice(list(Impact)),
        dice.choice(list(Work)),
        dice.choice(list(Cause)),
        {name: Fraction(dice.randint(0, 5)) for name in ("Care", "Field", "Billing")},
        {MeasureKind.ACTION: measure} if gate in (Gate.G3, Gate.G4) else {},
    )
    team = dice.sample(firm.people, dice.randint(2, 5))
    members = [Member(who, eligible=dice.random() < 0.8, reason="") for who in team]
    facts = deciding.gate_facts(gate, deed, firm.teams[quest], members)
    facts["own_change"] = dice.random() < 0.1
    return Recorded(
        f"quest:{quest}:{gate.value}", "gate_passed", f"quest:{quest}", chain, facts, at
    )


def _returned(dice: random.Random, number: int, firm: Company, at: datetime) -> Recorded:
    quest, chain = _quest(dice, firm)
    facts = {"days": dice.randint(0, 200), "self_reported": dice.random() < 0.5}
    key = f"quest:{quest}:return:{number}"
    return Recorded(key, "problem_returned", f"quest:{quest}", chain, facts, at)


def _disputed(dice: random.Random, number: int, firm: Company, at: datetime) -> Recorded:
    quest, chain = _quest(dice, firm)
    gate = dice.choice(list(Gate)).value
    facts = {
        "event": f"quest:{quest}:{gate}",
        "rule": f"gate_{gate}",
        "account": dice.choice(firm.people),
        "component": "team_part",
        "verdict": dice.choice(["pay", "take"]),
        "gate": gate,
        **(_of_team(dice, quest, firm) if dice.random() < 0.5 else {}),
    }
    return Recorded(f"dispute:{number}", "dispute_upheld", f"quest:{quest}", chain, facts, at)


def _of_team(dice: random.Random, quest: int, firm: Company) -> dict[str, Any]:
    """Return what makes a dispute one about a team, and about some who share in its award."""
    shared = {"account": firm.teams[quest], "component": "team_outcome"}
    return {**shared, "members": dice.sample(firm.people, 2)}


def _undone(dice: random.Random, returned: Recorded, firm: Company) -> Recorded:
    """Return the dispute of somebody who says that the problem never came back."""
    facts = {
        "event": returned.key,
        "rule": f"return_{dice.choice(['G3', 'G4'])}",
        "account": dice.choice(firm.people),
        "component": "team_part",
        "verdict": "take",
        **(_of_team(dice, int(returned.subject[6:]), firm) if dice.random() < 0.5 else {}),
    }
    at = returned.at + timedelta(days=dice.randint(0, 20))
    return Recorded(
        f"{returned.key}:dispute", "dispute_upheld", returned.subject, returned.chain, facts, at
    )


def _own(dice: random.Random, number: int, firm: Company, at: datetime) -> Recorded:
    who, other = dice.sample(firm.people, 2)
    kind = dice.choice(["pain_accepted", "evidence_accepted", "review_completed", "kudos_given"])
    facts: dict[str, Any] = {
        "finder": who,
        "contributor": who,
        "reviewer": who,
        "approver": other if dice.random() < 0.9 else who,
        "comments": dice.randint(0, 12),
        "theme": dice.randint(1, 3),
        "with": other,
    }
    subject = f"thing:{number}"
    return Recorded(f"{kind}:{number}", kind, subject, subject, facts, at)

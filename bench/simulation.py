"""A simulation of 100,000 events beside reading those events: times, their ratio, and memory.

Both run in one process on the same SQLite file: first the plain reading of every row with its
facts, then the simulation of two seasons under a draft, which reads the same rows by the same
query. Memory is measured apart, since measuring it slows both down.
`python -m bench.simulation [EVENTS]`
"""

import json
import random
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from bench.company import found, installed, put
from cxquest.core import clock
from cxquest.core.db import may_write
from cxquest.extensions import db
from cxquest.rewards import replaying, simulating
from cxquest.rewards.rulebook import DEFAULT, Cause, Gate, Impact, Rulebook, Work

EVENTS, FEW = 100_000, 10_000
ROUNDS = 3
PEOPLE = 400
THINGS = ("kudos_given", "reading_recorded", "contribution_accepted", "message_posted")


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with tempfile.TemporaryDirectory() as folder:
        apps = {n: installed(Path(folder) / str(n), filling(n)) for n in (FEW, events)}
        times: dict[str, list[float]] = {"read": [], "simulated": []}
        for _ in range(ROUNDS):
            times["read"].append(timed(apps[events], read))
            times["simulated"].append(timed(apps[events], simulated))
        read_, simulated_ = (statistics.median(found) for found in times.values())
        print(f"reading {events:,} events:    {read_:6.2f} s")
        print(f"simulating {events:,} events: {simulated_:6.2f} s")
        print(f"ratio:                     {simulated_ / read_:6.2f}   (medians of {ROUNDS})")
        for n, app in apps.items():
            print(f"peak memory of {n:7,} events: {peak(app, simulated):6.1f} MiB")


def timed(app: Flask, what: Callable[[Session], None]) -> float:
    """Return how many seconds something takes on a fresh reading session."""
    with reading(app) as session:
        begun = time.perf_counter()
        what(session)
        return time.perf_counter() - begun


def peak(app: Flask, what: Callable[[Session], None]) -> float:
    """Return the most memory in MiB that something took at a time."""
    with reading(app) as session:
        tracemalloc.start()
        what(session)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return most / 2**20


@contextmanager
def reading(app: Flask) -> Iterator[Session]:
    """Open a session that only reads."""
    token = may_write.set(False)
    with app.app_context(), Session(db.engine) as session:
        yield session
    may_write.reset(token)


def read(session: Session) -> None:
    """Consume every event with its facts."""
    for row in replaying.read(session):
        assert row.facts is not None


def simulated(session: Session) -> None:
    """Simulate both seasons under the draft."""
    result = simulating.compute(session, draft(), seasons=2, at=clock.now())
    assert result.result["teams"]


def draft() -> Rulebook:
    """Return rules that differ from those in force in a table and in a rule."""
    work = {**DEFAULT.work, Work.PREVENTION: Fraction(9, 4)}
    pain, *others = DEFAULT.rules
    return replace(DEFAULT, version=2, work=work, rules=(replace(pain, give=4), *others))


def filling(events: int) -> Callable[[Connection], None]:
    """Return what writes a company of so many events."""
    return lambda connection: fill(connection, events)


def fill(connection: Connection, events: int) -> None:
    """Write a company of so many events: 3 of 10 are gates, 1 pays nothing, 6 are own awards."""
    now = clock.now()
    half = timedelta(days=90)
    teams = events * 3 // 10 // 4 + 1
    found(connection, range(1, PEOPLE + 1), "Europe/Oslo", now)
    put(
        connection,
        "account",
        [{"id": n, "kind": "PERSON", "person_id": n} for n in range(1, PEOPLE + 1)],
    )
    put(connection, "account", [{"id": PEOPLE + n, "kind": "TEAM"} for n in range(1, teams + 1)])
    for n in (1, 2):
        begun = now + timedelta(days=1) - n * half
        put(
            connection,
            "season",
            [{"id": n, "name": f"S{n}", "starts_at": begun, "ends_at": begun + half}],
        )
    made = list(history(events, now + timedelta(days=1) - 2 * half, 2 * half, now))
    for first in range(0, len(made), 5_000):
        put(connection, "reward_event", made[first : first + 5_000])


def history(
    events: int, begun: datetime, span: timedelta, now: datetime
) -> Iterator[dict[str, Any]]:
    """Yield a random history; the same number of events gives the same one."""
    dice = random.Random(events)
    quests = 0
    for number in range(events):
        at = begun + dice.random() * (span - timedelta(days=1))
        share = number % 100
        if share < 29:
            quests += number % 4 == 0
            yield _gate(dice, number, PEOPLE + 1 + quests, at, now)
        elif share < 30:
            quest = dice.randint(0, quests)
            facts = {"days": dice.randint(0, 200), "self_reported": dice.random() < 0.5}
            yield _event(number, "problem_returned", f"quest:{quest}", facts, at, now)
        elif share < 40:
            yield _event(number, dice.choice(THINGS), f"thing:{number}", {"from": 1}, at, now)
        else:
            yield _own(dice, number, at, now)


def _gate(
    dice: random.Random, number: int, team: int, at: datetime, now: datetime
) -> dict[str, Any]:
    members = dice.sample(range(1, PEOPLE + 1), 6)
    facts = {
        "gate": list(Gate)[number % 4].value,
        "impact": dice.choice(list(Impact)).value,
        "work": dice.choice(list(Work)).value,
        "cause": dice.choice(list(Cause)).value,
        "contributions": {f"D{n}": str(dice.randint(1, 9)) for n in dice.sample(range(8), 3)},
        "measures": {
            "action": _measure("12", "4", dice.randint(300, 1300)),
            "theme": _measure("40", "20", dice.randint(2000, 4000)),
            "survey": _measure("3.2", "4.0", dice.randint(300, 420)),
        },
        "team": team,
        "members": [
            {"account_id": one, "eligible": dice.random() < 0.9, "reason": ""} for one in members
        ],
        "own_change": False,
        "theme": dice.randint(1, 20),
    }
    return _event(number, "gate_passed", f"quest:{team - PEOPLE}", facts, at, now)


def _measure(baseline: str, target: str, hundredths: int) -> dict[str, str]:
    observed = str(Fraction(hundredths, 100))
    return {"baseline": baseline, "target": target, "observed": observed}


def _own(dice: random.Random, number: int, at: datetime, now: datetime) -> dict[str, Any]:
    who, other = dice.sample(range(1, PEOPLE + 1), 2)
    kind = dice.choice(["pain_accepted", "evidence_accepted", "review_completed", "lesson_adopted"])
    facts = {
        "finder": who,
        "contributor": who,
        "reviewer": who,
        "author": who,
        "approver": other,
        "across": dice.random() < 0.8,
        "comments": dice.randint(0, 12),
        "interviews": dice.randint(0, 3),
        "supporters": dice.randint(0, 9),
        "theme": dice.randint(1, 20),
    }
    return _event(number, kind, f"thing:{number}", facts, at, now)


def _event(
    number: int, kind: str, subject: str, facts: dict[str, Any], at: datetime, now: datetime
) -> dict[str, Any]:
    return {
        "key": f"{subject}:{number}",
        "type": kind,
        "occurred_at": at,
        "recorded_at": now,
        "subject": subject,
        "chain": subject,
        "zone": "Europe/Oslo",
        "label": f"Nobody waits for {subject}",
        "facts": json.loads(json.dumps(facts)),
    }


if __name__ == "__main__":
    main()

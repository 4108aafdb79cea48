"""The team board's page at 100 and at 10,000 teams, in one process: times, and their ratio.

Each team has three members with points of their own in the same season, and played the season
before as well. Two people ask: one on no team, and one whose team stands in the middle of the
field. Both sizes are asked in turns, so that a busy moment of the machine falls on both.
`python -m bench.boards_scale [REQUESTS]`
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from bench.company import DEPARTMENTS, found, installed, put
from cxquest.core import clock
from cxquest.extensions import db
from cxquest.people import signing_in
from cxquest.people.models import Person
from cxquest.web.guard import TOKEN

SMALL, LARGE = 100, 10_000
REQUESTS = 200
WARM = 20
MEMBERS = 3
NOBODY = 1  # the id of who is on no team
PAGE = "/boards/teams"


def main() -> None:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    with tempfile.TemporaryDirectory() as folder:
        apps = {n: installed(Path(folder) / str(n), filling(n)) for n in (SMALL, LARGE)}
        for who in ("a reader on no team", "a reader in mid-field"):
            clients = {n: signed_in(app, reader(n, who)) for n, app in apps.items()}
            report(who, clients, requests)


def report(who: str, clients: dict[int, FlaskClient], requests: int) -> None:
    """Ask in turns and print the medians."""
    times: dict[int, list[float]] = {n: [] for n in clients}
    for turn in range(WARM + requests):
        for n, client in clients.items():
            begun = time.perf_counter()
            answer = client.get(PAGE)
            took = time.perf_counter() - begun
            assert answer.status_code == 200, answer.status
            if turn >= WARM:
                times[n].append(took)
    small, large = (1000 * statistics.median(times[n]) for n in (SMALL, LARGE))
    print(f"team board, {who}:")
    print(f"  {SMALL:6,} teams: {small:6.2f} ms a page")
    print(f"  {LARGE:6,} teams: {large:6.2f} ms a page")
    print(f"  ratio:        {large / small:6.3f}   ({requests} requests each, medians)")


def reader(teams: int, who: str) -> int:
    """Return the id of who asks; teams are numbered from the best."""
    return NOBODY if "no team" in who else NOBODY + 1 + MEMBERS * (teams // 2)


def signed_in(app: Flask, person_id: int) -> FlaskClient:
    """Return a client in which this person is signed in."""
    with app.app_context(), Session(db.engine) as session:
        person = session.get_one(Person, person_id)
        token = signing_in.open_session(session, person, at=clock.now(), days=1)
        session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie.permanent = True
        cookie[TOKEN] = token
    return client


def filling(teams: int) -> Callable[[Connection], None]:
    """Return what writes a company of so many teams."""
    return lambda connection: fill(connection, teams)


def fill(connection: Connection, teams: int) -> None:
    """Write the rows of a company whose teams have points in this season and the one before."""
    now = clock.now()
    dice = random.Random(teams)
    people = range(NOBODY + 1, NOBODY + 1 + MEMBERS * teams)
    found(connection, range(NOBODY, people.stop), "UTC", now)
    put(connection, "account", [{"id": n, "kind": "TEAM"} for n in range(1, teams + 1)])
    put(
        connection,
        "account",
        [{"id": teams + n, "kind": "PERSON", "person_id": n} for n in people],
    )
    put(connection, "pain_point", [_pain(n, now) for n in range(1, teams + 1)])
    put(connection, "quest", [_quest(n, now) for n in range(1, teams + 1)])
    put(connection, "membership", [_member(n, now) for n in people])
    for season, begun in ((1, now - timedelta(days=40)), (2, now - timedelta(days=130))):
        span = {"starts_at": begun, "ends_at": begun + timedelta(days=90)}
        put(connection, "season", [{"id": season, "name": f"Season {season}", **span}])
        points = sorted((dice.randint(5, 2000) for _ in range(teams)), reverse=True)
        held = dict(enumerate(points, start=1))
        # Half of the people are on a second team.
        for n in people:
            second = dice.choice(points) if n % 2 else 0
            held[teams + n] = points[_team_of(n) - 1] + second
        put(
            connection,
            "standing",
            [
                {
                    "account_id": a,
                    "season_id": season,
                    "kind": "TEAM" if a <= teams else "PERSON",
                    "points": p,
                }
                for a, p in held.items()
            ],
        )


def _team_of(person_id: int) -> int:
    return 1 + (person_id - NOBODY - 1) // MEMBERS


def _pain(n: int, at: Any) -> dict[str, Any]:
    return {
        "id": n,
        "title": f"Pain {n}",
        "state": "IN_QUEST",
        "created_by_id": NOBODY,
        "created_at": at,
        "version": 1,
    }


def _quest(n: int, at: Any) -> dict[str, Any]:
    return {
        "id": n,
        "title": f"Quest number {n}",
        "state": "FIXING",
        "state_since": at,
        "pain_id": n,
        "lead_id": NOBODY + 1 + MEMBERS * (n - 1),
        "account_id": n,
        "proposed_by_id": NOBODY,
        "proposed_at": at,
        "aim": "PREVENTION",
        "version": 1,
    }


def _member(n: int, at: Any) -> dict[str, Any]:
    return {
        "quest_id": _team_of(n),
        "person_id": n,
        "department_id": 1 + n % DEPARTMENTS,
        "joined_at": at,
    }


if __name__ == "__main__":
    main()

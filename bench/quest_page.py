"""The quest page with three months and with five years of daily readings: times, and their ratio.

The readings come in by the code that takes files, before and after a change. Both sizes are asked
for in turns, so that a busy moment of the machine falls on both; the page of the series, which
lists its readings, stands beside. `python -m bench.quest_page [REQUESTS]`
"""

import statistics
import sys
import tempfile
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bench.company import installed
from cxquest.core import clock
from cxquest.extensions import db
from cxquest.measures import queries, recording
from cxquest.measures.models import Metric, Period, Via
from cxquest.measures.offers import Given
from cxquest.measures.recording import Origin
from cxquest.people import signing_in
from cxquest.web.guard import TOKEN
from tests import cast as players
from tests.teams import Team, day

SMALL, LARGE = 91, 5 * 365 + 1  # days
REQUESTS = 60
WARM = 5
MOST = 1.5


def main() -> None:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    with tempfile.TemporaryDirectory() as folder:
        apps = {
            days: installed(Path(folder) / str(days), lambda _connection: None)
            for days in (SMALL, LARGE)
        }
        known = {days: filled(app, days) for days, app in apps.items()}
        clients = {days: client for days, (client, _pages) in known.items()}
        for name in known[SMALL][1]:
            report(
                name, clients, {days: pages[name] for days, (_, pages) in known.items()}, requests
            )


def filled(app: Flask, days: int) -> tuple[FlaskClient, dict[str, str]]:
    """Give a quest so many daily readings; return who is signed in, and the pages."""
    with app.app_context(), Session(db.engine, expire_on_commit=False) as session:
        people = players.cast(session)
        team = Team(session, people).fix()
        metric = team.quest.metric
        assert metric
        began = time.perf_counter()
        _read(session, metric, days)
        print(f"{days} days: {len(metric.analysis['chart']['points'])} points drawn, taken in "
              f"{time.perf_counter() - began:.2f} s")  # fmt: skip
        token = signing_in.open_session(session, people.olaf, at=clock.now(), days=1)
        session.commit()
        pages = {"the quest page": f"/quests/{team.id}", "its series": f"/metrics/{metric.id}"}
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    return client, pages


def _read(session: Session, metric: Metric, days: int) -> None:
    """Take a reading for each of so many days, a third of them after the change."""
    chance, last = Random(days), day(4) + timedelta(days=days // 3)
    metric.period = Period.DAY
    taken = {value.period_start for value in queries.values(session, metric)}
    wanted = (last - timedelta(days=n) for n in range(days))
    given = [
        Given(one, Decimal(chance.gauss(12 if one < day(4) else 9, 2)).quantize(Decimal("0.01")))
        for one in wanted
        if one not in taken
    ]
    recording.take(session, metric, given, origin=Origin(None, Via.API), at=clock.now())


def report(
    name: str, clients: dict[int, FlaskClient], pages: dict[int, str], requests: int
) -> None:
    """Ask in turns and print the medians."""
    times: dict[int, list[float]] = {days: [] for days in clients}
    for turn in range(requests + WARM):
        for days, client in clients.items():
            began = time.perf_counter()
            assert client.get(pages[days]).status_code == 200
            if turn >= WARM:
                times[days].append(1000 * (time.perf_counter() - began))
    small, large = (statistics.median(times[days]) for days in (SMALL, LARGE))
    print(f"{name}: {small:.1f} ms with {SMALL} days, {large:.1f} ms with {LARGE} days, "
          f"ratio {large / small:.2f} (at most {MOST} for the quest page)")  # fmt: skip


if __name__ == "__main__":
    main()

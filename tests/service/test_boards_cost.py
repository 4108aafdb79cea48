"""The team board's page costs the same, however long the ledger is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from cxquest.core import clock
from cxquest.core.db import Base
from cxquest.extensions import db
from tests import boards
from tests.browsing import Browser
from tests.cast import Cast
from tests.conftest import Transaction

ENTRIES = 20
TIMES = 100
OTHERS = 1_000_000  # ids above those of the cast
Asked = list[tuple[str, Any]]


@contextmanager
def listening(engine: sa.Engine) -> Iterator[Asked]:
    """Keep the queries of a block with their parameters."""
    asked: Asked = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def weight(engine: sa.Engine, asked: Asked) -> int:
    """Return the bytes of all rows that these queries give."""
    with engine.connect() as connection:
        return sum(
            len(repr(tuple(row)).encode())
            for statement, parameters in asked
            for row in connection.exec_driver_sql(statement, parameters)
        )


def test_a_hundred_times_the_ledger_costs_the_same_queries_and_the_same_bytes(
    app: Flask, client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        begun = clock.now() - timedelta(days=45)
        before = boards.season(session, "before", begun - timedelta(days=90))
        season = boards.season(session, "now", begun)
        quests = boards.teams(session, cast, season, list(range(540, 500, -1)))
        boards.stand(session, before, [(quest.account_id, quest.id) for quest in quests])
        boards.put_on(session, quests[25], cast.bram)
        ids = [quest.account_id for quest in quests]
        season_ids = (before.id, season.id)
        enter(session, ids, season_ids, 0, ENTRIES)
    with app.app_context():
        engine = db.engine
    client.as_(cast.bram)
    costs, pages = [], []
    for entries in (ENTRIES, ENTRIES * TIMES):
        with transaction() as session:
            enter(session, ids, season_ids, ENTRIES, entries)
        with listening(engine) as asked:
            pages.append(client.get("/boards/teams").text)
        costs.append((len(asked), weight(engine, asked)))
    assert costs[0] == costs[1]
    assert costs[0][0] <= 12
    assert "Your team" in pages[0]


def enter(
    session: Session, account_ids: list[int], season_ids: tuple[int, ...], first: int, last: int
) -> None:
    """Write ledger entries in bulk, each with its event; standings stay as they are."""
    table = Base.metadata.tables
    at = clock.now()
    numbers = range(OTHERS + first, OTHERS + last)
    events = [
        {
            "id": n,
            "key": f"event:{n}",
            "type": "gate_passed",
            "occurred_at": at,
            "recorded_at": at,
            "subject": "quest:1",
        }
        for n in numbers
    ]
    entries = [
        {
            "event_id": n,
            "cause_id": n,
            "rule": "gate_G3",
            "account_id": account_ids[n % len(account_ids)],
            "season_id": season_ids[n % len(season_ids)],
            "component": "TEAM_OUTCOME",
            "points": n,
            "rulebook_version": 1,
            "at": at,
        }
        for n in numbers
    ]
    if entries:
        session.execute(sa.insert(table["reward_event"]), events)
        session.execute(sa.insert(table["ledger_entry"]), entries)

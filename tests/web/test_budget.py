"""No page needs more than a dozen SQL statements, nor more when the company is ten times larger."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Table, insert, select

from cxquest.core.db import Base
from cxquest.demo import company
from cxquest.extensions import db
from tests import demo
from tests.browser.walking import Visit, Walk
from tests.conftest import Counted
from tests.databases import Sqlite

MOST = 12
TIMES = 10
STEP = 1_000_000  # between the ids of a row and of its copy
EMAILS = [email for _role, email in company.SHOWN]
# What the company has ten times: people and what they heard, pain points, quests with all
# that hangs on them; and on each quest ten times the team, the talk, the readings.
COMPANY = [
    "account",
    "person",
    "submission",
    "comment",
    "rating",
    "comment_theme",
    "pain_point",
    "pain_evidence",
    "pain_support",
    "metric",
    "side_measure",
    "reading",
    "quest",
    "chair",
    "why",
    "why_comment",
    "countermeasure",
    "task",
    "mover",
    "contribution",
    "membership",
    "message",
    "review",
    "hold_check",
    "lesson",
    "adoption",
    "standing",
]
ON_EACH_QUEST = ["membership", "contribution", "message", "reading", "task"]
DISTINCT = ("email", "identity")
Queries = Callable[[], AbstractContextManager[Counted]]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The demo company, and somebody who asks for each of its pages."""
    server = Sqlite(tmp_path_factory.mktemp("budget"))
    server.clean(demo.database(tmp_path_factory))
    yield Walk(server.app, EMAILS)
    server.close()


@pytest.fixture
def app(walk: Walk) -> Flask:
    """The app that `queries` listens to."""
    return walk.app


def test_a_page_stays_within_its_budget_whatever_the_size(walk: Walk, queries: Queries) -> None:
    visits = walk.visits(lambda name: name != "static" and not name.startswith("health."))
    assert len(visits) > 60
    for size in (1, TIMES):
        if size > 1:
            with walk.app.app_context(), db.engine.begin() as connection:
                multiply(connection)
        counts = {f"{v.endpoint} {v.path}": cost(walk, queries, v) for v in visits}
        over = {page: count for page, count in counts.items() if count > MOST}
        assert not over, f"with {size} times the company: {over}"


def cost(walk: Walk, queries: Queries, visit: Visit) -> int:
    """Return how many statements a page takes."""
    client = walk.clients[visit.person_id]
    with queries() as counted:
        assert client.get(visit.path).status_code == 200, visit.path
    return len(counted)


def multiply(connection: Connection) -> None:
    """Copy the company nine times over, and then what is on each quest of the first one."""
    for copy in range(1, TIMES):
        _copy(connection, COMPANY, dict.fromkeys(COMPANY, copy * STEP))
    for copy in range(1, TIMES):
        own = dict.fromkeys(ON_EACH_QUEST, (TIMES + copy) * STEP)
        _copy(connection, ON_EACH_QUEST, {**own, "person": copy * STEP})


def _copy(connection: Connection, names: list[str], moved: dict[str, int]) -> None:
    """Copy the first company's rows; `moved` says how far the keys of a table are moved."""
    for table in Base.metadata.sorted_tables:
        if table.name in names:
            key = next(iter(table.primary_key.columns))
            found = connection.execute(select(table).where(key < STEP)).mappings()
            rows = [_copied(table, dict(row), moved) for row in found]
            rows.sort(key=lambda row: row.get("neighbour_id") or 0)  # what is referred to first
            connection.execute(insert(table), rows)


def _copied(table: Table, row: dict[str, Any], moved: dict[str, int]) -> dict[str, Any]:
    for column in table.columns:
        leads_to = [key.column.table.name for key in column.foreign_keys]
        if column.primary_key and not leads_to:
            leads_to = [table.name]
        step = sum(moved.get(name, 0) for name in leads_to)
        if row[column.name] is not None:
            if step:
                row[column.name] += step
            elif column.name in DISTINCT:
                row[column.name] = f"{moved[table.name]}-{row[column.name]}"
    if "quest" not in moved and table.name == "reading":
        row["period_start"] -= timedelta(weeks=600 * moved["reading"] // STEP)
    return row

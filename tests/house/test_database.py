"""The rules of the house that are read off the tables, and asked of both databases."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from cxquest.core.db import AppendOnly, Base
from cxquest.core.models import AuditLine
from cxquest.extensions import MODELS, db
from tests.cast import BEGUN

TABLES = Base.metadata.sorted_tables
MAPPERS = sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__)
APPEND_ONLY = [m for m in MAPPERS if issubclass(m.class_, AppendOnly)]
# What is loaded with its row, because a row without it is never shown.
LOADED_ALONG = {"ImportRun.source", "Person.department", "SignInSession.person", "Ticket.person"}


def test_the_models_are_all_known() -> None:
    assert MODELS
    assert len(TABLES) > 20


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_foreign_key_is_indexed_and_named(table: sa.Table) -> None:
    first = {next(iter(index.columns)).name for index in table.indexes}
    first |= {
        next(iter(constraint.columns)).name
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
        and len(constraint.columns)
    }
    first |= {column.name for column in table.columns if column.unique or column.index}
    keys = {next(iter(key.columns)).name for key in table.foreign_key_constraints}
    assert keys - first == set()


def test_no_relationship_asks_the_database_by_itself() -> None:
    lazy = {
        f"{mapper.class_.__name__}.{relationship.key}": relationship.lazy
        for mapper in MAPPERS
        for relationship in mapper.relationships
        if relationship.lazy != "raise_on_sql"
    }
    assert lazy == dict.fromkeys(LOADED_ALONG & lazy.keys(), "joined")


def test_instants_know_their_zone() -> None:
    naive = [
        f"{table.name}.{column.name}"
        for table in TABLES
        for column in table.columns
        if isinstance(column.type, sa.DateTime)
    ]
    assert naive == []


@pytest.mark.both_engines
@pytest.mark.parametrize("deed", ["UPDATE", "DELETE"])
def test_what_is_append_only_is_so_in_the_database(app: Flask, deed: str) -> None:
    """Triggers stand on every such table; one of them is asked."""
    with app.app_context():
        guarded = {m.local_table.name for m in APPEND_ONLY}  # type: ignore[attr-defined]
        with db.engine.begin() as connection:
            assert guarded == _guarded(connection, deed)
        with Session(db.engine) as session:
            session.add(AuditLine(at=BEGUN, action="x", subject_kind="x", subject_id=1))
            session.commit()
            asked = {
                "UPDATE": "UPDATE audit_line SET summary = 'other'",
                "DELETE": "DELETE FROM audit_line",
            }
            with pytest.raises(DBAPIError, match="append-only"):
                session.execute(sa.text(asked[deed]))


def _guarded(connection: sa.Connection, deed: str) -> set[str]:
    if connection.dialect.name == "sqlite":
        asked = (
            "SELECT tbl_name FROM sqlite_master "
            f"WHERE type = 'trigger' AND name LIKE '%_no_{deed.lower()}'"
        )
    else:
        asked = (
            "SELECT event_object_table FROM information_schema.triggers "
            f"WHERE event_manipulation = '{deed}' AND trigger_name LIKE '%append_only'"
        )
    return set(connection.execute(sa.text(asked)).scalars())


def test_what_is_append_only_is_so_in_a_session(app: Flask) -> None:
    with app.app_context(), Session(db.engine) as session:
        line = AuditLine(at=BEGUN, action="x", subject_kind="x", subject_id=1)
        session.add(line)
        session.commit()
        line.summary = "other"
        with pytest.raises(TypeError, match="never changed"):
            session.flush()
        session.rollback()
        session.delete(line)
        with pytest.raises(TypeError, match="never deleted"):
            session.flush()


def test_sqlite_is_opened_for_many_writers(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    assert asked == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10_000}

"""The database: the declarative base, exact column types, and how SQLite is opened."""

from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Annotated, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An instant: aware going in (a naive one is a mistake and refused), UTC coming out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every model."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UTCDateTime(),
        dict[str, Any]: sa.JSON(),
        list[Any]: sa.JSON(),
    }


Key = Annotated[int, mapped_column(primary_key=True)]


class AppendOnly:
    """A row that is written once. Changing or deleting it raises, here and in the database."""


@event.listens_for(Session, "before_flush")
def _refuse_rewriting(session: Session, *_: object) -> None:
    for row in session.deleted:
        if isinstance(row, AppendOnly):
            raise TypeError(f"{type(row).__name__} is append-only and is never deleted")
    for row in session.dirty:
        if isinstance(row, AppendOnly) and session.is_modified(row):
            raise TypeError(f"{type(row).__name__} is append-only and is never changed")


# A read that turns into a write fails at once in SQLite when another writer came between,
# so whoever may write says so at BEGIN. Only safe requests (GET, HEAD) set this to False.
may_write: ContextVar[bool] = ContextVar("may_write", default=True)


def tune(engine: Engine) -> None:
    """Open SQLite in WAL mode with foreign keys, and begin writing transactions IMMEDIATE."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if may_write.get() else "BEGIN")

"""Import runs with their file and what became of its rows, mappings, and keys of the API."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxquest.core.db import Base, Key
from cxquest.people.models import Person
from cxquest.voice.models import Source


class RunState(StrEnum):
    """How far an import run has come; those in -ing wait for the worker, or it is at them."""

    UPLOADED = "uploaded"
    MAPPED = "mapped"
    PREVIEWING = "previewing"
    PREVIEWED = "previewed"
    IMPORTING = "importing"
    STOPPED = "stopped"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    DISCARDED = "discarded"


class ImportRun(Base):
    """One load of a file. Read = created + updated + unchanged + rejected, always.

    `read` is also how far the run has come: counts and rows are written in one transaction,
    so that a run that was broken off goes on where it was.
    """

    __tablename__ = "import_run"
    __table_args__ = (
        sa.CheckConstraint("read = created + updated + unchanged + rejected", name="adds_up"),
    )

    id: Mapped[Key]
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("source.id"), index=True)
    filename: Mapped[str] = mapped_column(sa.String(255))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    how: Mapped[dict[str, Any]] = mapped_column(default=dict)
    columns: Mapped[list[Any]] = mapped_column(default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    inspection: Mapped[dict[str, Any]] = mapped_column(default=dict)
    findings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[RunState] = mapped_column(
        sa.Enum(RunState, native_enum=False, length=20), default=RunState.UPLOADED, index=True
    )
    rows: Mapped[int] = mapped_column(default=0)
    read: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    doubtful: Mapped[int] = mapped_column(default=0)
    comments: Mapped[int] = mapped_column(default=0)
    stop_asked: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str] = mapped_column(sa.Text, default="")
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    started_at: Mapped[datetime]
    alive_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    source: Mapped[Source] = relationship(lazy="joined", innerjoin=True)
    by: Mapped[Person | None] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class ImportPart(Base):
    """A piece of a run's file, kept until the run is done or discarded."""

    __tablename__ = "import_part"

    run_id: Mapped[int] = mapped_column(
        sa.ForeignKey("import_run.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)


class _Fault:
    """A cell of a file that something is wrong with: where it stands, what it says, and why."""

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(
        sa.ForeignKey("import_run.id", ondelete="CASCADE"), index=True
    )
    line: Mapped[int]
    column: Mapped[str] = mapped_column(sa.Text)
    value: Mapped[str] = mapped_column(sa.Text)
    reason: Mapped[str] = mapped_column(sa.Text)


class RejectedRow(_Fault, Base):
    """A row of a file that was not taken, with its first cell at fault."""

    __tablename__ = "rejected_row"

    cells: Mapped[list[Any]] = mapped_column(default=list)


class DoubtfulCell(_Fault, Base):
    """A cell of a row that was taken, which somebody should look at."""

    __tablename__ = "doubtful_cell"


class SourceMapping(Base):
    """A version of what the columns of a source's files are; the newest is offered next time."""

    __tablename__ = "source_mapping"
    __table_args__ = (sa.UniqueConstraint("source_id", "number"),)

    id: Mapped[Key]
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("source.id"))
    number: Mapped[int]
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    columns: Mapped[list[Any]] = mapped_column(default=list)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]


class ApiKey(Base):
    """A key that lets another program bring feedback of one source; only its hash is kept.

    One without a source brings something else, of which a higher room knows.
    """

    __tablename__ = "api_key"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(sa.String(120))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    source_id: Mapped[int | None] = mapped_column(sa.ForeignKey("source.id"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    source: Mapped[Source | None] = relationship(lazy="raise_on_sql")
    made_by: Mapped[Person | None] = relationship(lazy="raise_on_sql")


class ApiCall(Base):
    """A call with an Idempotency-Key and its answer: the same call again gets the same answer."""

    __tablename__ = "api_call"
    __table_args__ = (sa.UniqueConstraint("key_id", "idempotency_key"),)

    id: Mapped[Key]
    key_id: Mapped[int] = mapped_column(sa.ForeignKey("api_key.id"))
    idempotency_key: Mapped[str] = mapped_column(sa.String(200))
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int]
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(index=True)

"""Runs migrations on the app's own engine; logging stays as the app set it up."""

from typing import Any, Literal

from alembic import context
from flask import current_app

from cxquest.core.db import UTCDateTime

extension = current_app.extensions["migrate"]
database = extension.db


def ours(thing: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Leave the full-text index out of comparisons: migrations make it by hand."""
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
    return not str(table).startswith("comment_search") and name != "ix_comment_words"


def plain(kind: str, thing: Any, _: Any) -> str | Literal[False]:
    """Write instants as what the database knows, so that migrations import no code of ours."""
    if kind == "type" and isinstance(thing, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


with database.engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        # A table that others point at is made anew by copying; SQLite would refuse to drop it.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        include_object=ours,
        render_item=plain,
        **extension.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")

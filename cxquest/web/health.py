"""Whether the process lives, and whether it can do its work."""

import sqlite3
from contextlib import closing

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cxquest.extensions import db

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    """Answer 200 while the process runs."""
    return jsonify(status="alive")


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """Answer 200 when the database takes writes and its schema is this program's; else 503."""
    try:
        problem = _problem()
    except SQLAlchemyError:
        db.session.rollback()
        problem = "the database does not answer"
    if problem:
        return jsonify(status="not ready", problem=problem), 503
    return jsonify(status="ready")


def _problem() -> str:
    found = MigrationContext.configure(db.session.connection()).get_current_heads()
    migrations = current_app.extensions["migrate"].directory
    heads = ScriptDirectory(str(migrations)).get_heads()
    db.session.rollback()
    if set(found) != set(heads):
        return "the database is not at the newest migration; run `flask db upgrade`"
    return "" if _takes_writes() else "the database takes no writes"


def _takes_writes() -> bool:
    """Try a write that changes nothing; SQLite's other writers are not waited for."""
    if db.engine.dialect.name != "sqlite":
        db.session.execute(text("UPDATE organisation SET name = name WHERE id = 0"))
        db.session.rollback()
        return True
    file = str(db.engine.url.database)
    with closing(sqlite3.connect(file, timeout=0.1, isolation_level=None)) as probe:
        try:
            probe.execute("BEGIN IMMEDIATE")
            probe.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            return "locked" in str(error)  # somebody writes, so it can be written
    return True

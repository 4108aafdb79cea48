"""The demo company's database, played once a run and copied by whoever wants it."""

import fcntl
import shutil
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from cxquest.core import clock
from cxquest.demo import company
from cxquest.extensions import db
from tests.databases import WORKER, Sqlite


def database(factory: pytest.TempPathFactory) -> Path:
    """Return the file, made by the first worker that asks."""
    base = factory.getbasetemp()
    folder = base if WORKER == "main" else base.parent
    file = folder / "demo.db"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            _played(factory.mktemp("demo")).rename(file)
    return file


def _played(folder: Path) -> Path:
    server = Sqlite(folder)
    with server.app.app_context(), Session(db.engine) as session:
        company.load(session, clock.now())
        session.commit()
    kept = server.keep("played.db")
    server.close()
    return Path(shutil.copy(kept, folder / "demo.db"))

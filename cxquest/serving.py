"""`flask serve`, `flask worker` and `flask tick`: the product in production.

One process serves pages and, in a thread of its own, works: there is nothing to start beside
it, and killing it leaves nothing behind. Whoever runs several servers on one database gives
them --no-worker and runs `flask worker` once or more (on PostgreSQL workers share the work).
"""

import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import Any, NoReturn

import click
import waitress
from flask import Flask, current_app
from flask.cli import with_appcontext

from cxquest.config import Settings
from cxquest.core import clock
from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.demo import company
from cxquest.extensions import db
from cxquest.people import queries
from cxquest.tables.limits import MAX_BYTES
from cxquest.web.command import Command, speaking
from cxquest.worker import Worker, tick_all

PATIENCE = 10.0  # seconds that the worker gets for the job at hand


@click.command("serve")
@click.option("--worker/--no-worker", default=True, help="Also work, beside serving pages.")
@with_appcontext
def serve(worker: bool) -> None:
    """Serve the product on HOST and PORT."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    settings: Settings = app.config["SETTINGS"]
    server = listening(app, settings)
    signal.signal(signal.SIGTERM, _end)
    click.echo(_greeting(settings))
    with _working(app) if worker else _idle():
        server.run()


@click.command("worker", cls=Command)
@with_appcontext
@speaking
def work() -> dict[str, Any]:
    """Send mail, import, learn, simulate, move quests on by their dates, until SIGTERM."""
    worker = Worker(current_app._get_current_object())  # type: ignore[attr-defined]
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_signal: worker.stop())
    worker.run()
    return {"ended": True}


@click.command("tick", cls=Command)
@click.option("--at", "instant", default="", help="ISO time to take for now: 2026-03-01T09:00Z.")
@with_appcontext
@speaking
def tick(instant: str) -> dict[str, Any]:
    """Do once what the days ask for: check what holds, close what has held."""
    return tick_all(db.session, _read(instant) if instant else clock.now())


def _read(instant: str) -> datetime:
    try:
        at = datetime.fromisoformat(instant)
    except ValueError as error:
        raise BadInput(_("“%(given)s” is not an ISO time."), field="at", given=instant) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def listening(app: Any, settings: Settings) -> Any:
    """Return the server, which holds its port already. Ends the program when it is taken."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        return waitress.create_server(
            app,
            host=settings.HOST,
            port=settings.PORT,
            threads=settings.CXQUEST_THREADS,
            connection_limit=1000,
            channel_timeout=30,
            max_request_body_size=MAX_BYTES + 2 * 1024 * 1024,
            asyncore_use_poll=True,  # select() ends at 1,024 files
            ident="",
            clear_untrusted_proxy_headers=not settings.CXQUEST_PROXIES,
        )
    except OSError as error:
        sys.exit(
            f"CXQuest cannot listen on {settings.HOST}:{settings.PORT}: {error.strerror}. "
            "Choose another address, for example: PORT=8001 make run"
        )


def _greeting(settings: Settings) -> str:
    host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    lines = [f"CXQuest is at {settings.CXQUEST_BASE_URL or f'http://{host}:{settings.PORT}'}"]
    known = queries.organisation(db.session)
    if known and known.demo_since:
        lines += ["", "This is the demo company. Sign in as one of these:"]
        first: dict[str, dict[str, str]] = {}
        for one in company.accounts(db.session):
            first.setdefault(one["role"], one)
        lines += [
            f"  {one['role']:<32} {one['email']:<36} {one['password']}" for one in first.values()
        ]
    db.session.rollback()
    return "\n".join([*lines, "", "Ctrl-C ends it."])


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


@contextmanager
def _working(app: Flask) -> Iterator[None]:
    worker = Worker(app)
    thread = threading.Thread(target=worker.run, name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(PATIENCE)


@contextmanager
def _idle() -> Iterator[None]:
    yield

"""The product on a port of its own, served by the production server in a thread of the test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import waitress
from sqlalchemy import select
from sqlalchemy.orm import Session
from waitress import wasyncore

from cxquest.core.models import OutboxMessage
from cxquest.extensions import db
from tests.databases import Sqlite


class Site:
    """A running installation. `at` moves its clock, which otherwise goes on as clocks do."""

    def __init__(self, folder: Path) -> None:
        self.server = Sqlite(folder)
        self.app = self.server.app
        self.app.testing = False
        self._listening = waitress.create_server(
            self.app, host="127.0.0.1", port=0, threads=4, asyncore_use_poll=True, ident=""
        )
        self.url = f"http://127.0.0.1:{self._listening.effective_port}"
        self._thread = threading.Thread(target=self._listening.run, daemon=True)
        self._thread.start()
        self._moved = timedelta()

    def now(self) -> datetime:
        """Return what time it is on this site."""
        return datetime.now(UTC) + self._moved

    def move_to(self, moment: datetime) -> None:
        """Set the site's clock."""
        self._moved = moment - datetime.now(UTC)

    def run(self, *command: str) -> str:
        """Run a `flask` command on this site and return what it printed."""
        done = self.app.test_cli_runner().invoke(args=list(command))
        assert done.exit_code == 0, done.output
        return done.output

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a session on this site's database."""
        with self.app.app_context(), Session(db.engine) as opened:
            yield opened

    def mail_to(self, address: str) -> str:
        """Return the newest mail to an address, as it lies in the outbox."""
        with self.session() as session:
            found = session.scalars(
                select(OutboxMessage.body)
                .where(OutboxMessage.recipient == address)
                .order_by(OutboxMessage.id.desc())
            ).first()
        assert found, f"no mail to {address}"
        return found

    def close(self) -> None:
        """Stop serving and let go of the database."""
        connections: dict[int, Any] = self._listening._map
        self._listening.trigger.pull_trigger(
            lambda: wasyncore.close_all(connections, ignore_all=True)
        )
        self._thread.join(5)
        self._listening.task_dispatcher.shutdown()
        self.server.close()

"""The worker: sends what is in the outbox and moves quests on by their dates, for ever."""

import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from flask import Flask

from cxquest.config import Settings
from cxquest.core import clock, mail, outbox
from cxquest.extensions import db
from cxquest.quests import ticking

PAUSE = 5.0  # seconds between two rounds

log = structlog.get_logger("cxquest.worker")


class Worker:
    """Does one job after the other until it is told to stop, then ends between two jobs."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.config["SETTINGS"]
        self.app = app
        self.send = mail.sender(settings.CXQUEST_MAIL_URL, settings.CXQUEST_MAIL_FROM)
        self.stopped = threading.Event()

    def run(self) -> None:
        """Work until `stop` is called. Nothing that goes wrong in a job ends the loop."""
        while not self.stopped.is_set():
            for job in (self.deliver, self.tick):
                if not self.stopped.is_set():
                    self._do(job.__name__, job)
            self.stopped.wait(PAUSE)

    def stop(self) -> None:
        """End after the job at hand."""
        self.stopped.set()

    def deliver(self, at: datetime) -> None:
        """Send what is due."""
        outbox.deliver(db.session, self.send, at)

    def tick(self, at: datetime) -> None:
        """Do what falls due with quests by this instant."""
        ticking.tick(db.session, at)
        db.session.commit()

    def _do(self, name: str, job: Callable[[datetime], None]) -> None:
        with self.app.app_context():
            try:
                job(clock.now())
            except Exception:
                db.session.rollback()
                log.exception("job failed", job=name)

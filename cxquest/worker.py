"""The worker: sends what is in the outbox, and does what falls due by its date, for ever."""

import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from cxquest.boards import closing
from cxquest.config import Settings
from cxquest.core import clock, mail, outbox
from cxquest.core.errors import Refusal
from cxquest.extensions import db
from cxquest.imports import catching_up_job
from cxquest.imports import job as imports_job
from cxquest.quests import ticking
from cxquest.rewards import simulation_job
from cxquest.surveys import limiting
from cxquest.themes import job as themes_job

PAUSE = 5.0  # seconds between two rounds

log = structlog.get_logger("cxquest.worker")


def tick_all(session: Session, at: datetime, base_url: str = "") -> dict[str, int]:
    """Look at every quest and season whose day has come, each in a transaction of its own.

    Returns how many quests were looked at, closed, slipped back, how many seasons were sealed,
    and what could not be done; that is logged and keeps none of the others waiting.
    """
    done = {"looked_at": 0, "closed": 0, "slipped": 0, "sealed": 0, "failed": 0}
    for quest_id in ticking.due(session, at):
        try:
            result = ticking.look(session, quest_id, at, base_url)
            session.commit()
        except (Refusal, StaleDataError, IntegrityError, ValueError):
            session.rollback()
            log.exception("quest not looked at", quest=quest_id)
            result = "failed"
        done["looked_at"] += 1
        if result in done:
            done[result] += 1
    for season_id in closing.due(session, at):
        done["sealed" if _sealed(session, season_id, at) else "failed"] += 1
    return done


def _sealed(session: Session, season_id: int, at: datetime) -> bool:
    """Seal a season that has settled; say whether that went well."""
    try:
        closing.close_due(session, season_id, at)
        session.commit()
    except (Refusal, IntegrityError, ValueError):
        session.rollback()
        log.exception("season not sealed", season=season_id)
        return False
    return True


class Worker:
    """Does one job after the other until it is told to stop, then ends between two jobs."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.config["SETTINGS"]
        self.app = app
        self.send = mail.sender(settings.CXQUEST_MAIL_URL, settings.CXQUEST_MAIL_FROM)
        self.secret = settings.CXQUEST_SECRET_KEY
        self.base_url = settings.base_url
        self.stopped = threading.Event()

    def run(self) -> None:
        """Work until `stop` is called. Nothing that goes wrong in a job ends the loop."""
        self._do(self.catch_up.__name__, self.catch_up)
        while not self.stopped.is_set():
            for job in (
                self.deliver,
                self.tick,
                self.import_files,
                self.simulate,
                self.learn,
                self.forget,
            ):
                if not self.stopped.is_set():
                    self._do(job.__name__, job)
            self.stopped.wait(PAUSE)

    def stop(self) -> None:
        """End after the job at hand."""
        self.stopped.set()

    def catch_up(self, _at: datetime) -> None:
        """Work out for submissions of an earlier version what new ones have."""
        catching_up_job.work(db.session, self.stopped.is_set)

    def deliver(self, at: datetime) -> None:
        """Send what is due."""
        outbox.deliver(db.session, self.send, at)

    def tick(self, at: datetime) -> None:
        """Do what falls due with quests by this instant."""
        tick_all(db.session, at, self.base_url)

    def import_files(self, _at: datetime) -> None:
        """Preview or take the next large file."""
        imports_job.work(db.session, clock.now, self.secret, self.stopped.is_set)

    def simulate(self, _at: datetime) -> None:
        """Do the next simulation of a draft that somebody asked for."""
        simulation_job.work(db.session, clock.now, self.stopped.is_set)

    def learn(self, _at: datetime) -> None:
        """Learn themes from people's tags, when somebody asked or a night has passed."""
        themes_job.work(db.session, clock.now, self.stopped.is_set)

    def forget(self, at: datetime) -> None:
        """Forget from which networks surveys were answered in the hours before this one."""
        limiting.forget(db.session, at)
        db.session.commit()

    def _do(self, name: str, job: Callable[[datetime], None]) -> None:
        with self.app.app_context():
            try:
                job(clock.now())
            except Exception:
                db.session.rollback()
                log.exception("job failed", job=name)

"""The worker: sends what is in the outbox, and does what falls due by its date, for ever."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

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
from cxquest.imports import catching_up_job as imports_catching_up
from cxquest.imports import job as imports_job
from cxquest.measures import catching_up_job as measures_catching_up
from cxquest.quests import ticking
from cxquest.rewards import simulation_job
from cxquest.surveys import limiting
from cxquest.themes import job as themes_job

PAUSE = 5.0  # seconds between two rounds
WATCH = timedelta(hours=1)  # between two looks for problems that have come back
DONE = ("looked_at", "closed", "slipped", "returned", "suspected", "sealed", "failed")
Look = Callable[[Session, int, datetime, str], str]

log = structlog.get_logger("cxquest.worker")


def tick_all(
    session: Session, at: datetime, base_url: str = "", *, watch: bool = True
) -> dict[str, int]:
    """Look at every quest and season whose day has come, each in a transaction of its own.

    Returns how many quests were looked at, closed, slipped back, of how many the problem
    returned or is suspected to have, how many seasons were sealed, and what could not be done;
    that is logged and keeps none of the others waiting. Without `watch` nobody looks for returns.
    """
    done = dict.fromkeys(DONE, 0)
    looks = [(ticking.look, quest_id) for quest_id in ticking.due(session, at)]
    if watch:
        looks += [(ticking.watch, quest_id) for quest_id in ticking.watched(session, at)]
    for look, quest_id in looks:
        done["looked_at"] += look is ticking.look
        result = _looked(session, look, quest_id, at, base_url)
        if result in done:
            done[result] += 1
    for season_id in closing.due(session, at):
        done["sealed" if _sealed(session, season_id, at) else "failed"] += 1
    return done


def _looked(session: Session, look: Look, quest_id: int, at: datetime, base_url: str) -> str:
    """Look at a quest; return what was done, or that it failed."""
    try:
        result = look(session, quest_id, at, base_url)
        session.commit()
    except (Refusal, StaleDataError, IntegrityError, ValueError):
        session.rollback()
        log.exception("quest not looked at", quest=quest_id)
        return "failed"
    return result


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
        self.watched_at: datetime | None = None

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
        """Work out for readings and submissions of an earlier version what new ones have."""
        measures_catching_up.work(db.session, self.stopped.is_set)
        imports_catching_up.work(db.session, self.stopped.is_set)

    def deliver(self, at: datetime) -> None:
        """Send what is due."""
        outbox.deliver(db.session, self.send, at)

    def tick(self, at: datetime) -> None:
        """Do what falls due with quests by this instant."""
        watch = self.watched_at is None or at - self.watched_at >= WATCH
        tick_all(db.session, at, self.base_url, watch=watch)
        if watch:
            self.watched_at = at

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

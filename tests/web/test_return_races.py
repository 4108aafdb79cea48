"""The watch, a coach and the team say at once that a problem is back: it is taken back once."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.extensions import db
from cxquest.people.models import Person
from cxquest.quests import suspecting
from cxquest.quests.models import Quest
from cxquest.quests.work import Recurrence, RecurrenceState, Source
from cxquest.rewards import ledger
from cxquest.rewards.models import LedgerEntry, RewardEvent
from cxquest.worker import tick_all
from tests.browsing import Browser
from tests.cast import Cast
from tests.conftest import Transaction
from tests.teams import Team, week

FOUND = week(17) + timedelta(hours=2)  # four weeks after the proof, all of them bad
MANY = 6


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(FOUND, tick=True):
        yield


def test_four_sources_take_back_once(app: Flask, transaction: Transaction, cast: Cast) -> None:
    with transaction() as session:
        team = Team(session, cast).hold()
        for number in range(13, 17):
            team.read(number, "12")
        found = suspecting.suspect(session, team.quest, Source.THEME, "Too", figures={}, at=FOUND)
        assert found
        place, suspicion = f"/quests/{team.id}", found.id
    app.test_client_class = Browser
    doers: list[Callable[[], int]] = []
    for _time in range(MANY):
        doers += [
            _sent(app, cast.bram, f"{place}/return", evidence="Twelve calls", sure="y"),
            _sent(app, cast.noor, f"{place}/return", evidence="I heard it too", sure="y"),
            _sent(app, cast.noor, f"{place}/returns/{suspicion}/confirm"),
            _ticked(app),
        ]
    ready = Barrier(len(doers))

    def at_once(do: Callable[[], int]) -> int:
        ready.wait()
        return do()

    with ThreadPoolExecutor(len(doers)) as threads:
        answers = Counter(threads.map(at_once, doers))
    assert set(answers) <= {0, 1, 303, 409}, answers
    assert answers[1] + answers[303] == 1, answers
    with app.app_context(), Session(db.engine) as session:
        returned = select(func.count(RewardEvent.id)).where(RewardEvent.type == "problem_returned")
        assert session.scalar(returned) == 1
        account = select(Quest.account_id).where(Quest.id == team.id).scalar_subquery()
        back = select(func.count(LedgerEntry.id)).where(
            LedgerEntry.account_id == account, LedgerEntry.points < 0
        )
        assert session.scalar(back) == 1
        assert ledger.check(session) == []
        states = set(session.scalars(select(Recurrence.state)))
        assert states == {RecurrenceState.CONFIRMED}
        noted = session.scalar(select(func.count(Recurrence.id))) or 0
        assert 1 <= noted <= 2  # what was suspected, and who else said so


def _sent(app: Flask, who: Person, path: str, **fields: str) -> Callable[[], int]:
    """Return what sends a form from a browser of its own; the token is fetched before."""
    browser = app.test_client().as_(who)  # type: ignore[attr-defined]
    token = browser.token()
    return lambda: int(browser.post(path, data={"csrf_token": token, **fields}).status_code)


def _ticked(app: Flask) -> Callable[[], int]:
    """Return what looks as the worker does, and says how many returns it found."""

    def tick() -> int:
        with app.app_context(), Session(db.engine) as session:
            return tick_all(session, FOUND)["returned"]

    return tick

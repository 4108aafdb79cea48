"""Surveys for the tests: made by Noor, open to customers, answered by strangers."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cxquest.extensions import db
from cxquest.journey import staging
from cxquest.journey.models import Stage
from cxquest.surveys import asking
from cxquest.surveys.models import Access, Survey
from cxquest.voice.models import Submission
from tests.browsing import Browser
from tests.cast import BEGUN, Cast


def stage(session: Session, cast: Cast, name: str = "Install") -> Stage:
    """Return the stage of this name, made where it is not there."""
    known = session.scalar(select(Stage).where(Stage.name == name))
    return known or staging.add(
        session, name=name, customer_goal="It works", success_means="", by=cast.ruth, at=BEGUN
    )


def survey(
    session: Session,
    cast: Cast,
    name: str = "After the visit",
    *,
    access: Access = Access.OPEN,
    language: str = "en",
    opened: bool = True,
    at: datetime = BEGUN,
) -> Survey:
    """Make a survey about the stage "Install"."""
    made = asking.make(
        session,
        name=name,
        stage=stage(session, cast),
        access=access,
        language=language,
        by=cast.noor,
        at=at,
    )
    if opened:
        asking.open_up(session, made, by=cast.noor, at=at)
    return made


TOKEN = re.compile(r'name="token"[^>]*?value="([^"]*)"')
MANY = 20


def token_of(browser: Browser, address: str) -> str:
    found = TOKEN.search(browser.get(address).text)
    assert found, f"{address} has no form"
    return found[1]


def send(browser: Browser, address: str, /, **fields: str) -> TestResponse:
    """Open the page as a stranger and send the form."""
    token = fields.pop("token", None) or token_of(browser, address)
    return browser.post(address, data={"token": token, **fields})


def kept(app: Flask, model: type = Submission) -> int:
    with app.app_context(), Session(db.engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def words(answer: TestResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


class Stranger(Browser):
    """A browser with the token of the form that it has open."""

    own = ""


def at_once(
    app: Flask, post: Callable[[Stranger], TestResponse], address: str = ""
) -> Counter[int]:
    """Send from many browsers at the same moment, each with a form of its own."""
    app.test_client_class = Stranger
    ready = Barrier(MANY)

    def one(_: int) -> int:
        browser = app.test_client()
        assert isinstance(browser, Stranger)
        browser.own = token_of(browser, address) if address else ""
        ready.wait()
        return post(browser).status_code

    with ThreadPoolExecutor(MANY) as threads:
        return Counter(threads.map(one, range(MANY)))

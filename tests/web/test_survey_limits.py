"""Links that work once, and how often a network answers: one by one and all at once."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.surveys import limiting
from cxquest.surveys.models import (
    AnswerTally,
    Survey,
    SurveyLink,
)
from cxquest.web import logs
from cxquest.worker import Worker
from tests.browsing import Browser
from tests.cast import Cast
from tests.surveys import MANY, at_once, kept, send, token_of


def test_a_link_works_once(app: Flask, client: Browser, links: tuple[Survey, list[str]]) -> None:
    asked, (mine, other, _) = links
    address = f"/s/{asked.code}/{mine}"
    forms = [token_of(client, address), token_of(client, address)]
    assert send(client, address, token=forms[0], goal="Get warm").status_code == 303
    again = send(client, address, token=forms[0], goal="Get warm")
    assert again.status_code == 303, "the same form again is the same answer"
    second = send(client, address, token=forms[1], goal="Get rich")
    assert second.status_code == 409
    assert "This link has been used" in second.text
    assert client.get(address).status_code == 409
    assert kept(app) == 1
    assert send(client, f"/s/{asked.code}/{other}", goal="Get warm").status_code == 303


def test_without_a_link_or_with_a_wrong_one_nothing_is_kept(
    app: Flask, client: Browser, links: tuple[Survey, list[str]], asked: Survey, cast: Cast
) -> None:
    once, (mine, *_) = links
    token = token_of(client, f"/s/{once.code}/{mine}")
    bare = client.get(f"/s/{once.code}")
    assert (bare.status_code, "needs a link of your own" in bare.text) == (403, True)
    assert send(client, f"/s/{once.code}", token=token, goal="x").status_code == 403
    for wrong in (f"/s/{once.code}/{mine[:-1]}", f"/s/{asked.code}/{mine}"):
        assert client.get(wrong).status_code == 404
        assert send(client, wrong, token=token, goal="x").status_code == 404
    assert "A preview" in client.as_(cast.ida).get(f"/s/{once.code}").text
    assert send(client, f"/s/{once.code}", token=token, goal="x").status_code == 409
    assert kept(app) == 0


def test_of_many_who_use_one_link_at_once_one_is_heard(
    app: Flask, links: tuple[Survey, list[str]]
) -> None:
    asked, (mine, *_) = links
    answers = at_once(app, lambda one: one.post(f"/s/{asked.code}/{mine}",
                      data={"token": one.own, "goal": "Get warm"}),
                      address=f"/s/{asked.code}/{mine}")  # fmt: skip
    assert answers == {303: 1, 409: MANY - 1}
    assert kept(app) == 1
    with app.app_context(), Session(db.engine) as session:
        used = session.scalar(select(func.count(SurveyLink.used_at)))
        assert used == 1


def test_a_network_answers_so_often_in_an_hour(
    app: Flask, client: Browser, asked: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiting, "MOST", 3)
    now = datetime(2026, 3, 2, 9, 50, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    address = f"/s/{asked.code}"
    assert [send(client, address, goal="Warm").status_code for _ in range(4)] == [303] * 3 + [429]
    refused = send(client, address, goal="Keep these words")
    assert refused.headers["Retry-After"] == "601"
    assert "too many answers from your network" in refused.text
    assert "try again in an hour" in refused.text
    assert "Keep these words" in refused.text
    assert kept(app) == 3
    other = {"REMOTE_ADDR": "198.51.100.9"}
    token = token_of(client, address)
    assert client.post(address, data={"token": token, "goal": "x"},
                       environ_base=other).status_code == 303  # fmt: skip
    later = now + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert send(client, address, goal="Warm").status_code == 303
    assert kept(app) == 5


def test_the_limit_holds_at_once_too(
    app: Flask, asked: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiting, "MOST", 7)
    now = datetime(2026, 3, 2, 9, 50, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    address = f"/s/{asked.code}"
    answers = at_once(app, lambda one: one.post(address, data={"token": one.own, "goal": "Warm"}),
                      address=address)  # fmt: skip
    assert answers == {303: 7, 429: MANY - 7}
    assert kept(app) == 7


def test_no_address_of_a_network_is_in_the_database_and_the_worker_forgets(
    app: Flask, client: Browser, asked: Survey
) -> None:
    send(client, f"/s/{asked.code}", goal="Warm")
    with app.app_context(), Session(db.engine) as session:
        (tally,) = session.scalars(select(AnswerTally)).all()
        assert (len(tally.mark), tally.answers) == (64, 1)
        assert "127.0.0.1" not in str(vars(tally))
    worker = Worker(app)
    with app.app_context():
        worker.forget(clock.now())
    assert kept(app, AnswerTally) == 1
    with app.app_context():
        worker.forget(clock.now() + timedelta(hours=1))
    assert kept(app, AnswerTally) == 0


def test_no_link_that_works_once_is_in_the_log() -> None:
    logged = [logs.SECRET_PATHS.sub(r"\1…", path) for path in ("/s/abc/secret", "/s/abc", "/voice")]
    assert logged == ["/s/abc/…", "/s/abc", "/voice"]


def test_one_use_links_are_not_limited_by_network(
    app: Flask, client: Browser, links: tuple[Survey, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiting, "MOST", 1)
    asked, codes = links
    answers = [send(client, f"/s/{asked.code}/{code}", goal="Warm").status_code for code in codes]
    assert (answers, kept(app, AnswerTally)) == ([303] * 3, 0)

"""What customers see of a survey, and what becomes of what they send."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.surveys import asking, tokens
from cxquest.surveys.models import (
    AnswerTally,
    Contact,
    Survey,
    SurveyState,
)
from cxquest.voice.models import Comment, Submission
from tests.browsing import Browser
from tests.cast import BEGUN, Cast
from tests.conftest import Transaction
from tests.surveys import MANY, TOKEN, at_once, kept, send, survey, token_of, words


def test_a_stranger_answers_and_is_thanked(app: Flask, client: Browser, asked: Survey) -> None:
    page = client.get(f"/s/{asked.code}")
    assert page.status_code == 200
    places = [page.text.index(asked.texts[q]) for q in ("goal", "support", "helped", "hindered",
                                                        "next")]  # fmt: skip
    assert places == sorted(places)
    assert "<nav" not in page.text
    assert "<script" not in page.text
    assert 'lang="en"' in page.text
    assert 'content="noindex' in page.text
    answer = send(client, f"/s/{asked.code}", goal="Get warm", support="6", asked="y")
    assert (answer.status_code, answer.location) == (303, f"/s/{asked.code}/thanks")
    thanks = client.get(answer.location)
    assert "Your answer has arrived" in thanks.text
    with app.app_context(), Session(db.engine) as session:
        submission = session.scalars(select(Submission)).one()
        assert submission.asked_for_score
        assert session.scalars(select(Comment.text)).all() == ["Get warm"]


def test_a_customer_gets_no_cookie_and_is_in_no_index(client: Browser, asked: Survey) -> None:
    address = f"/s/{asked.code}"
    answers = [
        (200, client.get(address)),
        (303, send(client, address, goal="Get warm")),
        (200, client.get(f"{address}/thanks")),
        (400, client.post(address, data={})),
        (404, client.get("/s/nothing")),
    ]
    for status, answer in answers:
        assert answer.status_code == status
        assert "Set-Cookie" not in answer.headers
        tag = answer.headers.get("X-Robots-Tag")
        assert tag == (None if status == 303 else "noindex, nofollow")
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("token", ["", "nonsense", "WyJhIl0.x"])
def test_a_form_without_its_token_is_refused_and_keeps_what_was_typed(
    app: Flask, client: Browser, asked: Survey, token: str
) -> None:
    fields = {"token": token} if token else {}
    answer = client.post(f"/s/{asked.code}", data={"goal": "Get <warm>", "support": "6", **fields})
    assert answer.status_code == 400
    assert kept(app) == 0
    assert "Get &lt;warm&gt;" in answer.text
    assert re.search(r'checked[^>]*value="6"', answer.text)
    fresh = TOKEN.search(answer.text)
    assert fresh
    assert send(client, f"/s/{asked.code}", token=fresh[1], goal="Get warm").status_code == 303


def test_a_session_token_is_not_the_forms_own(
    app: Flask, client: Browser, asked: Survey, cast: Cast
) -> None:
    client.as_(cast.ruth)
    answer = client.send(f"/s/{asked.code}", goal="Get warm")
    assert (answer.status_code, kept(app)) == (400, 0)


def test_a_token_is_of_one_survey_and_lives_twelve_hours(
    app: Flask, client: Browser, asked: Survey, transaction: Transaction, cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with transaction() as session:
        other = survey(session, cast, "Another")
    token = token_of(client, f"/s/{other.code}")
    assert send(client, f"/s/{asked.code}", token=token, goal="x").status_code == 400
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + tokens.LIFE + timedelta(minutes=1))
    answer = send(client, f"/s/{other.code}", token=token, goal="Get warm")
    assert answer.status_code == 400
    assert "open for long" in answer.text
    assert "Get warm" in answer.text
    assert kept(app) == 0


def test_the_same_form_twice_is_one_answer(app: Flask, client: Browser, asked: Survey) -> None:
    token = token_of(client, f"/s/{asked.code}")
    for _ in range(3):
        answer = send(client, f"/s/{asked.code}", token=token, goal="Get warm")
        assert (answer.status_code, answer.location) == (303, f"/s/{asked.code}/thanks")
    assert kept(app) == 1


def test_the_same_form_many_times_at_once_is_one_answer(app: Flask, asked: Survey) -> None:
    app.test_client_class = Browser
    browser = app.test_client()
    assert isinstance(browser, Browser)
    address = f"/s/{asked.code}"
    token = token_of(browser, address)
    answers = at_once(app, lambda one: one.post(address, data={"token": token, "goal": "Warm"}))
    assert answers == {303: MANY}
    assert kept(app) == 1


def test_what_does_not_fit_is_said_in_its_place_and_kept(
    app: Flask, client: Browser, asked: Survey
) -> None:
    address = f"/s/{asked.code}"
    answer = send(client, address)
    assert answer.status_code == 422
    assert "Answer at least one of the questions." in answer.text
    fields = {"goal": "Get warm", "consent": "y", "address": "kari at home", "support": "9"}
    answer = send(client, address, **fields)
    assert answer.status_code == 422
    assert "Write a whole e-mail address" in answer.text
    assert "Choose a number from 1 to 7." in answer.text
    assert "Get warm" in answer.text
    assert 'value="kari at home"' in answer.text
    assert send(client, address, goal="x" * 4001).status_code == 422
    assert send(client, address, support="12").status_code == 422
    assert kept(app) == 0


def test_an_address_is_kept_with_consent_only(app: Flask, client: Browser, asked: Survey) -> None:
    address = f"/s/{asked.code}"
    send(client, address, goal="Get warm", address="kari@customer.example")
    assert kept(app, Contact) == 0
    send(client, address, goal="Get warm", address="kari@customer.example", consent="y")
    assert (kept(app, Contact), kept(app)) == (1, 2)


def test_a_program_is_thanked_and_not_kept(app: Flask, client: Browser, asked: Survey) -> None:
    answer = send(client, f"/s/{asked.code}", goal="Buy now", website="https://x.example")
    assert (answer.status_code, answer.location) == (303, f"/s/{asked.code}/thanks")
    assert (kept(app), kept(app, AnswerTally)) == (0, 0)


def test_questions_that_changed_are_shown_before_they_are_answered(
    app: Flask, client: Browser, asked: Survey, transaction: Transaction, cast: Cast
) -> None:
    token = token_of(client, f"/s/{asked.code}")
    with transaction() as session:
        found = session.get_one(Survey, asked.id)
        new = {**found.texts, "goal": "What did you come for?"}
        asking.reword(session, found, new, by=cast.noor, at=BEGUN)
    answer = send(client, f"/s/{asked.code}", token=token, goal="Get warm")
    assert answer.status_code == 409
    assert "The questions were changed" in answer.text
    assert "What did you come for?" in answer.text
    assert "Get warm" in answer.text
    assert kept(app) == 0


def test_a_german_survey_is_german_throughout(
    client: Browser, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        asked = survey(session, cast, language="de")
    page = client.get(f"/s/{asked.code}")
    assert 'lang="de"' in page.text
    for text in ("Was wollten Sie erledigen?", "Absenden", "Jemand hat mich um eine bestimmte"):
        assert text in page.text
    assert "Beantworten Sie mindestens eine" in send(client, f"/s/{asked.code}").text
    assert not set(words(page).lower().split()) & {"send", "the", "what", "optional", "and"}


@pytest.mark.parametrize(
    ("state", "status", "text"),
    [
        (SurveyState.CLOSED, 410, "This survey is closed"),
        (SurveyState.DRAFT, 404, "There is no survey here"),
    ],
)
def test_what_is_not_open_takes_no_answer(
    app: Flask, client: Browser, asked: Survey, transaction: Transaction,
    state: SurveyState, status: int, text: str,
) -> None:  # fmt: skip
    token = token_of(client, f"/s/{asked.code}")
    with transaction() as session:
        session.get_one(Survey, asked.id).state = state
    answers = [
        client.get(f"/s/{asked.code}"),
        send(client, f"/s/{asked.code}", token=token, goal="Get warm"),
    ]
    assert [answer.status_code for answer in answers] == [status, status]
    assert all(text in answer.text for answer in answers)
    assert kept(app) == 0


def test_colleagues_see_a_draft_before_customers_do(
    app: Flask, client: Browser, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        draft = survey(session, cast, opened=False)
    address = f"/s/{draft.code}"
    assert client.get(address).status_code == 404
    assert client.get(f"{address}/thanks").status_code == 404
    page = client.as_(cast.ida).get(address)
    assert page.status_code == 200
    assert "A preview" in page.text
    assert "<button" not in page.text
    answer = send(client, address, goal="Get warm")
    assert (answer.status_code, kept(app)) == (409, 0)


def test_capitals_in_the_address_do_not_matter(client: Browser, asked: Survey) -> None:
    assert client.get(f"/s/{asked.code.upper()}").status_code == 200


@pytest.mark.parametrize("code", ["zzzzzzzz", "%00", "x" * 5000, "é", "'--", "1/2"])
def test_an_address_that_leads_nowhere_is_answered(client: Browser, cast: Cast, code: str) -> None:
    assert client.get(f"/s/{code}").status_code in (400, 404)
    assert client.post(f"/s/{code}", data={"goal": "x"}).status_code in (400, 404)

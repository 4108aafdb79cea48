"""The page on which a customer says whether it is better, and what colleagues make of it."""

import csv
import io
import re
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from cxquest.core.models import OutboxMessage
from cxquest.journey import staging
from cxquest.pains import answering, checking, starting
from cxquest.pains.models import Answer, CustomerCheck, PainNote, PainPoint
from cxquest.quests import queries as quests
from cxquest.rewards.rulebook import Gate
from cxquest.web import logs
from tests.browsing import Browser
from tests.cast import BEGUN, Cast
from tests.checks import OUTCOME, customer, key_in, mails, shown_by, worded
from tests.conftest import Counting, Transaction, cost
from tests.pains import LATER, URL
from tests.surveys import MANY, Stranger, at_once, survey
from tests.surveys import words as words_of
from tests.teams import Team


@dataclass
class Asked:
    """A pain point whose note went by mail to Ann; Bo, without an address, was not asked yet."""

    pain_id: int
    note_id: int
    key: str

    @property
    def page(self) -> str:
        """The address that Ann was given."""
        return f"/c/{self.key}"


@pytest.fixture
def asked(transaction: Transaction, cast: Cast) -> Asked:
    with transaction() as session:
        stage = staging.add(
            session, name="Installation", customer_goal="", success_means="", by=None, at=BEGUN
        )
        ann = customer(session, cast, "Nobody came to <me>", address="ann@home.example")
        bo = customer(session, cast, "Bo waited in vain", mark="f00d")
        pain = shown_by(session, cast, stage, ann, bo)
        note = worded(session, cast, pain)
        checking.send(session, pain, note, base_url=URL, by=cast.noor, at=LATER)
        return Asked(pain.id, note.id, key_in(mails(session)[0].body))


def checks(transaction: Transaction) -> list[CustomerCheck]:
    with transaction() as session:
        return list(session.scalars(select(CustomerCheck).order_by(CustomerCheck.id)))


# The customer


def test_a_customer_sees_their_own_words_and_what_was_done_and_says_whether_it_helped(
    client: Browser, asked: Asked, transaction: Transaction
) -> None:
    page = client.get(asked.page)
    assert page.status_code == 200
    seen = words_of(page)
    assert "Halden" in seen
    assert "Nobody came to &lt;me&gt;" in page.text
    assert "We come on the day." in seen
    assert "Bo waited" not in seen
    assert "Waited 1" not in seen
    assert "<script" not in page.text
    assert "<nav" not in page.text
    assert 'content="noindex' in page.text
    answer = client.post(asked.page, data={"answer": "worse", "text": " Now it is late too. "})
    assert (answer.status_code, answer.location) == (303, f"{asked.page}/thanks")
    assert "Your answer has arrived" in client.get(answer.location).text
    (check,) = checks(transaction)
    assert (check.answer, check.text) == (Answer.WORSE, "Now it is late too.")


def test_it_is_answered_once(client: Browser, asked: Asked, transaction: Transaction) -> None:
    first = {"answer": "better", "text": "Yes"}
    assert client.post(asked.page, data=first).status_code == 303
    assert client.post(asked.page, data=first).status_code == 303, "the same form once more"
    for other in ({"answer": "worse"}, {}, {"answer": "worse", "text": "x" * 5000}):
        again = client.post(asked.page, data=other)
        assert (again.status_code, "answered already" in again.text) == (409, True)
    page = client.get(asked.page)
    assert (page.status_code, "answered already" in page.text) == (409, True)
    assert "Nobody came" not in page.text
    (check,) = checks(transaction)
    assert (check.answer, check.text) == (Answer.BETTER, "Yes")


def test_what_does_not_fit_is_said_and_what_was_typed_stays(
    client: Browser, asked: Asked, transaction: Transaction
) -> None:
    for sent in ({"text": "Still <late>"}, {"answer": "perfect", "text": "Still <late>"}):
        answer = client.post(asked.page, data=sent)
        assert answer.status_code == 422
        assert "Choose one of the three." in answer.text
        assert 'href="#answer-0"' in answer.text
        assert "Still &lt;late&gt;" in answer.text
    long = client.post(asked.page, data={"answer": "same", "text": "x" * 4001})
    assert long.status_code == 422
    assert re.search(r'checked[^>]*value="same"', long.text)
    assert [check.answer for check in checks(transaction)] == [None]


def test_nobody_is_followed_and_no_index_has_the_page(client: Browser, asked: Asked) -> None:
    answers = [
        (200, client.get(asked.page)),
        (422, client.post(asked.page)),
        (303, client.post(asked.page, data={"answer": "same"})),
        (200, client.get(f"{asked.page}/thanks")),
        (409, client.get(asked.page)),
        (404, client.get("/c/nothing")),
        (404, client.post("/c/nothing", data={"answer": "same"})),
        (404, client.get("/c/nothing/thanks")),
    ]
    for status, answer in answers:
        assert answer.status_code == status
        assert "Set-Cookie" not in answer.headers
        tag = answer.headers.get("X-Robots-Tag")
        assert tag == (None if status == 303 else "noindex, nofollow")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_hash_is_no_link_and_no_link_is_in_the_log(
    client: Browser, asked: Asked, transaction: Transaction
) -> None:
    (check,) = checks(transaction)
    assert client.get(f"/c/{check.hash}").status_code == 404
    logged = [logs.SECRET_PATHS.sub(r"\1…", path) for path in ("/c/secret", "/c/secret/thanks")]
    assert logged == ["/c/…", "/c/…/thanks"]


def test_of_many_who_use_one_link_at_once_one_is_heard(
    app: Flask, asked: Asked, transaction: Transaction
) -> None:
    numbers = iter(range(MANY))

    def post(one: Stranger) -> TestResponse:
        said = {"answer": "better", "text": f"Words {next(numbers)}"}
        return one.post(asked.page, data=said)

    assert at_once(app, post) == {303: 1, 409: MANY - 1}
    (check,) = checks(transaction)
    assert check.answer is Answer.BETTER


def test_the_page_is_in_the_language_of_the_survey_that_they_answered(
    client: Browser, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        asked = survey(session, cast, language="de")
        ann = customer(session, cast, "Zwei Stunden gewartet", address="ann@home.example")
        ann.source_id = asked.source_id
        pain = shown_by(session, cast, asked.stage, ann)
        note = worded(session, cast, pain)
        checking.send(session, pain, note, base_url=URL, by=cast.noor, at=LATER)
        page = f"/c/{key_in(mails(session)[0].body)}"
    first = client.get(page)
    assert 'lang="de"' in first.text
    assert "Es ist schlechter" in first.text
    assert "Wählen Sie eines der drei" in client.post(page).text
    assert client.post(page, data={"answer": "better"}).status_code == 303
    assert "Vielen Dank" in client.get(f"{page}/thanks").text
    assert "schon beantwortet" in client.get(page).text


# The coach


def test_from_the_draft_to_the_mail(
    client: Browser, transaction: Transaction, cast: Cast, asked: Asked
) -> None:
    with transaction() as session:
        stage = staging.add(
            session, name="Delivery", customer_goal="", success_means="", by=None, at=BEGUN
        )
        ann = customer(session, cast, address="eve@home.example")
        pain = shown_by(session, cast, stage, ann)
        note = checking.prepare_outcome(session, pain, "quest:13:1", by=cast.ida, at=LATER)
    client.as_(cast.noor)
    assert client.send(f"/notes/{note.id}/send").status_code == 409
    assert client.send(f"/pains/{pain.id}/note", text="It holds.").status_code == 303
    panel = client.get(f"/pains/{pain.id}/notes", headers={"HX-Request": "true"}).text
    assert "<html" not in panel
    assert "1 customer who agreed to hear back can be asked by mail." in panel
    assert f'action="/notes/{note.id}/send"' in panel
    gone = client.send(f"/notes/{note.id}/send")
    assert (gone.status_code, gone.location) == (303, f"/pains/{pain.id}#_answer")
    assert "1 customer is asked." in client.get(gone.location).text
    assert client.send(f"/notes/{note.id}/send").status_code == 409
    with transaction() as session:
        mail = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        assert mail
        assert "http://localhost/c/" in mail.body


def test_the_file_brings_links_that_work(
    client: Browser, asked: Asked, cast: Cast, transaction: Transaction
) -> None:
    file = client.as_(cast.noor).send(f"/notes/{asked.note_id}/links.csv")
    assert file.mimetype == "text/csv"
    (row,) = csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff")))
    assert row["external_id"].startswith("R-")
    assert (row["address"], row["language"]) == ("", "en")
    client.as_(None)
    assert "Bo waited in vain" in client.get(row["link"].removeprefix(URL)).text
    assert client.as_(cast.noor).send(f"/notes/{asked.note_id}/links.csv").status_code == 409


def test_colleagues_see_what_customers_answered_and_coaches_what_to_do(
    client: Browser, asked: Asked, cast: Cast
) -> None:
    client.post(asked.page, data={"answer": "worse", "text": "Write to ann@home.example"})
    client.as_(cast.ida)
    page = client.get(f"/pains/{asked.pain_id}")
    assert f'hx-get="/pains/{asked.pain_id}/notes"' in page.text
    panel = client.get(f"/pains/{asked.pain_id}/notes?outcome={OUTCOME}")
    seen = words_of(panel)
    assert "1 answer · 1 customer asked" in seen
    assert "1 worse" in seen
    assert "Write to [e-mail]" in seen
    assert "ann@home.example" not in panel.text
    assert "We come on the day." in seen
    assert "/notes/" not in panel.text.replace(f"/pains/{asked.pain_id}/notes", "")
    assert "Customers have not been asked" in words_of(
        client.get(f"/pains/{asked.pain_id}/notes?outcome=quest:99:1")
    )


def test_worse_is_a_coachs_turn(client: Browser, asked: Asked, cast: Cast) -> None:
    turn = "A customer says it is worse: Nobody came"
    client.post(asked.page, data={"answer": "same"})
    assert turn not in client.as_(cast.noor).get("/").text
    written = client.send(f"/notes/{asked.note_id}/answer", answer="worse", text="By phone: no")
    assert (written.status_code, written.location) == (303, f"/pains/{asked.pain_id}#_answer")
    home = client.get("/").text
    assert turn in home
    assert f'href="/pains/{asked.pain_id}/notes"' in home
    assert turn not in client.as_(cast.ida).get("/").text
    assert "written down by Noor" in client.get(f"/pains/{asked.pain_id}/notes").text


def test_only_a_coach_handles_answers(
    client: Browser, asked: Asked, cast: Cast, transaction: Transaction
) -> None:
    for who in (cast.ida, cast.karl, cast.ruth):
        client.as_(who)
        for deed in ("send", "links.csv", "answer"):
            assert client.send(f"/notes/{asked.note_id}/{deed}").status_code == 403
        assert client.get(f"/notes/{asked.note_id}/answer").status_code == 403
    client.as_(cast.noor)
    assert client.get(f"/notes/{asked.note_id}/answer").status_code == 200
    assert client.send(f"/notes/{asked.note_id}/answer").status_code == 422
    assert client.send("/notes/999/send").status_code == 404
    with transaction() as session:
        note = session.get_one(PainNote, asked.note_id)
        note.outcome = None
    assert client.send(f"/notes/{asked.note_id}/send").status_code == 404, "it asks nothing"


def test_the_panel_costs_no_more_with_more_customers(
    client: Browser, asked: Asked, cast: Cast, transaction: Transaction, queries: Counting
) -> None:
    client.as_(cast.noor)
    address = f"/pains/{asked.pain_id}/notes"
    before = cost(client, queries, address), cost(client, queries, f"/pains/{asked.pain_id}")
    with transaction() as session:
        note = session.get_one(PainNote, asked.note_id)
        more = [customer(session, cast, f"More {n}", mark=f"m{n}") for n in range(9)]
        pain = session.get_one(PainPoint, asked.pain_id)
        starting.add_evidence(session, pain, [one.comments[0].id for one in more], by=cast.ida,
                              at=LATER)  # fmt: skip
        for said in Answer:
            checking.write_down(session, pain, note, said, "Words", by=cast.noor, at=LATER)
        for number in (2, 3):
            later = checking.prepare_outcome(session, pain, f"quest:12:{number}", by=cast.ida,
                                             at=LATER)  # fmt: skip
            answering.reword(session, pain, "Again", by=cast.noor, at=LATER)
            checking.take_out(session, pain, later, base_url=URL, by=cast.noor, at=LATER)
    after = cost(client, queries, address), cost(client, queries, f"/pains/{asked.pain_id}")
    assert max(*before, *after) <= 12
    assert after[0] <= before[0] + 1, "the answers are read once there are some"


# The quest


def test_the_team_asks_for_the_note_and_lands_where_it_is_worded(
    client: Browser, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        quest_id = Team(session, cast).fix().judge(Gate.G2, 6).id
    client.as_(cast.bram)
    page = client.get(f"/quests/{quest_id}").text
    assert f'action="/quests/{quest_id}/tell"' in page
    with transaction() as session:
        quest = quests.whole(session, quest_id)
        assert quest
        pain_id = quest.pain_id
    assert f"/pains/{pain_id}/notes?outcome=quest:{quest_id}:1" in page
    asked = client.send(f"/quests/{quest_id}/tell")
    assert (asked.status_code, asked.location) == (303, f"/pains/{pain_id}#_answer")
    assert "a draft" in client.get(f"/pains/{pain_id}/notes?outcome=quest:{quest_id}:1").text
    assert client.as_(cast.olaf).send(f"/quests/{quest_id}/tell").status_code == 403
    assert f"/quests/{quest_id}/tell" not in client.get(f"/quests/{quest_id}").text

"""Surveys for those who ask: making, wording, links, what came in, who was asked for a score."""

import csv
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.extensions import db
from cxquest.surveys.models import (
    Survey,
)
from tests.browsing import Browser
from tests.cast import Cast, person
from tests.conftest import Counted, Transaction
from tests.surveys import kept, send, stage, survey, words


def test_a_coach_makes_words_and_opens_a_survey(
    app: Flask, client: Browser, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        install = stage(session, cast)
    client.as_(cast.noor)
    assert client.send("/surveys/new", name="", stage="").status_code == 422
    fields: dict[str, Any] = {
        "name": "Autumn",
        "stage": str(install.id),
        "access": "open",
        "language": "en",
    }
    made = client.send("/surveys/new", **fields)
    assert made.status_code == 303
    editor = made.location
    page = client.get(editor)
    assert "trying to get done" in page.text
    assert "tells the customer" not in page.text
    with app.app_context(), Session(db.engine) as session:
        draft = session.scalars(select(Survey)).one()
        texts = {name: text for name, text in draft.texts.items() if name != "language"}
    texts["helped"] = "How great was our Halden fitter?"
    checked = client.send(editor, check="1", **texts)
    assert checked.status_code == 200
    seen = words(checked)
    assert "“How great” tells the customer what to answer." in seen
    assert "“our” makes it a question about us" in seen
    assert "“Halden” is our own name" in seen
    assert "Nothing is saved yet." in seen
    with app.app_context(), Session(db.engine) as session:
        assert session.get_one(Survey, draft.id).texts["helped"] == "What helped you most?"
    assert client.send(editor, **{**texts, "goal": " "}).status_code == 422
    saved = client.send(editor, **texts)
    assert (saved.status_code, saved.location) == (303, f"/surveys/{draft.id}"), "never blocked"
    assert "“our” makes it a question about us" in words(client.get(saved.location))
    assert client.send(f"/surveys/{draft.id}/open").status_code == 303
    assert "How great was our Halden fitter?" in client.as_(None).get(f"/s/{draft.code}").text


def test_a_name_that_is_taken_is_said_on_the_form(
    client: Browser, asked: Survey, cast: Cast
) -> None:
    fields: dict[str, Any] = {
        "name": asked.name,
        "stage": str(asked.stage_id),
        "access": "open",
        "language": "en",
    }
    answer = client.as_(cast.karl).send("/surveys/new", **fields)
    assert answer.status_code == 422
    assert "There is a survey of that name already." in answer.text


def test_the_page_of_a_survey_says_what_came_in(client: Browser, asked: Survey, cast: Cast) -> None:
    for number in ("7", "6", "2"):
        send(client, f"/s/{asked.code}", support=number, goal="Get warm")
    send(client, f"/s/{asked.code}", goal="Only a word")
    page = client.as_(cast.ida).get(f"/surveys/{asked.id}")
    seen = words(page)
    assert "4 Answers" in seen
    assert "5 Goal support, 1 to 7 mean of 3 who said" in seen
    assert "33.3% · of 3" in seen
    assert f"http://localhost/s/{asked.code}" in seen
    assert f"/voice?source={asked.source_id}" in page.text
    voice = client.get(f"/voice?source={asked.source_id}")
    assert voice.text.count("Get warm") == 3
    assert "Only a word" in voice.text
    index = words(client.get("/surveys"))
    assert "After the visit Install Open 4 5 of 3" in index
    (row,) = csv.DictReader(io.StringIO(client.get("/surveys.csv").text.removeprefix("\ufeff")))
    assert (row["answers"], row["goal_support"], row["rated_by"]) == ("4", "5.00", "3")
    assert "After the visit" not in client.get("/surveys?state=draft").text
    assert "After the visit" in client.get("/surveys?state=open").text
    assert "After the visit" not in client.get("/surveys?stage=99999").text


def test_the_code_leads_to_the_survey(client: Browser, asked: Survey, cast: Cast) -> None:
    drawn = client.as_(cast.ida).get(f"/surveys/{asked.id}/qr.svg")
    assert (drawn.status_code, drawn.mimetype) == (200, "image/svg+xml")
    assert drawn.data.startswith(b"<svg")
    printed = client.get(f"/surveys/{asked.id}/qr.png")
    assert (printed.mimetype, printed.data[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    assert f'src="/surveys/{asked.id}/qr.svg"' in client.get(f"/surveys/{asked.id}").text


def test_new_links_are_shown_once_and_taken_out_as_a_file(
    client: Browser, links: tuple[Survey, list[str]], cast: Cast
) -> None:
    asked, old = links
    address = f"/surveys/{asked.id}/links"
    assert client.as_(cast.karl).send(address, count="0").status_code == 422
    assert client.send(address, count="501").status_code == 422
    page = client.send(address, count="2", label="April")
    assert page.status_code == 200
    codes = re.findall(rf"http://localhost/s/{asked.code}/([\w-]+)", page.text)
    assert len(set(codes)) == 2
    file = client.send(f"{address}.csv", codes=f"{' '.join(codes)} nonsense").text
    rows = list(csv.reader(io.StringIO(file.removeprefix("\ufeff"))))
    assert rows[1:] == [["April", f"http://localhost/s/{asked.code}/{code}"] for code in codes]
    shown = client.get(f"/surveys/{asked.id}")
    assert not any(code in shown.text for code in (*codes, *old))
    assert "April 2 0" in words(shown)
    assert client.get(address).status_code == 303
    assert client.get(f"/surveys/{asked.id}/qr.svg").status_code == 404


def test_employees_look_and_do_not_ask(client: Browser, asked: Survey, cast: Cast) -> None:
    client.as_(cast.ida)
    page = client.get(f"/surveys/{asked.id}")
    assert "Close it" not in page.text
    assert "Change the texts" not in page.text
    for address in (f"/surveys/{asked.id}/texts", "/surveys/new", "/admin/integrity"):
        assert client.get(address).status_code == 403
    for deed in ("open", "close", "drop", "texts", "links", "links.csv"):
        assert client.send(f"/surveys/{asked.id}/{deed}").status_code == 403


def test_closing_and_deleting(
    app: Flask, client: Browser, asked: Survey, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        draft = survey(session, cast, "A draft", opened=False)
    client.as_(cast.ruth)
    assert client.send(f"/surveys/{asked.id}/drop").status_code == 409
    assert client.send(f"/surveys/{asked.id}/close").status_code == 303
    assert client.send(f"/surveys/{asked.id}/close").status_code == 409
    assert client.send(f"/surveys/{draft.id}/drop").status_code == 303
    assert client.get(f"/surveys/{draft.id}").status_code == 404
    assert kept(app, Survey) == 1


def test_administrators_see_who_was_asked_for_a_score(
    client: Browser, asked: Survey, cast: Cast
) -> None:
    client.as_(cast.ruth)
    assert "Nobody said so" in client.get("/admin/integrity").text
    client.as_(None)
    send(client, f"/s/{asked.code}", support="7", goal="He said: write a seven", asked="y")
    send(client, f"/s/{asked.code}", support="7", asked="y")
    send(client, f"/s/{asked.code}", support="5", goal="Nobody pressed me")
    page = client.as_(cast.ruth).get("/admin/integrity")
    seen = words(page)
    assert "Survey: After the visit 2 3" in seen
    assert "He said: write a seven" in seen
    assert "a number only" in seen
    assert "Nobody pressed me" not in seen
    assert re.search(r'href="/voice/\d+"', page.text)
    rows = client.get("/admin/integrity.csv").text.splitlines()
    assert len(rows) == 3
    assert "/admin/integrity" in client.get("/admin").text
    assert "/surveys" in client.get("/voice").text


def test_pages_cost_no_more_with_more_surveys(
    client: Browser, transaction: Transaction, cast: Cast,
    queries: Callable[[], AbstractContextManager[Counted]],
) -> None:  # fmt: skip
    def cost() -> list[int]:
        found = []
        for address in ("/surveys", "/surveys/1", "/admin/integrity"):
            with queries() as counted:
                assert client.get(address).status_code == 200
            found.append(len(counted))
        return found

    def add(names: range) -> None:
        with transaction() as session:
            made = [survey(session, cast, f"Survey {name}") for name in names]
        for one in made:
            send(client, f"/s/{one.code}", support="3", goal="Warm", asked="y")

    add(range(1))
    client.as_(cast.ruth)
    before = cost()
    add(range(1, 9))
    assert cost() == before
    assert max(before) <= 12


def test_a_deactivated_coach_asks_nobody(
    client: Browser, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        gone = person(session, "Late", cast.care, is_coach=True)
        gone.is_active = False
    assert client.as_(gone).get("/surveys/new").status_code == 303

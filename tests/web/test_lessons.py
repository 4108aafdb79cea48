"""The pages of lessons: finding them, writing one, adopting one."""

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core import clock
from cxquest.people import keeping
from cxquest.people.models import Person
from cxquest.quests import learning
from cxquest.quests.learned import Adoption, AdoptionState, Lesson
from cxquest.rewards import queries as rewards
from cxquest.voice import theming
from tests.browsing import Browser
from tests.cast import Cast, person
from tests.conftest import Counted, Transaction, cost
from tests.lessons import SAID, claimed, stopped, whole, written
from tests.teams import Team, day, week

Queries = Callable[[], AbstractContextManager[Counted]]
MOST = 12
MARK = "We got it wrong"
SAID_FIELDS: dict[str, Any] = vars(SAID)
TYPED: dict[str, Any] = {"what": "We keep an hour free as well", "since": day(4).isoformat()}
SEEN: dict[str, Any] = {"verdict": "confirmed", "reason": "Their plan of last week shows it"}


@pytest.fixture
def lesson(cast: Cast, transaction: Transaction) -> Lesson:
    """A lesson of Ida's, of a quest that was stopped."""
    with transaction() as session:
        return written(session, cast)


@pytest.fixture
def adoption(cast: Cast, lesson: Lesson, transaction: Transaction) -> Adoption:
    """Olaf says that Billing uses it."""
    with transaction() as session:
        return claimed(session, whole(session, lesson.id), cast.olaf)


# Finding


def test_the_empty_page_says_what_to_do(client: Browser, cast: Cast) -> None:
    page = client.as_(cast.ida).get("/lessons").text
    assert "No lessons yet" in page
    assert "See the quests whose outcome is proven" in page


def test_a_card_shows_the_mark_of_honour_and_the_mark_alone_filters(
    client: Browser, cast: Cast, lesson: Lesson, transaction: Transaction
) -> None:
    with transaction() as session:
        stopped(session, cast, "Second")
    page = client.as_(cast.olaf).get("/lessons").text
    assert page.count(f"{MARK}</span>") == 1
    assert "Keep an hour free" in page
    assert "2 in all" in page
    only = client.get("/lessons?got_wrong=yes").text
    assert "Keep an hour free" in only
    assert "1 in all" in only
    assert "No lesson fits" in client.get("/lessons?search=nonsense").text


def test_the_file_holds_what_the_list_does(client: Browser, cast: Cast, lesson: Lesson) -> None:
    text = client.as_(cast.olaf).get("/lessons.csv").text
    (row,) = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    assert row["lesson"] == "Keep an hour free"
    assert row["what we got wrong"] == "We asked the wrong people first"
    assert row["used by"] == ""
    assert client.get("/lessons.csv?search=nonsense").text.count("\n") == 1


def test_the_page_of_a_lesson_leads_to_its_quest_and_pain(
    client: Browser, cast: Cast, lesson: Lesson
) -> None:
    page = client.as_(cast.olaf).get(f"/lessons/{lesson.id}").text
    for said in (*vars(SAID).values(), MARK, "written by Ida", "I waited and nobody came"):
        assert said in page
    assert f'href="/quests/{lesson.quest_id}"' in page
    assert "/lessons/999" not in page
    assert client.get("/lessons/999").status_code == 404


def test_a_proven_quests_lesson_shows_the_figure_before_and_now(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        team = Team(session, cast).hold()
        lesson = learning.write(session, team.quest, SAID, by=cast.ida, at=week(13))
    page = client.as_(cast.olaf).get(f"/lessons/{lesson.id}").text
    assert "Late moves" in page
    assert '<span class="stat__number">12</span>' in page
    assert '<span class="stat__number">4</span>' in page
    assert "The plan has no free hour" in page
    assert "One hour in ten stays free" in page


def test_lessons_and_wins_stand_side_by_side(client: Browser, cast: Cast) -> None:
    for url, current in (("/lessons", "Lessons"), ("/wins", "Wins")):
        page = client.as_(cast.ida).get(url).text
        assert f'aria-current="page">{current}</a>' in page
        assert 'href="/lessons"' in page
        assert 'href="/wins"' in page


# Writing


def test_the_team_writes_the_lesson_in_four_parts(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        team = stopped(session, cast)
    url = f"/quests/{team.id}/lesson"
    assert client.as_(cast.olaf).get(url).status_code == 403
    form = client.as_(cast.ida).get(url).text
    assert 'value="Nobody waits"' in form
    assert "Ask first" in form
    assert client.send(url, **SAID_FIELDS).status_code == 303
    page = client.get(f"/quests/{team.id}").text
    for said in (*vars(SAID).values(), MARK, "Change the lesson"):
        assert said in page


def test_what_was_typed_is_kept_when_a_person_is_named(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        person(session, "Maud", cast.care).name = "Maud Berg"
        team = stopped(session, cast)
    given: dict[str, Any] = {**SAID_FIELDS, "got_wrong": "We let Maud Berg do it alone"}
    sent = client.as_(cast.ida).send(f"/quests/{team.id}/lesson", **given)
    assert sent.status_code == 422
    assert "names no person" in sent.text
    assert "We let Maud Berg do it alone" in sent.text
    empty: dict[str, Any] = {**SAID_FIELDS, "worked": "", "did_not": "", "got_wrong": ""}
    assert client.send(f"/quests/{team.id}/lesson", **empty).status_code == 422
    assert client.send(f"/quests/{team.id}/lesson").status_code == 422


def test_a_quest_is_stopped_with_a_short_form_and_nobody_is_named(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        person(session, "Maud", cast.care).name = "Maud Berg"
        team = Team(session, cast).sign()
    url = f"/quests/{team.id}/stop"
    sent = client.as_(cast.karl).send(url, reason="No hours", lesson="Maud Berg left us")
    assert sent.status_code == 422
    assert "names no person" in sent.text
    assert client.send(url, reason="No hours", lesson="Ask first").status_code == 303
    with transaction() as session:
        left = learning.lesson_of(session, team.id)
    assert left
    assert (left.did_not, left.got_wrong) == ("Ask first", "")


# Adopting


def test_a_department_adopts_a_lesson_and_a_coach_confirms_it(
    client: Browser, cast: Cast, lesson: Lesson, transaction: Transaction
) -> None:
    url = f"/lessons/{lesson.id}"
    assert "We use this" in client.as_(cast.olaf).get(url).text
    assert client.send(f"{url}/adopt", **TYPED).status_code == 303
    page = client.get(url).text
    assert "Waits for a coach" in page
    assert "We use this" not in page
    with transaction() as session:
        made = session.scalars(select(Adoption)).one()
    link = f"{url}/adoptions/{made.id}"
    assert "Your verdict" not in client.get(link).text
    home = client.as_(cast.noor).get("/").text
    assert "Look whether Billing uses a lesson: Keep an hour free" in home
    assert f'href="{link}"' in home
    assert "Your verdict" in client.get(link).text
    assert client.send(link, verdict="confirmed").status_code == 422
    assert client.send(link, **SEEN).status_code == 303
    assert "Look whether Billing" not in client.get("/").text
    assert client.send(link, **SEEN).status_code == 409
    page = client.as_(cast.ida).get("/lessons").text
    assert "used by 1 other department" in page
    assert SEEN["reason"] in client.get(link).text
    with transaction() as session:
        account = rewards.account_of_person(session, cast.ida.id)
        entries = rewards.entries_of_account(session, account or 0)
        paid = [(entry.points, entry.id) for entry in entries if entry.rule == "rule_lesson"]
    ((points, entry_id),) = paid
    assert points == 10
    why = client.as_(cast.ida).get(f"/points/{entry_id}").text
    assert f'href="/lessons/{lesson.id}#used"' in why


def test_a_coach_declines_with_a_reason(
    client: Browser, cast: Cast, adoption: Adoption, transaction: Transaction
) -> None:
    link = f"/lessons/{adoption.lesson_id}/adoptions/{adoption.id}"
    given: dict[str, Any] = {"verdict": "declined", "reason": "Their plan is full"}
    assert client.as_(cast.noor).send(link, **given).status_code == 303
    page = client.as_(cast.olaf).get(f"/lessons/{adoption.lesson_id}").text
    assert "Declined" in page
    assert "We use this" in page
    assert "Their plan is full" in client.get(link).text
    with transaction() as session:
        assert session.scalars(select(Adoption.state)).one() is AdoptionState.DECLINED


def test_who_may_not_is_told_so(
    client: Browser, cast: Cast, adoption: Adoption, transaction: Transaction
) -> None:
    link = f"/lessons/{adoption.lesson_id}"
    for who in (cast.ida, cast.bram, cast.karl, cast.ruth):
        assert client.as_(who).get(f"{link}/adopt").status_code == 403
        assert client.send(f"{link}/adoptions/{adoption.id}", **SEEN).status_code == 403
    assert client.as_(cast.olaf).send(f"{link}/adopt", **TYPED).status_code == 409
    assert client.send(f"{link}/adoptions/{adoption.id}", **SEEN).status_code == 403
    assert client.get(f"{link}/adoptions/999").status_code == 404
    with transaction() as session:
        other = stopped(session, cast, "Second")
        another = learning.lesson_of(session, other.id)
    assert another
    assert client.get(f"/lessons/{another.id}/adoptions/{adoption.id}").status_code == 404


def test_what_was_typed_is_kept(client: Browser, cast: Cast, lesson: Lesson) -> None:
    later = (clock.now() + timedelta(days=3)).date().isoformat()
    url = f"/lessons/{lesson.id}/adopt"
    sent = client.as_(cast.olaf).send(url, what="We do so too", since=later)
    assert sent.status_code == 422
    assert "We do so too" in sent.text
    assert client.send(url).status_code == 422


def test_an_unproven_quests_lesson_waits(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        team = Team(session, cast).sign()
        lesson = learning.write(session, team.quest, SAID, by=cast.ida, at=week(2))
    url = f"/lessons/{lesson.id}"
    assert "We use this" not in client.as_(cast.olaf).get(url).text
    assert client.get(f"{url}/adopt").status_code == 409


# Suggestions


def test_lessons_that_fit_stand_on_the_quests_page_as_a_link_and_as_a_panel(
    client: Browser, cast: Cast, lesson: Lesson, transaction: Transaction
) -> None:
    with transaction() as session:
        theme = theming.add(session, "Came late", by=cast.ida, at=week(0))
        team = Team(session, cast, "Another").sign()
        first = whole(session, lesson.id)
        first.quest.pain.theme_id = team.quest.pain.theme_id = theme.id
    url = f"/quests/{team.id}/lessons"
    page = client.as_(cast.olaf).get(f"/quests/{team.id}").text
    assert f'hx-get="{url}"' in page
    assert f'href="{url}"' in page
    page = client.get(url).text
    panel = client.get(url, headers={"HX-Request": "true"}).text
    assert "<h1" in page
    assert panel.startswith('<div id="_suggested"')
    for text in (page, panel):
        assert "Keep an hour free" in text
        assert "it is about the same theme" in text
    own = client.get(f"/quests/{lesson.quest_id}/lessons").text
    assert "Keep an hour free" not in own
    assert client.get("/quests/999/lessons").status_code == 404


# What it costs


def test_the_pages_stay_within_their_budget_whatever_the_size(
    client: Browser, cast: Cast, lesson: Lesson, transaction: Transaction, queries: Queries
) -> None:
    urls = [
        "/lessons?search=e",
        f"/lessons/{lesson.id}",
        f"/quests/{lesson.quest_id}/lessons",
    ]
    client.as_(cast.noor)
    before = [cost(client, queries, url) for url in urls]
    with transaction() as session:
        for number in range(6):
            written(session, cast, f"Quest {number}")
        _claims(session, cast, lesson)
    after = [cost(client, queries, url) for url in urls]
    assert max(before + after) <= MOST
    assert [b >= a - 2 for a, b in zip(after, before, strict=True)] == [True] * 3
    home = cost(client, queries, "/")
    assert home <= MOST


def _claims(session: Session, cast: Cast, lesson: Lesson) -> None:
    for name in ("Yard", "Shop", "Stock"):
        department = keeping.department(session, name, by=None, at=week(0))
        who: Person = person(session, f"{name}er", department)
        claimed(session, whole(session, lesson.id), who)

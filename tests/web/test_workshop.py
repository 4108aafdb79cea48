"""The workshop's pages: one question in place, a board that is fetched, words of customers."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest
from flask import Flask

from cxquest.pains import starting as pains
from cxquest.people import keeping
from cxquest.quests import diagnosing, seating, starting
from cxquest.quests.models import Quest
from cxquest.voice import hearing
from tests.browsing import Browser
from tests.cast import BEGUN, Cast, person
from tests.conftest import Counting, Transaction, cost
from tests.teams import Team, week

SEEN = re.compile(r"seen=(\d+)")


@dataclass
class Room:
    """A quest in its workshop, and how to look at it."""

    transaction: Transaction
    cast: Cast
    id: int
    words: list[int]

    @property
    def url(self) -> str:
        """The workshop's address."""
        return f"/quests/{self.id}/workshop"

    def quest(self) -> Quest:
        """The quest as it stands in the database."""
        with self.transaction() as session:
            return self.team(session).quest

    def team(self, session: object) -> Team:
        """The team, in this session."""
        team = Team.__new__(Team)
        team.session, team.cast, team.id = session, self.cast, self.id  # type: ignore[assignment]
        return team

    def add(self, text: str, parent_id: int | None = None) -> int:
        """Bram adds a why, on his own screen."""
        with self.transaction() as session:
            quest = self.team(session).quest
            who = {"by": self.cast.bram, "at": week(2)}
            why = diagnosing.add_why(
                session, quest, parent_id=parent_id, text=text, evidence="", **who
            )
            return why.id


@pytest.fixture
def room(transaction: Transaction, cast: Cast) -> Room:
    """Ida and Bram at their table; the pain point has two comments with an address in one."""
    with transaction() as session:
        team = Team(session, cast).sign()
        said = ("Nobody came", "Nobody rang me at ida@example.org", "A quiet boiler")
        words = [
            hearing.heard(session, text, on=BEGUN.date(), by=cast.bram, at=BEGUN).comments[0].id
            for text in said
        ]
        pains.add_evidence(session, team.pain, words[:2], by=cast.bram, at=BEGUN)
        return Room(transaction, cast, team.id, words)


# One question at a time.


def test_a_why_is_asked_and_the_next_one_under_it(client: Browser, room: Room, cast: Cast) -> None:
    page = client.as_(cast.ida).get(room.url)
    assert "Why did that happen?" in page.text
    assert "I waited and nobody came" in page.text
    answer = client.send(f"{room.url}?ask=why", text="The day moved", evidence="44 of 60")
    (why,) = room.quest().whys
    assert answer.status_code == 303
    assert answer.location == f"{room.url}?why={why.id}"
    page = client.get(answer.location)
    assert f'action="{room.url}?ask=why&amp;why={why.id}"' in page.text
    client.send(f"{room.url}?ask=why&why={why.id}", text="The plan is full", evidence="x")
    client.send(f"{room.url}?ask=why&why={why.id}", text="Nobody rang", evidence="x")
    below = {w.text: w.parent_id for w in room.quest().whys}
    assert below == {"The day moved": None, "The plan is full": why.id, "Nobody rang": why.id}


def test_what_does_not_fit_stays_in_place(client: Browser, room: Room, cast: Cast) -> None:
    client.as_(cast.ida)
    answer = client.send(f"{room.url}?ask=why", text="", evidence="44 of 60 moves")
    assert answer.status_code == 422
    assert "44 of 60 moves" in answer.text
    assert "Fill this in." in answer.text
    assert not room.quest().whys


def test_the_chain_is_read_upward(client: Browser, room: Room, cast: Cast) -> None:
    top = room.add("The day moved")
    room.add("The plan is full", top)
    page = client.as_(cast.ida).get(room.url).text
    upward = re.search(r'<ol class="upward">(.*?)</ol>', page, re.DOTALL)
    assert upward
    said = re.sub(r"<[^>]*>", "", upward[1]).split()
    assert " ".join(said) == (
        "The plan is full therefore The day moved therefore I waited and nobody came"
    )


def test_the_whole_of_the_first_gate_is_answered_here(
    client: Browser, room: Room, cast: Cast
) -> None:
    why = room.add("The plan is full")
    chairs = {chair.department.name: chair.id for chair in room.quest().chairs}
    client.as_(cast.ida)
    answers = [
        (f"ask=root&why={why}", {"level": "systemic", "without_it": "a", "fixed_stops": "b"}),
        ("ask=communication", {"kind": "under", "note": "n", "aim": "prevention"}),
        (f"ask=heard&chair={chairs['Care']}", {"heard": "We never asked"}),
        (f"ask=heard&chair={chairs['Field']}", {"heard": "Nor did we"}),
        ("ask=unnoticed", {"why_unnoticed": "No check", "why_unnoticed_evidence": "No list"}),
    ]
    for asked, given in answers:
        page = client.get(f"{room.url}?{asked}")
        assert all(f'name="{name}"' in page.text for name in given), asked
        empty = client.send(f"{room.url}?{asked}")
        assert empty.status_code == 422, asked
        assert client.send(f"{room.url}?{asked}", **given).status_code == 303, asked
    client.post(
        f"/quests/{room.id}/whys/{why}/evidence",
        data={"csrf_token": client.token(), "offered": room.words, "comment": room.words[0]},
    )
    page = client.get(room.url).text
    assert "Every question has its answer" in page
    assert "Missing:" not in page
    assert client.send(f"/quests/{room.id}/ask").status_code == 303
    assert room.quest().waiting
    waits = client.get(room.url).text
    assert "A coach looks at it" in waits
    assert '<form class="stack form"' not in waits


def test_a_question_that_is_gone_says_so(client: Browser, room: Room, cast: Cast) -> None:
    client.as_(cast.ida)
    answer = client.send(f"{room.url}?ask=why&why=99", text="The day moved", evidence="x")
    assert answer.status_code == 409
    assert "a colleague took its why out" in answer.text


def test_who_is_not_on_the_team_looks_on(client: Browser, room: Room, cast: Cast) -> None:
    page = client.as_(cast.olaf).get(room.url)
    assert page.status_code == 200
    assert "You look on" in page.text
    assert "<textarea" not in page.text
    assert client.send(f"{room.url}?ask=why", text="x", evidence="x").status_code == 403
    assert f'href="{room.url}"' in client.get(f"/quests/{room.id}").text


def test_it_is_not_open_before_the_signature(
    client: Browser, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        quest_id = Team(session, cast).id
    client.as_(cast.ida)
    assert "Not open yet" in client.get(f"/quests/{quest_id}/workshop").text
    answer = client.send(f"/quests/{quest_id}/workshop?ask=why", text="x", evidence="x")
    assert answer.status_code == 409


# The table.


def test_an_empty_chair_blocks_the_gate_and_is_filled_in_place(
    client: Browser, room: Room, cast: Cast
) -> None:
    with room.transaction() as session:
        quest = room.team(session).quest
        chair = starting.add_chair(session, quest, cast.billing, by=cast.ida, at=week(1)).id
    page = client.as_(cast.ida).get(room.url).text
    assert "Empty chair: the gate stays closed" in page
    assert "Who sits for Billing?" in page
    url = f"/quests/{room.id}/chairs/{chair}/seat"
    assert re.findall(r'<option[^>]*value="(\d+)"', page) == [
        str(n) for n in (0, cast.ida.id, cast.bram.id, cast.olaf.id)
    ]
    wrong = client.send(url, person_id=cast.karl.id)
    assert wrong.status_code == 422
    assert "Not a valid choice" in wrong.text
    assert client.send(url, person_id=cast.bram.id).location == room.url
    assert "deputy, of another department" in client.get(room.url).text
    client.send(url, person_id=cast.olaf.id)
    page = client.get(room.url).text
    assert "deputy, of another department" not in page
    assert "Empty chair" not in page
    client.send(url, person_id="0")
    assert "Empty chair" in client.get(room.url).text
    assert client.as_(cast.olaf).send(url, person_id=cast.olaf.id).status_code == 403


# The board.


def board(client: Browser, room: Room, seen: object, **more: object) -> tuple[int, str]:
    rest = "".join(f"&{name}={value}" for name, value in more.items())
    answer = client.get(f"{room.url}/board?seen={seen}{rest}", headers={"HX-Request": "true"})
    return answer.status_code, answer.text


def test_the_board_comes_only_when_something_happened(
    client: Browser, room: Room, cast: Cast
) -> None:
    page = client.as_(cast.ida).get(room.url).text
    seen = SEEN.findall(page)[0]
    assert board(client, room, seen) == (204, "")
    why = room.add("The day moved")
    status, text = board(client, room, seen, ask="why", why=why)
    assert status == 200
    assert "The day moved" in text
    assert 'data-announce="Bram: Why added"' in text
    assert 'aria-current="true"' in text
    assert "<textarea" not in text
    assert text.lstrip().startswith('<div id="_workshop"')
    assert board(client, room, SEEN.findall(text)[0])[0] == 204


def test_nobody_has_to_have_scripts(client: Browser, room: Room, cast: Cast) -> None:
    page = client.as_(cast.ida).get(f"{room.url}?ask=communication").text
    assert f'href="{room.url}?ask=communication">Look again</a>' in page


def test_a_quest_that_is_not_there_has_no_board(client: Browser, room: Room, cast: Cast) -> None:
    client.as_(cast.ida)
    assert board(client, Room(room.transaction, cast, 99, []), 0)[0] == 404
    assert client.get("/quests/99/workshop/board").location == "/quests/99/workshop"
    assert client.get("/quests/99/workshop").status_code == 404


def test_a_look_that_finds_nothing_new_is_cheap(
    client: Browser, room: Room, cast: Cast, queries: Counting
) -> None:
    why = room.add("The day moved")
    seen = SEEN.findall(client.as_(cast.ida).get(room.url).text)[0]
    with queries() as counted:
        assert board(client, room, seen)[0] == 204
    assert len(counted) <= 4, counted
    assert cost(client, queries, room.url) <= 12
    assert cost(client, queries, f"/quests/{room.id}/whys/{why}/evidence?search=nobody") <= 12
    assert cost(client, queries, f"/quests/{room.id}") <= 12


# People are no causes.


def test_a_name_is_warned_of_at_once_and_only_that(
    client: Browser, room: Room, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        someone = person(session, "Maud", cast.care)
        someone.name = "Maud Berg"
    client.as_(cast.ida)
    client.send(f"{room.url}?ask=why", text="Berg never rings back", evidence="x")
    page = client.get(room.url).text
    assert "This may name a person: Berg. A cause is never a person" in page
    client.send(
        f"{room.url}?ask=unnoticed", why_unnoticed="Mrs Halden sleeps", why_unnoticed_evidence="x"
    )
    assert "This may name a person: Mrs Halden." in client.get(room.url).text
    assert "No person named as a cause: " not in page


# Customers' words.


def test_words_are_chosen_from_the_evidence_and_from_voice(
    client: Browser, room: Room, cast: Cast
) -> None:
    why = room.add("The day moved")
    url = f"/quests/{room.id}/whys/{why}/evidence"
    page = client.as_(cast.ida).get(url).text
    assert "Nobody rang me at" in page
    assert "ida@example.org" not in page
    assert "A quiet boiler" not in page
    assert "A quiet boiler" in client.get(f"{url}?search=quiet").text
    token = client.token()
    chosen = {"csrf_token": token, "offered": room.words, "comment": room.words[1:]}
    answer = client.post(f"{url}?search=quiet", data=chosen)
    assert answer.location == f"{room.url}?why={why}"
    shown = client.get(room.url).text
    assert "2 customers' words" in shown
    assert "ida@example.org" not in shown
    comment = client.get(f"/voice/{room.words[2]}/whys").text
    assert "The day moved" in comment
    assert f'href="/quests/{room.id}#whys"' in comment
    assert f'hx-get="/voice/{room.words[2]}/whys"' in client.get(f"/voice/{room.words[2]}").text
    client.post(url, data={"csrf_token": token, "offered": room.words})
    assert "No team has used it" in client.get(f"/voice/{room.words[2]}/whys").text


def test_words_that_are_not_there_are_refused_and_the_ticks_stay(
    client: Browser, room: Room, cast: Cast
) -> None:
    why = room.add("The day moved")
    url = f"/quests/{room.id}/whys/{why}/evidence"
    client.as_(cast.ida)
    given = {"csrf_token": client.token(), "comment": [room.words[0], 99999]}
    answer = client.post(url, data=given)
    assert answer.status_code == 422
    assert re.search(rf'value="{room.words[0]}" checked', answer.text)


def test_a_deactivated_colleague_sits_nowhere(client: Browser, room: Room, cast: Cast) -> None:
    with room.transaction() as session:
        seated = room.team(session).quest.chairs[1]
        bram = seating.sits(seated)
        assert bram
        keeping.deactivate(session, bram, by=cast.ruth, at=week(2))
    assert "Empty chair: the gate stays closed" in client.as_(cast.ida).get(room.url).text


def test_of_two_who_answer_at_once_neither_is_lost(app: Flask, room: Room, cast: Cast) -> None:
    app.test_client_class = Browser
    ready = Barrier(6)

    def answer(n: int) -> int:
        browser = app.test_client()
        assert isinstance(browser, Browser)
        token = browser.as_((cast.ida, cast.bram)[n % 2]).token()
        ready.wait()
        given = {"csrf_token": token, "text": f"Because {n}", "evidence": "x"}
        return browser.post(f"{room.url}?ask=why", data=given).status_code

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(answer, range(6))) == {303}
    assert len(room.quest().whys) == 6

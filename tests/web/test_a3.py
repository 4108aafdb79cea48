"""The quest on one page: all of it, masked, within its budget, for everyone who sees the quest."""

from collections.abc import Callable

import pytest

from cxquest.quests import learning
from cxquest.quests.models import Quest
from cxquest.quests.work import Task
from tests import sheets
from tests.browsing import Browser
from tests.cast import Cast
from tests.conftest import Counting, Transaction, cost
from tests.teams import Team, day

MOST = 12
Made = Callable[..., Quest]


@pytest.fixture
def made(transaction: Transaction, cast: Cast) -> Made:
    """Make a quest of `tests.sheets` and commit it."""

    def of(kind: Callable[..., Quest]) -> Quest:
        with transaction() as session:
            return kind(session, cast)

    return of


def address(quest: Quest) -> str:
    return f"/quests/{quest.id}/a3"


def box(page: str, key: str) -> str:
    """Return the words and tags of one box."""
    return page.split(f'aria-labelledby="a3-{key}"')[1].split("</section>")[0]


def test_a_proven_quest_fills_every_box(client: Browser, cast: Cast, made: Made) -> None:
    page = client.as_(cast.olaf).get(address(made(sheets.proven))).text
    said = {
        "problem": ["I waited and nobody came", "You come on the day", "A day&#39;s pay lost"],
        "current": ["Late moves, per 100 visits", "Baseline 12", "a3-before"],
        "goal": ["The day that we agree", "12 → 4 per 100 visits by 28 Sep 2026"],
        "causes": ["The plan has no free hour", "therefore", "The day moved", "Systemic cause"],
        "measures": ["Prevention", "One hour in ten stays free", "version 1", "kept right by Bram"],
        "plan": ["Done (1 of 2)", "Tell the night shift", "open", "13 Apr 2026"],
        "results": ["100%", "After 30 days", "4 answers: 3 better, 1 the same", "Every week"],
        "learning": ["One free hour", "A reminder", "does it still hold?"],
    }
    for key, texts in said.items():
        for text in texts:
            assert text in box(page, key), (key, text)
    assert "Nobody counts moves" in box(page, "causes")
    assert "Too little was said" in box(page, "causes")


def test_the_head_says_who_and_how_far(client: Browser, cast: Cast, made: Made) -> None:
    page = client.as_(cast.ida).get(address(made(sheets.proven))).text
    head = page.split('class="a3__head"')[1].split("</header>")[0]
    for text in ("Nobody waits", "Care: Ida · Field: Bram", "Karl", "Installation", "Holding"):
        assert text in head
    assert head.count("a3__seal--done") == 3
    assert head.count("a3__seal--next") == 1


def test_customers_are_masked(client: Browser, cast: Cast, made: Made) -> None:
    page = client.as_(cast.ida).get(address(made(sheets.proven))).text
    assert "They never came, ring me on [phone]" in box(page, "problem")
    assert "900 12 345" not in page
    assert "ann@home.example" not in page


def test_the_current_state_ends_where_the_change_begins(
    client: Browser, cast: Cast, made: Made
) -> None:
    page = client.as_(cast.ida).get(address(made(sheets.proven))).text
    before, after = box(page, "current"), box(page, "results")
    assert before.count("chart__dot") == 12
    assert after.count("chart__dot") + after.count("chart__sign") == 18
    assert "chart__moment" not in before
    assert "chart__moment" in after


def test_an_empty_quest_says_what_belongs_where(client: Browser, cast: Cast, made: Made) -> None:
    quest = made(sheets.empty)
    page = client.as_(cast.olaf).get(address(quest)).text
    assert page.count("a3__empty") == 8
    for key in ("current", "goal", "causes", "measures", "plan", "results", "learning"):
        assert f'href="/quests/{quest.id}#charter"' in box(page, key)
    assert f'href="/pains/{quest.pain_id}"' in box(page, "problem")


def test_a_begun_quest_leads_to_where_each_is_written(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        quest = Team(session, cast).sign().quest
    page = client.as_(cast.olaf).get(address(quest)).text
    show = client.get(f"/quests/{quest.id}").text
    for key, place in (
        ("current", "metric"),
        ("causes", "whys"),
        ("measures", "countermeasures"),
        ("plan", "countermeasures"),
        ("results", "metric"),
        ("learning", "next"),
    ):
        assert f'href="/quests/{quest.id}#{place}"' in box(page, key)
        assert f'id="{place}"' in show


def test_what_has_no_room_is_counted(client: Browser, cast: Cast, made: Made) -> None:
    page = client.as_(cast.ida).get(address(made(sheets.longest))).text
    assert "and 17 more" in box(page, "measures")
    assert "and 15 more" in box(page, "plan")
    assert "and 5 more" in box(page, "causes")
    assert "(3 steps)" in box(page, "causes")
    assert box(page, "learning").count("…") >= 4
    assert len(page) < 40_000, "a sheet does not grow with the quest"


def test_a_word_without_end_is_cut_within(client: Browser, cast: Cast, made: Made) -> None:
    page = client.as_(cast.ida).get(address(made(sheets.broadest))).text
    assert '<dt>Useful when</dt><dd dir="auto">WWW' in box(page, "learning")
    assert '<dt>Shared goal</dt><dd dir="auto">WWW' in box(page, "goal")


def test_open_tasks_stand_before_done_ones(
    client: Browser, cast: Cast, made: Made, transaction: Transaction
) -> None:
    quest = made(sheets.proven)
    with transaction() as session:
        session.add(
            Task(countermeasure_id=quest.countermeasures[0].id, text="Earlier", due_on=day(19))
        )
    plan = box(client.as_(cast.ida).get(address(quest)).text, "plan")
    places = [plan.index(words) for words in ("Earlier", "Tell the night", "Change the planning")]
    assert places == sorted(places)
    assert "nobody yet" in plan
    assert f'href="/quests/{quest.id}#drivers"' in plan
    assert 'id="drivers"' in client.get(f"/quests/{quest.id}").text


def test_a_cause_that_is_not_the_root_yet_is_marked_so(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        quest = Team(session, cast).diagnose().quest
        for why in quest.whys:
            why.is_root, why.level = False, None
    causes = box(client.as_(cast.ida).get(address(quest)).text, "causes")
    assert "not the root yet" in causes
    assert causes.index("The plan has no free hour") < causes.index("The day moved")


def test_a_stopped_quest_says_why(client: Browser, cast: Cast, transaction: Transaction) -> None:
    with transaction() as session:
        quest = Team(session, cast).sign().quest
        quest.stop_reason = "No hours left"
        assert learning.lesson_of(session, quest.id) is None
    assert "No hours left" in box(client.as_(cast.ida).get(address(quest)).text, "learning")


def test_everyone_sees_it_and_nobody_else(client: Browser, cast: Cast, made: Made) -> None:
    quest = made(sheets.empty)
    for someone in (cast.ida, cast.karl, cast.ruth, cast.noor, cast.olaf):
        assert client.as_(someone).get(address(quest)).status_code == 200
    assert client.as_(None).get(address(quest)).status_code == 303
    assert client.as_(cast.ida).get("/quests/99999/a3").status_code == 404


def test_the_quest_leads_to_it(client: Browser, cast: Cast, made: Made) -> None:
    quest = made(sheets.empty)
    assert address(quest) in client.as_(cast.olaf).get(f"/quests/{quest.id}").text


@pytest.mark.parametrize("kind", [sheets.empty, sheets.proven, sheets.longest])
def test_it_takes_a_dozen_queries_at_most(
    client: Browser, cast: Cast, made: Made, queries: Counting, kind: Callable[..., Quest]
) -> None:
    url = address(made(kind))
    client.as_(cast.ida).get(url)
    assert cost(client, queries, url) <= MOST

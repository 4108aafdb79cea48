"""The workshop in browsers: three people on three screens, and one without scripts."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from cxquest.core import clock
from cxquest.pains import starting as pains
from cxquest.quests import starting
from cxquest.voice import hearing
from tests import cast as players
from tests.browser.live import Site
from tests.browser.steps import Player
from tests.cast import BEGUN
from tests.teams import Team, week

SOON = 9_000  # ms: two looks of the board, and a slow machine


@dataclass
class Room:
    """The workshop's address, and the comments that may show a why."""

    url: str
    words: list[int]


@pytest.fixture
def room(site: Site) -> Room:
    """A signed quest of three departments; Billing's chair is empty."""
    site.move_to(week(2))
    with site.session() as session:
        cast = players.cast(session)
        team = Team(session, cast).sign()
        said = ("They moved me to Thursday and nobody rang", "Second time that nobody came")
        words = [
            hearing.heard(session, text, on=BEGUN.date(), by=cast.bram, at=BEGUN).comments[0].id
            for text in said
        ]
        pains.add_evidence(session, team.pain, words, by=cast.bram, at=BEGUN)
        starting.add_chair(session, team.quest, cast.billing, by=cast.ida, at=clock.now())
        session.commit()
        return Room(f"/quests/{team.id}/workshop", words)


def sees(player: Player, words: str) -> None:
    """The board shows it within seconds, without anybody touching the page."""
    expect(player.page.locator("#_workshop")).to_contain_text(words, timeout=SOON)


def focused(page: Page) -> list[object]:
    """Return the name of the field that has the focus, its text, and where the caret stands."""
    found = page.evaluate(
        "[document.activeElement.name, document.activeElement.value,"
        " document.activeElement.selectionStart]"
    )
    assert isinstance(found, list)
    return found


def test_three_screens_show_the_same_and_nothing_typed_is_lost(
    site: Site, player: Callable[..., Player], room: Room
) -> None:
    ida, bram, olaf = player("Ida"), player("Bram"), player("Olaf")
    for one in (ida, bram, olaf):
        one.goes_to(room.url)
        assert "Empty chair: the gate stays closed" in one.reads()
    assert "You look on" in olaf.reads()

    bram.goes_to(f"{room.url}?ask=why")
    bram.page.get_by_label("Because").press_sequentially("The plan of the")
    bram.page.keyboard.press("ArrowLeft")
    typed = ["text", "The plan of the", 14]
    assert focused(bram.page) == typed

    ida.fills_in(person_id="Olaf")
    ida.presses("Save")
    for one in (bram, olaf):
        expect(one.page.locator(".seat--empty")).to_have_count(0, timeout=SOON)
        sees(one, "Olaf")
    assert focused(bram.page) == typed
    expect(bram.page.locator("#announcer")).to_have_text(
        re.compile("Ida: Somebody sits for a department"), timeout=SOON
    )

    olaf.goes_to(room.url.removesuffix("/workshop"))
    olaf.presses("Join the team")
    olaf.goes_to(f"{room.url}?ask=why")
    olaf.fills_in(text="The day moved", evidence="44 of 60 moves")
    olaf.presses("Add this why")
    for one in (ida, bram):
        sees(one, "The day moved")
        sees(one, "Shown by: 44 of 60 moves")
    assert focused(bram.page) == typed

    olaf.follows("Customers' words: The day moved")
    olaf.fills_in(comment=True)
    olaf.presses("Save the choice")
    for one in (ida, bram):
        sees(one, "1 customer's words")
    assert focused(bram.page) == typed

    bram.page.locator("#_workshop details summary").click()
    expect(bram.page.locator("#_workshop blockquote").last).to_be_visible()
    bram.page.get_by_label("Because").fill("The plan of the day is full")
    bram.presses("Add this why")
    for one in (ida, olaf):
        sees(one, "The plan of the day is full")


def test_what_was_unfolded_and_focused_on_the_board_stays_so(
    player: Callable[..., Player], room: Room
) -> None:
    ida, bram = player("Ida"), player("Bram")
    ida.goes_to(f"{room.url}?ask=why")
    ida.fills_in(text="The day moved", evidence="")
    ida.presses("Add this why")
    ida.follows("Customers' words: The day moved")
    ida.fills_in(comment=True)
    ida.presses("Save the choice")
    bram.goes_to(room.url)
    bram.page.locator("#_workshop details summary").click()
    bram.page.locator("#look-again").focus()
    ida.goes_to(f"{room.url}?ask=why")
    ida.fills_in(text="Nobody rang", evidence="Two calls")
    ida.presses("Add this why")
    sees(bram, "Nobody rang")
    expect(bram.page.locator("#_workshop details")).to_have_attribute("open", "")
    assert bram.page.evaluate("document.activeElement.id") == "look-again"


def test_the_whole_of_the_first_gate_without_scripts(
    player: Callable[..., Player], room: Room
) -> None:
    ida = player("Ida", scripts=False)
    ida.goes_to(room.url)
    ida.fills_in(person_id="Bram")
    ida.presses("Save")
    assert "deputy, of another department" in ida.reads()
    ida.fills_in(text="The day moved", evidence="44 of 60 moves")
    ida.presses("Add this why")
    ida.fills_in(text="The plan has no free hour")
    ida.presses("Add this why")
    ida.follows("Customers' words: The plan has no free hour")
    ida.fills_in(comment=True)
    ida.presses("Save the choice")
    ida.follows("It goes no deeper: check whether this is the root")
    ida.fills_in(level="systemic", without_it="A free hour takes it up", fixed_stops="None moved")
    ida.presses("Mark as root cause")
    ida.fills_in(kind="under", note="Nobody owned the message", aim="prevention")
    ida.presses("Save")
    for _chair in range(3):
        ida.fills_in(heard="We never asked")
        ida.presses("Save")
    ida.fills_in(why_unnoticed="No list shows a move", why_unnoticed_evidence="Three reports")
    ida.presses("Save")
    said = ida.reads()
    assert "Every question has its answer" in said
    assert re.search(r"therefore\s+The day moved\s+therefore\s+I waited and nobody came", said)
    ida.follows("Look again")
    ida.presses("Ask for the review")
    assert "asked for on" in ida.reads()

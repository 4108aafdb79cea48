"""A decline and a second try at the outcome's gate, in the browser: coach and lead, two screens."""

from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests import cast as players
from tests.browser import steps
from tests.browser.conftest import Ear
from tests.browser.live import Site
from tests.browser.steps import Player
from tests.teams import Team, week

STEP = "Say whether the weeks were counted in the same way, and ask again."
AXE = """async () => (await axe.run()).violations.map(v => v.id + v.nodes.map(n => n.html))"""
IN_VIEW = "e => 0 <= e.getBoundingClientRect().top && e.getBoundingClientRect().top < innerHeight"


@pytest.fixture
def quest(site: Site) -> str:
    """A quest whose outcome waits for its verdict; its chart is quiet, for it never varies."""
    site.move_to(week(13))
    with site.session() as session:
        made = Team(session, players.cast(session)).prove()
        session.commit()
        return f"/quests/{made.id}"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_declined_with_the_next_step_and_accepted_with_a_judgement(
    quest: str, player: Callable[..., Player], ear: Ear, scripts: bool
) -> None:
    noor, ida = player("Noor", scripts=scripts), player("Ida", scripts=scripts)
    ear.expected = {422}
    noor.goes_to(f"{quest}/review/G3")
    noor.fills_in(verdict="decline", reason="Six weeks are few.")
    noor.presses("Give the verdict")
    assert "Say what the team does next" in noor.reads()
    noor.fills_in(next_step=STEP)
    noor.presses("Give the verdict")
    assert noor.page.url.endswith(quest)

    ida.goes_to("/")
    assert f"Outcome was declined. What comes next: {STEP}" in ida.reads()
    ida.goes_to(quest)
    assert STEP in ida.page.locator("#next").inner_text()
    steps.asks_for_review(ida, quest)

    noor.goes_to(quest)
    noor.follows("Review:")
    assert "The chart shows no signal since the change" in noor.reads()
    noor.fills_in(verdict="accept", reason="They were counted in the same way.")
    noor.presses("Give the verdict")
    assert "write how you judge them" in noor.reads()
    noor.fills_in(judgement="No week of six is like the twelve before; they never varied.")
    noor.presses("Give the verdict")
    assert "The gate is passed, and the team is paid for it." in noor.page.inner_text("body")
    ida.goes_to(quest)
    shown = ida.reads()
    assert "No week of six" in shown
    assert "The figures as they lay before the reviewer" in shown
    assert STEP not in ida.page.locator("#next").inner_text()


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_page_is_in_order_and_the_verdict_stays_in_view(
    quest: str, player: Callable[..., Player], width: int
) -> None:
    noor = player("Noor")
    noor.page.set_viewport_size({"width": width, "height": 900})
    noor.goes_to(f"{quest}/review/G3")
    page = noor.page
    page.locator("#_verdict").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(AXE) == []
    verdict = page.locator("#_verdict")
    page.locator("#corrections").scroll_into_view_if_needed()
    if width == 1280:
        assert verdict.evaluate(IN_VIEW)
    order = page.locator("main h2").all_inner_texts()
    assert order[0].startswith("The pain")
    assert order[-1] == "Your verdict"

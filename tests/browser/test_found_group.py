"""A coach lets the program learn; a colleague names a group that it found, and reads the theme."""

from collections.abc import Callable

from cxquest.themes import job
from tests.browser.live import Site
from tests.browser.steps import Player
from tests.cast import cast as found_the_company
from tests.themes import voices


def test_naming_a_found_group(player: Callable[..., Player], site: Site) -> None:
    with site.session() as session:
        voices(session, found_the_company(session), tagged=0, others=20)
        session.commit()
    noor, ida = player("Noor"), player("Ida")
    noor.goes_to("/themes/proposals")
    noor.presses("Learn and propose")
    assert "Stop" in noor.reads()
    with site.session() as session:
        assert job.work(session, site.now)
    noor.page.reload()
    assert "too little to learn from" in noor.reads()
    ida.goes_to("/themes/groups")
    first = ida.page.get_by_role("main").get_by_role("link").first
    keywords = first.inner_text()
    first.click()
    assert keywords in ida.reads()
    typical = ida.page.locator("main blockquote p").first.inner_text()
    ida.fills_in(name="What customers wait for", definition="Queues and silence.")
    ida.presses("Make it a theme")
    ida.page.get_by_text("What customers wait for").first.wait_for()
    ida.goes_to("/themes")
    ida.follows("What customers wait for")
    assert "Queues and silence." in ida.reads()
    ida.follows("See all comments")
    assert typical in ida.reads()

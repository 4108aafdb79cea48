"""A theme that grows is found in the list, read with its rule, and made a pain point."""

from collections.abc import Callable

from tests.browser.live import Site
from tests.browser.steps import Player
from tests.cast import cast as found_the_company
from tests.surging import surging


def test_a_surge_in_a_made_series_leads_to_a_pain_point(
    player: Callable[..., Player], site: Site
) -> None:
    with site.session() as session:
        found_the_company(session)
        surging(session, "It hums at night", site.now())
        session.commit()
    ida = player("Ida")
    ida.goes_to("/themes")
    row = ida.page.get_by_role("row").filter(has_text="It hums at night")
    row.get_by_text("Surge").wait_for()
    ida.follows("It hums at night")
    read = ida.reads()
    assert "would be a surge" in read
    assert "fewer than 1 week in 200 would reach it by chance" in read
    assert "The pump hums at night" in read
    ida.page.get_by_text("The same numbers in a table").click()
    assert "; surge" in ida.reads()
    ida.follows("A year")
    assert "weeks=52" in ida.page.url
    ida.follows("Make a pain point from it")
    ida.page.wait_for_url("**/pains/new?theme=*&since=*&until=*")
    boxes = ida.page.locator("[name=comment]")
    assert boxes.count() == 8
    assert "It hums at night" in ida.page.locator("[name=theme_id] option:checked").inner_text()

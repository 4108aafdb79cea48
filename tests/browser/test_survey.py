"""A customer answers on a phone without JavaScript; a colleague reads it among the voices."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.conftest import Ear
from tests.browser.live import Site
from tests.browser.steps import Player
from tests.browser.test_every_page import AXE, NARROW, OVERFLOW, TAGS
from tests.cast import BEGUN
from tests.cast import cast as found_the_company
from tests.surveys import stage, survey

PHONE: ViewportSize = {"width": 390, "height": 844}
GOAL = "Get the radiators warm before my mother comes"


@pytest.fixture
def phone(chromium: Browser, site: Site, ear: Ear) -> Iterator[Page]:
    """A customer's phone: narrow, touched, without JavaScript."""
    context = chromium.new_context(
        base_url=site.url, viewport=PHONE, has_touch=True, java_script_enabled=False
    )
    yield ear.listen(context).new_page()
    assert context.cookies() == [], "nobody is followed"
    context.close()


def test_from_a_phone_without_javascript_to_the_voice_page(
    player: Callable[..., Player], phone: Page, site: Site, ear: Ear
) -> None:
    ear.expected = {422}
    with site.session() as session:
        stage(session, found_the_company(session))
        session.commit()
    noor = player("Noor")
    code = makes_a_survey(noor)
    phone.goto(f"/s/{code}")
    phone.get_by_role("button", name="Send").tap()
    phone.get_by_role("link", name="Answer at least one of the questions.").wait_for()
    phone.get_by_label("What were you trying to get done?").fill(GOAL)
    step = phone.get_by_role("radio", name="6", exact=True)
    box = step.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44
    step.check(force=True)
    phone.get_by_label("What got in your way most?").fill("Nobody said when")
    phone.get_by_label("You may write to me about what becomes of this").check()
    phone.get_by_label("Your e-mail address").fill("kari@customer.example")
    phone.get_by_role("button", name="Send").tap()
    phone.wait_for_url(f"**/s/{code}/thanks")
    assert "Thank you" in phone.locator("main").inner_text()

    noor.page.reload()
    assert "mean of 1 who said" in noor.reads()
    noor.follows("Read what they said")
    voice = noor.reads()
    assert GOAL in voice
    assert "Nobody said when" in voice
    assert "kari@customer.example" not in voice
    assert "rated 6 (1 to 7)" in voice


def makes_a_survey(noor: Player) -> str:
    """Make a survey, mend its texts as the lint says, open it; return its public code."""
    noor.goes_to("/surveys")
    noor.follows("A new survey")
    noor.fills_in(name="After the visit", stage="Install")
    noor.presses("Make a draft")
    noor.fills_in(helped="How great was our service?")
    noor.presses("Check")
    assert "“our” makes it a question about us" in noor.reads()
    assert noor.page.locator("main [name=helped]").input_value() == "How great was our service?"
    noor.fills_in(helped="What helped you most?")
    noor.presses("Save")
    noor.presses("Open it to customers")
    drawn = noor.page.get_by_role("img", name="QR code of this address")
    assert drawn.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    address = noor.page.get_by_role("link", name="/s/").first.inner_text()
    return address.rpartition("/")[2]


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_the_customers_page_is_accessible(
    chromium: Browser, site: Site, ear: Ear, language: str
) -> None:
    ear.expected = {404, 422}
    with site.session() as session:
        asked = survey(session, found_the_company(session), language=language)
        code = asked.code
        session.commit()
    context = chromium.new_context(base_url=site.url, viewport=PHONE, reduced_motion="reduce")
    page = ear.listen(context).new_page()
    faults = []
    for path, sends in ((f"/s/{code}", False), (f"/s/{code}", True), (f"/s/{code}/thanks", False),
                        ("/s/none", False)):  # fmt: skip
        page.goto(path)
        if sends:
            page.locator("button[type=submit]").click()
        page.evaluate(AXE_SCRIPT)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            faults += page.evaluate(AXE, TAGS)
        page.set_viewport_size({"width": NARROW, "height": 700})
        faults += page.evaluate(OVERFLOW)
        page.set_viewport_size(PHONE)
    context.close()
    assert faults == []


def test_the_keyboard_alone_is_enough(chromium: Browser, site: Site, ear: Ear) -> None:
    with site.session() as session:
        code = survey(session, found_the_company(session), at=BEGUN).code
        session.commit()
    context = chromium.new_context(base_url=site.url, viewport=PHONE)
    page = ear.listen(context).new_page()
    page.goto(f"/s/{code}")
    keys = page.keyboard
    keys.press("Tab")
    keys.type("Get warm")
    keys.press("Tab")
    keys.press("Space")
    for _ in range(4):
        keys.press("ArrowRight")
    assert page.locator("[name=support]:checked").get_attribute("value") == "5"
    for _ in range(7):  # three questions, two ticks, the address, the button; never the trap
        keys.press("Tab")
    keys.press("Enter")
    page.wait_for_url("**/thanks")
    context.close()

"""A customer says on a phone without JavaScript that it is better; a coach and a team read it."""

from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from cxquest.pains import checking
from cxquest.pains.models import Answer, PainNote, PainPoint
from tests.browser.conftest import Ear
from tests.browser.live import Site
from tests.browser.steps import Player
from tests.browser.test_every_page import AXE, NARROW, OVERFLOW, TAGS
from tests.browser.test_survey import PHONE
from tests.cast import Cast
from tests.cast import cast as found_the_company
from tests.checks import customer, key_in, mails, shown_by, worded
from tests.pains import LATER, URL
from tests.surveys import stage, survey


def waiting(session: Session, cast: Cast, language: str = "en") -> tuple[int, int]:
    """Return a pain point and its note, which is worded and would reach one customer by mail."""
    asked = survey(session, cast, language=language)
    ann = customer(session, cast, "Nobody came, and nobody rang", address="ann@home.example")
    ann.source_id = asked.source_id
    pain = shown_by(session, cast, stage(session, cast), ann)
    return pain.id, worded(session, cast, pain).id


def link_to(session: Session, language: str) -> str:
    """Return the address that the customer gets."""
    cast = found_the_company(session)
    pain_id, note_id = waiting(session, cast, language)
    pain = session.get_one(PainPoint, pain_id)
    note = session.get_one(PainNote, note_id)
    checking.send(session, pain, note, base_url=URL, by=cast.noor, at=LATER)
    return f"/c/{key_in(mails(session)[0].body)}"


def test_from_the_coachs_mail_over_a_phone_to_the_pain_point(
    player: Callable[..., Player], chromium: Browser, site: Site, ear: Ear
) -> None:
    ear.expected = {409, 422}
    with site.session() as session:
        pain_id, _note_id = waiting(session, found_the_company(session))
        session.commit()
    noor = player("Noor")
    noor.goes_to(f"/pains/{pain_id}")
    noor.page.get_by_text("1 customer who agreed to hear back can be asked").wait_for()
    noor.presses("Send it by mail")
    noor.page.get_by_text("1 customer is asked.").wait_for()
    with site.session() as session:
        address = f"/c/{key_in(mails(session)[0].body)}"

    context = chromium.new_context(
        base_url=site.url, viewport=PHONE, has_touch=True, java_script_enabled=False
    )
    phone = ear.listen(context).new_page()
    phone.goto(address)
    seen = phone.locator("main").inner_text()
    assert "Nobody came, and nobody rang" in seen
    assert "We come on the day." in seen
    assert "Waited" not in seen
    phone.get_by_role("button", name="Send").tap()
    phone.get_by_role("link", name="Choose one of the three.").wait_for()
    choice = phone.get_by_role("radio", name="It is worse")
    box = choice.locator("xpath=..").bounding_box()
    assert box
    assert box["height"] >= 44
    choice.check()
    phone.get_by_label("Is there more to say?").fill("Now nobody answers either")
    phone.get_by_role("button", name="Send").tap()
    phone.wait_for_url(f"**{address}/thanks")
    assert "Thank you" in phone.locator("main").inner_text()
    phone.goto(address)
    assert "answered already" in phone.locator("main").inner_text()
    assert context.cookies() == [], "nobody is followed"
    context.close()

    noor.goes_to("/")
    noor.follows("A customer says it is worse: Nobody came")
    assert "Now nobody answers either" in noor.reads()
    plain = player("Noor", scripts=False)
    plain.goes_to(f"/pains/{pain_id}")
    plain.follows("Ask customers whether it is better, and see what they answer")
    assert "Now nobody answers either" in plain.reads()


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_the_customers_page_is_accessible(
    chromium: Browser, site: Site, ear: Ear, language: str
) -> None:
    ear.expected = {404, 422}
    with site.session() as session:
        address = link_to(session, language)
        session.commit()
    context = chromium.new_context(base_url=site.url, viewport=PHONE, reduced_motion="reduce")
    page = ear.listen(context).new_page()
    faults = []
    for path, sends in ((address, False), (address, True), (f"{address}/thanks", False),
                        ("/c/none", False)):  # fmt: skip
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


def test_the_panel_of_answers_is_accessible(
    player: Callable[..., Player], site: Site, ear: Ear
) -> None:
    with site.session() as session:
        cast = found_the_company(session)
        pain_id, note_id = waiting(session, cast)
        pain = session.get_one(PainPoint, pain_id)
        note = session.get_one(PainNote, note_id)
        checking.send(session, pain, note, base_url=URL, by=cast.noor, at=LATER)
        for said in Answer:
            checking.write_down(session, pain, note, said, "By phone", by=cast.noor, at=LATER)
        session.commit()
    noor = player("Noor")
    for path in (f"/pains/{pain_id}/notes", f"/notes/{note_id}/answer"):
        noor.goes_to(path)
        noor.page.evaluate(AXE_SCRIPT)
        for scheme in ("light", "dark"):
            noor.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert noor.page.evaluate(AXE, TAGS) == []
        noor.page.set_viewport_size({"width": NARROW, "height": 700})
        assert noor.page.evaluate(OVERFLOW) == []
        noor.page.set_viewport_size({"width": 1280, "height": 900})


def test_the_keyboard_alone_is_enough(chromium: Browser, site: Site, ear: Ear) -> None:
    with site.session() as session:
        address = link_to(session, "en")
        session.commit()
    context = chromium.new_context(base_url=site.url, viewport=PHONE)
    page = ear.listen(context).new_page()
    page.goto(address)
    keys = page.keyboard
    keys.press("Tab")
    keys.press("Space")
    keys.press("ArrowDown")
    assert page.locator("[name=answer]:checked").get_attribute("value") == "same"
    keys.press("Tab")
    keys.type("No change")
    keys.press("Tab")
    keys.press("Enter")
    page.wait_for_url("**/thanks")
    context.close()

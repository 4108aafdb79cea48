"""Every page, as everyone who may open it: axe, light and dark, wide and narrow; nothing scrolls
sideways; one heading, a title of its own; the browser has nothing to complain of.
"""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import abort
from playwright.sync_api import Browser, Page

from cxquest.core.errors import Missing, Refusal
from cxquest.demo import company
from tests import demo
from tests.browser.conftest import Ear
from tests.browser.live import Site
from tests.browser.walking import Visit, Walk, headings, title

EMAILS = [email for _role, email in company.SHOWN]
WIDTHS = (1280, 390)
NARROW = 320
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]  # all that another scheme can change
AXE = """async rules =>
  (await axe.run({runOnly: rules, preload: false, resultTypes: ["violations"]}))
  .violations.map(v => v.id + ": " + v.help + v.nodes.map(n => "\\n    " + n.html.slice(0, 160)
    + " | " + n.any.concat(n.all, n.none).map(c => c.message).join("; ")).slice(0, 4).join(""))"""
OVERFLOW = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth
    && !e.closest(".scroll")).map(e => e.outerHTML.slice(0, 120)).slice(0, 5)"""
ROOMS: dict[str, Callable[[str], bool]] = {
    "desk, boards and journey": lambda name: name.split(".")[0] in ("desk", "boards", "journey"),
    "people": lambda name: name.startswith("people."),
    "voice": lambda name: name.startswith("voice."),
    "themes": lambda name: name.startswith("themes."),
    "imports": lambda name: name.startswith("imports."),
    "surveys": lambda name: name.startswith("surveys."),
    "pains": lambda name: name.startswith("pains."),
    "a quest": lambda name: name == "quests.show",
    "quests": lambda name: (
        name.startswith("quests.")
        and name not in ("quests.show", "quests.for_pain", "quests.own_changes")
    ),
    "recognition": lambda name: name.startswith("recognition."),
    "rewards": lambda name: name.split(".")[0] in ("rewards", "seasons", "points"),
}


@pytest.fixture(scope="module")
def walk(_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """The demo company, and somebody who asks for each of its pages."""
    _site.server.clean(demo.database(tmp_path_factory))
    return Walk(_site.app, EMAILS)


@pytest.fixture
def page(chromium: Browser, _site: Site, ear: Ear) -> Iterator[Page]:
    """An empty page of a browser."""
    context = chromium.new_context(base_url=_site.url, reduced_motion="reduce")
    yield ear.listen(context).new_page()
    context.close()


@pytest.mark.parametrize("room", ROOMS)
def test_every_page(walk: Walk, page: Page, room: str) -> None:
    visits = walk.visits(ROOMS[room])
    assert visits
    faults = [fault for visit in visits for fault in looked_at(page, walk, visit)]
    assert not faults, "\n\n".join(faults)
    assert not shared_titles(visits)


@pytest.mark.parametrize("status", [403, 404, 409, 422, 500])
def test_every_error_page(
    walk: Walk, page: Page, ear: Ear, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ear.expected = {status}
    path = {403: "/admin", 404: "/quests/99999"}.get(status, "/boards/teams")
    monkeypatch.setitem(walk.app.view_functions, "boards.teams", lambda: fail_with(status))
    ida = walk.roles[0]
    answer = walk.client(ida).get(path)
    assert answer.status_code == status
    assert not list(looked_at(page, walk, Visit("error", path, ida.id, answer.text)))


def fail_with(status: int) -> None:
    """Fail as a page does that meets a refusal, a wrong form, a fault of the program."""
    if status == 409:
        missing = [Missing("Four fresh readings", "the metric's owner", "metric", done=False)]
        raise Refusal("Something is still missing for this step.", missing=missing)
    abort(422) if status == 422 else 1 / 0


def looked_at(page: Page, walk: Walk, visit: Visit) -> Iterator[str]:
    """Yield what is wrong with a page."""
    where = f"{visit.endpoint} {visit.path}"
    if headings(visit) != 1:
        yield f"{where}: {headings(visit)} headings of the first level"
    if not title(visit).removesuffix("· CXQuest").strip():
        yield f"{where}: no title"
    page.context.clear_cookies()
    cookie = walk.cookie_of(visit.person_id)
    if cookie:
        page.context.add_cookies([{"name": "cxquest", "value": cookie, "url": page_url(page)}])
    page.goto(visit.path)
    page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="light")
        for found in page.evaluate(AXE, TAGS):
            yield f"{where} {width}: {found}"
        page.emulate_media(color_scheme="dark")
        for found in page.evaluate(AXE, COLOURS):
            yield f"{where} {width} dark: {found}"
    page.set_viewport_size({"width": NARROW, "height": 700})
    for element in page.evaluate(OVERFLOW):
        yield f"{where}: wider than {NARROW}: {element}"


def page_url(page: Page) -> str:
    """Return the address of the site that the page's context visits."""
    return str(page.context._impl_obj._options["baseURL"])


def shared_titles(visits: list[Visit]) -> list[str]:
    """Return the titles that two different pages have."""
    titles = {(visit.endpoint, visit.path): title(visit) for visit in visits}
    return [words for words, count in Counter(titles.values()).items() if count > 1]

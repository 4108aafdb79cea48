"""The quest on one page: the browser prints exactly one sheet of A3 or A4, whatever is on it."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from cxquest.people.models import Person
from cxquest.quests.models import Quest
from tests import cast as players
from tests import sheets
from tests.browser.conftest import Ear
from tests.browser.live import Site
from tests.browsing import Browser as Client

KINDS = ("empty", "proven", "longest")
PAPERS = {"A4": (842.88, 595.92), "A3": (1191.12, 842.88), "Letter": (792, 612)}
PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
SIZE = re.compile(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]")
ON_A4 = {"width": 1062, "height": 733}  # what margins of 8 mm leave, at 96 dots an inch
POINT = 96 / 72
LEAST = 6.5
CUT_OFF = """() => [...document.querySelectorAll(".a3__box, .a3__head, .a3")]
  .filter(e => e.scrollHeight > e.clientHeight || e.scrollWidth > e.clientWidth)
  .map(e => `${e.className} ${e.scrollWidth - e.clientWidth} ${e.scrollHeight - e.clientHeight}`)"""
TOO_WIDE = """() => [...document.querySelectorAll(".a3__box, .a3__head")]
  .filter(e => e.scrollWidth > e.clientWidth).map(e => e.className)"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll(".a3 *")]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .filter(e => e.getClientRects().length && !e.closest("title, desc, .sr-only"))
  .map(e => parseFloat(getComputedStyle(e).fontSize) *
    (e.ownerSVGElement ? e.ownerSVGElement.getScreenCTM().a : 1)))"""
INK = """() => ["color", "background-color"].map(name =>
  getComputedStyle(document.querySelector(".a3__box"))[name])"""
AXE = """async () => (await axe.run()).violations.map(v => v.id + v.nodes.map(n => n.html))"""


@pytest.fixture
def context(chromium: Browser, _site: Site, ear: Ear) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser of somebody's: `context(person, scripts=False)`."""
    opened: list[BrowserContext] = []

    def of(person: Person, *, scripts: bool = True) -> BrowserContext:
        _site.app.test_client_class = Client
        client = _site.app.test_client()
        assert isinstance(client, Client)
        cookie = client.as_(person).get_cookie("cxquest")
        assert cookie
        made = chromium.new_context(base_url=_site.url, java_script_enabled=scripts)
        made.add_cookies([{"name": "cxquest", "value": cookie.value, "url": _site.url}])
        opened.append(ear.listen(made))
        return made

    yield of
    for one in opened:
        one.close()


@pytest.fixture
def opened(site: Site, context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Open the sheet of a quest of `tests.sheets`, as somebody who only looks on."""

    def sheet(kind: str, *, scripts: bool = True) -> Page:
        with site.session() as session:
            session.expire_on_commit = False
            cast = players.cast(session)
            quest = getattr(sheets, kind)(session, cast)
            session.commit()
        page = context(cast.olaf, scripts=scripts).new_page()
        answer = page.goto(f"/quests/{quest.id}/a3")
        assert answer
        assert answer.ok, page.content()
        return page

    return sheet


def printed(page: Page, paper: str, *, landscape: bool, by_page: bool) -> tuple[int, list[float]]:
    """Return the number of pages of a PDF, and the first one's width and height in points."""
    pdf = page.pdf(format=paper, landscape=landscape, prefer_css_page_size=by_page)
    size = SIZE.search(pdf)
    assert size
    return len(PAGE.findall(pdf)), [float(side) for side in size.groups()]


@pytest.mark.parametrize("kind", [*KINDS, "broadest"])
def test_it_is_one_sheet_on_whatever_paper(opened: Callable[..., Page], kind: str) -> None:
    page = opened(kind)
    for paper, size in PAPERS.items():
        for by_page in (True, False):
            for landscape in (True, False):
                pages, sides = printed(page, paper, landscape=landscape, by_page=by_page)
                assert pages == 1, (paper, by_page, landscape)
                assert sides == pytest.approx(size, abs=1), (paper, by_page, landscape)


@pytest.mark.parametrize("kind", KINDS)
def test_on_a4_nothing_is_cut_off_and_all_can_be_read(
    opened: Callable[..., Page], kind: str
) -> None:
    page = opened(kind)
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size(ON_A4)  # type: ignore[arg-type]
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.status)") == "loaded"
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(SMALLEST) / POINT >= LEAST
    assert page.evaluate(INK) == ["oklch(0.235 0.022 228)", "rgba(0, 0, 0, 0)"]
    for gone in (".rail", ".topline", ".bar", ".a3-tools"):
        expect(page.locator(gone)).to_be_hidden()


def test_the_demo_company_prints_each_quest_on_one_sheet(
    demo_site: Site, context: Callable[..., BrowserContext]
) -> None:
    with demo_site.session() as session:
        quests = session.scalars(select(Quest.id).order_by(Quest.id)).all()
        reader = session.scalars(select(Person).where(Person.is_active).limit(1)).one()
        session.expunge(reader)
    page = context(reader).new_page()
    page.emulate_media(media="print")
    page.set_viewport_size(ON_A4)  # type: ignore[arg-type]
    for quest in quests:
        answer = page.goto(f"/quests/{quest}/a3")
        assert answer
        assert answer.ok, page.content()
        for paper in ("A3", "A4"):
            assert printed(page, paper, landscape=True, by_page=True)[0] == 1, quest
        assert page.evaluate(CUT_OFF) == [], quest


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    opened: Callable[..., Page], kind: str
) -> None:
    page = opened(kind)
    page.evaluate(AXE_SCRIPT)
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert page.evaluate(AXE) == [], (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(TOO_WIDE) == [], width


def test_the_boxes_stand_in_the_order_of_an_a3(opened: Callable[..., Page]) -> None:
    page = opened("proven")
    boxes = [one.bounding_box() for one in page.locator(".a3__box").all()]
    left, right = boxes[:4], boxes[4:]
    assert all(a["x"] < b["x"] for a in left for b in right)  # type: ignore[index]
    for side in (left, right):
        tops = [box["y"] for box in side]  # type: ignore[index]
        assert tops == sorted(tops)
    page.set_viewport_size({"width": 390, "height": 900})
    boxes = [one.bounding_box() for one in page.locator(".a3__box").all()]
    assert len({round(box["x"]) for box in boxes}) == 1  # type: ignore[index]
    tops = [box["y"] for box in boxes]  # type: ignore[index]
    assert tops == sorted(tops)


def test_the_button_is_there_where_a_script_can_print(opened: Callable[..., Page]) -> None:
    page = opened("empty")
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")


def test_without_a_script_the_words_say_how(opened: Callable[..., Page]) -> None:
    page = opened("empty", scripts=False)
    expect(page.get_by_role("button", name="Print")).to_have_count(0)
    expect(page.get_by_text("Choose A3 or A4")).to_be_visible()

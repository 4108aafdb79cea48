"""A browser for the run, sites that it visits, and an ear for whatever the browser complains of."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from cxquest.core import clock
from tests import demo
from tests.browser.live import Site
from tests.browser.steps import Player

ROOT = Path(__file__).resolve().parents[2]
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ANSWERED = re.compile(r"the server responded with a status of (\d+)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The run's one browser; without any, what needs it is skipped."""
    path = os.environ.get("CXQUEST_CHROMIUM")
    if path is None:
        found = subprocess.run([ROOT / "scripts/browser"], capture_output=True, text=True)
        path = found.stdout.strip()
    if not path:
        pytest.skip("no browser: scripts/browser says why")
    with sync_playwright() as playwright:
        browser = _launched(playwright, path)
        yield browser
        browser.close()


def _launched(playwright: Playwright, path: str) -> Browser:
    return playwright.chromium.launch(executable_path=path, args=QUIET)


class Ear:
    """Hears every console message, page error and refusal of the content security policy."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.expected: set[int] = set()

    def listen(self, context: BrowserContext) -> BrowserContext:
        """Hear what the pages of this context say."""
        context.on("console", lambda message: self._note(message.text, message.page))
        context.on("weberror", lambda error: self._note(str(error.error), error.page))
        return context

    def _note(self, text: str, page: object) -> None:
        answered = ANSWERED.search(text)
        if answered and int(answered[1]) in self.expected:
            return
        self.heard.append(f"{getattr(page, 'url', '')}: {text}")


@pytest.fixture(autouse=True)
def ear() -> Iterator[Ear]:
    """Whatever the browser complained of fails the test; `expected` are statuses that may come."""
    listening = Ear()
    yield listening
    assert not listening.heard, "\n".join(listening.heard)


@pytest.fixture(scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"))
    yield made
    made.close()


@pytest.fixture
def site(_site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A running site with an empty database and a clock that can be moved."""
    _site.server.clean()
    monkeypatch.setattr(clock, "now", _site.now)
    return _site


@pytest.fixture
def demo_site(_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A running site with the demo company."""
    _site.server.clean(demo.database(tmp_path_factory))
    return _site


@pytest.fixture
def player(chromium: Browser, site: Site, ear: Ear) -> Iterator[Callable[..., Player]]:
    """Sit a person down before a browser of their own: `player("Ida", scripts=False)`."""
    opened: list[BrowserContext] = []

    def sat_down(name: str, *, scripts: bool = True) -> Player:
        context = chromium.new_context(
            base_url=site.url, java_script_enabled=scripts, accept_downloads=True
        )
        context.set_default_timeout(15_000)
        opened.append(ear.listen(context))
        return Player(name, context.new_page())

    yield sat_down
    for context in opened:
        context.close()

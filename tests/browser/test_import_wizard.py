"""The import wizard in a browser, with and without JavaScript, on a file as people send them."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import func, select

from cxquest.imports import importing, job
from cxquest.voice.models import Comment, Submission
from tests.browser import steps
from tests.browser.conftest import Ear
from tests.browser.live import Site
from tests.browser.steps import Player
from tests.cast import cast as found_the_company

# Two lines above the header, semicolons, Windows-1252, a rating that is a word, an impossible
# day, and a row that comes twice.
FILE = (
    "Kundenumfrage;;;\n"
    "Exportiert am 03.05.2026;;;\n"
    "Nr;Beantwortet;Zufriedenheit;Was können wir besser machen?\n"
    "1;31.01.2026;2;Der Monteur kam zu spät.\n"
    "2;01.02.2026;5;Alles schön – danke\n"
    "3;02.02.2026;sehr gut;Früher Bescheid geben\n"
    "4;30.02.2026;1;Niemand rief zurück\n"
    "5;04.02.2026;1;Ich warte noch …\n"
    "5;04.02.2026;1;Ich warte noch …\n"
).encode("cp1252")
COLUMNS = ("Keep as it is", "Date", "Rating", "Comment: the customer's words")


def settled(site: Site) -> None:
    site.move_to(datetime(2026, 5, 4, 9, tzinfo=UTC))
    with site.session() as session:
        found_the_company(session)
        session.commit()


def uploads(ruth: Player) -> str:
    """Send the file; return the path of its run."""
    ruth.goes_to("/admin/imports")
    ruth.fills_in(source="Umfrage")
    steps.chooses_file(ruth, "umfrage.csv", FILE)
    ruth.presses("Upload")
    return urlsplit(ruth.page.url).path


def kept(site: Site) -> tuple[int, int, int]:
    """Return how many submissions, comments and repeats there are."""
    with site.session() as session:
        counts = (Submission.id, Comment.id, Submission.repeat_of_id)
        found = [session.scalar(select(func.count(column))) or 0 for column in counts]
    return found[0], found[1], found[2]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_file_as_people_send_them(
    site: Site, player: Callable[..., Player], ear: Ear, scripts: bool
) -> None:
    settled(site)
    ruth = player("Ruth", scripts=scripts)
    run = uploads(ruth)
    assert "semicolon · cp1252 · 1 header row · 4 columns" in ruth.reads()
    assert "1 row is exactly the same as an earlier one." in ruth.reads()
    ruth.follows("How the file is read")
    assert "Kundenumfrage" in ruth.reads()
    assert "Der Monteur kam zu spät." in ruth.reads()
    ruth.presses("Read it so")

    ear.expected.add(422)
    steps.says_what_columns_are(ruth, COLUMNS, low_2="1", high_2="5")
    assert "Choose in which order “Beantwortet” writes year, month and day." in ruth.reads()
    assert ruth.page.locator("main [name=high_2]").input_value() == "5"
    steps.says_what_columns_are(ruth, (), order_1="dmy")
    seen = ruth.reads()
    assert "Nothing is kept yet." in seen
    assert "This is not a date written day, month, year." in seen
    assert "This is not a number. The text is kept." in seen
    assert kept(site) == (0, 0, 0)
    ruth.presses("Import")
    assert "6 rows are read, each accounted for." in ruth.page.locator("body").inner_text()
    assert kept(site) == (5, 5, 0)

    (rejected,) = ruth.takes_out(f"{run}/rejected.csv")
    assert rejected["line"] == "7"
    assert (rejected["column"], rejected["value"]) == ("Beantwortet", "30.02.2026")
    assert rejected["Was können wir besser machen?"] == "Niemand rief zurück"
    (doubtful,) = ruth.takes_out(f"{run}/doubts.csv")
    assert (doubtful["line"], doubtful["value"]) == ("6", "sehr gut")

    ruth.follows("Answers that repeat")
    assert "Ich warte noch …" in ruth.reads()
    ruth.presses("Count all once")
    assert kept(site) == (5, 5, 1)

    ruth.goes_to(run)
    ruth.follows("Undo")
    assert "submissions go" in ruth.reads()
    ruth.presses("Undo the import")
    assert "5 submissions are gone" in ruth.reads()
    assert kept(site) == (0, 0, 0)


def test_the_page_tells_how_far_the_worker_is(
    site: Site, player: Callable[..., Player], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    settled(site)
    ruth = player("Ruth")
    uploads(ruth)
    steps.says_what_columns_are(ruth, COLUMNS, order_1="dmy", low_2="1", high_2="5")
    assert "It waits for its turn." in ruth.reads()
    with site.session() as session:
        assert job.work(session, site.now, "secret")
    ruth.page.get_by_text("What would come of it").wait_for()
    ruth.presses("Import")
    assert "The rows are being taken." in ruth.reads()
    with site.session() as session:
        assert job.work(session, site.now, "secret")
    ruth.page.get_by_text("What came of it").wait_for()
    assert kept(site) == (5, 5, 0)


def test_every_step_can_be_used_by_everyone(site: Site, player: Callable[..., Player]) -> None:
    settled(site)
    ruth = player("Ruth")
    run = uploads(ruth)
    for path in (run, f"{run}/reading"):
        clean(ruth, path)
    ruth.goes_to(run)
    steps.says_what_columns_are(ruth, COLUMNS, order_1="dmy", low_2="1", high_2="5")
    clean(ruth, run)
    ruth.presses("Import")
    source = "/admin/imports/sources/1"
    for path in (run, f"{run}/undo", f"{source}/repeats", f"{source}/mappings"):
        clean(ruth, path)


def test_what_is_chosen_opens_the_settings_it_needs(
    site: Site, player: Callable[..., Player]
) -> None:
    settled(site)
    ruth = player("Ruth")
    uploads(ruth)
    for name, needed, other in (("1", "Date", "Language"), ("2", "Rating", "Date")):
        row = ruth.page.locator(f"main tr:has([name=role_{name}])")
        ruth.fills_in(**{f"role_{name}": other})
        assert row.locator("details[open]").count() == 0
        ruth.fills_in(**{f"role_{name}": needed})
        assert row.locator("details[open]").count() == 1
    assert ruth.page.locator("main [name=low_2]").is_visible()


def test_long_names_scroll_nothing_sideways(site: Site, player: Callable[..., Player]) -> None:
    settled(site)
    ruth = player("Ruth")
    ruth.goes_to("/admin/imports")
    ruth.fills_in(source="Umfrage")
    name = "quarterly_customer_satisfaction_survey_export_final_version_2026.csv"
    steps.chooses_file(ruth, name, FILE.replace(b"Zufriedenheit", b"zufriedenheit_" * 6))
    ruth.presses("Upload")
    run = urlsplit(ruth.page.url).path
    for path in (run, "/admin/imports"):
        clean(ruth, path)
    ruth.goes_to(run)
    steps.says_what_columns_are(ruth, COLUMNS, order_1="dmy", low_2="1", high_2="5")
    clean(ruth, run)


def clean(ruth: Player, path: str) -> None:
    """Look at a page on a phone: nothing for axe to find, nothing to scroll sideways."""
    ruth.page.set_viewport_size({"width": 320, "height": 800})
    ruth.goes_to(path)
    found = Axe().run(ruth.page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path
    measured = ruth.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert measured[0] <= measured[1], path

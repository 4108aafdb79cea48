"""A metric from a template to its readings in a browser, with and without JavaScript."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from cxquest.measures.models import Metric, Reading
from tests.browser import steps
from tests.browser.conftest import Ear
from tests.browser.live import Site
from tests.browser.steps import Player
from tests.browser.test_import_wizard import clean
from tests.cast import cast as found_the_company
from tests.teams import Team, week

# Semicolons, Windows-1252, a decimal comma, days that read both ways, two rows of one week.
FILE = (
    "Woche;Anzahl;Gesamt;Bemerkung\n"
    "05.01.2026;95;100;\n"
    "12.01.2026;88;110;für alle Filialen\n"
    "02.02.2026;90;100;\n"
    "04.02.2026;91;100;dieselbe Woche\n"
    "09.02.2026;120;100;mehr als alle\n"
).encode("cp1252")


def settled(site: Site, *, measured: bool = False) -> tuple[int, int]:
    """Ida's quest is signed, and perhaps measured; return its id and that of its metric."""
    site.move_to(week(20))
    with site.session() as session:
        team = Team(session, found_the_company(session)).sign()
        if measured:
            team.define()
            for number in range(1, 8):
                team.read(number, f"{number}")
        session.commit()
        return team.id, team.quest.metric_id or 0


def known(site: Site) -> int:
    with site.session() as session:
        return session.scalar(select(func.count(Reading.id))) or 0


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_metric_and_its_file(
    site: Site, player: Callable[..., Player], ear: Ear, scripts: bool
) -> None:
    quest, _none = settled(site)
    bram = player("Bram", scripts=scripts)
    bram.goes_to(f"/quests/{quest}")
    bram.follows("Choose one of the field")
    bram.follows("Begin with this one: On-time delivery")
    ear.expected.add(422)
    bram.fills_in(name="Customer satisfaction", data_source="The plan", target="98")
    bram.presses("Save")
    assert "declare the score as a measure beside it" in bram.reads()
    bram.fills_in(name="Visits on the promised day")
    bram.presses("Save")
    assert "Visits on the promised day" in bram.reads()
    bram.follows("Write down the first reading")
    bram.follows("Bring a file")
    steps.chooses_file(bram, "wochen.csv", FILE)
    bram.presses("Upload")
    run = urlsplit(bram.page.url).path
    bram.presses("Preview")
    assert "Choose in which order “Woche” writes year, month and day." in bram.reads()
    bram.fills_in(order="day, month, year")
    bram.presses("Preview")
    seen = bram.reads()
    assert "Nothing is kept yet." in seen
    assert "stands on line 5 too" in seen
    assert "Use a share from 0 to 100." in seen
    assert known(site) == 0
    rejected = bram.takes_out(f"{run}/rejected.csv")
    assert [row["line"] for row in rejected] == ["4", "5", "6"]
    bram.presses("Take it in")
    assert known(site) == 2
    bram.follows("See the readings")
    assert "88 of 110" in bram.reads()
    bram.goes_to(run)
    bram.follows("Undo")
    bram.fills_in(reason="Another branch")
    bram.presses("Take it all back")
    assert "2 readings are taken back." in bram.page.locator("body").inner_text()
    with site.session() as session:
        assert session.scalars(select(Metric)).one().analysis == {}
    assert known(site) == 4


def test_every_step_can_be_used_by_everyone(site: Site, player: Callable[..., Player]) -> None:
    quest, metric = settled(site, measured=True)
    bram = player("Bram")
    for path in ("metric", "metric/templates", "movers", "neighbour"):
        clean(bram, f"/quests/{quest}/{path}")
    for path in ("", "/files/new", "/keys", "/readings/1", "/readings/1/withdraw"):
        clean(bram, f"/metrics/{metric}{path}")
    bram.goes_to(f"/metrics/{metric}/files/new")
    steps.chooses_file(bram, "a.csv", b"period,value\n2026-02-02,4\n2026-02-02,5\n")
    bram.presses("Upload")
    bram.presses("Preview")
    clean(bram, urlsplit(bram.page.url).path)

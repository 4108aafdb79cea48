"""What stands with a metric's chart: the rules it goes by, and where there is too little data."""

import pytest

from cxquest.measures import analysing
from cxquest.measures.spc import LIMITS, RULE_SET, ChartKind
from cxquest.quests.models import Quest
from tests import sheets
from tests.browsing import Browser
from tests.cast import Cast
from tests.conftest import Transaction
from tests.proofs import Noisy
from tests.teams import Team

FEW = "Not enough data: a chart of fewer than 12 readings has neither limits nor signals."
NAMED = "XmR chart, rules of NHS England (Making data count)"


def shown(client: Browser, *urls: str) -> list[str]:
    return [client.get(url).text.replace("&#39;", "'") for url in urls]


def charted(quest: Quest) -> list[str]:
    """Return the addresses that show a quest's chart with all its words."""
    return [f"/quests/{quest.id}", f"/metrics/{quest.metric_id}"]


@pytest.fixture
def rising(transaction: Transaction, cast: Cast) -> Quest:
    """A quest with eight readings, each higher than the one before."""
    with transaction() as session:
        team = Team(session, cast).sign().define()
        for number in range(8):
            team.read(number, str(number))
        return team.quest


def test_eight_rising_readings_have_neither_limits_nor_signals(
    client: Browser, cast: Cast, rising: Quest
) -> None:
    client.as_(cast.ida)
    taken = f"/metrics/{rising.metric_id}/chart.svg"
    for page in shown(client, *charted(rising)):
        assert FEW in page
        assert "Special point" not in page
        assert "Limits of what chance alone does" not in page
        assert "chart__mean" in page
    (svg,) = shown(client, taken)
    assert "Not enough data" in svg
    assert "Special point" not in svg


def test_the_sheet_says_it_too(client: Browser, cast: Cast, rising: Quest) -> None:
    (page,) = shown(client.as_(cast.ida), f"/quests/{rising.id}/a3")
    assert "Not enough data" in page
    assert "chart__limit" not in page
    assert "chart__sign" not in page


def test_a_stretch_of_few_readings_is_named_by_its_day(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        team = Team(session, cast).fix().take_back(5)
        for number in range(4, 9):
            team.read(number, "5")
        quest = team.quest
    client.as_(cast.ida)
    for page in shown(client, *charted(quest)):
        assert "Not enough data" not in page
    sent = {"on_day": "2026-04-20", "reason": "The new plan is in use"}
    assert client.send(f"/quests/{quest.id}/rebase", **sent).status_code == 303
    for page in shown(client, *charted(quest)):
        assert "Not enough data from 20 Apr 2026 on" in page


def test_every_chart_names_its_limits_and_rules(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        quest = Noisy(session, cast).prove().quest
    client.as_(cast.noor)
    for page in shown(client, *charted(quest), f"/quests/{quest.id}/review/G3"):
        assert LIMITS[ChartKind.XMR] in page
        assert RULE_SET in page
        assert "Not enough data" not in page
        assert "one of 7 points on one side of the mean" in page or "outside the limits" in page
    (svg,) = shown(client, f"/metrics/{quest.metric_id}/chart.svg")
    assert "mean moving range" in svg
    assert "NHS England" in svg


def test_both_charts_of_the_sheet_name_their_rules(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        quest = sheets.proven(session, cast)
    (page,) = shown(client.as_(cast.ida), f"/quests/{quest.id}/a3")
    assert page.count(NAMED) == 2


def test_the_kind_is_the_one_that_is_drawn(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        quest = Team(session, cast).fix().take_back(5).quest
        metric = quest.metric
        assert metric
        metric.chart, metric.per = ChartKind.P, 100  # its readings know no number of cases
        analysing.refresh(session, metric)
    for page in shown(client.as_(cast.ida), *charted(quest)):
        assert LIMITS[ChartKind.XMR] in page
        assert LIMITS[ChartKind.P] not in page


def test_the_reviewer_reads_days_as_they_are_written_elsewhere(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        quest = Noisy(session, cast).prove().quest
        metric = quest.metric
        assert metric
        metric.analysis = metric.analysis | {"rebases": [["2026-04-20", "The new plan"]]}
    (page,) = shown(client.as_(cast.noor), f"/quests/{quest.id}/review/G3")
    assert "20 Apr 2026: The new plan" in page
    assert "2026-04-20: The new plan" not in page
    assert "18 readings, the last" in page


def test_measures_are_declared_before_the_root_cause_only(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        early = Team(session, cast).sign().define().id
        late = Team(session, cast, "Found").fix().take_back(5).id
    client.as_(cast.ida)
    for place in ("", "/metric"):
        for quest, offered in ((early, True), (late, False)):
            address = f'href="/quests/{quest}/sides/new"'
            assert (address in client.get(f"/quests/{quest}{place}").text) is offered


def test_checks_are_listed_alike(client: Browser, cast: Cast, transaction: Transaction) -> None:
    with transaction() as session:
        quest = Noisy(session, cast).hold().id
    client.as_(cast.noor)
    lists = [
        page.split('id="_hold_checks"')[1].split("</ul>")[0]
        for page in shown(client, f"/quests/{quest}", f"/quests/{quest}/review/G4")
    ]
    assert lists[0] == lists[1]
    assert lists[0].count("<li") == 3

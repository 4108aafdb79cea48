"""The pages of a metric: its form and templates, movers, neighbour, readings, reactions, keys."""

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.measures import analysing
from cxquest.measures import queries as measures
from cxquest.measures.models import Metric, Period, Reading
from cxquest.measures.spc import ChartKind
from cxquest.measures.templates import TEMPLATES
from cxquest.quests.models import Quest
from tests.browsing import Browser
from tests.cast import Cast
from tests.conftest import Counting, Transaction, cost
from tests.teams import Team, day, week

MOST = 12
FORM = {
    "name": "Late moves",
    "kind": "operational",
    "definition": "Days changed late",
    "chart": "xmr",
    "per": "1",
    "unit": "per 100 visits",
    "direction": "decrease",
    "period": "week",
    "data_source": "The plan",
    "owner_id": "",
    "target": "4",
    "target_on": "2026-09-01",
    "red_limit": "",
    "reaction": "",
    "reaction_by_id": "",
    "reaction_hours": "",
}


@pytest.fixture
def fixing(transaction: Transaction, cast: Cast) -> tuple[int, int]:
    """A quest that is fixing, with its metric."""
    with transaction() as session:
        team = Team(session, cast).fix().take_back(5)
        metric = team.quest.metric
        assert metric
        return team.id, metric.id


def page(client: Browser, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return re.sub(r"\s+", " ", answer.text)


def of(session: Session, metric_id: int) -> Metric:
    found = measures.metric(session, metric_id)
    assert found
    return found


def test_a_template_fills_the_form_in(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        quest = Team(session, cast).sign().id
    client.as_(cast.ida)
    offered = page(client, f"/quests/{quest}/metric/templates")
    for one in TEMPLATES:
        assert f"template={one.key}" in offered
    filled = page(client, f"/quests/{quest}/metric?template=escalations")
    assert 'value="Escalations per 100 contacts"' in filled
    assert re.search(r'<option selected value="u">', filled)
    assert re.search(r'<option selected value="100">', filled)
    assert "Keep the rule for it unchanged" in filled
    assert page(client, f"/quests/{quest}/metric?template=nothing")
    answer = client.send(f"/quests/{quest}/metric?template=escalations", **FORM)
    assert answer.status_code == 303
    with transaction() as session:
        assert session.scalars(select(Metric)).one().name == "Late moves"


def test_an_outcome_score_is_refused_with_the_way_out(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        quest = Team(session, cast).sign().id
    answer = client.as_(cast.ida).send(f"/quests/{quest}/metric", **{**FORM, "name": "NPS"})
    assert answer.status_code == 422
    assert "declare the score as a measure beside it" in answer.text
    assert 'value="NPS"' in answer.text
    answer = client.send(f"/quests/{quest}/metric", **{**FORM, "red_limit": "9"})
    assert answer.status_code == 422
    assert "a limit without a plan calls nobody" in answer.text


def test_the_whole_definition_is_kept_and_shown_again(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        quest = Team(session, cast).sign().id
    plan = {
        "chart": "p_prime",
        "per": "100",
        "kind": "behavioural",
        "red_limit": "9,5",
        "reaction": "Ring the lead",
        "reaction_by_id": str(cast.bram.id),
        "reaction_hours": "8",
        "owner_id": str(cast.bram.id),
    }
    client.as_(cast.ida)
    assert client.send(f"/quests/{quest}/metric", **{**FORM, **plan}).status_code == 303
    with transaction() as session:
        metric = session.scalars(select(Metric)).one()
        assert (metric.chart, metric.per, metric.red_limit) == (
            ChartKind.P_PRIME,
            100,
            Decimal("9.5"),
        )
        assert (metric.reaction_by_id, metric.reaction_hours) == (cast.bram.id, 8)
    form = page(client, f"/quests/{quest}/metric")
    assert re.search(r'<option selected value="p_prime">', form)
    assert 'value="9.5"' in form
    assert "Ring the lead" in form
    shown = page(client, f"/quests/{quest}")
    assert "Behavioural" in shown
    assert "Ring the lead" in shown


def test_one_person_of_each_department_moves_it(
    client: Browser, cast: Cast, transaction: Transaction, fixing: tuple[int, int]
) -> None:
    quest, metric = fixing
    client.as_(cast.ida)
    form = page(client, f"/quests/{quest}/movers")
    assert form.index("Ida") < form.index("</form>")
    names = {f"department-{cast.care.id}": str(cast.ida.id)}
    stranger = {f"department-{cast.field.id}": str(cast.olaf.id)}
    again = client.send(f"/quests/{quest}/movers", **names, **stranger)
    assert again.status_code == 422
    assert "Field: Not a valid choice" in again.text
    assert f'<option selected value="{cast.ida.id}">' in again.text
    nobody = {f"department-{cast.field.id}": ""}
    assert client.send(f"/quests/{quest}/movers", **names, **nobody).status_code == 303
    with transaction() as session:
        found = session.scalars(select(Quest.id).where(Quest.metric_id == metric)).one()
        assert found == quest
    shown = page(client, f"/quests/{quest}")
    assert "Care: Ida" in shown
    assert "Field: Bram" not in shown


def test_the_neighbour_has_a_page_and_readings_of_its_own(
    client: Browser, cast: Cast, transaction: Transaction, fixing: tuple[int, int]
) -> None:
    quest, metric = fixing
    client.as_(cast.bram)
    assert client.send(f"/quests/{quest}/neighbour", name="The north").status_code == 303
    with transaction() as session:
        beside = of(session, metric).neighbour_id
    shown = page(client, f"/quests/{quest}")
    assert f'href="/metrics/{beside}"' in shown
    assert client.send(f"/metrics/{beside}", day="2026-03-04", value="7", n="").status_code == 303
    own = page(client, f"/metrics/{beside}")
    assert "A series that the change should not move" in own
    assert client.as_(cast.olaf).get(f"/metrics/{beside}").status_code == 200


def test_limits_begin_anew_and_the_reason_stands_under_the_chart(
    client: Browser, cast: Cast, transaction: Transaction, fixing: tuple[int, int]
) -> None:
    quest, metric = fixing
    with transaction() as session:
        team = Team.__new__(Team)
        team.session, team.cast, team.id = session, cast, quest
        for number in range(4, 9):
            team.read(number, "5")
    client.as_(cast.ida)
    answer = client.send(f"/quests/{quest}/rebase", on_day=day(1).isoformat(), reason="Because")
    assert answer.status_code == 422
    sent = {"on_day": day(6).isoformat(), "reason": "The new plan is in use"}
    assert client.send(f"/quests/{quest}/rebase", **sent).status_code == 303
    for url in (f"/quests/{quest}", f"/metrics/{metric}"):
        assert "The new plan is in use" in page(client, url)


def test_readings_are_added_corrected_and_taken_back(
    client: Browser, cast: Cast, transaction: Transaction, fixing: tuple[int, int]
) -> None:
    quest, metric = fixing
    client.as_(cast.bram)
    assert client.get(f"/quests/{quest}/readings").location == f"/metrics/{metric}"
    sent = {"day": day(4).isoformat(), "value": "9,25", "n": ""}
    assert client.send(f"/metrics/{metric}", **sent).status_code == 303
    again = client.send(f"/metrics/{metric}", **sent)
    assert again.status_code == 422
    assert "Correct that one instead" in again.text
    with transaction() as session:
        first = session.scalars(select(Reading).order_by(Reading.id.desc())).first()
        assert first
    change = f"/metrics/{metric}/readings/{first.id}"
    assert 'value="9.25"' in page(client, change)
    fixed = client.send(change, value="9", n="", reason="A typo")
    assert (fixed.status_code, fixed.location) == (303, f"/metrics/{metric}")
    assert client.send(change, value="8", n="", reason="Again").status_code == 409
    with transaction() as session:
        second = session.scalars(select(Reading.id).order_by(Reading.id.desc())).first()
    back = f"/metrics/{metric}/readings/{second}/withdraw"
    assert "stay on record" in page(client, back)
    assert client.send(back, reason="").status_code == 422
    assert client.send(back, reason="Another branch").status_code == 303
    shown = page(client, f"/metrics/{metric}")
    assert "correction: A typo" in shown
    assert "taken back: Another branch" in shown
    assert client.get(f"/metrics/{metric}/readings/999").status_code == 404
    rows = list(csv.DictReader(io.StringIO(client.get(f"/metrics/{metric}/readings.csv").text[1:])))
    week_four = [row for row in rows if row["period from"] == day(4).isoformat()]
    assert [(row["value"], row["what it is"], row["counts"]) for row in week_four] == [
        ("9", "withdrawal", "no"),
        ("9", "correction", "no"),
        ("9.25", "reading", "no"),
    ]
    assert {row["entered by"] for row in rows} == {"Bram"}


def test_a_share_asks_for_counts_and_shows_the_share(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        team = Team(session, cast).sign().define()
        metric = team.quest.metric
        assert metric
        metric.chart, metric.per = ChartKind.P, 100
        url = f"/metrics/{metric.id}"
    client.as_(cast.bram)
    assert "How many of them" in page(client, url)
    sent = {"day": day(1).isoformat(), "count": "19", "n": "24"}
    assert client.send(url, **sent).status_code == 303
    shown = page(client, url)
    assert "79.167" in shown
    assert "19 of 24" in shown
    more = {"day": day(2).isoformat(), "count": "25", "n": "24"}
    assert client.send(url, **more).status_code == 422
    assert client.send(url, **{**more, "n": "0"}).status_code == 422
    with transaction() as session:
        reading = session.scalars(select(Reading.id)).one()
    assert 'value="19"' in page(client, f"{url}/readings/{reading}")


def test_onlookers_read_and_change_nothing(
    client: Browser, cast: Cast, fixing: tuple[int, int]
) -> None:
    _quest, metric = fixing
    client.as_(cast.olaf)
    shown = page(client, f"/metrics/{metric}")
    assert "A new reading" not in shown
    assert "Take back" not in shown
    assert client.send(f"/metrics/{metric}", day="2026-03-02").status_code == 403
    for path in ("files/new", "keys", "readings/1", "readings/1/withdraw"):
        assert client.get(f"/metrics/{metric}/{path}").status_code == 403
    for path in ("", "/readings.csv", "/chart.svg"):
        assert client.get(f"/metrics/99999{path}").status_code == 404
    assert client.as_(None).get(f"/metrics/{metric}").status_code == 303


def test_the_chart_is_taken_away(client: Browser, cast: Cast, fixing: tuple[int, int]) -> None:
    _quest, metric = fixing
    client.as_(cast.olaf)
    svg = client.get(f"/metrics/{metric}/chart.svg")
    assert svg.mimetype == "image/svg+xml"
    assert svg.data.startswith(b"<svg")
    assert b"Late moves" in svg.data
    assert "attachment" in svg.headers["Content-Disposition"]
    png = client.get(f"/metrics/{metric}/chart.png")
    assert png.data.startswith(b"\x89PNG")


def test_without_a_reading_there_is_no_chart(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        metric = Team(session, cast).sign().define().quest.metric_id
    client.as_(cast.bram)
    assert "No reading yet" in page(client, f"/metrics/{metric}")
    assert client.get(f"/metrics/{metric}/chart.png").status_code == 404


def many(transaction: Transaction, metric_id: int, count: int) -> None:
    """Put so many daily readings there, all at once."""
    with transaction() as session:
        metric = of(session, metric_id)
        metric.period = Period.DAY
        metric.baseline_from = metric.baseline_to = None
        at = week(4)
        known = {v.period_start for v in measures.values(session, metric)}
        days = [date(2020, 1, 1) + timedelta(days=n) for n in range(count)]
        session.add_all(
            Reading(
                metric_id=metric_id,
                period_start=one,
                value=Decimal(10 + one.day % 5),
                recorded_at=at,
            )
            for one in days
            if one not in known
        )
        session.flush()
        analysing.refresh(session, metric)


def test_a_long_chart_is_read_part_by_part(
    client: Browser, cast: Cast, transaction: Transaction, fixing: tuple[int, int]
) -> None:
    _quest, metric = fixing
    many(transaction, metric, 300)
    client.as_(cast.olaf)
    seen, url = 0, f"/metrics/{metric}"
    for _turn in range(9):
        shown = page(client, url)
        table = shown[shown.index("The same numbers in a table") : shown.index('id="all"')]
        seen += table.count('<th scope="row">')
        found = re.search(rf'rel="prev" href="(/metrics/{metric}\?until=[0-9-]+)#chart"', shown)
        if not found:
            break
        url = found[1]
    assert seen == 312
    assert "The latest" in page(client, url)
    assert client.get(f"/metrics/{metric}?until=soon").status_code == 200
    assert client.get(f"/metrics/{metric}?until=1900-01-01").status_code == 200


def test_the_pages_stay_within_their_budget(
    client: Browser,
    cast: Cast,
    transaction: Transaction,
    fixing: tuple[int, int],
    queries: Counting,
) -> None:
    quest, metric = fixing
    client.as_(cast.ida)
    urls = [
        f"/metrics/{metric}",
        f"/metrics/{metric}?until=2026-04-01",
        f"/metrics/{metric}/readings.csv",
        f"/metrics/{metric}/files/new",
        f"/quests/{quest}/metric",
        f"/quests/{quest}/metric/templates",
        f"/quests/{quest}/movers",
        f"/quests/{quest}/neighbour",
        f"/quests/{quest}/rebase",
        f"/quests/{quest}",
    ]
    few = {url: cost(client, queries, url) for url in urls}
    many(transaction, metric, 400)
    assert {url: cost(client, queries, url) for url in urls} == few
    assert max(few.values()) <= MOST, few

"""One's own points, and why a line or a decision has its points, as people read it."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.people.models import Person
from cxquest.quests import holding
from cxquest.rewards import ledger, line_queries, paying
from cxquest.rewards import queries as rewards
from cxquest.rewards.models import Component, Decision, LedgerEntry, RewardEvent, Standing
from cxquest.rewards.rulebook import Gate
from tests.browsing import Browser
from tests.cast import Cast
from tests.conftest import Counted, Transaction
from tests.teams import Team, week

ZONE = ZoneInfo("Europe/Oslo")
STAT = re.compile(r'stat__number">(−?[\d,]+)</span>\s*<span class="stat__label">points, the sum')
ROW = re.compile(r'href="/points/(\d+)">(−?[\d,]+)<span class="sr-only"> points: why')


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(week(16), tick=False):
        yield


def number(text: str) -> int:
    return int(text.replace(",", "").replace("−", "-"))


def hear(session: Session, who: Person, other: Person, times: int, at: int = 5) -> None:
    """Have pain points of a person accepted, one after another in a week."""
    accounts = ledger.accounts_of(session, [who.id, other.id])
    for place in range(times):
        paying.pay(
            session,
            key=f"pain:{at}:{place}:{who.id}",
            kind="pain_accepted",
            subject="pain:1",
            facts={"finder": accounts[who.id], "approver": accounts[other.id]},
            label="Nobody came",
            at=week(at) + timedelta(hours=place),
            zone=ZONE,
        )


def line(
    session: Session, who: Person | None, rule: str, component: Component | None = None
) -> LedgerEntry:
    """Return the first line that a rule wrote for a person, or for a team."""
    found = select(LedgerEntry).where(LedgerEntry.rule == rule).order_by(LedgerEntry.id)
    if who:
        account_id = rewards.account_of_person(session, who.id)
        found = found.where(LedgerEntry.account_id == account_id)
    else:
        wanted = component or Component.TEAM_OUTCOME
        found = found.where(LedgerEntry.component == wanted)
    entry = session.scalars(found).first()
    assert entry
    return entry


def text_of(answer: str) -> str:
    """Return a page's words without its tags, each gap one space."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer))


def test_p14_the_sum_is_the_standing_and_the_sum_of_the_lines(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        Team(session, cast).hold()
        for number_ in range(14):
            hear(session, cast.bram, cast.noor, 3, at=number_)
        account_id = rewards.account_of_person(session, cast.bram.id)
        standings = session.scalars(select(Standing).where(Standing.account_id == account_id)).all()
        season = {one.id: one.name for one in rewards.seasons(session)}
    client.as_(cast.bram)
    assert len(standings) == 2
    for standing in standings:
        page = client.get(f"/me/points?season={season[standing.season_id]}").text
        found = STAT.search(page)
        assert found
        assert number(found[1]) == standing.points
        assert sum(number(points) for _id, points in ROW.findall(page)) == standing.points
    found = STAT.search(client.get("/me/points").text)
    assert found
    assert number(found[1]) == sum(one.points for one in standings)
    rows = list(csv.DictReader(io.StringIO(client.get("/me/points.csv").text.lstrip("\ufeff"))))
    assert sum(int(row["points"]) for row in rows) == sum(one.points for one in standings)


def test_what_is_held_back_is_told_in_plain_words(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        for number_ in range(5, 12):
            hear(session, cast.bram, cast.noor, 2, at=number_)
        held = line(session, cast.bram, "individual_cap")
    client.as_(cast.bram)
    page = text_of(client.get("/me/points").text)
    assert "Held back in 2026-Q2: 20 of 70 points of own awards" in page
    assert "Own awards count up to 50 points, or 25%" in text_of(client.get("/me").text)
    shown = text_of(client.get(f"/points/{held.id}").text)
    assert "Above the allowance: own awards count up to 50 points now." in shown
    assert "280 more points from teams in this season, which release all" in shown
    only = client.get("/me/points?component=held").text
    assert {number(points) for _id, points in ROW.findall(only)} == {-5}


def test_a_list_is_cut_into_pages_of_fifty(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        for number_ in range(30):
            hear(session, cast.bram, cast.noor, 2, at=number_ - 15)
    client.as_(cast.bram)
    first, second = (ROW.findall(client.get(f"/me/points?page={n}").text) for n in (1, 2))
    assert len(first) == 50
    assert second
    assert not set(first) & set(second)
    rows = list(csv.DictReader(io.StringIO(client.get("/me/points.csv").text.lstrip("\ufeff"))))
    assert len(rows) == len(first) + len(second)


def test_what_was_not_paid_stands_there_with_its_reason(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        hear(session, cast.bram, cast.noor, 3)
        ended = session.scalars(select(Decision).where(Decision.points == 0)).all()
    client.as_(cast.bram)
    reason = "At most 10 points per person or team and week: used up."
    for url in ("/me/points", "/me/points?paid=no"):
        page = text_of(client.get(url).text)
        assert "A pain point was accepted · Nobody came" in page
        assert reason in page
    shown = text_of(client.get(f"/points/decision/{ended[0].id}").text)
    assert reason in shown
    assert "The same from 13 Apr 2026 on, when the limit begins anew" in shown
    file = client.get("/me/points.csv?paid=no").text
    assert reason in file


def test_a_gates_line_shows_everything_behind_it(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        team = Team(session, cast).hold()
        of_team, of_ida = line(session, None, "gate_G3"), line(session, cast.ida, "gate_G3")
        quest_id = team.quest.id
    for reader in (cast.ida, cast.olaf):
        page = client.as_(reader).get(f"/points/{of_team.id}").text
        words = text_of(page)
        assert "A gate was passed" in words
        assert f"quest:{quest_id}:G3" in words
        assert f'href="/quests/{quest_id}#metric"' in page
        assert f'href="/quests/{quest_id}#reviews"' in page
        assert "The quest formula: Outcome" in words
        assert "rulebook version 1" in words
        assert "Before rounding = 621 Rounded once, half up 621 Decided = 621" in words
        assert "One more department with an equal share of the work 702 points" in words
        assert ("A coach outside the team: Noor" in words) == (reader is cast.ida)
        assert "A coach outside the team" in words
    own = client.as_(cast.ida).get(f"/points/{of_ida.id}").text
    assert "It is shared, not split." in own
    assert f'href="/points/{of_team.id}">The team&#39;s line' in own


def test_nobody_reads_another_persons_lines(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        Team(session, cast).diagnose().judge(Gate.G1, 3)
        entry = line(session, cast.ida, "gate_G1")
        decision = session.scalars(
            select(Decision.id).where(Decision.account_id == entry.account_id)
        ).first()
    for url in (f"/points/{entry.id}", f"/points/decision/{decision}"):
        assert client.as_(cast.ida).get(url).status_code == 200
        for other in (cast.bram, cast.noor, cast.karl, cast.ruth, cast.olaf):
            assert client.as_(other).get(url).status_code == 403
    for url in ("/points/999999", "/points/decision/999999", "/disputes/999999"):
        assert client.get(url).status_code == 404


def test_an_ineligible_member_reads_why_and_what_makes_eligible(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        Team(session, cast).diagnose().judge(Gate.G1, 3, without=cast.bram)
        account_id = rewards.account_of_person(session, cast.bram.id)
        none = session.scalars(
            select(Decision.id).where(Decision.account_id == account_id, Decision.rule == "gate_G1")
        ).one()
    page = text_of(client.as_(cast.bram).get(f"/points/decision/{none}").text)
    assert "No accepted contribution yet." in page
    assert "earns from no more than 2 active quests" in page
    assert "120 points" in page


def test_what_was_taken_back_and_what_it_was_taken_from_lead_to_each_other(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        team = Team(session, cast).hold()
        back_on = week(13) + timedelta(days=45)
        holding.report_return(session, team.quest, "Calls", by=cast.noor, at=back_on)
        paid, back = line(session, None, "gate_G3"), line(session, None, "return_G3")
    client.as_(cast.olaf)
    page = client.get(f"/points/{back.id}").text
    words = text_of(page)
    assert "Taken back: Outcome: −466 points" in words
    assert "Before rounding = -465.75 Rounded once, half up −466" in words
    assert "The team saying it first −233 points" in words
    assert f'href="/points/{paid.id}">The line that this one corrects: Outcome' in page
    assert (
        f'href="/points/{back.id}">Corrects this line: Taken back: Outcome'
        in client.get(f"/points/{paid.id}").text
    )


def test_a_gate_that_was_taken_back_whole_is_not_shared_in_any_more(
    cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        team = Team(session, cast).hold()
        account_id = rewards.account_of_person(session, cast.ida.id)
        assert account_id
        assert line_queries.gates(session, account_id)["G3"] == 1
        at_once = week(13) + timedelta(hours=1)
        holding.report_return(session, team.quest, "Calls", by=cast.noor, at=at_once)
        assert "G3" not in line_queries.gates(session, account_id)


def test_boards_and_quests_lead_to_the_same_explanation(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        team = Team(session, cast).diagnose().judge(Gate.G1, 3)
        entry, mine = line(session, None, "gate_G1"), line(session, cast.ida, "gate_G1")
        quest_id = team.quest.id
    client.as_(cast.ida)
    for url in (f"/quests/{quest_id}", f"/boards/teams/{quest_id}?season=2026-Q1"):
        assert f'href="/points/{entry.id}"' in client.get(url).text
    assert f'href="/points/{mine.id}"' in client.get("/me").text


def test_my_own_page_shows_the_trend_and_the_gates(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        Team(session, cast).hold()
    page = client.as_(cast.ida).get("/me").text
    words = text_of(page)
    assert "Points by season" in words
    assert "828 points in 2026-Q2, after 138 in 2026-Q1." in words
    assert "Gates that I share in" in words
    assert "No points yet" in client.as_(cast.olaf).get("/me").text
    assert client.get("/me/points").status_code == 200


@pytest.mark.parametrize("times", [1, 10])
def test_pages_of_points_cost_the_same_few_queries(
    client: Browser,
    cast: Cast,
    transaction: Transaction,
    queries: Callable[[], AbstractContextManager[Counted]],
    times: int,
) -> None:
    with transaction() as session:
        team = Team(session, cast).hold()
        holding.report_return(session, team.quest, "Calls", by=cast.noor, at=week(18))
        for number_ in range(2, 2 + 2 * times):
            hear(session, cast.ida, cast.noor, 4, at=number_)
        entries = [
            line(session, cast.ida, rule).id for rule in ("gate_G3", "return_G3", "rule_pain")
        ]
        decision = session.scalars(
            select(Decision.id)
            .where(Decision.account_id == line(session, cast.ida, "gate_G3").account_id)
            .order_by(Decision.id.desc())
        ).first()
    client.as_(cast.ida)
    urls = [f"/points/{entry}" for entry in entries]
    urls += [f"/points/decision/{decision}", "/me", "/me/points", "/me/points?paid=no", "/disputes"]
    for url in urls:
        with queries() as counted:
            assert client.get(url).status_code == 200
        assert len(counted) <= 12, (url, str(counted))


def test_a_teams_page_tells_what_it_was_not_paid(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        team = Team(session, cast).diagnose().judge(Gate.G1, 3, own_change=True)
        of_team = facts_of_second_gate(session, team)
    page = client.as_(cast.olaf).get(f"/boards/teams/{team.id}?season=2026-Q2").text
    assert f'href="/points/decision/{of_team}"' in page
    reason = "The team itself made the change that caused the problem: only the first gate pays."
    assert reason in text_of(page)
    words = text_of(client.get(f"/points/decision/{of_team}").text)
    assert reason in words
    assert "Nothing. What a team&#39;s own change has caused pays at the first gate only." in words


def facts_of_second_gate(session: Session, team: Team) -> int:
    """Pay the second gate of a quest as it is, and return the decision on its team."""
    first = session.scalars(select(RewardEvent).where(RewardEvent.key.endswith(":G1"))).one()
    paying.pay(
        session,
        key=f"quest:{team.id}:G2",
        kind="gate_passed",
        subject=first.subject,
        facts={**first.facts, "gate": "G2"},
        label=first.label,
        at=week(6),
        zone=ZONE,
    )
    of_team = select(Decision.id).where(Decision.account_id == team.quest.account_id)
    return session.scalars(of_team.where(Decision.rule == "gate_G2")).one()

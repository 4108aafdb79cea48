"""The boards' pages and files, as their readers meet them."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete

from cxquest.boards.snapshot import snapshot
from cxquest.people.models import Organisation, Person
from cxquest.quests.models import SponsorRequest
from cxquest.rewards import queries as rewards
from cxquest.rewards import sealing
from cxquest.rewards.models import Season, Standing
from tests import boards
from tests.browsing import Browser
from tests.cast import BEGUN, Cast
from tests.conftest import Transaction
from tests.teams import Team, week

NOW = BEGUN + timedelta(days=20)
SEASON = "/boards/teams?season=2026-Q1"
SECRET = re.compile(r'name="csrf_token"[^>]*value="[^"]+"')
CELL = re.compile(
    r'data-label="Rank">(\d+)</td>.*?href="/quests/(\d+)".*?<a class="strong"[^>]*>'
    r"([\d,]+)<",
    re.DOTALL,
)


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def filed(client: Browser, url: str) -> list[dict[str, str]]:
    answer = client.get(url)
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("﻿"))))


def shown(page: str) -> list[tuple[str, str, str]]:
    """Return rank, quest and points of each row of a page."""
    return [(rank, quest, points.replace(",", "")) for rank, quest, points in CELL.findall(page)]


@pytest.mark.parametrize("asked", ["", "&q=quest+2", "&q=nothing"])
def test_the_file_of_teams_says_what_the_page_says(
    client: Browser, cast: Cast, transaction: Transaction, asked: str
) -> None:
    with transaction() as session:
        season = boards.season(session)
        quests = boards.teams(session, cast, season, list(range(1040, 1000, -1)))
        boards.put_on(session, quests[30], cast.bram)
    client.as_(cast.bram)
    page = client.get(SEASON + asked).text
    rows = filed(client, SEASON.replace("teams", "teams.csv") + asked)
    assert shown(page) == [(row["rank"], row["id"], row["points"]) for row in rows]
    assert len(rows) == {"": 15, "&q=quest+2": 11, "&q=nothing": 0}[asked]
    assert ("Your team" in page) is (not asked)
    assert ("No team with points was found" in page) is (not rows)


def test_one_rank_everywhere(client: Browser, cast: Cast, transaction: Transaction) -> None:
    with transaction() as session:
        season = boards.season(session)
        quests = boards.teams(session, cast, season, [50, 40, 40, 30])
    client.as_(cast.olaf)
    for rank, quest_id, points in shown(client.get(SEASON).text):
        page = client.get(f"/boards/teams/{quest_id}?season=2026-Q1").text
        assert f"rank {rank}" in page
        assert int(points) in (50, 40, 30)
    assert [rank for rank, _, _ in shown(client.get(SEASON).text)] == ["1", "2", "2", "4"]
    assert client.get(f"/boards/teams/{quests[-1].id + 1}").status_code == 404


def test_with_two_teams_there_are_no_ranks(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        boards.teams(session, cast, boards.season(session), [50, 40])
    page = client.as_(cast.olaf).get(SEASON).text
    assert "Ranks mean little before 3 teams" in page
    assert 'data-label="Rank"' not in page
    assert [row["rank"] for row in filed(client, "/boards/teams.csv?season=2026-Q1")] == ["", ""]


def test_without_points_the_page_says_what_comes_here(client: Browser, cast: Cast) -> None:
    client.as_(cast.olaf)
    assert "No points in this season yet" in client.get("/boards/teams").text
    assert "Nothing has held for 90 days yet" in client.get("/boards/lasting").text
    assert "Nothing to compare yet" in client.get("/boards/departments").text
    assert "Nothing is proven here yet" in client.get("/boards/journey").text
    assert "No bridge to be seen yet" in client.get("/boards/bridges").text
    assert "No sponsor of yours" in client.get("/boards/sponsors").text
    assert "No request yet" in client.as_(cast.karl).get("/boards/sponsors").text


def test_p14_a_number_opens_its_lines_and_they_add_up(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        team = Team(session, cast).hold()
        entries = rewards.entries_of_account(session, team.quest.account_id)
        names = {season.id: season.name for season in rewards.seasons(session)}
        sums: dict[str, list[int]] = {}
        for entry in entries:
            sums.setdefault(names[entry.season_id], []).append(entry.points)
        quest_id = team.id
    with time_machine.travel(week(20), tick=False):
        client.as_(cast.olaf)
        for season, points in sums.items():
            page = client.get(f"/boards/teams/{quest_id}?season={season}").text
            lines = re.findall(r'award__points num">([\d,−-]+) points', page)
            assert sorted(int(line.replace(",", "")) for line in lines) == sorted(points)
            assert f'stat__number"><a href="#lines">{sum(points):,}<' in page
            (row,) = filed(client, f"/boards/teams.csv?season={season}")
            assert int(row["points"]) == sum(points)


def test_home_wins_and_the_journey_show_one_number(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        team = Team(session, cast).hold()
        team.read(13, "9")  # the mean of the last four is (4 + 4 + 4 + 9) / 4
    with time_machine.travel(week(20), tick=False):
        client.as_(cast.olaf)
        for url in ("/", "/wins", "/boards/journey"):
            assert "5.25" in client.get(url).text, url


def test_the_menu_of_boards(client: Browser, cast: Cast) -> None:
    assert client.as_(cast.ida).get("/boards").location == "/boards/teams"
    assert 'href="/boards/near"' in client.get("/boards/teams").text
    assert 'href="/boards/near"' not in client.as_(cast.karl).get("/boards/teams").text


def seal(transaction: Transaction, cast: Cast) -> tuple[int, int]:
    with transaction() as session:
        season = boards.season(session, begun=BEGUN - timedelta(days=120))
        quests = boards.teams(session, cast, season, [50, 40, 30])
        sealing.seal(session, season, snapshot(session, season), by=cast.ruth, at=NOW)
        session.get_one(Standing, (quests[0].account_id, season.id)).points = 45
        return quests[0].id, season.id


def test_a_sealed_season_stands_with_its_correction_beside_it(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    quest_id, _season_id = seal(transaction, cast)
    page = client.as_(cast.olaf).get(SEASON).text
    assert "This result was sealed on" in page
    assert shown(page)[0] == ("1", str(quest_id), "50")
    assert "−5" in page
    rows = filed(client, "/boards/teams.csv?season=2026-Q1")
    assert [(row["points"], row["corrected since"]) for row in rows] == [
        ("50", "-5"),
        ("40", "0"),
        ("30", "0"),
    ]
    page = client.get(f"/boards/teams/{quest_id}?season=2026-Q1").text
    assert "points, as sealed" in page
    assert client.get("/boards/departments?season=2026-Q1").status_code == 200


def test_a_season_that_has_just_ended_is_settling(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        boards.teams(session, cast, boards.season(session), [50])
    client.as_(cast.olaf)
    for days, said in ((89, ""), (92, "settling until"), (110, "settled")):
        with time_machine.travel(BEGUN + timedelta(days=days), tick=False):
            client.as_(cast.olaf)
            page = client.get(SEASON).text
            assert not said or said in page
            assert bool(said) is ("This season has ended" in page)


def test_a_departments_number_opens_its_lines(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        people = boards.staff(session, cast.care, 4, "Care")
        team = Team(session, cast).hold()
        assert people
        season = rewards.seasons(session)[-1].name
        title = team.quest.title
    client.as_(cast.olaf)
    (row,) = filed(client, f"/boards/departments.csv?season={season}")
    page = client.get(f"/boards/departments/{cast.care.id}?season={season}").text
    assert f'stat__number">{int(row["points"]):,}<' in page
    assert title not in page, "one person earned it"
    assert "Ida" not in page
    assert "Too few people" in client.get(f"/boards/departments/{cast.field.id}").text
    assert client.get("/boards/departments/999").status_code == 404


def test_what_was_proven_is_told_with_its_metric(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        Team(session, cast).hold()
    client.as_(cast.olaf)
    page = client.get("/boards/journey").text
    assert "Late moves" in page
    assert "100%" in page
    assert "1 open pain point" in page
    (row,) = filed(client, "/boards/journey.csv")
    assert (row["metric"], row["percent of the way"]) == ("Late moves", "100")
    assert client.get("/boards/journey?stage=999").status_code == 200


def test_sponsors_are_seen_by_executives_and_their_own_teams(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        quest, *others = boards.quests(session, cast, 4)
        for one in (quest, *others):
            one.sponsor_id = cast.karl.id
            session.add(
                SponsorRequest(
                    quest_id=one.id,
                    sponsor_id=cast.karl.id,
                    asked_at=BEGUN,
                    due_at=BEGUN + timedelta(days=7),
                    answered_at=BEGUN,
                )
            )
        boards.put_on(session, quest, cast.bram)
    for reader, sees in ((cast.karl, True), (cast.bram, True), (cast.olaf, False)):
        page = client.as_(reader).get("/boards/sponsors").text
        assert ("88%" in page) is sees
        rows = filed(client, "/boards/sponsors.csv")
        assert [row["reliability"] for row in rows] == (["0.88"] if sees else [])
    assert "88%" not in client.as_(cast.ruth).get("/boards/sponsors").text


def near(transaction: Transaction, cast: Cast, opted: int) -> list[Person]:
    with transaction() as session:
        season = boards.season(session)
        people = boards.staff(session, cast.care, 8)
        held = zip(boards.accounts(session, people), range(80, 0, -10), strict=True)
        boards.stand(session, season, held)
        for someone in people[:opted]:
            someone.shows_points = True
    return people


def body(client: Browser, url: str) -> str:
    """Return a page without the token, which is another one each time."""
    return SECRET.sub("", client.get(url).text)


def test_nobody_is_inferred_who_did_not_opt_in(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    """The whole page is the same, whatever somebody who has not opted in has earned."""
    people = near(transaction, cast, opted=6)
    client.as_(people[2])
    seen = set()
    for points in (None, 1, 55, 70, 10**6):
        with transaction() as session:
            (account,) = boards.accounts(session, people[7:])
            season = session.get_one(Season, 1)
            session.execute(delete(Standing).where(Standing.account_id == account))
            if points is not None:
                boards.stand(session, season, [(account, points)])
        seen.add(body(client, "/boards/near"))
    assert len(seen) == 1
    (page,) = seen
    assert "Person7" not in page
    assert re.findall(r'scope="row">(Person\d)', page) == [f"Person{n}" for n in range(5)]


def test_of_fewer_than_five_nothing_is_told(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    people = near(transaction, cast, opted=4)
    page = client.as_(people[0]).get("/boards/near").text
    assert "Fewer than five people share their points so far." in page
    assert "Person1" not in page


def test_a_person_opts_in_and_out(client: Browser, cast: Cast, transaction: Transaction) -> None:
    people = near(transaction, cast, opted=5)
    client.as_(people[5])
    page = client.get("/boards/near").text
    assert "Compare my points" in page
    assert "Person4" not in page
    assert client.send("/boards/near/opt-in").status_code == 303
    assert "Person4" in client.get("/boards/near").text
    assert client.send("/boards/near/opt-out").status_code == 303
    assert "Person4" not in client.get("/boards/near").text


def test_the_organisation_switches_it_off(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    people = near(transaction, cast, opted=6)
    with transaction() as session:
        session.get_one(Organisation, cast.organisation.id).ranks_people = False
    client.as_(people[0])
    page = client.get("/boards/near").text
    assert "switched the comparison of people off" in page
    assert "Person1" not in page
    assert client.send("/boards/near/opt-in").status_code == 409
    assert client.send("/boards/near/opt-out").status_code == 303


def test_executives_are_told_that_it_is_not_for_them(client: Browser, cast: Cast) -> None:
    client.as_(cast.karl)
    assert "Not for executives" in client.get("/boards/near").text
    assert client.send("/boards/near/opt-in").status_code == 403


def test_an_administrator_switches_it(
    app: Flask, client: Browser, cast: Cast, transaction: Transaction
) -> None:
    client.as_(cast.ruth)
    given = {"name": "H", "time_zone": "UTC", "currency": "EUR", "fiscal_month": "1"}
    for ticked, expected in (([], False), (["y"], True)):
        sent: dict[str, Any] = {**given, "ranks_people": ticked}
        assert client.send("/admin/organisation", **sent).status_code == 303
        with transaction() as session:
            assert session.get_one(Organisation, cast.organisation.id).ranks_people is expected


@pytest.mark.parametrize("name", ["teams", "lasting", "departments", "bridges", "journey"])
def test_filters_that_are_nonsense_are_no_error(client: Browser, cast: Cast, name: str) -> None:
    client.as_(cast.olaf)
    for asked in ("season=x", "department=x&stage=-1&with=1", "q=%25%27", "department=1&with=1"):
        assert client.get(f"/boards/{name}?{asked}").status_code == 200
        assert client.get(f"/boards/{name}.csv?{asked}").status_code == 200

"""The pages about seasons, as an administrator sees them, and the commands."""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from cxquest.boards import closing
from cxquest.core import clock
from cxquest.rewards import ledger, queries, season_queries
from cxquest.rewards.models import Season
from tests.browsing import Browser
from tests.cast import Cast
from tests.conftest import Transaction
from tests.service.test_sealing import OSLO, paid

MOST = 12
NOW = clock.now()


@pytest.fixture
def ruth(client: Browser, cast: Cast) -> Browser:
    """A browser in which the administrator is signed in."""
    return client.as_(cast.ruth)


def quarter(session: Session, back: int) -> Season:
    """Return the season that ended so many quarters before this one began, stored."""
    at = NOW
    for _ in range(back):
        at = queries.season_now(session, at, OSLO).starts_at - timedelta(seconds=1)
    return ledger.season_at(session, at, OSLO)


@pytest.fixture
def past(transaction: Transaction, cast: Cast) -> list[int]:
    """Two seasons that have settled, the later one with more points."""
    with transaction() as session:
        made = [quarter(session, 3), quarter(session, 2)]
        for season, points in zip(made, (40, 100), strict=True):
            paid(session, season, points)
        return [season.id for season in made]


def name_of(transaction: Transaction, season_id: int) -> str:
    with transaction() as session:
        season = season_queries.whole(session, season_id)
        assert season
        return season.name


def test_the_list_says_how_far_each_season_is(ruth: Browser, past: list[int]) -> None:
    page = ruth.get("/admin/seasons").text
    assert page.count('data-state="settled"') == 2
    assert f"/admin/seasons/{past[0]}/seal" in page
    assert "Now: " in page


def test_a_season_is_declared_from_the_end_of_the_last_one(
    ruth: Browser, transaction: Transaction
) -> None:
    with transaction() as session:
        begins = queries.season_now(session, clock.now(), OSLO).ends_at.astimezone(OSLO).date()
    last = begins + timedelta(days=60)
    fields = {"name": "Høst · “den store”", "last_day": last.isoformat()}
    assert ruth.send("/admin/seasons", **fields).status_code == 303
    page = ruth.get("/admin/seasons").text
    assert "Høst · “den store”" in page
    assert 'data-state="to_come"' in page
    with transaction() as session:
        made = season_queries.named(session, "Høst · “den store”")
        assert made
        made_id, first = made.id, made.starts_at
    assert first.astimezone(OSLO).date() == begins
    assert ruth.get(f"/admin/seasons/{made_id}.csv").status_code == 200


@pytest.mark.parametrize("days", [-1, 26, 371])
def test_a_season_too_short_or_too_long_keeps_what_was_typed(
    ruth: Browser, transaction: Transaction, days: int
) -> None:
    with transaction() as session:
        begins = queries.season_now(session, clock.now(), OSLO).ends_at.astimezone(OSLO).date()
    last = (begins + timedelta(days=days)).isoformat()
    answer = ruth.send("/admin/seasons", name="My push", last_day=last)
    assert answer.status_code == 422
    assert "4 to 53 weeks" in answer.text
    assert 'value="My push"' in answer.text


def test_a_season_is_sealed_after_one_more_question(
    ruth: Browser, transaction: Transaction, past: list[int]
) -> None:
    first, second = past
    assert "for ever" in ruth.get(f"/admin/seasons/{first}/seal").text
    early = ruth.send(f"/admin/seasons/{second}/seal")
    assert early.status_code == 409
    assert f"{name_of(transaction, first)} comes first" in early.text
    for season_id in past:
        assert ruth.send(f"/admin/seasons/{season_id}/seal").status_code == 303
    again = ruth.send(f"/admin/seasons/{first}/seal")
    assert again.status_code == 409
    assert "sealed already" in again.text
    assert "is as it was written" in ruth.get("/admin/seasons/chain").text


def test_the_running_season_is_refused_with_the_day(
    ruth: Browser, transaction: Transaction
) -> None:
    with transaction() as session:
        running = ledger.season_at(session, clock.now(), OSLO)
        day = (running.ends_at + timedelta(days=14)).astimezone(OSLO).date()
    page = ruth.get(f"/admin/seasons/{running.id}/seal").text
    assert "It can be sealed from" in page
    assert f'action="/admin/seasons/{running.id}/seal"' not in page
    assert "Back to the season" in page
    answer = ruth.send(f"/admin/seasons/{running.id}/seal")
    assert answer.status_code == 409
    assert f"from {day.day} {day:%b} {day.year} on" in answer.text


def test_a_sealed_result_stays_and_a_correction_stands_beside_it(
    ruth: Browser, transaction: Transaction, past: list[int]
) -> None:
    for season_id in past:
        ruth.send(f"/admin/seasons/{season_id}/seal")
    with transaction() as session:
        season = season_queries.whole(session, past[1])
        assert season
        paid(session, season, 7)
    rows = table(ruth, past[1])
    teams = [row[4:] for row in rows if row[0] == "team"]
    assert teams == [["100", "0", "0"], ["0", "0", "7"]]
    page = ruth.get(f"/admin/seasons/{past[1]}").text
    assert "corrected since the seal" in page
    assert "+7" in page


def table(browser: Browser, season_id: int) -> list[list[str]]:
    answer = browser.get(f"/admin/seasons/{season_id}.csv")
    return list(csv.reader(io.StringIO(answer.text)))[1:]


def test_anybody_can_work_the_hash_out(ruth: Browser, past: list[int]) -> None:
    previous = ""
    for season_id in past:
        assert ruth.get(f"/admin/seasons/{season_id}.json").status_code == 404
        ruth.send(f"/admin/seasons/{season_id}/seal")
        written = ruth.get(f"/admin/seasons/{season_id}.json").data
        worked_out = hashlib.sha256(previous.encode() + written).hexdigest()
        page = ruth.get(f"/admin/seasons/{season_id}").text
        assert worked_out in page
        assert previous in page
        previous = worked_out


def test_the_pages_cost_the_same_for_more_seasons_and_teams(
    ruth: Browser, transaction: Transaction, past: list[int], queries: Callable
) -> None:
    for season_id in past:
        ruth.send(f"/admin/seasons/{season_id}/seal")
    paths = [f"/admin/seasons{rest}" for rest in ("", "/chain", f"/{past[1]}", f"/{past[1]}/seal")]

    def costs() -> list[int]:
        found = []
        for path in paths:
            with queries() as counted:
                assert ruth.get(path).status_code == 200
            found.append(len(counted))
        return found

    before = costs()
    with transaction() as session:
        season = season_queries.whole(session, past[1])
        assert season
        for _ in range(60):
            paid(session, season, 3)
        for back in range(4, 12):
            quarter(session, back)
    assert costs() == before
    assert max(before) <= MOST
    assert "page 1 of 3" in ruth.get(paths[2]).text
    assert "page 2 of 3" in ruth.get(f"{paths[2]}?page=2").text


def test_the_commands_list_seal_and_verify(
    app: Flask, transaction: Transaction, past: list[int]
) -> None:
    def said(*words: str) -> tuple[int, dict[str, object]]:
        result = app.test_cli_runner().invoke(args=["season", *words, "--json"])
        return result.exit_code, json.loads(result.stdout)

    first, second = (name_of(transaction, season_id) for season_id in past)
    assert said("seal", "2020-Q1")[0] == 1
    code, refused = said("seal", second)
    assert code == 1
    assert f"{first} comes first" in str(refused["error"])
    sealed = [said("seal", name) for name in (first, second)]
    assert [code for code, _ in sealed] == [0, 0]
    assert sealed[1][1]["previous_hash"] == sealed[0][1]["hash"]
    assert said("seal", first)[0] == 1
    assert said("verify") == (0, {"seals": 2, "faults": 0})
    code, known = said("list")
    rows = known["seasons"]
    assert isinstance(rows, list)
    assert [(row["name"], row["state"], row["points"]) for row in rows] == [
        (second, "sealed", 100),
        (first, "sealed", 40),
    ]
    with transaction() as session:
        season = season_queries.whole(session, past[0])
        assert season
        season.name = "Another one"
    code, broken = said("verify")
    assert code == 1
    assert "Another one" in str(broken["error"])


def test_the_tick_says_what_it_sealed(app: Flask, past: list[int]) -> None:
    result = app.test_cli_runner().invoke(args=["tick", "--json"])
    assert json.loads(result.stdout)["sealed"] == 2


def test_a_day_is_that_of_the_organisation(
    ruth: Browser, transaction: Transaction, cast: Cast, past: list[int]
) -> None:
    """A reader in another zone sees the same days, for they are the organisation's."""
    with transaction() as session:
        me = session.merge(cast.ruth)
        me.time_zone = "America/Havana"
        season = season_queries.whole(session, past[0])
        assert season
        first = season.starts_at.astimezone(ZoneInfo("Europe/Oslo"))
    day = f"{first.day} {first:%b} {first.year}"
    assert day in ruth.get("/admin/seasons").text


def test_the_seal_of_the_program_is_shown_as_its_own(
    ruth: Browser, transaction: Transaction, past: list[int]
) -> None:
    with transaction() as session:
        at: datetime = clock.now()
        for season_id in closing.due(session, at):
            closing.close_due(session, season_id, at)
    assert ruth.get("/admin/seasons/chain").text.count("the program") == 2

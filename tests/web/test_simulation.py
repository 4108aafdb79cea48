"""The pages of simulations: asked for, watched, stopped, read; and what changes for you."""

import csv
import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from cxquest.core import clock
from cxquest.rewards import (
    ledger,
    publishing,
    simulating,
    simulation_job,
    simulation_queries,
)
from cxquest.rewards.models import RulebookVersion, SimulatedAccount
from tests import cast as players
from tests import histories, rulebooks
from tests.browsing import Browser
from tests.cast import Cast
from tests.conftest import Counted, Transaction
from tests.service.test_simulation import counts

MOST = 12
DOCUMENT = rulebooks.document(work={"prevention": "2.25"})
NOW = clock.now()


@pytest.fixture
def number(transaction: Transaction, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> int:
    """A draft, on events of this year so far; Ida holds the first account."""
    monkeypatch.setattr(histories, "BEGUN", NOW - timedelta(days=80))
    with transaction() as session:
        ledger.accounts_of(session, [cast.ida.id, cast.bram.id])
        firm = histories.company(session, quests=30)
        accounts = ledger.accounts_of(session, [cast.ida.id, cast.bram.id])
        firm.people[:2] = accounts[cast.ida.id], accounts[cast.bram.id]
        for one in histories.history(5, 90, firm, days=80):
            histories.record(session, one)
        made = publishing.draft(session, DOCUMENT, "For prevention", by=cast.ruth, at=NOW)
        return made.number


def work(transaction: Transaction) -> None:
    with transaction() as session:
        bind = session.get_bind()
    with Session(bind) as session:
        simulation_job.work(session, clock.now)


def approved(transaction: Transaction, number: int, cast: Cast) -> None:
    with transaction() as session:
        second = players.person(session, "Rune", None, cast.ruth.role)
        version = session.query(RulebookVersion).filter_by(number=number).one()
        simulating.run_now(session, version, seasons=2, by=session.merge(cast.ruth), at=NOW)
        publishing.approve(session, version, by=second, at=NOW)


def test_a_simulation_from_the_button_to_the_file(
    client: Browser, cast: Cast, transaction: Transaction, number: int
) -> None:
    ruth = client.as_(cast.ruth)
    page = f"/admin/rulebook/{number}"
    assert ruth.send(f"{page}/simulate", seasons="3").status_code == 422
    assert ruth.send(f"{page}/simulate", seasons="2").status_code == 303
    waiting = ruth.get(page).text
    assert 'hx-trigger="every 2s"' in waiting
    assert "<progress" in waiting
    panel = ruth.get(f"{page}/simulation/progress", headers={"HX-Request": "true"})
    assert panel.text.lstrip().startswith('<div id="_simulation"')
    work(transaction)
    panel = ruth.get(f"{page}/simulation/progress", headers={"HX-Request": "true"})
    assert panel.headers["HX-Refresh"] == "true"
    whole = ruth.get(page).text
    assert "every 2s" not in whole
    assert "See the whole result" in whole
    assert "Simulation asked for" in whole
    assert "The program" in whole
    assert 'data-state="simulated"' in whole
    result = ruth.get(f"{page}/simulation").text
    for title in ("Warnings", "Teams", "Departments", "By kind of work", "By rule"):
        assert f">{title}</h2>" in result
    rows = list(csv.reader(io.StringIO(ruth.get(f"{page}/simulation.csv").text)))
    assert {row[0] for row in rows[1:]} >= {"team"}
    assert any(row[2] != row[3] for row in rows[1:])


def test_it_is_stopped(client: Browser, cast: Cast, number: int) -> None:
    ruth = client.as_(cast.ruth)
    page = f"/admin/rulebook/{number}"
    ruth.send(f"{page}/simulate", seasons="1")
    assert ruth.send(f"{page}/simulation/stop").status_code == 303
    text = ruth.get(page).text
    assert "Stopped" in text
    assert "every 2s" not in text
    assert ruth.get(f"{page}/simulation").status_code == 404


def test_an_unlawful_draft_is_refused_by_article(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        wrong = rulebooks.document(work={"prevention": "1.25"})
        made = publishing.draft(session, wrong, "Less", by=cast.ruth, at=NOW)
    answer = client.as_(cast.ruth).send(f"/admin/rulebook/{made.number}/simulate", seasons="1")
    assert answer.status_code == 409
    assert "Article C1" in answer.text


def test_everyone_reads_what_changes_for_them_and_nobody_else(
    client: Browser, cast: Cast, transaction: Transaction, number: int
) -> None:
    ida = client.as_(cast.ida)
    assert ida.get(f"/rules/{number}/for-me").status_code == 404
    approved(transaction, number, cast)
    mine = client.as_(cast.ida).get(f"/rules/{number}/for-me").text
    with transaction() as session:
        accounts = ledger.accounts_of(session, [cast.ida.id])
        row = session.query(SimulatedAccount).filter_by(account_id=accounts[cast.ida.id]).one()
        row.after = before = 7654
    assert row.before != before
    assert f"<strong>{row.after:,}</strong>" not in mine
    assert "<strong>7,654</strong>" in client.as_(cast.ida).get(f"/rules/{number}/for-me").text
    assert "7,654" not in client.as_(cast.bram).get(f"/rules/{number}/for-me").text
    assert "Prevention" in mine
    assert client.as_(cast.ida).get(f"/admin/rulebook/{number}/simulation").status_code == 403


def test_pages_cost_few_queries(
    client: Browser,
    cast: Cast,
    transaction: Transaction,
    number: int,
    queries: Callable[[], AbstractContextManager[Counted]],
) -> None:
    approved(transaction, number, cast)
    for who, url in (
        (cast.ruth, f"/admin/rulebook/{number}"),
        (cast.ruth, f"/admin/rulebook/{number}/simulation"),
        (cast.ida, f"/rules/{number}/for-me"),
    ):
        client.as_(who)
        client.get(url)
        with queries() as counted:
            assert client.get(url).status_code == 200
        assert len(counted) <= MOST, counted


def test_the_command_prints_the_result_and_writes_nothing(
    app: Flask, transaction: Transaction, number: int, tmp_path: Path
) -> None:
    with transaction() as session:
        before = counts(session)
        wanted = simulation_queries.events(session)
    file = tmp_path / "draft.json"
    file.write_text(json.dumps(DOCUMENT))
    run = app.test_cli_runner().invoke(
        args=["rewards", "simulate", str(file), "--seasons", "2", "--json"]
    )
    assert run.exit_code == 0, run.output
    found = json.loads(run.output)
    assert found["events"] == wanted
    assert found["teams"]
    with transaction() as session:
        assert counts(session) == before
    file.write_text(json.dumps(rulebooks.document(work={"prevention": "1.25"})))
    run = app.test_cli_runner().invoke(args=["rewards", "simulate", str(file), "--json"])
    assert run.exit_code == 1
    assert "C1" in run.output

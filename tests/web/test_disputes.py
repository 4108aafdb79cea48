"""Disputes as those who raise and those who answer them meet them."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.rewards import ledger
from cxquest.rewards import queries as rewards
from cxquest.rewards.models import Decision, Dispute, DisputeVerdict, LedgerEntry
from cxquest.rewards.rulebook import Gate
from tests.browsing import Browser
from tests.cast import Cast, person
from tests.conftest import Counted, Transaction
from tests.teams import Team, week
from tests.web.test_races import at_once

MANY = 20
NOW = week(3) + timedelta(days=2)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def unpaid(cast: Cast, transaction: Transaction) -> int:
    """The decision that paid Bram nothing for the first gate; and Uma, who coaches and sees it."""
    with transaction() as session:
        person(session, "Uma", cast.billing, is_coach=True)
        Team(session, cast).diagnose().judge(Gate.G1, 3, without=cast.bram)
        return _of(session, cast)


def _of(session: Session, cast: Cast) -> int:
    account_id = rewards.account_of_person(session, cast.bram.id)
    mine = select(Decision.id).where(Decision.account_id == account_id)
    return session.scalars(mine.where(Decision.rule == "gate_G1")).one()


def raised(client: Browser, cast: Cast, decision: int) -> str:
    """Bram disputes it; return where the dispute is."""
    url = f"/points/decision/{decision}/dispute"
    answer = client.as_(cast.bram).send(url, text="I sorted the moves")
    assert answer.status_code == 303
    return str(answer.location)


def test_from_a_doubt_to_the_points(client: Browser, cast: Cast, unpaid: int) -> None:
    page = client.as_(cast.bram).get(f"/points/decision/{unpaid}").text
    assert f'href="/points/decision/{unpaid}/dispute"' in page
    assert (
        "If you are right, 120 points are paid."
        in client.get(f"/points/decision/{unpaid}/dispute").text
    )
    place = raised(client, cast, unpaid)
    assert "This decision was disputed" in client.get(f"/points/decision/{unpaid}").text
    assert "Send the answer" not in client.get(place).text

    client.as_(cast.ruth)
    assert f'href="{place}"' in client.get("/").text
    assert f'href="{place}"' in client.get("/disputes").text
    page = client.get(place).text
    assert "120 points that were not paid are paid" in page
    assert "I sorted the moves" in page
    assert "No accepted contribution yet." in page
    sent = client.send(place, verdict="corrected", answer="The list shows it")
    assert sent.status_code == 303
    assert "The list shows it" in client.get(place).text
    assert f'href="{place}"' not in client.get("/").text

    client.as_(cast.bram)
    assert "After a dispute" in client.get("/me/points").text
    assert "The list shows it" in client.get(place).text
    assert "Corrected" in client.get("/disputes").text


def test_the_decision_the_dispute_and_the_new_line_lead_to_each_other(
    client: Browser, cast: Cast, unpaid: int, transaction: Transaction
) -> None:
    decision = f'href="/points/decision/{unpaid}"'
    place = raised(client, cast, unpaid)
    client.as_(cast.ruth).send(place, verdict="corrected", answer="The list shows it")
    with transaction() as session:
        entry = session.scalars(
            select(LedgerEntry)
            .join(Decision, Decision.account_id == LedgerEntry.account_id)
            .where(Decision.id == unpaid, LedgerEntry.rule == "dispute_G1")
        ).one()
        line = f'href="/points/{entry.id}"'
    page = client.as_(cast.bram).get("/me/points?paid=no").text
    assert "120</span>" in page
    assert "points not paid, 1 decision<" in page
    for url, links in (
        ("/me/points?paid=no", (decision, line, f'href="{place}"')),
        (f"/points/decision/{unpaid}", (line, f'href="{place}"')),
        (place, (decision, line)),
        (f"/points/{entry.id}", (decision, f'href="{place}"')),
    ):
        page = client.get(url).text
        assert all(link in page for link in links), url
    assert "Put right on " in client.get(place).text
    of_others = client.as_(cast.ruth).get(place).text
    assert "Put right on" in of_others
    assert line not in of_others
    assert decision not in of_others


def test_until_when_it_can_be_disputed(client: Browser, cast: Cast, unpaid: int) -> None:
    url = f"/points/decision/{unpaid}"
    assert "Dispute this decision, until " in client.as_(cast.bram).get(url).text
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        page = client.as_(cast.bram).get(url).text
    assert "Could be disputed until " in page
    assert "Dispute this decision" not in page


def test_an_empty_form_keeps_what_was_typed(client: Browser, cast: Cast, unpaid: int) -> None:
    url = f"/points/decision/{unpaid}/dispute"
    assert client.as_(cast.bram).send(url, text=" ").status_code == 422
    place = raised(client, cast, unpaid)
    answer = client.as_(cast.ruth).send(place, verdict="", answer="Half a thought")
    assert answer.status_code == 422
    assert "Half a thought" in answer.text


def test_who_has_a_part_in_it_does_not_answer(client: Browser, cast: Cast, unpaid: int) -> None:
    """The reviewer and the team do not; whom it does not concern does not even read it."""
    place = raised(client, cast, unpaid)
    for other in (cast.noor, cast.ida, cast.karl, cast.olaf):
        assert client.as_(other).get(place).status_code == 403
        assert client.send(place, verdict="stands", answer="No").status_code == 403
    assert client.as_(cast.bram).get(place).status_code == 200
    sent = client.send(place, verdict="corrected", answer="I am right")
    assert sent.status_code == 403


def test_only_those_whom_it_concerns_raise_one(client: Browser, cast: Cast, unpaid: int) -> None:
    url = f"/points/decision/{unpaid}/dispute"
    for other in (cast.ida, cast.noor, cast.ruth):
        assert client.as_(other).get(url).status_code == 403


def test_two_at_once_answer_409(
    client: Browser, cast: Cast, unpaid: int, transaction: Transaction
) -> None:
    place = raised(client, cast, unpaid)
    again = client.send(f"/points/decision/{unpaid}/dispute", text="Once more")
    assert again.status_code == 409
    with transaction() as session:
        dispute = session.scalars(select(Dispute)).one()
        dispute.verdict, dispute.answer = DisputeVerdict.STANDS, "Seen"
        dispute.answered_by_id, dispute.answered_at = cast.ruth.id, NOW
    client.as_(cast.ruth)
    assert client.get(place).status_code == 200
    assert client.send(place, verdict="corrected", answer="Late").status_code == 409
    with transaction() as session:
        assert session.scalars(select(Dispute.answer)).one() == "Seen"


def test_twenty_at_once_are_one_dispute_and_one_payment(
    app: Flask, client: Browser, cast: Cast, unpaid: int, transaction: Transaction
) -> None:
    def dispute(browser: Browser, token: str) -> int:
        sent = {"csrf_token": token, "text": "I sorted the moves"}
        return browser.post(f"/points/decision/{unpaid}/dispute", data=sent).status_code

    assert at_once(app, [cast.bram] * MANY, dispute) == {303: 1, 409: MANY - 1}
    with transaction() as session:
        place = f"/disputes/{session.scalars(select(Dispute.id)).one()}"

    def answer(browser: Browser, token: str) -> int:
        sent = {"csrf_token": token, "verdict": "corrected", "answer": "The list shows it"}
        return browser.post(place, data=sent).status_code

    assert at_once(app, [cast.ruth] * MANY, answer) == {303: 1, 409: MANY - 1}
    with transaction() as session:
        paid = session.scalars(
            select(LedgerEntry.points).where(LedgerEntry.rule.startswith("dispute"))
        )
        assert paid.all() == [120]
        assert ledger.check(session) == []


def test_it_is_too_late_after_14_days(client: Browser, cast: Cast, unpaid: int) -> None:
    with time_machine.travel(week(3) + timedelta(days=15), tick=False):
        client.as_(cast.bram)
        assert "Dispute this decision" not in client.get(f"/points/decision/{unpaid}").text
        answer = client.send(f"/points/decision/{unpaid}/dispute", text="Now I see")
        assert answer.status_code == 409


def test_an_overdue_one_is_shown_to_every_coach_and_administrator(
    client: Browser, cast: Cast, unpaid: int
) -> None:
    place = raised(client, cast, unpaid)
    assert "Overdue" not in client.as_(cast.ruth).get("/disputes").text
    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        page = client.as_(cast.ruth).get("/disputes").text
        assert "Overdue" in page
        page = client.as_(cast.noor).get("/disputes").text  # she reviewed it
        assert "Overdue, for others to answer" in page
        assert f'href="{place}"' not in page
        assert "Overdue" not in client.as_(cast.olaf).get("/disputes").text


def test_a_team_disputes_its_own_line(
    client: Browser, cast: Cast, unpaid: int, transaction: Transaction
) -> None:
    with transaction() as session:
        of_team = session.scalars(
            select(Decision.id).where(Decision.rule == "gate_G1").order_by(Decision.id)
        ).first()
    url = f"/points/decision/{of_team}/dispute"
    assert client.as_(cast.olaf).get(url).status_code == 403
    page = client.as_(cast.bram).get(url)
    assert "can only take it back: if you are right, its 120 points are." in page.text
    place = client.send(url, text="Not this cause").location
    assert client.as_(cast.ida).get(place).status_code == 200  # on the team
    page = client.as_(cast.ruth).get(place).text
    assert "the 120 points are taken back" in page


def test_a_dispute_costs_few_queries(
    client: Browser,
    cast: Cast,
    unpaid: int,
    queries: Callable[[], AbstractContextManager[Counted]],
) -> None:
    place = raised(client, cast, unpaid)
    for reader in (cast.bram, cast.ruth):
        client.as_(reader)
        for url in (place, "/disputes", "/", f"/points/decision/{unpaid}/dispute"):
            with queries() as counted:
                answer = client.get(url)
            if answer.status_code == 200:
                assert len(counted) <= 12, (url, str(counted))
    assert re.search(r"/disputes/\d+", place)

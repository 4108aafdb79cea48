"""The reviewer's page: everything in view, a verdict that rests on it, and what it needs."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core.models import OutboxMessage
from cxquest.measures import queries as measures
from cxquest.quests import measuring, suspecting
from cxquest.quests.models import Quest
from cxquest.quests.work import Recurrence, RecurrenceState, Review, Source
from cxquest.rewards import paying
from cxquest.rewards.models import LedgerEntry
from cxquest.rewards.rulebook import DEFAULT, Gate
from tests.browsing import Browser
from tests.cast import Cast, person
from tests.conftest import Counting, Transaction, cost
from tests.proofs import Noisy, again
from tests.teams import DECLINE, Team, day, week

MOST = 12
ACCEPTED: dict[str, Any] = {"verdict": "accept", "reason": "I looked at it"}
SEEN = re.compile(r'name="seen"[^>]*value="([^"]+)"')


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(week(13), tick=False):
        yield


@pytest.fixture
def proving(transaction: Transaction, cast: Cast) -> int:
    """A quest whose outcome waits for its verdict, with readings that speak for themselves."""
    with transaction() as session:
        return Noisy(session, cast).prove().id


@pytest.fixture
def unclear(transaction: Transaction, cast: Cast) -> int:
    """One whose chart is quiet, for its readings never vary."""
    with transaction() as session:
        return Team(session, cast).prove().id


@pytest.fixture
def holding_one(transaction: Transaction, cast: Cast) -> int:
    """A quest of which customers are said to speak again."""
    with transaction() as session:
        team = Noisy(session, cast).hold()
        figures = {
            "now": 18, "now_n": 60, "after": 4, "after_n": 60, "before": 16, "before_n": 60,
            "day": "2026-06-01",
        }  # fmt: skip
        suspecting.suspect(
            session, team.quest, Source.THEME, "18 of 60", figures=figures, at=week(13)
        )
        return team.id


def page(client: Browser, cast: Cast, quest_id: int, gate: str = "G3") -> str:
    answer = client.as_(cast.noor).get(f"/quests/{quest_id}/review/{gate}")
    assert answer.status_code == 200
    return answer.text


def seen_on(text: str) -> str:
    found = SEEN.search(text)
    assert found
    return found[1]


def of(session: Session, quest_id: int) -> Review:
    latest = select(Review).where(Review.quest_id == quest_id).order_by(Review.id.desc())
    found = session.scalars(latest).first()
    assert found
    return found


def test_everything_that_the_outcome_rests_on_is_on_one_page(
    client: Browser, cast: Cast, proving: int, transaction: Transaction, queries: Counting
) -> None:
    with transaction() as session:
        metric = again(session, cast, proving).quest.metric
        assert metric
        last = measures.values(session, metric)[-1]
    shown = page(client, cast, proving)
    for words in (
        "I waited and nobody came",
        "The plan has no free hour",
        "One hour in ten stays free",
        "The planning screen refuses more",
        "the mean of the 12 readings",
        "the mean of the last 4 readings",
        "since the change the values lie",
        "Trend before the change",
        "none named",
        f"Of the way: ({metric.baseline:.3f}"[:18],
        "What Outcome would pay",
        "None: every reading stands as it was entered.",
        "the lead Ida does not own the metric",
        "Measures and their weights",
        "Open the conversation",
        "Improved",
    ):
        assert words in shown, words
    assert "Accepting needs your judgement" not in shown
    assert last.period_start == day(11)
    assert cost(client, queries, f"/quests/{proving}/review/G3") <= MOST


def test_the_reviewer_sees_what_the_team_says_customers_were_told(
    client: Browser, cast: Cast, proving: int
) -> None:
    claim = "A line on the confirmation"
    for shown in (
        page(client, cast, proving),
        client.as_(cast.ida).get(f"/quests/{proving}").text,
    ):
        assert shown.count("Back to the customers") == 1
        assert shown.count(claim) == 1
        assert shown.count('id="customers-told"') == 1
        assert "This is what the team says, not what customers say." in shown
        assert f"/quests/{proving}/talk#timeline" in shown
    assert "How customers were told" in shown
    assert "How customers were told" not in page(client, cast, proving)
    timeline = client.get(f"/quests/{proving}/talk").text
    assert re.search(rf"Ida[\s\S]{{0,200}}Customers told[\s\S]{{0,200}}{claim}", timeline)


def test_readings_that_were_corrected_say_who_when_and_why(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        team = Noisy(session, cast).fix().judge(Gate.G2, 6)
        for number in range(6, 12):
            team.read(number, "4")
        metric = team.quest.metric
        assert metric
        wrong = measures.last_words(session, metric)[day(11)]
        measuring.correct(
            session,
            team.quest,
            wrong,
            value=Decimal("4.75"),
            n=None,
            reason="Two visits were counted twice",
            by=cast.bram,
            at=week(12),
        )
        how = "A line on the confirmation"
        measuring.tell_customers(session, team.quest, how, by=cast.ida, at=week(12))
        team.ask(12)
        quest_id = team.id
    shown = page(client, cast, quest_id)
    assert "Two visits were counted twice" in shown
    assert "→ 4.75" in shown
    assert "Bram, 25 May 2026" in shown


def test_a_plain_improvement_is_accepted_without_more_words(
    client: Browser, cast: Cast, proving: int, transaction: Transaction
) -> None:
    seen = seen_on(page(client, cast, proving))
    sent = client.send(f"/quests/{proving}/review/G3", **ACCEPTED, seen=seen)
    assert sent.status_code == 303
    with transaction() as session:
        kept = of(session, proving).figures
    assert kept["stamp"] == seen
    assert kept["finding"]["verdict"] == "improved"
    assert len(kept["last"]) == 4
    whole = client.get(f"/quests/{proving}").text
    assert "The figures as they lay before the reviewer" in whole


def test_figures_that_do_not_speak_for_themselves_need_a_judgement(
    client: Browser, cast: Cast, unclear: int, transaction: Transaction
) -> None:
    shown = page(client, cast, unclear)
    assert "The chart shows no signal since the change" in shown
    assert "Accepting needs your judgement" in shown
    seen = seen_on(shown)
    sent = client.send(f"/quests/{unclear}/review/G3", **ACCEPTED, seen=seen)
    assert sent.status_code == 422
    assert "write how you judge them" in sent.text
    assert "The chart shows no signal" in sent.text
    judged: dict[str, Any] = {
        **ACCEPTED,
        "seen": seen,
        "judgement": "Not one week in six is as it was",
    }
    assert client.send(f"/quests/{unclear}/review/G3", **judged).status_code == 303
    with transaction() as session:
        assert of(session, unclear).judgement.startswith("Not one week")
    assert "Not one week in six" in client.get(f"/quests/{unclear}").text


@pytest.mark.parametrize("gate", ["G1", "G2", "G3"])
def test_declining_needs_the_next_step_and_the_team_sees_it(
    client: Browser, cast: Cast, transaction: Transaction, gate: str
) -> None:
    with transaction() as session:
        team = Team(session, cast)
        {"G1": team.diagnose, "G2": team.fix, "G3": team.prove}[gate]()
        quest_id = team.id
    no: dict[str, Any] = {"verdict": "decline", "reason": "Two weeks are missing"}
    if gate == "G3":
        no["seen"] = seen_on(page(client, cast, quest_id))
    client.as_(cast.noor)
    sent = client.send(f"/quests/{quest_id}/review/{gate}", **no)
    assert sent.status_code == 422
    assert "Say what the team does next" in sent.text
    step = "Read July and August, then ask again"
    sent = client.send(f"/quests/{quest_id}/review/{gate}", **no, next_step=step)
    assert sent.status_code == 303
    shown = client.as_(cast.ida).get(f"/quests/{quest_id}").text
    assert shown.count(step) == 2  # at the top of the next step, and on the review
    assert shown.index(step) < shown.index('id="_reviews"')
    with transaction() as session:
        mail = select(OutboxMessage).where(OutboxMessage.recipient == cast.ida.email)
        assert any(step in letter.body for letter in session.scalars(mail))


def test_the_step_goes_once_the_gate_is_passed(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        team = Team(session, cast).diagnose().judge(Gate.G1, 3, DECLINE)
        quest_id = team.id
    client.as_(cast.ida)
    assert client.get(f"/quests/{quest_id}").text.count("Read four weeks more") == 2
    assert client.send(f"/quests/{quest_id}/ask").status_code == 303
    yes = client.as_(cast.noor).send(f"/quests/{quest_id}/review/G1", **ACCEPTED)
    assert yes.status_code == 303
    assert client.get(f"/quests/{quest_id}").text.count("Read four weeks more") == 1


def test_figures_that_changed_meanwhile_are_looked_at_again(
    client: Browser, cast: Cast, proving: int, transaction: Transaction
) -> None:
    seen = seen_on(page(client, cast, proving))
    with transaction() as session:
        again(session, cast, proving).read(12, "4")
    sent = client.send(f"/quests/{proving}/review/G3", **ACCEPTED, seen=seen)
    assert sent.status_code == 409
    assert "The figures have changed since you opened this page" in sent.text
    with transaction() as session:
        assert of(session, proving).verdict is None
    now = seen_on(page(client, cast, proving))
    assert now != seen
    sent = client.send(f"/quests/{proving}/review/G3", **ACCEPTED, seen=now)
    assert sent.status_code == 303


@pytest.mark.parametrize("gate", ["G1", "G2"])
def test_the_first_gates_have_the_same_frame(
    client: Browser, cast: Cast, transaction: Transaction, queries: Counting, gate: str
) -> None:
    with transaction() as session:
        team = Team(session, cast)
        {"G1": team.diagnose, "G2": team.fix}[gate]()
        quest_id = team.id
    shown = page(client, cast, quest_id, gate)
    assert "The pain, in the customer" in shown
    assert "The plan has no free hour" in shown
    assert ("own-changes" in shown) is (gate == "G1")
    assert "How you judge the figures" not in shown
    assert cost(client, queries, f"/quests/{quest_id}/review/{gate}") <= MOST


def test_the_last_gate_has_no_verdict_but_its_checks(
    client: Browser, cast: Cast, holding_one: int, queries: Counting
) -> None:
    shown = page(client, cast, holding_one, "G4")
    for words in ("After 30 days", "After 60 days", "After 90 days", "still to come"):
        assert words in shown, words
    assert "Give the verdict" not in shown
    assert "found on the theme" in shown
    assert f"/quests/{holding_one}/return" in shown
    assert cost(client, queries, f"/quests/{holding_one}/review/G4") <= MOST
    onlooker = client.as_(cast.olaf).get(f"/quests/{holding_one}/review/G4")
    assert f"/quests/{holding_one}/return" not in onlooker.text
    assert client.send(f"/quests/{holding_one}/review/G4").status_code == 405


def test_how_long_the_watch_lasts_is_the_rulebooks_word(
    client: Browser, cast: Cast, transaction: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as session:
        quest_id = Noisy(session, cast).hold().id
    assert "For 180 days after the outcome" in page(client, cast, quest_id, "G4")
    rules = replace(DEFAULT, recurrence_window=120)
    monkeypatch.setattr(paying, "rulebook_at", lambda *_: rules)
    assert "For 120 days after the outcome" in page(client, cast, quest_id, "G4")


def test_a_suspicion_says_what_it_would_cost_and_who_may_say_so(
    client: Browser, cast: Cast, holding_one: int, queries: Counting
) -> None:
    """G3 paid 621: on the day of the outcome all of it, half when the team says so first."""
    ours = client.as_(cast.bram).get(f"/quests/{holding_one}").text
    assert "18 of 60 comments in the 28 days" in ours
    assert "621 points of the team are taken back; if the team says so first, 311 today" in ours
    assert "say it first" in ours
    assert "Confirm: it is back" not in ours
    theirs = client.as_(cast.noor).get(f"/quests/{holding_one}").text
    assert "Confirm: it is back" in theirs
    assert "say it first" not in theirs
    assert "Confirm: it is back" not in client.as_(cast.olaf).get(f"/quests/{holding_one}").text
    assert cost(client, queries, f"/quests/{holding_one}") <= MOST


def test_a_coach_confirms_or_dismisses_and_nobody_else(
    client: Browser, cast: Cast, holding_one: int, transaction: Transaction
) -> None:
    with transaction() as session:
        number = session.scalars(select(Recurrence.id)).one()
    place = f"/quests/{holding_one}/returns/{number}"
    for who in (cast.ida, cast.bram, cast.karl, cast.olaf):
        assert client.as_(who).send(f"{place}/confirm").status_code == 403
        assert client.get(f"{place}/dismiss").status_code == 403
    client.as_(cast.noor)
    assert client.send(f"/quests/{holding_one}/returns/{number + 1}/confirm").status_code == 404
    assert client.send(f"{place}/dismiss", reason="").status_code == 422
    assert client.send(f"{place}/dismiss", reason="One market day").status_code == 303
    assert client.send(f"{place}/confirm").status_code == 409
    assert "One market day" in client.get(f"/quests/{holding_one}/review/G4").text
    with transaction() as session:
        found = session.get(Recurrence, number)
        assert found
        assert (found.state, found.decided_by_id) == (RecurrenceState.DISMISSED, cast.noor.id)


def test_a_confirmed_suspicion_is_taken_back_from_the_day_on_which_it_arose(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        team = Noisy(session, cast).hold()
        at = week(13) + timedelta(days=45)
        suspecting.suspect(session, team.quest, Source.THEME, "Again", figures={}, at=at)
        number = session.scalars(select(Recurrence.id)).one()
        account = team.quest.account_id
    with time_machine.travel(week(13) + timedelta(days=60), tick=False):
        sent = client.as_(cast.noor).send(f"/quests/{team.id}/returns/{number}/confirm")
        assert sent.status_code == 303
        again = client.send(f"/quests/{team.id}/return", evidence="x", sure="y")
        assert again.status_code == 409
        assert "reported already" in again.text
    with transaction() as session:
        back = select(LedgerEntry.points).where(
            LedgerEntry.account_id == account, LedgerEntry.points < 0
        )
        assert list(session.scalars(back)) == [-466]
        quest = session.get(Quest, team.id)
        assert quest
        assert quest.state == "fixing"


def test_another_coach_sees_the_reviews_page_only_from_outside(
    client: Browser, cast: Cast, proving: int, transaction: Transaction
) -> None:
    with transaction() as session:
        coach = person(session, "Vera", cast.billing, is_coach=True)
    assert client.as_(coach).get(f"/quests/{proving}/review/G3").status_code == 200
    for who in (cast.ida, cast.bram, cast.karl, cast.olaf, cast.ruth):
        assert client.as_(who).get(f"/quests/{proving}/review/G3").status_code == 403

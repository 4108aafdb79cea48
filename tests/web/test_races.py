"""Many do the same at once: one goes through, the others are told politely, nobody gets a 500."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.extensions import db
from cxquest.pains.models import PainPoint
from cxquest.quests.models import Membership, Quest
from cxquest.quests.work import Review
from cxquest.rewards import ledger
from cxquest.rewards.models import LedgerEntry, RewardEvent
from tests.browsing import Browser
from tests.cast import Cast, person
from tests.conftest import Transaction
from tests.teams import Team, accepted_pain

MANY = 50


def at_once(app: Flask, who: list[object], send: Callable[[Browser, str], int]) -> Counter[int]:
    """Send the same request from as many browsers as there are people, at the same moment."""
    app.test_client_class = Browser
    ready = Barrier(len(who))

    def one(someone: object) -> int:
        browser = app.test_client().as_(someone)  # type: ignore[attr-defined]
        token = browser.token()
        ready.wait()
        return send(browser, token)

    with ThreadPoolExecutor(len(who)) as threads:
        return Counter(threads.map(one, who))


def test_fifty_reviews_of_one_gate_are_one_payment(
    app: Flask, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        quest = Team(session, cast).diagnose().quest
        asked, counted = quest.id, [contribution.id for contribution in quest.contributions]

    def review(browser: Browser, token: str) -> int:
        return browser.post(
            f"/quests/{asked}/review/G1",
            data={
                "csrf_token": token,
                "verdict": "accept",
                "reason": "I looked",
                "counted": counted,
            },
        ).status_code

    answers = at_once(app, [cast.noor] * MANY, review)  # type: ignore[arg-type]
    assert answers == {303: 1, 409: MANY - 1}
    with app.app_context(), Session(db.engine) as session:
        gates = select(func.count(RewardEvent.id)).where(RewardEvent.type == "gate_passed")
        assert session.scalar(gates) == 1
        assert session.scalar(select(func.count(Review.id))) == 1
        account = select(Quest.account_id).where(Quest.id == asked).scalar_subquery()
        paid = select(func.count(LedgerEntry.id)).where(LedgerEntry.account_id == account)
        assert session.scalar(paid) == 1
        of_gate = select(func.count(LedgerEntry.id)).where(LedgerEntry.rule == "gate_G1")
        assert session.scalar(of_gate) == 3  # and two members
        reviewed = select(func.count(LedgerEntry.id)).where(LedgerEntry.rule == "rule_review")
        assert session.scalar(reviewed) == 1
        assert ledger.check(session) == []


def test_the_last_place_on_a_team_goes_to_one(
    app: Flask, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        team = Team(session, cast)
        for number in range(7):
            team.join(person(session, f"Member{number}", cast.field))
        crowd = [person(session, f"Late{number}", cast.billing) for number in range(10)]
        quest_id = team.id

    def join(browser: Browser, token: str) -> int:
        return browser.post(f"/quests/{quest_id}/join", data={"csrf_token": token}).status_code

    answers = at_once(app, crowd, join)  # type: ignore[arg-type]
    assert answers == {303: 1, 409: 9}
    with app.app_context(), Session(db.engine) as session:
        members = select(func.count(Membership.id)).where(Membership.quest_id == quest_id)
        assert session.scalar(members) == 9


def test_one_pain_point_becomes_one_quest(app: Flask, transaction: Transaction, cast: Cast) -> None:
    with transaction() as session:
        pain_id = accepted_pain(session, cast).id

    def propose(browser: Browser, token: str) -> int:
        fields = {"csrf_token": token, "pain_id": str(pain_id), "title": "Nobody waits"}
        return browser.post("/quests/propose", data=fields).status_code

    answers = at_once(app, [cast.ida, cast.bram] * 5, propose)  # type: ignore[list-item]
    assert answers[303] == 1
    assert set(answers) <= {303, 409, 422}
    with app.app_context(), Session(db.engine) as session:
        assert session.scalar(select(func.count(Quest.id))) == 1
        assert session.scalar(select(func.count(PainPoint.id))) == 1

"""After the outcome: checks on three days, closing, slipping, and the problem's return."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core.errors import NotAllowed, Refusal
from cxquest.core.models import OutboxMessage
from cxquest.pains.models import PainState
from cxquest.quests import holding, ticking
from cxquest.quests.lifecycle import State
from cxquest.quests.work import HoldState
from cxquest.rewards import ledger
from cxquest.rewards.models import LedgerEntry, RewardEvent
from cxquest.rewards.rulebook import Gate
from tests.cast import Cast
from tests.teams import Team, week

PROVEN = week(13)


def tick(session: Session, days: int) -> dict[str, int]:
    return ticking.tick(session, PROVEN + timedelta(days=days, hours=1))


def total(session: Session, team: Team) -> int:
    entries = select(func.sum(LedgerEntry.points)).where(
        LedgerEntry.account_id == team.quest.account_id
    )
    return session.scalar(entries) or 0


def test_three_passed_checks_close_the_quest_and_pay_the_last_gate(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).hold()
    for number in range(13, 26):
        team.read(number, "4")
    assert tick(session, 29) == {"looked_at": 0, "closed": 0, "slipped": 0}
    assert tick(session, 30) == {"looked_at": 1, "closed": 0, "slipped": 0}
    tick(session, 60)
    assert tick(session, 90)["closed"] == 1
    quest = team.quest
    assert quest.state is State.CLOSED
    assert quest.closed_at
    assert team.pain.state is PainState.RESOLVED
    assert total(session, team) == 1380
    assert tick(session, 91) == {"looked_at": 0, "closed": 0, "slipped": 0}


def test_one_late_look_does_all_that_the_days_asked_for(session: Session, cast: Cast) -> None:
    team = Team(session, cast).hold()
    for number in range(13, 26):
        team.read(number, "4")
    assert tick(session, 120)["closed"] == 1
    assert team.quest.state is State.CLOSED


def test_without_a_fresh_reading_the_check_waits_and_the_owner_is_told_once(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).hold()
    tick(session, 31)
    tick(session, 32)
    assert team.quest.hold_checks[0].state is HoldState.DUE
    to_bram = select(OutboxMessage).where(
        OutboxMessage.recipient == cast.bram.email, OutboxMessage.key.startswith("hold:")
    )
    assert len(session.scalars(to_bram).all()) == 1


def test_a_failed_check_slips_back_and_a_second_proof_is_not_paid_twice(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).hold()
    for number in range(13, 18):
        team.read(number, "11")
    assert tick(session, 30)["slipped"] == 1
    assert team.quest.state is State.PROVING
    before = total(session, team)
    for number in range(18, 24):
        team.read(number, "4")
    team.ask(24).judge(Gate.G3, 25)
    assert team.quest.state is State.HOLDING
    assert total(session, team) == before == 966
    assert len([c for c in team.quest.hold_checks if c.state is HoldState.DUE]) == 3


@pytest.mark.parametrize(("by_team", "back"), [(False, 466), (True, 233)])
def test_a_return_on_day_45_takes_a_part_back(
    session: Session, cast: Cast, by_team: bool, back: int
) -> None:
    """G3 paid 621: 621 × (1 − 45 / 180) = 465.75; half of it when the team says so first."""
    team = Team(session, cast).hold()
    at = PROVEN + timedelta(days=45)
    by = cast.bram if by_team else cast.noor
    holding.report_return(session, team.quest, "Twelve calls last week", by=by, at=at)
    assert total(session, team) == 966 - back
    assert team.quest.state is State.FIXING
    assert team.pain.state is PainState.IN_QUEST
    assert ledger.check(session) == []
    reversals = session.scalars(
        select(LedgerEntry).where(LedgerEntry.reverses_id.is_not(None))
    ).all()
    assert {entry.points for entry in reversals} == {-back}
    assert len(reversals) == 3  # the team and its two members


def test_the_same_return_is_not_taken_twice(session: Session, cast: Cast) -> None:
    team = Team(session, cast).hold()
    at = PROVEN + timedelta(days=45)
    holding.report_return(session, team.quest, "Calls", by=cast.bram, at=at)
    with pytest.raises(NotAllowed):
        holding.report_return(session, team.quest, "Calls", by=cast.noor, at=at)
    returned = select(func.count(RewardEvent.id)).where(RewardEvent.type == "problem_returned")
    assert session.scalar(returned) == 1


def test_an_onlooker_does_not_report_a_return(session: Session, cast: Cast) -> None:
    team = Team(session, cast).hold()
    with pytest.raises(NotAllowed):
        holding.report_return(session, team.quest, "x", by=cast.olaf, at=PROVEN)
    with pytest.raises(Refusal, match="shows"):
        holding.report_return(session, team.quest, "", by=cast.noor, at=PROVEN)

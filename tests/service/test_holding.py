"""After the outcome: checks on three days, closing, slipping, and the problem's return."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core.errors import NotAllowed, Refusal
from cxquest.core.models import OutboxMessage
from cxquest.measures.models import Period
from cxquest.pains.models import PainState
from cxquest.quests import holding, measuring, stopping, ticking
from cxquest.quests.lifecycle import State
from cxquest.quests.work import HoldState
from cxquest.rewards import ledger
from cxquest.rewards.models import Decision, LedgerEntry, RewardEvent
from cxquest.rewards.rulebook import Gate
from tests.cast import Cast
from tests.teams import Team, week

PROVEN, DAY = week(13), timedelta(days=1)


def tick(session: Session, days: int) -> list[str]:
    """Do what the day asks for; return what was done, quest by quest."""
    at = PROVEN + timedelta(days=days, hours=1)
    return [ticking.look(session, quest_id, at) for quest_id in ticking.due(session, at)]


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
    assert tick(session, 29) == []
    assert tick(session, 30) == [""]
    tick(session, 60)
    assert tick(session, 90) == ["closed"]
    quest = team.quest
    assert quest.state is State.CLOSED
    assert quest.closed_at
    assert team.pain.state is PainState.RESOLVED
    assert total(session, team) == 1380
    assert tick(session, 91) == []


def test_one_late_look_does_all_that_the_days_asked_for(session: Session, cast: Cast) -> None:
    team = Team(session, cast).hold()
    for number in range(13, 26):
        team.read(number, "4")
    assert tick(session, 120) == ["closed"]
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
    assert tick(session, 30) == ["slipped"]
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
    with pytest.raises(Refusal, match="reported already"):
        holding.report_return(session, team.quest, "Calls", by=cast.noor, at=at)
    returned = select(func.count(RewardEvent.id)).where(RewardEvent.type == "problem_returned")
    assert session.scalar(returned) == 1


def test_a_return_cancels_the_gate_that_was_not_reached(session: Session, cast: Cast) -> None:
    """The quest may prove and hold again, but nothing is paid a second time, nor G4 at all."""
    team = Team(session, cast).hold()
    holding.report_return(session, team.quest, "Calls", by=cast.noor, at=PROVEN + DAY)
    left = total(session, team)
    with pytest.raises(Refusal) as refused:
        team.ask(14)
    assert [need.anchor for need in refused.value.missing] == ["countermeasures"]
    team.change_again(14).ask(14).judge(Gate.G2, 15)
    for number in range(14, 20):
        team.read(number, "4")
    team.tell(20).ask(20).judge(Gate.G3, 21)
    for number in range(20, 36):
        team.read(number, "4")
    assert tick(session, 200) == ["closed"]
    assert total(session, team) == left
    cancelled = select(Decision.reason).where(Decision.rule == "gate_G4", Decision.points == 0)
    assert {reason.partition(":")[0] for reason in session.scalars(cancelled)} == {"Cancelled"}


def test_a_later_proof_does_not_reopen_the_window_of_the_first(
    session: Session, cast: Cast
) -> None:
    """What was paid in week 13 stays paid 200 days later, whenever it was proven again."""
    team = Team(session, cast).hold()
    team.quest.outcome_at = PROVEN + 190 * DAY
    session.flush()
    holding.report_return(session, team.quest, "Calls", by=cast.noor, at=PROVEN + 200 * DAY)
    assert total(session, team) == 966


def test_after_a_failed_check_what_was_paid_can_still_be_taken_back(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).hold()
    for number in range(13, 18):
        team.read(number, "12")
    assert tick(session, 30) == ["slipped"]
    holding.report_return(session, team.quest, "Back", by=cast.noor, at=PROVEN + 45 * DAY)
    assert total(session, team) == 966 - 466
    assert team.quest.state is State.FIXING


def test_a_stopped_quest_gives_back_once_and_stays_stopped(session: Session, cast: Cast) -> None:
    team = Team(session, cast).hold()
    at = PROVEN + 45 * DAY
    stopping.stop(session, team.quest, reason="x", lesson="y", by=cast.karl, at=at)
    holding.report_return(session, team.quest, "Back", by=cast.noor, at=at)
    assert (total(session, team), team.quest.state) == (500, State.STOPPED)
    with pytest.raises(Refusal, match="reported already"):
        holding.report_return(session, team.quest, "Back", by=cast.noor, at=at)


def test_a_month_that_begins_on_the_day_of_the_proof_counts(session: Session, cast: Cast) -> None:
    """One reading a month is enough, whichever day of the month the outcome was proven."""
    team = Team(session, cast).hold()
    metric = team.quest.metric
    assert metric
    metric.period = Period.MONTH
    proven = datetime(2026, 7, 1, 9, tzinfo=UTC)
    for check in reversed(team.quest.hold_checks):
        check.due_on = (proven + check.day * DAY).date()
        session.flush()
    team.quest.outcome_at = proven
    session.flush()
    for month in (7, 8, 9):
        measuring.read(
            session,
            team.quest,
            day=date(2026, month, 1),
            value=Decimal(4),
            n=None,
            by=cast.bram,
            at=proven + 95 * DAY,
        )
    at = proven + 91 * DAY
    done = [ticking.look(session, quest_id, at) for quest_id in ticking.due(session, at)]
    assert done == ["closed"]


def test_an_onlooker_does_not_report_a_return(session: Session, cast: Cast) -> None:
    team = Team(session, cast).hold()
    with pytest.raises(NotAllowed):
        holding.report_return(session, team.quest, "x", by=cast.olaf, at=PROVEN)
    with pytest.raises(Refusal, match="shows"):
        holding.report_return(session, team.quest, "", by=cast.noor, at=PROVEN)

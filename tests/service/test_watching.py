"""The watch: a return planted on day 45 is found, and taken back once, whoever else says so."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core.errors import NotAllowed, Refusal
from cxquest.core.models import AuditLine, OutboxMessage
from cxquest.measures.models import Period
from cxquest.pains.models import PainState
from cxquest.quests import (
    holding,
    measuring,
    suspecting,
    ticking,
    watching,
)
from cxquest.quests.lifecycle import State
from cxquest.quests.work import HoldState, Recurrence, RecurrenceState, Source
from cxquest.rewards import ledger
from cxquest.rewards.models import LedgerEntry, RewardEvent
from cxquest.rewards.rulebook import Gate
from cxquest.worker import tick_all
from tests.cast import Cast
from tests.proofs import CaseA, Noisy, proven
from tests.teams import Team, paid, week

# A Friday: day 45 after it is the Monday of week 19.
PROVEN, DAY = week(12) + timedelta(days=4), timedelta(days=1)
PLANTED = 45


def level_on(day: int, back: int = PLANTED) -> str:
    return "12" if day >= back else "5"


def days_go_by(
    session: Session,
    team: Team,
    last: int,
    *,
    daily: bool = False,
    back: int = PLANTED,
    step: int = 1,
) -> list[tuple[int, str]]:
    """Let the worker look each day, or each `step` days, readings coming as their periods end.

    Returns the days on which it did something, and what.
    """
    done = []
    for day in range(1, last + 1):
        at = PROVEN + day * DAY
        if daily:
            read(team, at - DAY, level_on(day - 1, back))
        elif (day - 3) % 7 == 0 and day > 3:
            read(team, at - 7 * DAY, level_on(day - 7, back))
        if day % step and day not in (30, 60, 90):
            continue
        counts = tick_all(session, at + timedelta(hours=1))
        assert not counts["failed"]
        done += [(day, what) for what, n in counts.items() if n and what != "looked_at"]
    return [(day, what) for day, what in done if what != "sealed"]


def read(team: Team, on: datetime, level: str) -> None:
    measuring.read(
        team.session,
        team.quest,
        day=on.date(),
        value=Decimal(level),
        n=None,
        by=team.cast.bram,
        at=on + 7 * DAY,
    )


def taken(session: Session, team: Team) -> list[int]:
    lines = select(LedgerEntry.points).where(
        LedgerEntry.account_id == team.quest.account_id, LedgerEntry.points < 0
    )
    return list(session.scalars(lines))


def returns(session: Session) -> int:
    counted = select(func.count(RewardEvent.id)).where(RewardEvent.type == "problem_returned")
    return session.scalar(counted) or 0


@pytest.mark.parametrize(("daily", "on"), [(False, 73), (True, 52)])
def test_a_return_planted_on_day_45_is_found_and_taken_back_as_of_that_day(
    session: Session, cast: Cast, daily: bool, on: int
) -> None:
    """Example F: 514 × (1 − 45 / 180) = 385.5, so −386, for the team and for each member.

    Readings are bad from day 45 on; the fourth weekly one is there on day 73, the seventh daily
    one on day 52. A weekly check slips on day 60; what was paid is taken back all the same.
    """
    team = proven(session, cast)
    if daily:
        team.metric.period = Period.DAY
        session.flush()
    slipped = [] if daily else [(60, "slipped")]
    assert days_go_by(session, team, 90, daily=daily) == [*slipped, (on, "returned")]
    assert taken(session, team) == [-386]
    quest = team.quest
    assert quest.state is State.FIXING
    assert team.pain.state is PainState.IN_QUEST
    assert returns(session) == 1
    reversed_ = select(LedgerEntry.points).where(LedgerEntry.reverses_id.is_not(None))
    assert list(session.scalars(reversed_)) == [-386] * 4
    assert ledger.check(session) == []
    event = session.scalars(select(RewardEvent).where(RewardEvent.type == "problem_returned")).one()
    assert event.facts == {"days": PLANTED, "self_reported": False}
    assert event.occurred_at == PROVEN + on * DAY + timedelta(hours=1)
    (known,) = quest.recurrences
    assert (known.source, known.state) == (Source.METRIC, RecurrenceState.CONFIRMED)
    assert known.decided_by_id is None
    assert f"the last {7 if daily else 4} readings of “Late moves” average 12" in known.evidence
    assert "keep 0 %" in known.evidence
    mails = select(OutboxMessage.subject).where(OutboxMessage.recipient == cast.ida.email)
    assert any("The problem is back" in subject for subject in session.scalars(mails))


def test_said_by_the_team_on_that_day_it_costs_half_and_the_watch_adds_nothing(
    session: Session, cast: Cast
) -> None:
    team = proven(session, cast)
    days_go_by(session, team, PLANTED - 1, step=7)
    at = PROVEN + PLANTED * DAY
    holding.report_return(session, team.quest, "Twelve calls", by=cast.bram, at=at)
    assert taken(session, team) == [-193]
    session.commit()
    for day in range(52, 90, 7):
        read(team, PROVEN + (day - 7) * DAY, level_on(day - 7))
        counts = tick_all(session, PROVEN + day * DAY)
        assert counts["returned"] == counts["failed"] == 0
    assert taken(session, team) == [-193]
    assert returns(session) == 1
    assert [(one.source, one.state) for one in team.quest.recurrences] == [
        (Source.TEAM, RecurrenceState.CONFIRMED)
    ]


def test_what_the_watch_took_back_nobody_takes_again(session: Session, cast: Cast) -> None:
    team = proven(session, cast)
    days_go_by(session, team, 73, step=73)
    for who in (cast.bram, cast.noor):
        with pytest.raises(Refusal, match="reported already"):
            holding.report_return(session, team.quest, "I say so too", by=who, at=PROVEN + 74 * DAY)
    with pytest.raises(NotAllowed):
        holding.report_return(session, team.quest, "So", by=cast.karl, at=PROVEN + 74 * DAY)
    assert watching.look(session, team.id, PROVEN + 74 * DAY) == ""
    assert taken(session, team) == [-386]


def test_one_bad_week_in_four_is_nothing(session: Session, cast: Cast) -> None:
    team = Noisy(session, cast).hold()
    for number in range(13, 38):
        team.read(number, "13" if number % 4 == 0 else "4")
    start = week(13)
    for day in range(1, 180, 7):
        at = start + day * DAY
        assert all(
            watching.look(session, quest_id, at) == "" for quest_id in watching.due(session, at)
        )
    assert team.quest.recurrences == []


def test_the_watch_ends_with_the_window_and_looks_only_at_what_was_proven(
    session: Session, cast: Cast
) -> None:
    proving, team = Team(session, cast).prove(), proven(session, cast)
    due = watching.due(session, PROVEN + DAY)
    assert (team.id in due, proving.id in due) == (True, False)
    assert watching.due(session, PROVEN + 180 * DAY) == [team.id]
    assert watching.due(session, PROVEN + 182 * DAY) == []
    assert watching.look(session, 999_999, PROVEN) == ""
    assert watching.look(session, proving.id, PROVEN) == ""


def test_a_closed_quest_is_opened_again(session: Session, cast: Cast) -> None:
    team = proven(session, cast)
    done = days_go_by(session, team, 150, back=101, step=43)
    assert done == [(90, "closed"), (129, "returned")]
    assert team.quest.state is State.FIXING
    g4 = 343
    assert paid(session, team)["G4"] == g4
    at_101 = [-((514 * 79 + 90) // 180), -((g4 * 79 + 90) // 180)]
    assert sorted(taken(session, team)) == sorted(at_101)
    assert ledger.check(session) == []


def test_a_second_proof_begins_a_new_watch(session: Session, cast: Cast) -> None:
    team = proven(session, cast)
    days_go_by(session, team, 73, step=73)
    team.change_again(24).ask(24).judge(Gate.G2, 24)
    for number in range(24, 29):
        team.read(number, "5")
    CaseA.ask(team.tell(29), 29).judge(Gate.G3, 29)
    quest = team.quest
    assert quest.state is State.HOLDING
    again = quest.outcome_at
    assert again == week(29)
    for number in range(29, 34):
        team.read(number, "12")
    assert watching.due(session, week(34)) == [team.id]
    assert watching.look(session, team.id, week(34)) == "returned"
    assert returns(session) == 2
    assert sum(taken(session, team)) >= -514
    assert ledger.check(session) == []


def test_a_check_notes_what_the_chart_said(session: Session, cast: Cast) -> None:
    team = Noisy(session, cast).hold()
    for number in range(13, 18):
        team.read(number, "4")
    at = week(13) + 30 * DAY
    assert [ticking.look(session, one, at) for one in ticking.due(session, at)] == [""]
    assert team.quest.hold_checks[0].state is HoldState.PASSED
    said = select(AuditLine.summary).where(AuditLine.action == "hold_passed")
    assert "signals of improvement, 0 of concern" in session.scalars(said).one()


def test_suspicions_end_when_the_outcome_is_verified_anew(session: Session, cast: Cast) -> None:
    team = Team(session, cast).hold()
    for number in range(13, 18):
        team.read(number, "8.5")
    assert [ticking.look(session, team.id, week(13) + 30 * DAY)] == ["slipped"]
    suspecting.suspect(
        session, team.quest, Source.THEME, "Again", figures={}, at=week(13) + 31 * DAY
    )
    for number in range(18, 24):
        team.read(number, "4")
    team.ask(24).judge(Gate.G3, 25)
    (known,) = session.scalars(select(Recurrence))
    assert (known.state, known.reason) == (
        RecurrenceState.DISMISSED,
        "The outcome was verified anew.",
    )

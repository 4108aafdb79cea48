"""Disputes: who raises one, until when, who answers it, and what an answer pays or takes back."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.models import AuditLine, OutboxMessage
from cxquest.people.models import Person, Role
from cxquest.quests import concerning, holding
from cxquest.quests.models import Membership
from cxquest.rewards import disputing, ledger, line_queries, replaying
from cxquest.rewards import queries as rewards
from cxquest.rewards.history import History
from cxquest.rewards.models import (
    Account,
    Component,
    Decision,
    Dispute,
    DisputeVerdict,
    LedgerEntry,
    RewardEvent,
)
from cxquest.rewards.rulebook import Gate
from tests import histories
from tests.cast import Cast, person
from tests.teams import Team, paid, points_of, week

STANDS, CORRECTED = DisputeVerdict


def without_bram(session: Session, cast: Cast) -> Team:
    """The first gate passes, and nothing that Bram did is accepted."""
    return Team(session, cast).diagnose().judge(Gate.G1, 3, without=cast.bram)


def decided(session: Session, account_id: int | None, rule: str) -> tuple[Decision, Account]:
    """Return what a rule decided last on an account."""
    found = session.scalars(
        select(Decision.id)
        .where(Decision.account_id == account_id, Decision.rule == rule)
        .order_by(Decision.id.desc())
    ).first()
    assert found
    row = line_queries.decision(session, found)
    assert row
    return row[0], row[1]


def of_bram(session: Session, cast: Cast) -> tuple[Decision, Account]:
    return decided(session, rewards.account_of_person(session, cast.bram.id), "gate_G1")


def dispute(
    session: Session,
    what: tuple[Decision, Account],
    by: Person,
    text: str = "I sorted them",
    days: int = 1,
) -> Dispute:
    decision, account = what
    return disputing.begin(
        session,
        decision,
        text,
        account=account,
        decided_at=decision.event.recorded_at,
        team=concerning.team_of(session, account),
        outside=concerning.answerers,
        by=by,
        at=decision.event.recorded_at + timedelta(days=days),
    )


def answer(
    session: Session,
    asked: Dispute,
    by: Person,
    verdict: DisputeVerdict = CORRECTED,
    reason: str = "The list shows it",
    component: Component = Component.TEAM_PART,
) -> None:
    disputing.answer(
        session,
        asked,
        verdict,
        reason,
        component=component,
        outside=concerning.answerers,
        by=by,
        at=asked.raised_at + timedelta(days=1),
    )


def assert_whole(session: Session) -> None:
    compared = replaying.compare(session)
    assert compared["differences"] == 0, compared["first_differences"]
    assert ledger.check(session) == []


def test_an_ineligible_member_who_is_right_gets_the_gates_number(
    session: Session, cast: Cast
) -> None:
    without_bram(session, cast)
    assert points_of(session, cast.bram) == []
    asked = dispute(session, of_bram(session, cast), cast.bram)
    answer(session, asked, cast.ruth)
    assert points_of(session, cast.bram) == points_of(session, cast.ida) == [120]
    assert_whole(session)


def test_a_decision_that_stands_pays_nothing(session: Session, cast: Cast) -> None:
    without_bram(session, cast)
    asked = dispute(session, of_bram(session, cast), cast.bram)
    answer(session, asked, cast.ruth, STANDS)
    assert points_of(session, cast.bram) == []
    with pytest.raises(Refusal, match="answered already"):
        answer(session, asked, cast.ruth)


def test_a_team_says_that_it_was_paid_too_much(session: Session, cast: Cast) -> None:
    team = without_bram(session, cast)
    paid = decided(session, team.quest.account_id, "gate_G1")
    asked = dispute(session, paid, cast.bram, "That was last year's cause")
    answer(session, asked, cast.ruth, component=Component.TEAM_OUTCOME)
    entries = rewards.entries_of_account(session, team.quest.account_id)
    assert [entry.points for entry in entries] == [-120, 120]
    assert entries[0].reverses_id == entries[1].id
    assert_whole(session)


def test_it_is_raised_by_those_whom_it_concerns(session: Session, cast: Cast) -> None:
    team = without_bram(session, cast)
    of_team = decided(session, team.quest.account_id, "gate_G1")
    for stranger in (cast.olaf, cast.noor, cast.karl):
        with pytest.raises(NotAllowed):
            dispute(session, of_team, stranger)
    with pytest.raises(NotAllowed):
        dispute(session, of_bram(session, cast), cast.ida)
    with pytest.raises(BadInput, match="Say what"):
        dispute(session, of_bram(session, cast), cast.bram, "")


def test_it_is_raised_once_and_within_14_days(session: Session, cast: Cast) -> None:
    team = without_bram(session, cast)
    with pytest.raises(Refusal, match="14 days"):
        dispute(session, of_bram(session, cast), cast.bram, days=15)
    dispute(session, of_bram(session, cast), cast.bram, days=14)
    with pytest.raises(Refusal, match="disputed already"):
        dispute(session, of_bram(session, cast), cast.bram)
    dispute(session, decided(session, team.quest.account_id, "gate_G1"), cast.bram)


def test_it_is_due_after_five_working_days(session: Session, cast: Cast) -> None:
    without_bram(session, cast)
    asked = dispute(session, of_bram(session, cast), cast.bram)  # raised on a Tuesday, in March
    assert asked.raised_at == week(3) + timedelta(days=1)
    last = asked.due_at - timedelta.resolution
    assert (last - asked.raised_at).days == 7
    assert last.astimezone(histories.ZONE).strftime("%A %H:%M") == "Tuesday 23:59"


def test_nobody_with_a_part_in_it_answers(session: Session, cast: Cast) -> None:
    """Not its reviewer, a member, the sponsor, whoever raised it; nor who has no such office."""
    outside = person(session, "Tomas", cast.billing, is_coach=True)
    was_on = person(session, "Uma", cast.billing, Role.ADMINISTRATOR)
    team = without_bram(session, cast)
    quest = team.quest
    asked = dispute(session, of_bram(session, cast), cast.bram)
    cast.bram.is_coach = cast.karl.is_coach = cast.ida.is_coach = True
    session.flush()
    may = concerning.answerers(session, asked)
    assert {one.name for one in may} == {"Tomas", "Ruth", "Uma"}
    for one in (cast.noor, cast.bram, cast.ida, cast.karl, cast.olaf):
        waits = session.scalars(concerning.waiting_for(one)).all()
        assert asked not in waits, one.name
        with pytest.raises(NotAllowed):
            answer(session, asked, one)
    session.add(Membership(quest_id=quest.id, person_id=was_on.id, joined_at=week(4)))
    session.flush()
    with pytest.raises(NotAllowed):
        answer(session, asked, was_on)
    assert asked in session.scalars(concerning.waiting_for(outside)).all()
    with pytest.raises(BadInput, match="Say why"):
        answer(session, asked, outside, reason="")
    answer(session, asked, outside)
    assert session.scalars(concerning.waiting_for(outside)).all() == []


def test_who_accepted_a_pain_point_does_not_answer_about_it(session: Session, cast: Cast) -> None:
    other = person(session, "Tomas", cast.billing, is_coach=True)
    Team(session, cast)
    account_id = rewards.account_of_person(session, cast.bram.id)
    asked = dispute(session, decided(session, account_id, "rule_pain"), cast.bram)
    assert {one.name for one in concerning.answerers(session, asked)} == {"Tomas", "Ruth"}
    answer(session, asked, other, component=Component.INDIVIDUAL)
    entries = rewards.entries_of_account(session, asked.account_id)
    assert [entry.points for entry in entries] == [-5, 5]
    assert_whole(session)


def test_a_reviewers_award_is_not_judged_by_the_team(session: Session, cast: Cast) -> None:
    cast.ida.is_coach = True
    without_bram(session, cast)
    account_id = rewards.account_of_person(session, cast.noor.id)
    asked = dispute(session, decided(session, account_id, "rule_review"), cast.noor)
    assert {one.name for one in concerning.answerers(session, asked)} == {"Ruth"}


def test_what_has_nothing_to_put_right_stands(session: Session, cast: Cast) -> None:
    team = Team(session, cast).hold()
    holding.report_return(
        session, team.quest, "Again", by=cast.noor, at=week(13) + timedelta(days=2)
    )
    of_team = decided(session, team.quest.account_id, "gate_G4")
    asked = dispute(session, of_team, cast.bram)
    with pytest.raises(Refusal, match="nothing to pay"):
        answer(session, asked, cast.ruth, component=Component.TEAM_OUTCOME)
    answer(session, asked, cast.ruth, STANDS, component=Component.TEAM_OUTCOME)


def test_what_is_held_and_an_answer_itself_are_not_disputed(session: Session, cast: Cast) -> None:
    without_bram(session, cast)
    asked = dispute(session, of_bram(session, cast), cast.bram)
    answer(session, asked, cast.ruth)
    again = decided(session, asked.account_id, "dispute_G1")
    with pytest.raises(Refusal, match="follows from other lines"):
        dispute(session, again, cast.bram)


def test_both_sides_hear_of_it_and_it_is_on_record(session: Session, cast: Cast) -> None:
    without_bram(session, cast)
    asked = dispute(session, of_bram(session, cast), cast.bram)
    answer(session, asked, cast.ruth)
    sent = session.scalars(select(OutboxMessage).where(OutboxMessage.key.startswith("dispute:")))
    told = {message.recipient: message for message in sent}
    assert set(told) == {cast.ruth.email, cast.bram.email}
    assert "was corrected" in told[cast.bram.email].body
    assert "The list shows it" in told[cast.bram.email].body
    assert "I sorted them" not in told[cast.ruth.email].body
    lines = session.scalars(select(AuditLine.action).where(AuditLine.subject_kind == "dispute"))
    assert list(lines) == ["dispute_raised", "dispute_answered"]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_disputed_the_ledger_can_be_replayed(session: Session, seed: int) -> None:
    """A random history, a third of its decisions disputed and answered either way, in between."""
    dice = random.Random(seed)
    by = Person(email="x@x", name="X", created_at=histories.BEGUN)
    session.add(by)
    session.flush()
    firm = histories.company(session, quests=6)
    for one in histories.history(seed, 90, firm):
        histories.record(session, one)
        event = session.scalars(select(RewardEvent).where(RewardEvent.key == one.key)).one()
        for decision in session.scalars(select(Decision).where(Decision.event_id == event.id)):
            if dice.random() < 0.33 and disputing.is_disputable(decision):
                _settle(session, decision, by, dice)
    assert session.scalars(select(Dispute)).all()
    rules = session.scalars(select(LedgerEntry.rule).distinct())
    assert any(rule.startswith(disputing.ANSWERS) for rule in rules)
    assert_whole(session)


def _settle(session: Session, decision: Decision, by: Person, dice: random.Random) -> None:
    if disputing.of_place(session, decision.event_id, decision.rule, decision.account_id):
        return
    event = session.get_one(RewardEvent, decision.event_id)
    asked = Dispute(
        event=event,
        rule=decision.rule,
        account_id=decision.account_id,
        raised_by=by,
        raised_at=event.recorded_at,
        text="No",
        due_at=event.recorded_at,
    )
    session.add(asked)
    session.flush()
    at = event.occurred_at + timedelta(minutes=dice.randint(1, 40_000))
    right = disputing.correction(session, asked, at=at).points
    disputing.answer(
        session,
        asked,
        CORRECTED if right and dice.random() < 0.7 else STANDS,
        "Looked",
        component=decision.component,
        outside=lambda _session, _asked: [by],
        by=by,
        at=at,
    )


def test_a_teams_award_that_was_wrong_goes_from_its_members_too(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).diagnose().judge(Gate.G1, 3)
    of_team = decided(session, team.quest.account_id, "gate_G1")
    asked = dispute(session, of_team, cast.bram)
    answer(session, asked, cast.ruth, component=Component.TEAM_OUTCOME)
    left = session.execute(
        select(LedgerEntry.account_id, func.sum(LedgerEntry.points))
        .where(LedgerEntry.rule.in_(("gate_G1", "undone_G1")))
        .group_by(LedgerEntry.account_id)
    )
    assert {points for _account, points in left} == {0}
    assert_whole(session)


def test_a_return_that_never_was_leaves_the_award_to_be_taken_back_later(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).hold()
    holding.report_return(session, team.quest, "Six calls", by=cast.noor, at=week(13))
    of_team = decided(session, team.quest.account_id, "return_G3")
    asked = dispute(session, of_team, cast.bram)
    answer(session, asked, cast.ruth, component=Component.TEAM_OUTCOME)
    points = select(func.sum(LedgerEntry.points))
    whole = points.where(LedgerEntry.account_id == team.quest.account_id)
    assert session.scalar(whole) == sum(paid(session, team).values())
    now = RewardEvent(occurred_at=week(40), key="~")
    (kept,) = {one.left for one in History(session, now).vested(f"quest:{team.id}")}
    assert kept == paid(session, team)["G3"]
    assert_whole(session)

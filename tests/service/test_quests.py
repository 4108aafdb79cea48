"""A quest's life through its services: each step, each refusal, each payment."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.models import OutboxMessage
from cxquest.pains.models import PainState
from cxquest.people.models import Role
from cxquest.quests import (
    chartering,
    contributing,
    diagnosing,
    holding,
    measuring,
    reviewing,
    showing,
    starting,
    stopping,
)
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Size
from cxquest.rewards import ledger
from cxquest.rewards import queries as rewards
from cxquest.rewards.models import Account, Decision, LedgerEntry, Standing
from cxquest.rewards.rulebook import Cause, Gate
from tests.cast import Cast, person
from tests.teams import DECLINE, Team, day, week


def paid(session: Session, team: Team) -> dict[str, int]:
    """Return the points of the team by gate."""
    entries = rewards.paid_for(session, team.quest.account_id)
    return {gate: entry.points for gate, entry in entries.items()}


def points_of(session: Session, who: object) -> list[int]:
    account = select(Account.id).where(Account.person_id == who.id)  # type: ignore[attr-defined]
    entries = select(LedgerEntry.points).where(LedgerEntry.account_id == account.scalar_subquery())
    return list(session.scalars(entries.order_by(LedgerEntry.id)))


def test_a_proposal_takes_its_pain_point_and_seats_the_lead(session: Session, cast: Cast) -> None:
    team = Team(session, cast)
    assert team.quest.state is State.PROPOSED
    assert team.pain.state is PainState.IN_QUEST
    assert [chair.department.name for chair in team.quest.chairs] == ["Care"]
    with pytest.raises(Refusal):
        starting.propose(session, team.pain, "Me too", by=cast.olaf, at=week(0))


def test_executives_neither_propose_nor_join(session: Session, cast: Cast) -> None:
    team = Team(session, cast)
    with pytest.raises(NotAllowed):
        starting.propose(session, team.pain, "Mine", by=cast.karl, at=week(0))
    with pytest.raises(Refusal):
        starting.join(session, team.quest, by=cast.karl, at=week(0))


def test_a_team_has_at_most_nine_members(session: Session, cast: Cast) -> None:
    team = Team(session, cast)
    for number in range(8):
        someone = person(session, f"Person{number}", cast.field)
        starting.join(session, team.quest, by=someone, at=week(0))
    with pytest.raises(Refusal, match="full"):
        starting.join(session, team.quest, by=cast.olaf, at=week(0))


def test_an_empty_charter_is_refused_with_everything_that_is_missing(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast)
    with pytest.raises(Refusal) as refused:
        chartering.ask_signature(session, team.quest, by=cast.ida, at=week(0))
    assert len(refused.value.missing) == 8
    assert {item.who for item in refused.value.missing} == {
        "the lead",
        "a coach outside the team",
    }


def test_only_the_sponsor_signs_and_only_when_asked(session: Session, cast: Cast) -> None:
    team = Team(session, cast).charter()
    with pytest.raises(NotAllowed):
        chartering.sign(session, team.quest, by=cast.ida, at=week(1))
    chartering.send_back(session, team.quest, "Which goal first?", by=cast.karl, at=week(1))
    with pytest.raises(Refusal, match="not asked"):
        chartering.sign(session, team.quest, by=cast.karl, at=week(1))
    chartering.ask_signature(session, team.quest, by=cast.ida, at=week(1))
    chartering.sign(session, team.quest, by=cast.karl, at=week(1))
    assert team.quest.state is State.DIAGNOSING
    to_karl = select(OutboxMessage).where(OutboxMessage.recipient == cast.karl.email)
    assert len(session.scalars(to_karl).all()) == 2


def test_a_change_of_the_charter_takes_the_request_to_sign_back(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).charter()
    chartering.agree_size(session, team.quest, Size.S, by=cast.noor, at=week(1))
    assert team.quest.charter_asked_at is None


def test_the_size_is_agreed_by_a_coach_outside_the_team(session: Session, cast: Cast) -> None:
    team = Team(session, cast)
    with pytest.raises(NotAllowed):
        chartering.agree_size(session, team.quest, Size.XL, by=cast.ida, at=week(0))
    starting.join(session, team.quest, by=cast.noor, at=week(0))
    with pytest.raises(NotAllowed):
        chartering.agree_size(session, team.quest, Size.XL, by=cast.noor, at=week(0))


def test_a_signed_charter_no_longer_changes(session: Session, cast: Cast) -> None:
    team = Team(session, cast).sign()
    with pytest.raises(Refusal, match="signed"):
        chartering.set_hours(session, team.quest, {}, by=cast.ida, at=week(2))


def test_an_onlooker_does_not_work_on_a_quest(session: Session, cast: Cast) -> None:
    team = Team(session, cast).sign()
    with pytest.raises(NotAllowed):
        contributing.contribute(session, team.quest, "I watched", 1, by=cast.olaf, at=week(2))
    with pytest.raises(NotAllowed):
        diagnosing.add_why(
            session, team.quest, parent_id=None, text="?", evidence="", by=cast.olaf, at=week(2)
        )


def test_no_review_is_asked_for_before_its_needs_are_met(session: Session, cast: Cast) -> None:
    team = Team(session, cast).sign()
    with pytest.raises(Refusal) as refused:
        team.ask(2)
    assert "A chain of whys" in {item.text for item in refused.value.missing}


def test_a_cause_that_names_a_person_is_refused(session: Session, cast: Cast) -> None:
    someone = person(session, "Maud", cast.care)
    someone.name = "Maud Berg"
    team = Team(session, cast).diagnose().take_back(2)
    why = team.quest.whys[0]
    said = "Maud Berg forgot it"
    diagnosing.change_why(
        session, team.quest, why, text=said, evidence="x", by=cast.ida, at=week(2)
    )
    with pytest.raises(Refusal) as refused:
        team.ask(3)
    (missing,) = refused.value.missing
    assert (missing.text, missing.detail) == ("No person named as a cause", "Maud Berg")


def test_p13_nobody_reviews_a_quest_they_were_ever_on(session: Session, cast: Cast) -> None:
    """Not as a member, nor after leaving, nor as its sponsor; so nobody is paid by themselves."""
    team = Team(session, cast)
    starting.join(session, team.quest, by=cast.noor, at=week(0))
    starting.leave(session, team.quest, by=cast.noor, at=week(0))
    other = person(session, "Tomas", cast.billing, is_coach=True)
    cast_noor, team.cast.__dict__["noor"] = cast.noor, other
    team.diagnose()
    for reviewer in (cast_noor, cast.ida, cast.bram, cast.karl, cast.olaf):
        with pytest.raises(NotAllowed):
            reviewing.judge(
                session,
                team.quest,
                gate=Gate.G1,
                verdict=DECLINE,
                reason="x",
                by=reviewer,
                at=week(3),
            )


def test_a_declined_gate_pays_nothing_and_may_be_asked_for_again(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).diagnose().judge(Gate.G1, 3, DECLINE)
    assert team.quest.state is State.DIAGNOSING
    assert paid(session, team) == {}
    team.ask(4).judge(Gate.G1, 5)
    assert team.quest.state is State.FIXING


def test_a_verdict_needs_a_reason_and_a_request(session: Session, cast: Cast) -> None:
    team = Team(session, cast).sign()
    with pytest.raises(Refusal, match="never asked for"):
        team.judge(Gate.G1, 3)
    team = Team(session, cast, "Another").diagnose()
    with pytest.raises(BadInput, match="Say why"):
        reviewing.judge(
            session,
            team.quest,
            gate=Gate.G1,
            verdict=DECLINE,
            reason="",
            by=cast.noor,
            at=week(3),
        )


def test_the_whole_way_is_paid_to_the_point(session: Session, cast: Cast) -> None:
    """L, prevention, systemic, two equal departments (bridge 1.15), the target reached.

    400 × 2 × 1.5 × 1.15 = 1380; 10, 15, 45 and 30 % of it.
    """
    team = Team(session, cast).hold()
    assert paid(session, team) == {"G1": 138, "G2": 207, "G3": 621}
    assert points_of(session, cast.ida) == points_of(session, cast.bram) == [138, 207, 621]
    assert ledger.check(session) == []


def test_who_did_no_accepted_work_gets_nothing_and_reads_why(session: Session, cast: Cast) -> None:
    team = Team(session, cast).diagnose()
    pending = next(c for c in team.quest.contributions if c.person_id == cast.bram.id)
    reviewing.judge(
        session,
        team.quest,
        gate=Gate.G1,
        verdict=reviewing.Verdict.ACCEPT,
        reason="Read",
        not_counted={pending.id},
        by=cast.noor,
        at=week(3),
    )
    assert points_of(session, cast.bram) == []
    assert points_of(session, cast.ida) == [120]  # one department: no bridge
    reasons = session.scalars(select(Decision.reason).where(Decision.points == 0)).all()
    assert reasons == ["No accepted contribution yet."]


def test_the_metrics_owner_does_not_judge_the_outcome(session: Session, cast: Cast) -> None:
    team = Team(session, cast).prove()
    metric = team.quest.metric
    assert metric
    metric.owner_id = cast.noor.id
    session.flush()
    with pytest.raises(NotAllowed):
        team.judge(Gate.G3, 13)


def test_an_outcome_short_of_half_the_way_is_no_outcome(session: Session, cast: Cast) -> None:
    team = Team(session, cast).fix().judge(Gate.G2, 6)
    for number in range(6, 12):
        team.read(number, "9")
    measuring.tell_customers(session, team.quest, "Told", by=cast.ida, at=week(12))
    with pytest.raises(Refusal) as refused:
        team.ask(12)
    assert [item.text for item in refused.value.missing] == [
        "The metric at least half of the way to its target"
    ]


def test_a_frozen_baseline_does_not_move(session: Session, cast: Cast) -> None:
    team = Team(session, cast).fix().take_back(5)
    with pytest.raises(Refusal, match="frozen"):
        measuring.freeze(session, team.quest, first=day(-8), last=day(0), by=cast.bram, at=week(5))
    quest = team.quest
    assert quest.metric
    assert quest.metric.baseline == Decimal(12)
    with pytest.raises(Refusal, match="stay as they were agreed"):
        measuring.define(
            session,
            quest,
            measuring.Definition(
                name="Late moves",
                definition="x",
                unit="x",
                direction=quest.metric.direction,
                period=quest.metric.period,
                data_source="x",
                owner_id=cast.bram.id,
                target=Decimal(11),
                target_on=day(30),
            ),
            by=cast.ida,
            at=week(5),
        )


def test_a_reading_is_corrected_by_another_row(session: Session, cast: Cast) -> None:
    team = Team(session, cast).fix().take_back(5)
    quest = team.quest
    assert quest.metric
    first = quest.metric.readings[0]
    with pytest.raises(BadInput, match="Correct that one"):
        team.read(-8, "13")
    measuring.correct(
        session,
        quest,
        first,
        value=Decimal(13),
        n=None,
        reason="Typed wrong",
        by=cast.bram,
        at=week(5),
    )
    metric = team.quest.metric
    assert metric
    assert [r.value for r in metric.readings[:2]] == [Decimal(12), Decimal(13)]
    with pytest.raises(Refusal, match="corrected already"):
        measuring.correct(
            session,
            team.quest,
            first,
            value=Decimal(14),
            n=None,
            reason="Again",
            by=cast.bram,
            at=week(5),
        )


def test_a_stopped_quest_leaves_a_lesson_and_frees_its_pain_point(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).diagnose()
    with pytest.raises(NotAllowed):
        stopping.stop(session, team.quest, reason="x", lesson="y", by=cast.ida, at=week(3))
    stopping.stop(
        session, team.quest, reason="Another way", lesson="Ask first", by=cast.karl, at=week(3)
    )
    assert team.quest.state is State.STOPPED
    assert team.pain.state is PainState.ACCEPTED
    assert team.quest.waiting is None


def test_who_is_on_two_other_quests_works_on_a_third_without_points(
    session: Session, cast: Cast
) -> None:
    for title in ("One", "Two"):
        Team(session, cast, title).join()
        session.flush()
    third = Team(session, cast, "Three")
    for membership in third.quest.members:
        membership.joined_at += timedelta(seconds=1)
    session.flush()
    third.diagnose().judge(Gate.G1, 3)
    assert paid(session, third) == {"G1": 138}
    assert points_of(session, cast.ida) == []


def test_what_a_coach_looks_at_does_not_move_while_the_review_waits(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).diagnose()
    root = next(why for why in team.quest.whys if why.is_root)
    with pytest.raises(Refusal, match="Take the request back"):
        diagnosing.unmark_root(session, team.quest, root, by=cast.ida, at=week(3))
    team.take_back(3)
    diagnosing.unmark_root(session, team.quest, root, by=cast.ida, at=week(3))
    with pytest.raises(Refusal, match="never asked for"):
        team.judge(Gate.G1, 3)


def test_a_root_cause_ends_its_chain(session: Session, cast: Cast) -> None:
    team = Team(session, cast).sign()
    top = diagnosing.add_why(
        session, team.quest, parent_id=None, text="a", evidence="b", by=cast.ida, at=week(2)
    )
    diagnosing.add_why(
        session, team.quest, parent_id=top.id, text="c", evidence="d", by=cast.ida, at=week(2)
    )
    with pytest.raises(Refusal, match="ends its chain"):
        diagnosing.mark_root(
            session,
            team.quest,
            top,
            level=Cause.SYSTEMIC,
            without_it="x",
            fixed_stops="y",
            by=cast.ida,
            at=week(2),
        )


def test_the_owner_is_on_the_team_and_the_baseline_lies_behind(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).diagnose().judge(Gate.G1, 3).define()
    with pytest.raises(BadInput, match="today at the latest"):
        measuring.freeze(session, team.quest, first=day(-8), last=day(90), by=cast.bram, at=week(4))
    metric = team.quest.metric
    assert metric
    given = {name: getattr(metric, name) for name in measuring.Definition.__dataclass_fields__}
    with pytest.raises(BadInput, match="member of the team"):
        measuring.define(
            session,
            team.quest,
            measuring.Definition(**{**given, "owner_id": cast.olaf.id}),
            by=cast.ida,
            at=week(4),
        )


def test_a_sponsor_was_never_on_the_team_and_can_be_replaced(session: Session, cast: Cast) -> None:
    team = Team(session, cast).sign()
    other = person(session, "Greta", None, Role.EXECUTIVE)
    with pytest.raises(NotAllowed):
        chartering.change_sponsor(session, team.quest, other, by=cast.ida, at=week(2))
    with pytest.raises(BadInput, match="never on the team"):
        chartering.change_sponsor(session, team.quest, cast.bram, by=cast.ruth, at=week(2))
    chartering.change_sponsor(session, team.quest, other, by=cast.ruth, at=week(2))
    assert team.quest.sponsor_id == other.id


def test_the_lead_is_handed_to_another_member(session: Session, cast: Cast) -> None:
    team = Team(session, cast).sign()
    with pytest.raises(NotAllowed):
        starting.hand_over(session, team.quest, cast.bram.id, by=cast.bram, at=week(2))
    with pytest.raises(BadInput, match="member of the team"):
        starting.hand_over(session, team.quest, cast.olaf.id, by=cast.ida, at=week(2))
    starting.hand_over(session, team.quest, cast.bram.id, by=cast.karl, at=week(2))
    assert team.quest.lead_id == cast.bram.id


def test_p14_the_points_of_a_team_are_the_sum_of_the_lines_on_its_page(
    app: Flask, session: Session, cast: Cast
) -> None:
    team = Team(session, cast).hold()
    holding.report_return(
        session, team.quest, "Calls", by=cast.noor, at=week(13) + timedelta(days=45)
    )
    with app.test_request_context():
        shown = showing.page_of(session, team.quest, cast.olaf)["awards"]
    standings = select(func.sum(Standing.points)).where(
        Standing.account_id == team.quest.account_id
    )
    assert sum(award["points"] for award in shown) == session.scalar(standings) == 500

"""Gates: what they need, who judges them, what they pay."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.extensions import db
from cxquest.measures import queries as measures
from cxquest.quests import (
    diagnosing,
    holding,
    measuring,
    queries,
    reviewing,
    showing,
    starting,
)
from cxquest.quests.lifecycle import State
from cxquest.rewards import ledger
from cxquest.rewards.models import Decision, Standing
from cxquest.rewards.rulebook import Cause, Gate
from tests.cast import Cast, person
from tests.teams import DECLINE, Team, accepted_pain, day, paid, points_of, week


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
    was_on = person(session, "Tomas", cast.billing, is_coach=True)
    team = Team(session, cast)
    starting.join(session, team.quest, by=was_on, at=week(0))
    starting.leave(session, team.quest, by=was_on, at=week(0))
    team.diagnose()
    for reviewer in (was_on, cast.ida, cast.bram, cast.karl, cast.olaf):
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


def test_who_let_a_pain_point_or_a_gate_through_does_not_join_its_quest(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast)
    with pytest.raises(Refusal):
        starting.join(session, team.quest, by=cast.noor, at=week(0))
    free = accepted_pain(session, cast)
    with pytest.raises(Refusal, match="led by somebody else"):
        starting.propose(session, free, "Mine", by=cast.noor, at=week(0))


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
    Team(session, cast).diagnose().judge(Gate.G1, 3, without=cast.bram)
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
    first = session.scalars(measures.listed(quest.metric.id)).all()[-1]
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
    rows = session.scalars(measures.listed(quest.metric.id)).all()
    assert [r.value for r in rows[:-3:-1]] == [Decimal(12), Decimal(13)]
    assert measures.values(session, quest.metric)[0].value == Decimal(13)
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


def test_p14_the_points_of_a_team_are_the_sum_of_the_lines_on_its_page(
    app: Flask, session: Session, cast: Cast
) -> None:
    team = Team(session, cast).hold()
    holding.report_return(
        session, team.quest, "Calls", by=cast.noor, at=week(13) + timedelta(days=45)
    )
    session.commit()
    with app.test_request_context():
        quest = queries.whole(db.session, team.id)
        assert quest
        shown = showing.page_of(db.session, quest, cast.olaf)["awards"]
        db.session.rollback()  # its transaction would keep this test's waiting
    standings = select(func.sum(Standing.points)).where(
        Standing.account_id == team.quest.account_id
    )
    assert sum(award["points"] for award in shown) == session.scalar(standings) == 500

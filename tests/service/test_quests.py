"""Starting and steering a quest: who may, and what is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.models import OutboxMessage
from cxquest.pains.models import PainState
from cxquest.people.models import Role
from cxquest.quests import (
    chartering,
    contributing,
    diagnosing,
    starting,
    stopping,
)
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Size
from cxquest.rewards.rulebook import Gate
from tests.cast import Cast, person
from tests.teams import Team, paid, points_of, week


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
    coach = person(session, "Tomas", cast.billing, is_coach=True)
    starting.join(session, team.quest, by=coach, at=week(0))
    with pytest.raises(NotAllowed):
        chartering.agree_size(session, team.quest, Size.XL, by=coach, at=week(0))


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

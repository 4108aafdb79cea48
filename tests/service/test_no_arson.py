"""Nobody earns twice for one problem, nor by mending what they broke."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core.errors import Refusal
from cxquest.pains import merging
from cxquest.pains.models import PainPoint
from cxquest.quests import continuing, holding, reviewing, starting, stopping
from cxquest.quests.work import Verdict
from cxquest.rewards import replaying
from cxquest.rewards.models import Decision, RewardEvent
from cxquest.rewards.rulebook import Gate
from cxquest.voice.models import Theme
from tests.cast import BEGUN, Cast
from tests.teams import Team, accepted_pain, paid, week


def on_theme(session: Session, *pains: PainPoint) -> None:
    """Put pain points on one theme."""
    theme = Theme(name="Waiting", created_at=BEGUN)
    session.add(theme)
    session.flush()
    for pain in pains:
        pain.theme_id = theme.id
    session.flush()


def begun_later(session: Session, cast: Cast, team: Team, number: int) -> Team:
    """Start the team's quest again on its pain point, in a later week."""
    again = Team.__new__(Team)
    again.session, again.cast, again.pain = session, cast, team.pain
    again.id = starting.propose(
        session, team.pain, "Nobody waits again", by=cast.ida, at=week(number)
    ).id
    return again


def test_a_quest_that_is_stopped_and_begun_anew_is_not_paid_twice(
    session: Session, cast: Cast
) -> None:
    first = Team(session, cast).diagnose().judge(Gate.G1, 3)
    earned = paid(session, first)["G1"]
    stopping.stop(session, first.quest, reason="No hours", lesson="Ask", by=cast.karl, at=week(3))
    second = begun_later(session, cast, first, 3)
    assert second.quest.continues_id == first.id
    assert second.quest.chain == f"quest:{first.id}"
    second.diagnose().judge(Gate.G1, 4)
    assert earned > 0
    assert paid(session, second) == {}
    decision = session.scalars(
        select(Decision)
        .join(RewardEvent, RewardEvent.id == Decision.event_id)
        .where(Decision.account_id == second.quest.account_id, Decision.rule == "gate_G1")
    ).one()
    assert (decision.asked, decision.points) == (earned, 0)
    assert decision.reason_values == {"points": earned, "full": earned}
    assert replaying.compare(session)["differences"] == 0


def test_a_quest_on_a_verified_theme_is_its_continuation_for_180_days(
    session: Session, cast: Cast
) -> None:
    first = Team(session, cast).hold()  # proven in week 13
    near, far = Team(session, cast), Team(session, cast)
    on_theme(session, first.pain, near.pain, far.pain)
    rules = reviewing.paying.rulebook_at(session, week(20))
    found = continuing.predecessor(session, near.pain, rules, week(20))
    assert found
    assert found.id == first.id
    assert continuing.predecessor(session, near.pain, rules, week(13 + 26)) is None


def test_what_was_taken_back_can_be_earned_again(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Team(session, cast).hold()
    full = paid(session, first)["G3"]
    holding.report_return(session, first.quest, "Six calls", by=cast.noor, at=week(14))
    stopping.stop(session, first.quest, reason="Enough", lesson="Ask", by=cast.karl, at=week(14))
    monkeypatch.setattr("tests.teams.BEGUN", week(15))
    second = begun_later(session, cast, first, 0)
    second.hold()
    kept = sum(paid(session, first).values())
    assert kept > full  # the entries of the first stay; what was taken back is beside them
    assert 0 < paid(session, second)["G3"] < full
    assert replaying.compare(session)["differences"] == 0


def test_two_active_quests_never_share_a_theme_and_a_root_cause(
    session: Session, cast: Cast
) -> None:
    first, second = Team(session, cast), Team(session, cast, "The same again")
    on_theme(session, first.pain, second.pain)
    first.diagnose()
    with pytest.raises(Refusal, match="Nobody waits"):
        second.diagnose()


def test_a_coach_says_that_two_causes_are_one(session: Session, cast: Cast) -> None:
    first, second = Team(session, cast).diagnose(), Team(session, cast, "Other words").diagnose()
    on_theme(session, first.pain, second.pain)
    assert [quest.id for quest, _why in continuing.neighbours(session, second.quest)] == [first.id]
    with pytest.raises(Refusal, match="Nobody waits"):
        reviewing.judge(
            session,
            second.quest,
            gate=Gate.G1,
            verdict=Verdict.ACCEPT,
            reason="Looked",
            same_cause=first.quest,
            by=cast.noor,
            at=week(3),
        )


def test_a_cause_that_the_team_made_itself_pays_its_first_gate_only(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).diagnose()
    reviewing.judge(
        session,
        team.quest,
        gate=Gate.G1,
        verdict=Verdict.ACCEPT,
        reason="They moved the plan in June",
        own_change=True,
        by=cast.noor,
        at=week(3),
    )
    assert paid(session, team)["G1"] > 0
    team.change().judge(Gate.G2, 6)
    assert "G2" not in paid(session, team)


def test_what_the_team_changed_lately_is_shown_to_the_reviewer(
    session: Session, cast: Cast
) -> None:
    first = Team(session, cast).fix()
    second = Team(session, cast, "Another").diagnose()
    changes = continuing.own_changes(session, second.quest, week(6))
    assert [change.quest_id for change in changes] == [first.id]
    assert list(continuing.own_changes(session, second.quest, week(30))) == []


def test_a_quest_continues_what_was_done_on_a_pain_point_that_became_part_of_its_own(
    session: Session, cast: Cast
) -> None:
    first = Team(session, cast).diagnose().judge(Gate.G1, 3)
    stopping.stop(session, first.quest, reason="No hours", lesson="Ask", by=cast.karl, at=week(3))
    other = accepted_pain(session, cast)
    merging.merge(session, first.pain, other, by=cast.noor, at=week(3))
    again = starting.propose(session, other, "Nobody waits", by=cast.ida, at=week(3))
    assert again.continues_id == first.id

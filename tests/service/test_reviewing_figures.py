"""A verdict on an outcome: it rests on the readings, and keeps the figures that it was given on."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, Refusal
from cxquest.measures import queries as measures
from cxquest.measures import recording
from cxquest.quests import judging, reviewing
from cxquest.quests.lifecycle import State
from cxquest.quests.work import Verdict
from cxquest.rewards.rulebook import Gate
from tests.cast import Cast
from tests.proofs import Noisy
from tests.teams import Team, day, paid, week


def verdict(team: Team, **said: Any) -> None:
    """Noor gives a verdict on the outcome in week 13."""
    given: dict[str, Any] = {"verdict": Verdict.ACCEPT, "reason": "I looked"} | said
    reviewing.judge(team.session, team.quest, gate=Gate.G3, by=team.cast.noor, at=week(13), **given)


def test_a_plain_improvement_needs_no_judgement(session: Session, cast: Cast) -> None:
    team = Noisy(session, cast).prove()
    assert judging.is_plain(team.quest.metric)
    verdict(team, next_step="is not kept")
    review = team.quest.reviews[-1]
    assert (review.judgement, review.next_step) == ("", "")
    assert team.quest.state is State.HOLDING


def test_any_other_finding_does_and_says_why(session: Session, cast: Cast) -> None:
    team = Team(session, cast).prove()
    with pytest.raises(BadInput, match="do not speak for themselves") as refused:
        verdict(team)
    assert refused.value.field == "judgement"
    assert team.quest.reviews[-1].verdict is None
    verdict(team, judgement="It never varied before, nor does it now")
    assert team.quest.state is State.HOLDING


@pytest.mark.parametrize("gate", [Gate.G1, Gate.G2, Gate.G3])
def test_whoever_declines_says_what_comes_next(session: Session, cast: Cast, gate: Gate) -> None:
    team = Team(session, cast)
    {Gate.G1: team.diagnose, Gate.G2: team.fix, Gate.G3: team.prove}[gate]()
    given: dict[str, Any] = {"gate": gate, "by": cast.noor, "at": week(13)}
    given |= {"verdict": Verdict.DECLINE, "reason": "Not yet"}
    with pytest.raises(BadInput, match="what the team does next") as refused:
        reviewing.judge(session, team.quest, **given)
    assert refused.value.field == "next_step"
    reviewing.judge(session, team.quest, **given, next_step="Read on")
    last = judging.asked_again(team.quest, gate)
    assert last
    assert last.next_step == "Read on"


def test_what_is_paid_rests_on_the_readings_and_not_on_what_was_noted_of_them(
    session: Session, cast: Cast
) -> None:
    team = Noisy(session, cast).prove()
    metric = team.quest.metric
    assert metric
    metric.analysis = {**metric.analysis, "observed": "12", "fresh": 0}
    session.flush()
    verdict(team)
    assert paid(session, team)["G3"] == 621
    kept = team.quest.reviews[-1].figures
    assert Decimal(kept["observed"]) < 5
    assert kept["attained"] == "1.0000"


def test_a_correction_after_the_verdict_rewrites_nothing(session: Session, cast: Cast) -> None:
    team = Noisy(session, cast).prove()
    verdict(team)
    before = deepcopy(team.quest.reviews[-1].figures)
    metric = team.quest.metric
    assert metric
    assert [one["day"] for one in before["last"]] == [day(n).isoformat() for n in (8, 9, 10, 11)]
    row = measures.last_words(session, metric)[day(11)]
    recording.correct(
        session, metric, row, value=Decimal(11), n=None, reason="Typed", by=cast.noor, at=week(14)
    )
    session.expire_all()
    quest = team.quest
    assert quest.reviews[-1].figures == before
    assert quest.metric
    assert judging.stamp(quest.metric) != before["stamp"]


def test_a_verdict_on_figures_of_before_is_refused(session: Session, cast: Cast) -> None:
    team = Noisy(session, cast).prove()
    assert team.quest.metric
    seen = judging.stamp(team.quest.metric)
    team.read(12, "4")
    with pytest.raises(Refusal, match="The figures have changed"):
        verdict(team, seen=seen)
    assert team.quest.metric
    verdict(team, seen=judging.stamp(team.quest.metric))
    assert team.quest.state is State.HOLDING

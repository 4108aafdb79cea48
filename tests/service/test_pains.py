"""Pain points: written down, shown by evidence, decided by a coach, felt by colleagues."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.models import OutboxMessage
from cxquest.journey import staging
from cxquest.journey.models import Stage
from cxquest.pains import deciding, evidence_queries, queries, starting, supporting
from cxquest.pains.models import PainPoint, PainState
from tests.cast import BEGUN, Cast
from tests.pains import LATER, URL, accepted, comments, drafted, opened


@pytest.fixture
def stage(session: Session, cast: Cast) -> Stage:
    return staging.add(
        session,
        name="Installation",
        customer_goal="Heat by the evening",
        success_means="One visit",
        by=cast.ruth,
        at=BEGUN,
    )


def state(pain: PainPoint) -> str:
    return pain.state.value


def deeds(session: Session, pain: PainPoint) -> list[str]:
    session.flush()
    return [line.action for line in reversed(audit.timeline(session, pain))]


# Writing


def test_a_draft_needs_only_a_title(session: Session, cast: Cast) -> None:
    pain = starting.draft(session, title="  Nobody\ncame ", by=cast.ida, at=BEGUN)
    assert (pain.title, pain.state, pain.created_by_id) == (
        "Nobody came",
        PainState.DRAFT,
        cast.ida.id,
    )
    assert deeds(session, pain) == ["drafted"]


def test_a_draft_takes_its_chosen_comments_as_evidence(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = drafted(session, cast, stage, evidence=3)
    counted = queries.figures(session, [pain.id])[pain.id]
    assert (counted.comments, counted.submissions, counted.supporters) == (3, 3, 0)
    assert deeds(session, pain) == ["drafted", "added_evidence"]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x", "severity": 6}, "severity"),
        ({"title": "x", "comment_ids": [4711]}, "numbers"),
        ({"title": "x", "comment_ids": [2**70]}, "numbers"),
    ],
)
def test_a_draft_that_does_not_fit_says_where(
    session: Session, cast: Cast, words: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        starting.draft(session, by=cast.ida, at=BEGUN, **words)
    assert refused.value.field == field


def test_only_active_people_write(session: Session, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        starting.draft(session, title="x", by=cast.gone, at=BEGUN)


def test_its_author_and_a_coach_change_it_and_others_do_not(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = drafted(session, cast, stage)
    assert starting.change(session, pain, title="Nobody came on the day", by=cast.ida, at=BEGUN)
    assert starting.change(session, pain, title="Nobody came", effort=2, by=cast.noor, at=BEGUN)
    assert not starting.change(session, pain, title="Nobody came", effort=2, by=cast.noor, at=BEGUN)
    with pytest.raises(NotAllowed):
        starting.change(session, pain, title="x", by=cast.bram, at=BEGUN)
    assert deeds(session, pain)[-2:] == ["changed", "changed"]


def test_after_acceptance_only_coaches_change_it_and_it_stays_complete(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = accepted(session, cast, stage)
    with pytest.raises(NotAllowed, match="only coaches"):
        starting.change(session, pain, title="x", by=cast.ida, at=LATER)
    starting.change(session, pain, title="Nobody came, twice", by=cast.noor, at=LATER)
    with pytest.raises(Refusal) as refused:
        starting.change(session, pain, title="x", expected="", by=cast.noor, at=LATER)
    assert [item.text for item in refused.value.missing if not item.done] == [
        "What the customer expected"
    ]


def test_nobody_changes_it_while_a_quest_works_on_it(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = accepted(session, cast, stage)
    deciding.enter_quest(session, pain, by=cast.ida, at=LATER)
    with pytest.raises(Refusal) as refused:
        starting.change(session, pain, title="x", by=cast.noor, at=LATER)
    assert refused.value.status == 409


# Evidence


def test_anyone_adds_evidence_once_it_is_open_and_the_same_comment_counts_once(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = drafted(session, cast, stage, evidence=0)
    ids = comments(session, cast, 2)
    with pytest.raises(NotAllowed):
        starting.add_evidence(session, pain, ids, by=cast.bram, at=BEGUN)
    starting.open_up(session, pain, by=cast.ida, at=BEGUN)
    assert starting.add_evidence(session, pain, [*ids, ids[0]], by=cast.bram, at=BEGUN) == 2
    assert starting.add_evidence(session, pain, ids, by=cast.olaf, at=BEGUN) == 0
    assert queries.figures(session, [pain.id])[pain.id].comments == 2


def test_evidence_is_taken_away_by_whoever_added_it_the_author_or_a_coach(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = opened(session, cast, stage, evidence=0)
    first, second, third = comments(session, cast, 3)
    starting.add_evidence(session, pain, [first, second, third], by=cast.bram, at=BEGUN)
    with pytest.raises(NotAllowed):
        starting.remove_evidence(session, pain, first, by=cast.olaf, at=BEGUN)
    starting.remove_evidence(session, pain, first, by=cast.bram, at=BEGUN)
    starting.remove_evidence(session, pain, second, by=cast.ida, at=BEGUN)
    starting.remove_evidence(session, pain, third, by=cast.noor, at=BEGUN)
    with pytest.raises(Refusal, match="no evidence here"):
        starting.remove_evidence(session, pain, first, by=cast.ida, at=BEGUN)
    assert deeds(session, pain)[-3:] == ["removed_evidence"] * 3


def test_evidence_that_an_acceptance_rests_on_stays(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = accepted(session, cast, stage)
    one = evidence_queries.evidence(session, pain.id, 1)[0].comment
    with pytest.raises(Refusal) as refused:
        starting.remove_evidence(session, pain, one.id, by=cast.noor, at=LATER)
    assert refused.value.missing


# Opening and deciding


def test_a_draft_is_opened_once_by_its_author(session: Session, cast: Cast, stage: Stage) -> None:
    pain = drafted(session, cast, stage)
    with pytest.raises(NotAllowed):
        starting.open_up(session, pain, by=cast.bram, at=BEGUN)
    starting.open_up(session, pain, by=cast.ida, at=BEGUN)
    assert pain.state is PainState.OPEN
    with pytest.raises(Refusal, match="open now"):
        starting.open_up(session, pain, by=cast.ida, at=BEGUN)


def test_a_coach_accepts_and_contributors_are_told_once(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = opened(session, cast, stage)
    supporting.support(session, pain, cost="An hour", by=cast.bram, at=BEGUN)
    supporting.support(session, pain, cost="A call", by=cast.noor, at=BEGUN)
    deciding.accept(session, pain, note="Said weekly.", by=cast.noor, at=LATER, base_url=URL)
    session.flush()
    assert (pain.state, pain.decided_by_id, pain.decided_at) == (
        PainState.ACCEPTED,
        cast.noor.id,
        LATER,
    )
    mails = session.scalars(select(OutboxMessage).order_by(OutboxMessage.recipient)).all()
    assert [mail.recipient for mail in mails] == [cast.bram.email, cast.ida.email]
    assert f"{URL}/pains/{pain.id}" in mails[0].body
    assert "Said weekly." in mails[0].body
    assert deeds(session, pain)[-1] == "accepted"


def test_nobody_decides_on_their_own_and_only_coaches_decide(
    session: Session, cast: Cast, stage: Stage
) -> None:
    mine = starting.draft(session, title="Mine", by=cast.noor, at=BEGUN)
    starting.open_up(session, mine, by=cast.noor, at=BEGUN)
    theirs = opened(session, cast, stage)
    for pain, who in ((mine, cast.noor), (theirs, cast.bram), (theirs, cast.ruth)):
        with pytest.raises(NotAllowed):
            deciding.accept(session, pain, by=who, at=LATER, base_url=URL)
        with pytest.raises(NotAllowed):
            deciding.decline(session, pain, reason="No", by=who, at=LATER, base_url=URL)
    assert mine.state is theirs.state is PainState.OPEN


@pytest.mark.parametrize(
    "missing",
    [
        {"stage_id": None},
        {"expected": ""},
        {"experienced": ""},
        {"consequence": ""},
        {"pain_class": None},
    ],
)
def test_acceptance_refuses_with_the_checklist(
    session: Session, cast: Cast, stage: Stage, missing: dict[str, Any]
) -> None:
    pain = opened(session, cast, stage, **missing)
    with pytest.raises(Refusal) as refused:
        deciding.accept(session, pain, by=cast.noor, at=LATER, base_url=URL)
    assert len([item for item in refused.value.missing if not item.done]) == 1
    assert pain.state is PainState.OPEN


def test_with_too_little_evidence_it_stays_open_as_a_hunch_until_there_is_enough(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = opened(session, cast, stage, evidence=4)
    with pytest.raises(Refusal, match="hunch"):
        deciding.accept(session, pain, by=cast.noor, at=LATER, base_url=URL)
    assert state(pain) == "open"
    assert queries.is_hunch(pain, queries.figures(session, [pain.id])[pain.id])
    starting.change(session, pain, title=pain.title, interviews=3, by=cast.ida, at=LATER)
    deciding.accept(session, pain, by=cast.noor, at=LATER, base_url=URL)
    assert state(pain) == "accepted"


def test_declining_needs_a_reason_and_can_be_answered(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = opened(session, cast, stage)
    with pytest.raises(BadInput) as refused:
        deciding.decline(session, pain, reason=" ", by=cast.noor, at=LATER, base_url=URL)
    assert refused.value.field == "reason"
    deciding.decline(session, pain, reason="Not now.", by=cast.noor, at=LATER, base_url=URL)
    assert (pain.state, pain.reason) == (PainState.DECLINED, "Not now.")
    with pytest.raises(NotAllowed):
        deciding.reopen(session, pain, by=cast.bram, at=LATER)
    deciding.reopen(session, pain, by=cast.ida, at=LATER)
    assert (pain.state, pain.reason, pain.decided_by_id) == (PainState.OPEN, "", None)
    again = LATER + timedelta(days=1)
    deciding.decline(session, pain, reason="Still not.", by=cast.noor, at=again, base_url=URL)
    session.flush()
    bodies = session.scalars(select(OutboxMessage.body).order_by(OutboxMessage.id)).all()
    assert ["Not now." in bodies[0], "Still not." in bodies[1]] == [True, True]
    assert deeds(session, pain)[-3:] == ["declined", "reopened", "declined"]


def test_what_was_decided_is_not_decided_again(session: Session, cast: Cast, stage: Stage) -> None:
    pain = accepted(session, cast, stage)
    with pytest.raises(Refusal, match="accepted now"):
        deciding.accept(session, pain, by=cast.noor, at=LATER, base_url=URL)
    with pytest.raises(Refusal, match="accepted now"):
        deciding.decline(session, pain, reason="No", by=cast.noor, at=LATER, base_url=URL)


# A quest's way with it


def test_a_quest_takes_it_up_and_resolves_it_and_it_comes_back(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = accepted(session, cast, stage)
    deciding.enter_quest(session, pain, by=cast.ida, at=LATER, summary="Days that hold")
    deciding.resolve(session, pain, by=None, at=LATER)
    deciding.come_back(session, pain, by=cast.noor, at=LATER, summary="Six this week")
    assert state(pain) == "reopened"
    deciding.enter_quest(session, pain, by=cast.ida, at=LATER)
    deciding.give_back(session, pain, by=cast.karl, at=LATER)
    assert state(pain) == "accepted"
    assert deeds(session, pain)[-5:] == [
        "entered_quest",
        "resolved",
        "came_back",
        "entered_quest",
        "given_back",
    ]


def test_a_quest_that_slipped_ends_with_the_pain_point_that_it_reopened(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = accepted(session, cast, stage)
    deciding.enter_quest(session, pain, by=cast.ida, at=LATER)
    deciding.come_back(session, pain, by=cast.ida, at=LATER)
    deciding.resolve(session, pain, by=None, at=LATER)
    assert pain.state is PainState.RESOLVED


def test_a_quest_does_not_take_up_what_no_coach_accepted(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = opened(session, cast, stage)
    with pytest.raises(Refusal, match="open now"):
        deciding.enter_quest(session, pain, by=cast.ida, at=LATER)


# Support


def test_support_counts_once_a_person_and_may_be_reworded_or_withdrawn(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = opened(session, cast, stage)
    supporting.support(session, pain, cost="An hour", by=cast.bram, at=BEGUN)
    supporting.support(session, pain, cost="Two hours", by=cast.bram, at=LATER)
    told = queries.supports(session, pain.id)
    assert [(one.person.name, one.cost, one.at) for one in told] == [("Bram", "Two hours", BEGUN)]
    supporting.withdraw(session, pain, by=cast.bram, at=LATER)
    assert queries.supports(session, pain.id) == []
    with pytest.raises(Refusal, match="nothing to withdraw"):
        supporting.withdraw(session, pain, by=cast.bram, at=LATER)
    assert deeds(session, pain)[-3:] == ["supported", "changed_support", "withdrew_support"]


def test_support_is_refused_without_a_cost_by_the_author_and_at_the_wrong_moment(
    session: Session, cast: Cast, stage: Stage
) -> None:
    draft = drafted(session, cast, stage)
    with pytest.raises(Refusal, match="draft now"):
        supporting.support(session, draft, cost="An hour", by=cast.bram, at=BEGUN)
    starting.open_up(session, draft, by=cast.ida, at=BEGUN)
    with pytest.raises(NotAllowed):
        supporting.support(session, draft, cost="An hour", by=cast.ida, at=BEGUN)
    with pytest.raises(NotAllowed):
        supporting.support(session, draft, cost="An hour", by=cast.gone, at=BEGUN)
    with pytest.raises(BadInput) as refused:
        supporting.support(session, draft, cost="  ", by=cast.bram, at=BEGUN)
    assert refused.value.field == "cost"

"""Adopting a lesson: who says so, who looks, and what it pays."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.models import OutboxMessage
from cxquest.core.waiting import found as waits
from cxquest.lessons import adopting, policy, queries
from cxquest.people import keeping
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests import learning
from cxquest.quests.learned import AdoptionState
from cxquest.quests.lifecycle import State
from cxquest.recognition import granting
from cxquest.recognition.models import Badge, BadgeKind
from cxquest.rewards import ledger, paying, replaying
from cxquest.rewards import queries as rewards
from cxquest.rewards.models import Decision, RewardEvent
from tests.cast import Cast, person
from tests.lessons import SAID, claimed, stopped, whole, written
from tests.teams import Team, day, week


def points(session: Session, who: Person) -> list[int]:
    account = rewards.account_of_person(session, who.id)
    entries = rewards.entries_of_account(session, account) if account else []
    return [entry.points for entry in entries if entry.rule == "rule_lesson"]


def test_an_adoption_that_a_coach_confirms_pays_its_author_ten_points_once(
    session: Session, cast: Cast
) -> None:
    lesson = written(session, cast)
    adoption = claimed(session, lesson, cast.olaf)
    assert (adoption.state, points(session, cast.ida)) == (AdoptionState.CLAIMED, [])
    adopting.confirm(session, lesson, adoption, reason="I saw it", by=cast.noor, at=week(6))
    assert points(session, cast.ida) == [10]
    assert [points(session, who) for who in (cast.olaf, cast.noor, cast.bram)] == [[], [], []]
    event = session.scalars(select(RewardEvent).where(RewardEvent.type == "lesson_adopted")).one()
    assert event.key == f"lesson:{lesson.id}:department:{cast.billing.id}"
    assert event.facts["across"] is True
    assert event.facts["quest"] == lesson.quest_id
    with pytest.raises(Refusal) as twice:
        adopting.confirm(session, lesson, adoption, reason="Again", by=cast.noor, at=week(7))
    assert twice.value.status == 409
    with pytest.raises(Refusal):
        claimed(session, whole(session, lesson.id), cast.olaf)
    assert ledger.check(session) == []
    assert replaying.compare(session)["differences"] == 0


def test_each_other_department_pays_once(session: Session, cast: Cast) -> None:
    lesson = written(session, cast)
    yard = keeping.department(session, "Yard", by=None, at=week(0))
    for who in (cast.olaf, person(session, "Yan", yard)):
        adoption = claimed(session, whole(session, lesson.id), who)
        adopting.confirm(session, lesson, adoption, reason="Seen", by=cast.noor, at=week(6))
    assert points(session, cast.ida) == [10, 10]


def test_a_declined_adoption_pays_nothing_and_can_be_claimed_again(
    session: Session, cast: Cast
) -> None:
    lesson = written(session, cast)
    adoption = claimed(session, lesson, cast.olaf)
    adopting.decline(session, lesson, adoption, reason="Not seen", by=cast.noor, at=week(6))
    assert (adoption.state, adoption.reason) == (AdoptionState.DECLINED, "Not seen")
    assert points(session, cast.ida) == []
    again = claimed(session, whole(session, lesson.id), cast.olaf, day(4))
    assert again.id == adoption.id
    assert (again.state, again.reason, again.decided_by) == (AdoptionState.CLAIMED, "", None)
    adopting.confirm(session, lesson, again, reason="Now", by=cast.noor, at=week(8))
    assert points(session, cast.ida) == [10]


def test_nobody_of_the_quest_or_its_departments_adopts(session: Session, cast: Cast) -> None:
    lesson = written(session, cast)
    maud = person(session, "Maud", cast.care)
    boss = person(session, "Boss", None)
    for who in (cast.ida, cast.bram, cast.karl, maud, boss, cast.gone):
        assert not policy.may_adopt(who, lesson)
        with pytest.raises(NotAllowed):
            claimed(session, lesson, who)
    cast.ida.department_id = cast.billing.id  # who moves takes her own lesson along
    cast.ida.department = cast.billing
    with pytest.raises(NotAllowed):
        claimed(session, whole(session, lesson.id), cast.ida)
    with pytest.raises(NotAllowed):
        claimed(session, whole(session, lesson.id), cast.olaf)


def test_a_lesson_is_adopted_only_while_its_quest_is_proven_or_stopped(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).sign()
    learning.write(session, team.quest, SAID, by=cast.ida, at=week(2))
    with pytest.raises(Refusal) as early:
        claimed(session, whole(session), cast.olaf)
    assert early.value.status == 409
    team.quest.state = State.HOLDING
    session.flush()
    adoption = claimed(session, whole(session), cast.olaf)
    team.quest.state = State.PROVING
    session.flush()
    lesson = whole(session)
    with pytest.raises(Refusal):
        adopting.confirm(session, lesson, adoption, reason="Seen", by=cast.noor, at=week(6))
    adopting.decline(session, lesson, adoption, reason="It slipped", by=cast.noor, at=week(6))
    assert points(session, cast.ida) == []


def test_nobody_decides_on_what_they_claimed_or_are_part_of(session: Session, cast: Cast) -> None:
    for who in (cast.ida, cast.bram, cast.karl, cast.olaf):
        who.is_coach = True
    session.flush()
    lesson = written(session, cast)
    adoption = claimed(session, lesson, cast.olaf)
    for who in (cast.ida, cast.bram, cast.karl, cast.olaf, cast.ruth):
        for decide in (adopting.confirm, adopting.decline):
            with pytest.raises(NotAllowed):
                decide(session, lesson, adoption, reason="Mine", by=who, at=week(6))
        assert waits(session, queries.waiting_for(who)) == [] or who is cast.ruth
    (waiting,) = waits(session, queries.waiting_for(cast.noor))
    assert (waiting.key, waiting.part, waiting.detail) == (lesson.id, adoption.id, "Billing")
    assert (waiting.title, waiting.since) == (lesson.title, week(5))
    adopting.decline(session, lesson, adoption, reason="Not seen", by=cast.noor, at=week(6))
    assert waits(session, queries.waiting_for(cast.noor)) == []


def test_a_sponsor_who_wrote_the_lesson_and_no_longer_sponsors_does_not_decide(
    session: Session, cast: Cast
) -> None:
    quest = stopped(session, cast)
    cast.karl.is_coach, quest.sponsor_id = True, None
    session.flush()
    lesson = whole(session)
    adoption = claimed(session, lesson, cast.olaf)
    assert not policy.may_decide(cast.karl, lesson, adoption)
    assert waits(session, queries.waiting_for(cast.karl)) == []


@pytest.mark.parametrize(("what", "since", "field"), [("", 0, "what"), ("So", 9, "since")])
def test_what_is_claimed_has_happened(
    session: Session, cast: Cast, what: str, since: int, field: str
) -> None:
    lesson = written(session, cast)
    with pytest.raises(BadInput) as refused:
        adopting.claim(session, lesson, what=what, since=day(since), by=cast.olaf, at=week(5))
    assert refused.value.field == field
    before = day(0) - timedelta(days=1)
    with pytest.raises(BadInput) as early:
        adopting.claim(session, lesson, what="So", since=before, by=cast.olaf, at=week(5))
    assert early.value.field == "since"


def test_a_verdict_has_its_reason(session: Session, cast: Cast) -> None:
    lesson = written(session, cast)
    with pytest.raises(BadInput) as refused:
        adopting.confirm(
            session,
            lesson,
            claimed(session, lesson, cast.olaf),
            reason="",
            by=cast.noor,
            at=week(6),
        )
    assert refused.value.field == "reason"


def test_the_department_and_the_author_are_told(session: Session, cast: Cast) -> None:
    lesson = written(session, cast)
    adoption = claimed(session, lesson, cast.olaf)
    told = select(OutboxMessage.recipient).where(OutboxMessage.key.startswith("adoption:"))
    adopting.decline(session, lesson, adoption, reason="Not seen", by=cast.noor, at=week(6))
    assert session.scalars(told).all() == [cast.olaf.email]
    again = claimed(session, whole(session, lesson.id), cast.olaf)
    adopting.confirm(session, lesson, again, reason="Seen", by=cast.noor, at=week(7))
    assert sorted(session.scalars(told)) == sorted([cast.olaf.email] * 2 + [cast.ida.email])


def test_who_wrote_an_adopted_lesson_gets_the_badge_with_its_quest(
    session: Session, cast: Cast
) -> None:
    lesson = written(session, cast)
    paying.listeners["badges"] = granting.grant
    adopting.confirm(
        session, lesson, claimed(session, lesson, cast.olaf), reason="Yes", by=cast.noor, at=week(6)
    )
    badge = session.scalars(select(Badge)).one()
    assert (badge.kind, badge.person_id) == (BadgeKind.LESSON_REUSED, cast.ida.id)
    assert badge.quest_id == lesson.quest_id


def test_an_author_who_confirmed_would_not_be_paid(session: Session, cast: Cast) -> None:
    """The policy forbids it already; the decision does so once more."""
    lesson = written(session, cast)
    account = ledger.accounts_of(session, [cast.ida.id])[cast.ida.id]
    paying.pay(
        session,
        key="lesson:own",
        kind="lesson_adopted",
        subject=f"lesson:{lesson.id}",
        facts={"author": account, "approver": account, "across": True},
        label="Own",
        at=week(6),
        zone=people.zone(session),
    )
    (decision,) = session.scalars(select(Decision).where(Decision.rule == "rule_lesson"))
    assert (decision.points, "approv" in decision.reason) == (0, True)

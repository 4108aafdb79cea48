"""Kudos, badges and thanks as deeds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.models import AuditLine, OutboxMessage
from cxquest.people.models import Person
from cxquest.quests.models import Quest
from cxquest.recognition import giving, granting, queries, thanking
from cxquest.recognition.models import Badge, BadgeKind, Behaviour, Kudos
from cxquest.rewards import ledger
from cxquest.rewards.models import LedgerEntry, RewardEvent
from cxquest.rewards.rulebook import Gate
from tests.cast import BEGUN, Cast
from tests.teams import Team, week

REASON = "She rang the fitter before the customer had to"
SUNDAY = datetime(2026, 3, 8, 22, 59, tzinfo=UTC)  # 23:59 in Oslo
MONDAY = datetime(2026, 3, 8, 23, 1, tzinfo=UTC)  # 00:01 in Oslo


def give(
    session: Session,
    by: Person,
    to: Person | Quest,
    *,
    at: datetime = BEGUN,
    reason: str = REASON,
) -> Kudos:
    behaviour = Behaviour.LISTENED
    return giving.give(session, to, behaviour=behaviour, reason=reason, by=by, at=at)


def team_of(session: Session, team: Team) -> Quest:
    found = queries.team(session, team.id)
    assert found
    return found


# Kudos


def test_five_a_week_and_then_it_says_when_the_next_begins(session: Session, cast: Cast) -> None:
    given = [give(session, cast.ida, cast.bram) for _ in range(5)]
    assert [one.number for one in given] == [1, 2, 3, 4, 5]
    with pytest.raises(Refusal, match=r"Monday, 2026-03-09"):
        give(session, cast.ida, cast.noor, at=SUNDAY)
    assert give(session, cast.ida, cast.noor, at=MONDAY).number == 1
    assert give(session, cast.bram, cast.ida, at=SUNDAY).number == 1


def test_a_sixth_is_impossible_even_in_a_race(session: Session, cast: Cast) -> None:
    first = give(session, cast.ida, cast.bram)
    same = {name: getattr(first, name) for name in ("week", "number", "behaviour", "reason")}
    session.add(Kudos(giver_id=cast.ida.id, person_id=cast.noor.id, given_at=BEGUN, **same))
    with pytest.raises(IntegrityError):
        session.flush()


def test_what_is_taken_back_frees_its_place(session: Session, cast: Cast) -> None:
    given = [give(session, cast.ida, cast.bram) for _ in range(5)]
    giving.retract(session, given[1], by=cast.ida, at=BEGUN + timedelta(hours=23))
    assert give(session, cast.ida, cast.noor, at=BEGUN + timedelta(hours=23)).number == 2
    with pytest.raises(Refusal, match="already"):
        giving.retract(session, given[1], by=cast.ida, at=BEGUN + timedelta(hours=23))


def test_after_a_day_they_stay_and_only_the_giver_takes_them_back(
    session: Session, cast: Cast
) -> None:
    given = give(session, cast.ida, cast.bram)
    with pytest.raises(NotAllowed):
        giving.retract(session, given, by=cast.bram, at=BEGUN)
    with pytest.raises(Refusal, match="24 hours"):
        giving.retract(session, given, by=cast.ida, at=BEGUN + timedelta(hours=24))


def test_not_to_oneself_nor_to_who_is_gone(session: Session, cast: Cast) -> None:
    for to in (cast.ida, cast.gone):
        with pytest.raises(NotAllowed):
            give(session, cast.ida, to)
    assert give(session, cast.karl, cast.ruth).id


def test_the_reason_has_twenty_letters_after_trimming(session: Session, cast: Cast) -> None:
    with pytest.raises(BadInput, match="20 letters"):
        give(session, cast.ida, cast.bram, reason=f"  {'x' * 19}   ")
    assert give(session, cast.ida, cast.bram, reason=f"  {'x' * 20} ").reason == "x" * 20


def test_a_team_is_thanked_from_outside_and_each_of_it_is_told(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).join()
    with pytest.raises(NotAllowed):
        give(session, cast.bram, team_of(session, team))
    given = give(session, cast.olaf, team_of(session, team))
    told = session.scalars(select(OutboxMessage).where(OutboxMessage.key.like("kudos:%"))).all()
    assert {message.recipient for message in told} == {cast.ida.email, cast.bram.email}
    assert {message.key for message in told} == {
        f"kudos:{given.id}:{person.id}" for person in (cast.ida, cast.bram)
    }
    assert all(REASON in message.body and "Nobody waits" in message.body for message in told)
    assert session.scalars(queries.kudos_of(cast.bram, "received")).all() == [given]
    assert session.scalars(queries.kudos_of(cast.noor)).all() == []


def test_a_team_that_one_joined_later_is_not_thanked_for_oneself(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast)
    give(session, cast.olaf, team_of(session, team), at=BEGUN - timedelta(days=1))
    team.join()
    assert session.scalars(queries.kudos_of(cast.bram)).all() == []


def test_kudos_are_an_event_worth_no_points(session: Session, cast: Cast) -> None:
    given = give(session, cast.ida, cast.bram)
    give(session, cast.noor, cast.olaf)
    events = select(RewardEvent).where(RewardEvent.type == "kudos_given").order_by(RewardEvent.id)
    first, second = session.scalars(events)
    assert (first.key, first.subject) == (f"kudos:{given.id}", f"kudos:{given.id}")
    assert first.facts == {"behaviour": "listened", "across": True}
    assert second.facts["across"] is False
    assert session.scalar(select(func.count(LedgerEntry.id))) == 0


def test_the_steward_counts_the_last_ninety_days(session: Session, cast: Cast) -> None:
    team = Team(session, cast)
    now = BEGUN + timedelta(days=100)
    give(session, cast.ida, cast.bram)
    for days in (11, 80):
        give(session, cast.ida, cast.bram, at=BEGUN + timedelta(days=days))
    back = give(session, cast.ida, cast.noor, at=now)
    giving.retract(session, back, by=cast.ida, at=now)
    give(session, cast.olaf, team_of(session, team), at=now)
    assert queries.counts(session, now) == {(cast.ida.id, cast.bram.id): 2}


# Badges


def event(session: Session, kind: str, subject: str = "quest:0", **facts: Any) -> RewardEvent:
    """Record an event as the payment does."""
    made = RewardEvent(
        key=f"{kind}:{subject}",
        type=kind,
        occurred_at=week(3),
        recorded_at=week(4),
        subject=subject,
        facts=facts,
    )
    session.add(made)
    session.flush()
    return made


def test_badges_carry_their_quest_and_version_and_are_granted_once(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast)
    ids = [person.id for person in (cast.ida, cast.bram, cast.noor)]
    members = [
        {"account_id": account_id, "eligible": person_id != cast.noor.id}
        for person_id, account_id in ledger.accounts_of(session, ids).items()
    ]
    members.append({"account_id": team.quest.account_id, "eligible": True})
    passed = event(session, "gate_passed", f"quest:{team.id}", gate="G1", members=members)
    made = granting.grant(session, passed, 4)
    assert {(badge.person_id, badge.kind) for badge in made} == {
        (cast.ida.id, BadgeKind.ROOT_CAUSE),
        (cast.bram.id, BadgeKind.ROOT_CAUSE),
    }
    assert {(badge.quest_id, badge.rulebook_version) for badge in made} == {(team.id, 4)}
    assert {badge.earned_at for badge in made} == {week(3)}
    assert granting.grant(session, passed, 4) == []
    assert session.scalar(select(func.count(Badge.id))) == 2


def test_a_subject_that_is_no_quest_leaves_the_quest_open(session: Session, cast: Cast) -> None:
    sponsor = ledger.accounts_of(session, [cast.karl.id])[cast.karl.id]
    for subject in ("lesson:3", "quest:999", "quest:x"):
        cleared = event(session, "blocker_cleared", subject, sponsor=sponsor)
        (made,) = granting.grant(session, cleared, 1)
        assert (made.person_id, made.quest_id) == (cast.karl.id, None)


def test_an_event_without_a_badge_costs_nothing(session: Session, cast: Cast) -> None:
    assert granting.grant(session, event(session, "review_completed", reviewer=1), 1) == ()


# Thanks


def test_the_sponsor_thanks_once_and_may_change_it(session: Session, cast: Cast) -> None:
    team = Team(session, cast).hold()
    quest = team_of(session, team)
    first = thanking.thank(session, quest, "Well done", by=cast.karl, at=week(14))
    again = thanking.thank(session, quest, "Well done, all", by=cast.karl, at=week(15))
    assert again is first
    assert (again.text, again.at) == ("Well done, all", week(15))
    lines = select(func.count(AuditLine.id)).where(AuditLine.action == "thanked")
    assert session.scalar(lines) == 2
    with pytest.raises(BadInput):
        thanking.thank(session, quest, "  ", by=cast.karl, at=week(15))


def test_nobody_else_thanks_and_nobody_before_the_proof(session: Session, cast: Cast) -> None:
    team = Team(session, cast).prove()
    with pytest.raises(NotAllowed):
        thanking.thank(session, team_of(session, team), "Early", by=cast.karl, at=week(12))
    team.judge(Gate.G3, 13)
    for person in (cast.ida, cast.ruth, cast.noor):
        with pytest.raises(NotAllowed):
            thanking.thank(session, team_of(session, team), "Mine", by=person, at=week(13))

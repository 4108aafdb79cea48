"""Whom a decision about points concerns: its quest, the team, and who stands outside of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from cxquest.pains.models import PainPoint
from cxquest.people.models import Person, Role
from cxquest.quests.models import Membership, Quest
from cxquest.quests.work import Review, Verdict
from cxquest.rewards.models import Account, Dispute, RewardEvent

Who = ColumnElement[int] | InstrumentedAttribute[int]
# Facts that name the account of somebody who had a hand in an event.
HANDS = ("approver", "reporter", "reviewer")


class Proof(NamedTuple):
    """The quest behind an event, whether the reader is of its team, and who reviewed the gate."""

    quest_id: int
    title: str
    is_mine: bool
    reviewer: str | None


def proof_of(session: Session, event: RewardEvent, reader: Person) -> Proof | None:
    """Return the quest that an event is about; None where it is about something else."""
    kind, _, number = event.subject.partition(":")
    quest_id = int(number) if kind == "quest" else event.facts.get("quest")
    if quest_id is None:
        return None
    accepted = (
        (Review.quest_id == Quest.id)
        & (Review.gate == event.facts.get("gate", ""))
        & (Review.verdict == Verdict.ACCEPT)
    )
    mine = exists().where(Membership.quest_id == Quest.id, Membership.person_id == reader.id)
    found = session.execute(
        select(Quest.id, Quest.title, mine, Person.name)
        .outerjoin(Review, accepted)
        .outerjoin(Person, Person.id == Review.reviewer_id)
        .where(Quest.id == quest_id)
        .order_by(Review.id.desc())
        .limit(1)
    ).one_or_none()
    return Proof(*found) if found else None


def team_of(session: Session, account: Account) -> frozenset[int]:
    """Return everyone who is or ever was on the team that holds an account."""
    joined = select(Membership.person_id).join(Quest, Quest.id == Membership.quest_id)
    return frozenset(session.scalars(joined.where(Quest.account_id == account.id)))


def mine(person: Person) -> Select[Dispute]:
    """Return the disputes that a person raised, or that are about them or their team."""
    own = select(Account.id).where(Account.person_id == person.id)
    teams = (
        select(Quest.account_id)
        .join(Membership, Membership.quest_id == Quest.id)
        .where(Membership.person_id == person.id)
    )
    about = or_(
        Dispute.raised_by_id == person.id,
        Dispute.account_id.in_(own),
        Dispute.account_id.in_(teams),
    )
    return _with_event(select(Dispute).where(about)).order_by(Dispute.id.desc())


def waiting(session: Session) -> Sequence[Dispute]:
    """Return every dispute without an answer, the first that is due first."""
    found = _with_event(select(Dispute).where(Dispute.verdict.is_(None)))
    return session.scalars(found.order_by(Dispute.due_at, Dispute.id)).all()


def waiting_for(person: Person) -> Select[Dispute]:
    """Return the disputes without an answer that a person may answer, the first due first."""
    found = _known(select(Dispute)).where(Dispute.verdict.is_(None))
    if not (person.is_coach or person.is_administrator):
        found = found.where(literal(False))
    outside = found.where(*_outside(literal(person.id)))
    return _with_event(outside).order_by(Dispute.due_at, Dispute.id)


def answerers(session: Session, dispute: Dispute) -> Sequence[Person]:
    """Return the coaches and administrators who may answer a dispute, by name."""
    may = or_(Person.is_coach, Person.role == Role.ADMINISTRATOR)
    found = _known(select(Person).join(Dispute, Dispute.id == dispute.id))
    return session.scalars(
        found.where(Person.is_active, may, *_outside(Person.id)).order_by(Person.name, Person.id)
    ).all()


def dispute(session: Session, dispute_id: int) -> tuple[Dispute, Account] | None:
    """Return a dispute with its event and people, and its account."""
    found = session.execute(
        select(Dispute, Account)
        .join(Account, Account.id == Dispute.account_id)
        .where(Dispute.id == dispute_id)
        .options(
            joinedload(Dispute.event),
            joinedload(Dispute.raised_by),
            joinedload(Dispute.answered_by),
        )
    ).one_or_none()
    return (found[0], found[1]) if found else None


def _with_event(found: Select[Dispute]) -> Select[Dispute]:
    return found.options(joinedload(Dispute.event))


def _known(found: Select[Any]) -> Select[Any]:
    """Join a dispute's event with what it is about: a review, a quest, a pain point."""
    subject = RewardEvent.subject
    return (
        found.join(RewardEvent, RewardEvent.id == Dispute.event_id)
        .join(Account, Account.id == Dispute.account_id)
        .outerjoin(Review, subject == literal("review:") + cast(Review.id, String))
        .outerjoin(
            Quest,
            or_(
                subject == literal("quest:") + cast(Quest.id, String),
                Quest.id == Review.quest_id,
            ),
        )
        .outerjoin(PainPoint, subject == literal("pain:") + cast(PainPoint.id, String))
    )


def _outside(who: Who) -> list[ColumnElement[bool]]:
    """Return what holds for a person who has no part in a dispute and what it is about."""
    judged = Review.__table__.alias("judged")
    gate = RewardEvent.facts["gate"].as_string()
    reviewed = exists().where(
        judged.c.quest_id == Quest.id,
        judged.c.reviewer_id == who,
        judged.c.gate == gate,
    )
    account = Account.__table__.alias("hand")
    hands = [RewardEvent.facts[name].as_integer() for name in HANDS]
    had_a_hand = exists().where(account.c.person_id == who, account.c.id.in_(hands))
    was_on = exists().where(Membership.quest_id == Quest.id, Membership.person_id == who)
    return [
        Dispute.raised_by_id != who,
        func.coalesce(Account.person_id, 0) != who,
        func.coalesce(Quest.lead_id, 0) != who,
        func.coalesce(Quest.sponsor_id, 0) != who,
        func.coalesce(PainPoint.decided_by_id, 0) != who,
        ~was_on,
        ~reviewed,
        ~had_a_hand,
    ]

"""What pages and services ask about quests."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from cxquest.measures.models import Metric, Mover
from cxquest.pains.models import PainPoint
from cxquest.people.models import Person
from cxquest.quests.learned import Lesson
from cxquest.quests.lifecycle import ACTIVE, State
from cxquest.quests.models import Chair, Membership, Quest
from cxquest.quests.work import (
    Contribution,
    Countermeasure,
    HoldCheck,
    HoldState,
    Message,
    Recurrence,
    Review,
    Task,
    Why,
    WhyComment,
)
from cxquest.voice.models import Comment, Submission

ENDED = frozenset(State) - ACTIVE


def whole(session: Session, quest_id: int) -> Quest | None:
    """Return a quest with everything that its page and its gates need, in a few queries."""
    return (
        session.scalars(
            select(Quest)
            .where(Quest.id == quest_id)
            .options(
                joinedload(Quest.pain).joinedload(PainPoint.stage),
                joinedload(Quest.continues),
                joinedload(Quest.lead),
                joinedload(Quest.sponsor),
                joinedload(Quest.size_by),
                joinedload(Quest.lesson).joinedload(Lesson.written_by),
                joinedload(Quest.metric).options(
                    joinedload(Metric.owner),
                    joinedload(Metric.reaction_by),
                    joinedload(Metric.neighbour),
                    joinedload(Metric.sides),
                    selectinload(Metric.movers).options(
                        joinedload(Mover.person), joinedload(Mover.department)
                    ),
                ),
                selectinload(Quest.members).options(
                    joinedload(Membership.person), joinedload(Membership.department)
                ),
                selectinload(Quest.chairs).options(
                    joinedload(Chair.department), joinedload(Chair.person)
                ),
                selectinload(Quest.whys)
                .joinedload(Why.comments)
                .joinedload(WhyComment.comment)
                .joinedload(Comment.submission)
                .options(defer(Submission.original), joinedload(Submission.source)),
                selectinload(Quest.countermeasures).options(
                    joinedload(Countermeasure.standard_owner),
                    joinedload(Countermeasure.tasks).joinedload(Task.person),
                ),
                selectinload(Quest.contributions).joinedload(Contribution.person),
                joinedload(Quest.reviews).joinedload(Review.reviewer),
                joinedload(Quest.hold_checks),
                joinedload(Quest.recurrences).joinedload(Recurrence.decided_by),
            )
            .execution_options(populate_existing=True)
        )
        .unique()
        .one_or_none()
    )


def listed(
    *,
    state: str = "",
    stage: int | None = None,
    department: int | None = None,
    pain: int | None = None,
    search: str = "",
    person: Person | None = None,
) -> Select[Quest]:
    """Return quests by filters: active ones first, then by how long they are in their state."""
    quests = select(Quest).join(PainPoint)
    if state == "active":
        quests = quests.where(Quest.state.in_(ACTIVE))
    elif state in set(State):
        quests = quests.where(Quest.state == State(state))
    if stage is not None:
        quests = quests.where(PainPoint.stage_id == stage)
    if pain is not None:
        quests = quests.where(Quest.pain_id == pain)
    if search:
        quests = quests.where(func.lower(Quest.title).contains(search.lower(), autoescape=True))
    if department is not None:
        quests = quests.where(_has_member(Membership.department_id == department))
    if person is not None:
        mine = _has_member(Membership.person_id == person.id)
        quests = quests.where(or_(mine, Quest.sponsor_id == person.id))
    ended = case((Quest.state.in_(ENDED), 1), else_=0)
    return quests.options(
        joinedload(Quest.pain).joinedload(PainPoint.stage),
        joinedload(Quest.lead),
        selectinload(Quest.members).options(
            joinedload(Membership.person), joinedload(Membership.department)
        ),
        selectinload(Quest.whys),
        selectinload(Quest.countermeasures),
    ).order_by(ended, Quest.state_since.desc(), Quest.id.desc())


def _has_member(condition: Any) -> Any:
    current = and_(Membership.quest_id == Quest.id, Membership.left_at.is_(None))
    return exists().where(current, condition)


def due(session: Session, today: date) -> Sequence[int]:
    """Return the holding quests with a check that is due by `today`, in a stable order."""
    checked = exists().where(
        HoldCheck.quest_id == Quest.id,
        HoldCheck.state == HoldState.DUE,
        HoldCheck.due_on <= today,
    )
    return session.scalars(
        select(Quest.id).where(Quest.state == State.HOLDING, checked).order_by(Quest.id)
    ).all()


def earlier_quests(session: Session, quest: Quest) -> dict[int, int]:
    """Return, for each person of the quest, how many other active quests they joined before it."""
    first = (
        select(Membership.person_id, func.min(Membership.joined_at).label("joined_at"))
        .where(Membership.quest_id == quest.id)
        .group_by(Membership.person_id)
        .subquery()
    )
    counted = (
        select(first.c.person_id, func.count(func.distinct(Membership.quest_id)))
        .join(Membership, Membership.person_id == first.c.person_id)
        .join(Quest, Quest.id == Membership.quest_id)
        .where(
            Membership.quest_id != quest.id,
            Membership.left_at.is_(None),
            Membership.joined_at < first.c.joined_at,
            Quest.state.in_(ACTIVE),
        )
        .group_by(first.c.person_id)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def by_stage(session: Session) -> Sequence[Any]:
    """Return id, title, state and stage of every quest that the map shows."""
    return session.execute(
        select(
            Quest.id,
            Quest.title,
            Quest.state,
            PainPoint.stage_id,
            Metric.name.label("metric"),
            Metric.unit,
            Metric.baseline,
            Metric.target,
            Quest.metric_id,
        )
        .join(PainPoint, PainPoint.id == Quest.pain_id)
        .outerjoin(Metric, Metric.id == Quest.metric_id)
        .where(Quest.state != State.STOPPED)
        .order_by(Quest.id)
    ).all()


def of_pain(session: Session, pain_id: int) -> Sequence[Quest]:
    """Return the quests on a pain point."""
    return session.scalars(
        select(Quest)
        .where(Quest.pain_id == pain_id)
        .options(joinedload(Quest.lead))
        .order_by(Quest.id.desc())
    ).all()


def charters_for(session: Session, sponsor: Person) -> Sequence[Quest]:
    """Return the charters that wait for a sponsor's signature, oldest first."""
    return session.scalars(
        select(Quest)
        .where(
            Quest.sponsor_id == sponsor.id,
            Quest.state == State.CHARTERING,
            Quest.charter_asked_at.is_not(None),
        )
        .options(joinedload(Quest.lead))
        .order_by(Quest.charter_asked_at)
    ).all()


def sponsored(session: Session, sponsor: Person) -> Sequence[Quest]:
    """Return the active quests that a person sponsors, the longest in their state first."""
    return session.scalars(
        select(Quest)
        .where(Quest.sponsor_id == sponsor.id, Quest.state.in_(ACTIVE))
        .options(joinedload(Quest.lead), joinedload(Quest.pain))
        .order_by(Quest.state_since)
    ).all()


def led(session: Session, person: Person) -> Sequence[Quest]:
    """Return the active quests of a person, those they lead first."""
    mine = _has_member(Membership.person_id == person.id)
    leads = case((Quest.lead_id == person.id, 0), else_=1)
    return session.scalars(
        select(Quest)
        .where(mine, Quest.state.in_(ACTIVE))
        .options(joinedload(Quest.pain).joinedload(PainPoint.stage))
        .order_by(leads, Quest.id)
    ).all()


def messages(session: Session, quest: Quest) -> Sequence[Message]:
    """Return the latest 100 messages on a quest, oldest first."""
    latest = session.scalars(
        select(Message)
        .where(Message.quest_id == quest.id)
        .options(joinedload(Message.person))
        .order_by(Message.id.desc())
        .limit(100)
    ).all()
    return list(reversed(latest))


def last_win(session: Session) -> Quest | None:
    """Return the quest whose outcome was proven last."""
    found = session.scalars(
        select(Quest)
        .where(Quest.outcome_at.is_not(None), Quest.state.in_((State.HOLDING, State.CLOSED)))
        .options(
            joinedload(Quest.pain),
            joinedload(Quest.metric),
            joinedload(Quest.countermeasures),
        )
        .order_by(Quest.outcome_at.desc(), Quest.id.desc())
        .limit(1)
    )
    return found.unique().first()

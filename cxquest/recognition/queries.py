"""What pages and services ask about kudos, badges and thanks."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from cxquest.measures.models import Period
from cxquest.measures.periods import start_of
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests.lifecycle import ACTIVE, State
from cxquest.quests.models import Membership, Quest
from cxquest.recognition.models import Badge, Kudos, Thanks
from cxquest.recognition.rings import Counts

A_WEEK = 5  # kudos that a person can give
LOOKED_AT = timedelta(days=90)  # what the steward sees
LATELY = timedelta(days=90)  # how long a team is offered after its quest was closed


def week_of(session: Session, at: datetime) -> date:
    """Return the Monday of the organisation's week in which an instant lies."""
    return start_of(people.today(session, at), Period.WEEK)


def numbers(session: Session, giver: Person, week: date) -> set[int]:
    """Return which of the week's numbers this person has given."""
    given = select(Kudos.number).where(
        Kudos.giver_id == giver.id, Kudos.week == week, Kudos.retracted_at.is_(None)
    )
    return set(session.scalars(given))


def left(session: Session, giver: Person, week: date) -> int:
    """Return how many kudos this person can still give in the week."""
    return A_WEEK - len(numbers(session, giver, week))


def kudos_of(person: Person, which: str = "") -> Select[Kudos]:
    """Return kudos that a person received or gave, or only one of both, the latest first."""
    given = Kudos.giver_id == person.id
    received = or_(Kudos.person_id == person.id, _for_team_of(person))
    wanted = {"given": given, "received": received}.get(which, or_(given, received))
    return (
        select(Kudos)
        .where(Kudos.retracted_at.is_(None), wanted)
        .options(joinedload(Kudos.giver), joinedload(Kudos.person), joinedload(Kudos.quest))
        .order_by(Kudos.given_at.desc(), Kudos.id.desc())
    )


def _for_team_of(person: Person) -> ColumnElement[bool]:
    """Whether kudos went to a team that the person was on at that moment."""
    stayed = or_(Membership.left_at.is_(None), Membership.left_at > Kudos.given_at)
    return exists().where(
        Membership.quest_id == Kudos.quest_id,
        Membership.person_id == person.id,
        Membership.joined_at <= Kudos.given_at,
        stayed,
    )


def kudos(session: Session, kudos_id: int) -> Kudos | None:
    """Return kudos that were not taken back."""
    found = session.get(Kudos, kudos_id)
    return found if found and found.retracted_at is None else None


def teams_for(session: Session, giver: Person, at: datetime) -> Sequence[Quest]:
    """Return the quests whose team this person can thank: under way, or closed lately."""
    closed_lately = and_(Quest.state == State.CLOSED, Quest.state_since >= at - LATELY)
    on_it = exists().where(
        Membership.quest_id == Quest.id,
        Membership.person_id == giver.id,
        Membership.left_at.is_(None),
    )
    return session.scalars(
        select(Quest)
        .where(or_(Quest.state.in_(ACTIVE), closed_lately), ~on_it)
        .order_by(Quest.title, Quest.id)
    ).all()


def team(session: Session, quest_id: int) -> Quest | None:
    """Return a quest with the people of its team and its sponsor."""
    return session.scalar(
        select(Quest)
        .where(Quest.id == quest_id)
        .options(
            joinedload(Quest.sponsor),
            selectinload(Quest.members).joinedload(Membership.person),
        )
        .execution_options(populate_existing=True)
    )


def counts(session: Session, at: datetime) -> Counts:
    """Return how many kudos went from each person to each other one in the last 90 days."""
    found = session.execute(
        select(Kudos.giver_id, Kudos.person_id, func.count(Kudos.id))
        .where(
            Kudos.retracted_at.is_(None),
            Kudos.person_id.is_not(None),
            Kudos.given_at >= at - LOOKED_AT,
        )
        .group_by(Kudos.giver_id, Kudos.person_id)
    )
    return {(giver, receiver): n for giver, receiver, n in found if receiver is not None}


def people_of(session: Session, ids: Iterable[int]) -> dict[int, Person]:
    """Return people by their ids."""
    found = session.scalars(select(Person).where(Person.id.in_(set(ids))))
    return {person.id: person for person in found}


def badges_of(person: Person) -> Select[Badge]:
    """Return a person's badges with their quests, the latest first."""
    return (
        select(Badge)
        .where(Badge.person_id == person.id)
        .options(joinedload(Badge.quest))
        .order_by(Badge.earned_at.desc(), Badge.id.desc())
    )


def badge(session: Session, badge_id: int) -> Badge | None:
    """Return a badge with its holder, its event and its quest."""
    return session.scalar(
        select(Badge)
        .where(Badge.id == badge_id)
        .options(joinedload(Badge.person), joinedload(Badge.event), joinedload(Badge.quest))
    )


def thanks(session: Session, quest_id: int) -> Thanks | None:
    """Return what the sponsor said to a quest's team."""
    return session.scalar(select(Thanks).where(Thanks.quest_id == quest_id))

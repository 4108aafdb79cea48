"""The table round: who sits for which department, of it or as its deputy."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed
from cxquest.core.errors import marked as _
from cxquest.people.models import Person, Role
from cxquest.quests import policy
from cxquest.quests.models import Chair, Quest
from cxquest.quests.moving import work_on


def sits(chair: Chair) -> Person | None:
    """Return who fills the chair; None where nobody does who can still sign in."""
    return chair.person if chair.is_filled else None


def empty(quest: Quest) -> list[Chair]:
    """Return the chairs that nobody fills; one of them closes the first gate."""
    return [chair for chair in quest.chairs if not chair.is_filled]


def candidates(session: Session, quest: Quest, chair: Chair) -> Sequence[Person]:
    """Return who may sit there: members, its own department's first, then others of it.

    Coaches and executives who are not on the team judge and sponsor it; they stay outside.
    """
    team = [member.person for member in quest.team if member.person.is_active]
    team.sort(key=lambda person: not _belongs(quest, chair, person))
    others = select(Person).where(
        Person.is_active,
        Person.is_coach.is_(False),
        Person.role != Role.EXECUTIVE,
        Person.department_id == chair.department_id,
        Person.id.not_in([person.id for person in team]),
    )
    return [*team, *session.scalars(others.order_by(Person.name, Person.id))]


def seat(
    session: Session, quest: Quest, chair: Chair, person: Person | None, *, by: Person, at: datetime
) -> None:
    """Let a person sit for a department, as its deputy where they do not belong to it.

    Without a person the chair is empty. Raises BadInput for somebody who is neither a member
    of the team nor of the department.
    """
    if not policy.may_work_on(by, quest):
        raise NotAllowed(_("Only members of the team work on its quest."))
    if person is not None and person not in candidates(session, quest, chair):
        raise BadInput(
            _("Choose a member of the team, or somebody of the department."), field="person_id"
        )
    work_on(quest)
    place(quest, chair, person)
    action = "chair_filled" if person else "chair_emptied"
    who = f"{chair.department.name}: {person.name}" if person else chair.department.name
    audit.record(session, action, quest, by=by, at=at, summary=who)
    session.flush()


def place(quest: Quest, chair: Chair, person: Person | None) -> None:
    """Put a person on a chair, or nobody."""
    chair.person = person
    chair.is_deputy = person is not None and not _belongs(quest, chair, person)


def _belongs(quest: Quest, chair: Chair, person: Person) -> bool:
    """Whether a person is of the chair's department, now or as the member they came as."""
    came = {m.department_id for m in quest.team if m.person_id == person.id}
    return chair.department_id in {person.department_id, *came}

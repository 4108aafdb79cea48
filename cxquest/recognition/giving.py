"""Giving kudos, five a week, and taking them back within a day."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests.models import Quest
from cxquest.recognition import policy, queries, telling
from cxquest.recognition.models import Behaviour, Kudos
from cxquest.recognition.queries import A_WEEK
from cxquest.rewards import paying

SHORTEST = 20  # letters that a reason has at least
WEEK = timedelta(weeks=1)


def give(
    session: Session,
    to: Person | Quest,
    *,
    behaviour: Behaviour,
    reason: str,
    by: Person,
    at: datetime,
    base_url: str = "",
) -> Kudos:
    """Give kudos to a person, or to a team that is loaded with its members.

    Raises NotAllowed for oneself, one's own team and people who are gone, BadInput for a reason
    that is too short, and Refusal when the five of the week are given.
    """
    reason = reason.strip()
    _check(to, reason, by)
    week = queries.week_of(session, at)
    kudos = Kudos(
        giver_id=by.id,
        person_id=to.id if isinstance(to, Person) else None,
        quest_id=to.id if isinstance(to, Quest) else None,
        behaviour=behaviour,
        reason=reason,
        week=week,
        number=_free_number(session, by, week),
        given_at=at,
    )
    session.add(kudos)
    session.flush()
    audit.record(session, "kudos_given", kudos, by=by, at=at, behaviour=behaviour.value)
    receivers = [member.person for member in to.team] if isinstance(to, Quest) else [to]
    team = to.title if isinstance(to, Quest) else ""
    telling.tell(session, kudos, receivers, team=team, by=by, at=at, base_url=base_url)
    _note(session, kudos, across=_is_across(to, by), at=at)
    return kudos


def retract(session: Session, kudos: Kudos, *, by: Person, at: datetime) -> None:
    """Take kudos back; their place in the week is free again.

    Raises NotAllowed for anyone but the giver, Refusal after a day or the second time.
    """
    if kudos.giver_id != by.id:
        raise NotAllowed(_("Only the giver takes kudos back."))
    if kudos.retracted_at is not None:
        raise Refusal(_("These kudos were taken back already."))
    if not policy.may_retract(by, kudos, at):
        raise Refusal(_("Kudos can be taken back within 24 hours. After that they stay."))
    kudos.retracted_at = at
    session.flush()
    audit.record(session, "kudos_retracted", kudos, by=by, at=at)


def _check(to: Person | Quest, reason: str, by: Person) -> None:
    if isinstance(to, Quest):
        if not policy.may_give_to_team(by, to):
            raise NotAllowed(_("Kudos go to teams that you are not on and that were not stopped."))
    elif not policy.may_give_to(by, to):
        raise NotAllowed(_("Kudos go to colleagues who are here, never to oneself."))
    if len(reason) < SHORTEST:
        raise BadInput(
            _("Say in at least %(n)s letters what they did and whom it helped."),
            field="reason",
            n=SHORTEST,
        )


def _free_number(session: Session, giver: Person, week: date) -> int:
    """Return the lowest number of this week that is free.

    Two at the same moment choose the same one, and the unique index lets one of them through.
    """
    taken = queries.numbers(session, giver, week)
    free = next((n for n in range(1, A_WEEK + 1) if n not in taken), None)
    if free is None:
        raise Refusal(
            _("Your %(n)s kudos of this week are given. The next week begins on Monday, %(day)s."),
            n=A_WEEK,
            day=week + WEEK,
        )
    return free


def _is_across(to: Person | Quest, by: Person) -> bool:
    """Whether the thanks cross from one department to another."""
    if isinstance(to, Person):
        return to.department_id != by.department_id
    return any(member.department_id != by.department_id for member in to.team)


def _note(session: Session, kudos: Kudos, *, across: bool, at: datetime) -> None:
    """Record the event; it is worth no points, and no rule may ever pay for it."""
    paying.pay(
        session,
        key=f"kudos:{kudos.id}",
        kind="kudos_given",
        subject=f"kudos:{kudos.id}",
        facts={"behaviour": kudos.behaviour.value, "across": across},
        label=_("Kudos"),
        at=at,
        zone=people.zone(session),
    )

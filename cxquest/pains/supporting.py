"""Colleagues who feel the pain too, and say what it costs them."""

from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.pains import lifecycle, policy, queries
from cxquest.pains.models import PainPoint, PainSupport
from cxquest.people.models import Person


def support(
    session: Session, pain: PainPoint, *, cost: str, by: Person, at: datetime
) -> PainSupport:
    """Say what the pain costs you; said again, it replaces what you said before."""
    _check_may_support(pain, by)
    cost = cost.strip()
    if not cost:
        raise BadInput(_("Say what it cost you."), field="cost")
    told = queries.support(session, pain.id, by.id)
    deed = "changed_support" if told else "supported"
    if told is None:
        told = PainSupport(pain_id=pain.id, person_id=by.id, at=at)
        session.add(told)
    told.cost = cost
    session.flush()
    audit.record(session, deed, pain, by=by, at=at)
    return told


def withdraw(session: Session, pain: PainPoint, *, by: Person, at: datetime) -> None:
    """Take your support back."""
    told = queries.support(session, pain.id, by.id)
    if told is None:
        raise Refusal(_("You do not support this pain point, so there is nothing to withdraw."))
    _check_may_support(pain, by)
    session.delete(told)
    session.flush()
    audit.record(session, "withdrew_support", pain, by=by, at=at)


def _check_may_support(pain: PainPoint, by: Person) -> None:
    if policy.is_author(by, pain):
        raise NotAllowed(_("You wrote this one. Support counts when it comes from colleagues."))
    if pain.state not in lifecycle.LIVE:
        raise Refusal(
            _("This pain point is %(state)s now, so support for it stays as it is."),
            state=pain.state.value.replace("_", " "),
        )
    if not policy.may_support(by, pain):
        raise NotAllowed(_("Only people who can sign in support pain points."))

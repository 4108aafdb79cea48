"""A coach's decision, and what a quest makes of a pain point that was accepted."""

from datetime import datetime
from typing import TypedDict, Unpack

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.audit import Actor
from cxquest.core.errors import BadInput, NotAllowed
from cxquest.core.errors import marked as _
from cxquest.pains import answering, earning, lifecycle, policy, queries, telling
from cxquest.pains.models import PainPoint
from cxquest.people.models import Person


class Told(TypedDict, total=False):
    """What the timeline says beside a step of its quest's, and where the product is found."""

    summary: str
    base_url: str


def accept(
    session: Session,
    pain: PainPoint,
    *,
    note: str = "",
    by: Person,
    at: datetime,
    base_url: str,
) -> None:
    """Accept an open pain point, so that quests may start on it; tell its contributors.

    Raises NotAllowed for its author and for anybody who is no coach, and Refusal with the
    checklist while something is missing: without enough evidence it stays open, as a hunch.
    """
    _check_decider(pain, by)
    target = lifecycle.take("accept", pain.state)
    counted = queries.figures(session, [pain.id])[pain.id]
    lifecycle.check_whole(queries.facts(pain, counted))
    _decide(session, pain, target, note, by, at)
    audit.record(session, "accepted", pain, by=by, at=at, summary=note)
    earning.accepted(session, pain, counted, by=by, at=at)
    telling.tell(session, pain, "accepted", by=by, at=at, base_url=base_url, why=note)


def decline(
    session: Session, pain: PainPoint, *, reason: str, by: Person, at: datetime, base_url: str
) -> None:
    """Decline an open pain point with a reason that its contributors are told."""
    _check_decider(pain, by)
    target = lifecycle.take("decline", pain.state)
    if not reason.strip():
        raise BadInput(_("Say why: those who contributed will read it."), field="reason")
    _decide(session, pain, target, reason, by, at)
    audit.record(session, "declined", pain, by=by, at=at, summary=reason)
    telling.tell(session, pain, "declined", by=by, at=at, base_url=base_url, why=reason)
    answering.prepare(session, pain, "declined", at=at)


def reopen(
    session: Session, pain: PainPoint, *, by: Person, at: datetime, base_url: str = ""
) -> None:
    """Put a declined pain point before the coaches again; the decision stays in its timeline."""
    if not by.is_active or not (by.is_coach or policy.is_author(by, pain)):
        raise NotAllowed(_("Only its author or a coach may do this."))
    pain.state = lifecycle.take("reopen", pain.state)
    pain.reason, pain.decided_by_id, pain.decided_at = "", None, None
    session.flush()
    session.expire(pain, ["decided_by"])
    audit.record(session, "reopened", pain, by=by, at=at)
    telling.tell(session, pain, "reopened", by=by, at=at, base_url=base_url)
    answering.discard(session, pain)


def enter_quest(
    session: Session, pain: PainPoint, *, by: Actor | None, at: datetime, **told: Unpack[Told]
) -> None:
    """Note that a quest works on it."""
    _step(session, pain, "enter_quest", by, at, told)


def resolve(
    session: Session,
    pain: PainPoint,
    *,
    outcome: str | None = None,
    by: Actor | None,
    at: datetime,
    **told: Unpack[Told],
) -> None:
    """Note that its quest removed the cause; customers who were told of the `outcome` know it."""
    _step(session, pain, "resolve", by, at, told)
    answering.prepare(session, pain, "resolved", outcome, at=at)


def give_back(
    session: Session, pain: PainPoint, *, by: Actor | None, at: datetime, **told: Unpack[Told]
) -> None:
    """Note that its quest was stopped: it waits for another one."""
    _step(session, pain, "give_back", by, at, told)
    answering.discard(session, pain)


def come_back(
    session: Session, pain: PainPoint, *, by: Actor | None, at: datetime, **told: Unpack[Told]
) -> None:
    """Note that customers say it again, though it was resolved or was being worked on."""
    _step(session, pain, "come_back", by, at, told)
    answering.discard(session, pain)


DEEDS = {
    "enter_quest": "entered_quest",
    "resolve": "resolved",
    "give_back": "given_back",
    "come_back": "came_back",
}


def _step(
    session: Session, pain: PainPoint, name: str, by: Actor | None, at: datetime, told: Told
) -> None:
    """Take a step of its quest's; one that takes up again what just came back tells nobody."""
    goes_on = name == "enter_quest" and pain.state is lifecycle.PainState.REOPENED
    pain.state = lifecycle.take(name, pain.state)
    session.flush()
    deed, said = DEEDS[name], told.get("summary", "")
    audit.record(session, deed, pain, by=by, at=at, summary=said)
    if not goes_on:
        url = told.get("base_url", "")
        telling.tell(session, pain, deed, by=by, at=at, base_url=url, why=said)


def _check_decider(pain: PainPoint, by: Person) -> None:
    if policy.is_author(by, pain):
        raise NotAllowed(_("Nobody decides on their own pain point. Ask another coach."))
    if not policy.may_decide(by, pain):
        raise NotAllowed(_("Only a coach accepts or declines pain points."))


def _decide(
    session: Session,
    pain: PainPoint,
    target: lifecycle.PainState,
    reason: str,
    by: Person,
    at: datetime,
) -> None:
    pain.state, pain.reason = target, reason.strip()
    pain.decided_by, pain.decided_at = by, at
    session.flush()

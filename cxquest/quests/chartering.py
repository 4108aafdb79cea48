"""The charter: what the team promises, what it is worth, who carries it; signed by the sponsor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from cxquest.core import audit, outbox
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.people.models import Person
from cxquest.quests import answering, facts, policy
from cxquest.quests.lifecycle import STEPS, State, checklist
from cxquest.quests.models import Chair, Quest, Size, ValueKind
from cxquest.quests.moving import move

SIGNED = _("The charter is signed; it no longer changes.")


@dataclass(frozen=True)
class Charter:
    """What the lead writes."""

    title: str
    shared_goal: str
    customer_change: str
    value_kind: ValueKind | None
    value_amount: Decimal | None
    value_reason: str
    sponsor_id: int | None


def write(
    session: Session,
    quest: Quest,
    given: Charter,
    sponsor: Person | None,
    *,
    by: Person,
    at: datetime,
) -> None:
    """Write the charter; the first writing opens it. A change takes back the request to sign.

    Raises BadInput for a sponsor who is no executive.
    """
    _may_charter(quest, by)
    _check_sponsor(quest, sponsor)
    if quest.state is State.PROPOSED:
        move(session, quest, "open_charter", by=by, at=at)
    for name, value in vars(given).items():
        setattr(quest, name, value)
    quest.sponsor = sponsor
    _ask_no_more(session, quest, at)
    audit.record(session, "charter_written", quest, by=by, at=at)
    session.flush()


def set_hours(
    session: Session, quest: Quest, hours: Mapping[int, Decimal | None], *, by: Person, at: datetime
) -> None:
    """Write down the hours a week that each member (by membership id) is granted."""
    _may_charter(quest, by)
    for membership in quest.team:
        if membership.id in hours:
            membership.hours_per_week = hours[membership.id]
    _ask_no_more(session, quest, at)
    audit.record(session, "hours_set", quest, by=by, at=at)
    session.flush()


def set_goals(
    session: Session,
    quest: Quest,
    chair: Chair,
    *,
    own_goal: str,
    conflict: str,
    by: Person,
    at: datetime,
) -> None:
    """Write down a department's own goal and where it conflicts with the others."""
    if not policy.may_work_on(by, quest) or quest.state not in policy.CHARTER_STATES:
        raise Refusal(SIGNED)
    chair.own_goal, chair.conflict = own_goal, conflict
    _ask_no_more(session, quest, at)
    audit.record(session, "goals_set", quest, by=by, at=at, summary=chair.department.name)
    session.flush()


def agree_size(session: Session, quest: Quest, size: Size, *, by: Person, at: datetime) -> None:
    """Agree the size. Raises NotAllowed for anyone but a coach outside the team."""
    if not policy.may_agree_size(by, quest):
        raise NotAllowed(
            _("The size is agreed by a coach outside the team, before the charter is signed.")
        )
    quest.size = size
    quest.size_by = by
    _ask_no_more(session, quest, at)
    audit.record(session, "size_agreed", quest, by=by, at=at, summary=size.value)
    session.flush()


def ask_signature(
    session: Session, quest: Quest, *, by: Person, at: datetime, base_url: str = ""
) -> None:
    """Ask the sponsor to sign. Raises Refusal with what is still missing."""
    _may_charter(quest, by)
    missing = [need for need in checklist(STEPS["sign"], facts.of(quest)) if not need.done]
    if missing:
        raise Refusal(_("Something is still missing for this step."), missing=missing)
    quest.charter_asked_at = at
    audit.record(session, "signature_asked", quest, by=by, at=at)
    if quest.sponsor:
        answering.asked(session, quest, quest.sponsor, at)
        outbox.post(
            session,
            key=f"charter:{quest.id}:{at.isoformat()}",
            recipient=quest.sponsor.email,
            subject=f"A charter waits for you: {quest.title}",
            body=f"Hello {quest.sponsor.name},\n\n{by.name} asks you to sign the charter of "
            f"“{quest.title}”.\n\n{base_url}/quests/{quest.id}\n",
            at=at,
        )
    session.flush()


def sign(session: Session, quest: Quest, *, by: Person, at: datetime) -> None:
    """Sign the charter, in person. Raises NotAllowed for anyone but the sponsor."""
    if not policy.may_sign(by, quest):
        raise NotAllowed(_("Only the sponsor signs the charter."))
    if quest.state is State.CHARTERING and quest.charter_asked_at is None:
        raise Refusal(_("The lead has not asked for the signature yet."))
    move(session, quest, "sign", by=by, at=at, facts=facts.of(quest))
    quest.charter_signed_at = at
    answering.answered(session, quest, at)
    session.flush()


def change_sponsor(
    session: Session, quest: Quest, sponsor: Person, *, by: Person, at: datetime
) -> None:
    """Name another sponsor of a signed quest. Raises NotAllowed or BadInput."""
    if not policy.may_change_sponsor(by, quest):
        raise NotAllowed(_("The sponsor or an administrator names another one."))
    _check_sponsor(quest, sponsor)
    if answering.waiting(session, quest):
        answering.asked(session, quest, sponsor, at)
    quest.sponsor = sponsor
    audit.record(session, "sponsor_changed", quest, by=by, at=at, summary=sponsor.name)
    session.flush()


def send_back(session: Session, quest: Quest, reason: str, *, by: Person, at: datetime) -> None:
    """Give the charter back to the lead, with the reason."""
    if not policy.may_sign(by, quest) or quest.charter_asked_at is None:
        raise NotAllowed(_("Only the sponsor who was asked sends a charter back."))
    quest.charter_asked_at = None
    answering.answered(session, quest, at)
    audit.record(session, "sent_back", quest, by=by, at=at, summary=reason)
    session.flush()


def _ask_no_more(session: Session, quest: Quest, at: datetime) -> None:
    """Take the request to sign back: what was asked for is no longer what it was."""
    quest.charter_asked_at = None
    answering.withdrawn(session, quest, at)


def _may_charter(quest: Quest, by: Person) -> None:
    if quest.state not in policy.CHARTER_STATES:
        raise Refusal(SIGNED)
    if not policy.may_charter(by, quest):
        raise NotAllowed(_("The lead writes the charter."))


def _check_sponsor(quest: Quest, sponsor: Person | None) -> None:
    if sponsor and (not sponsor.is_executive or quest.had_member(sponsor)):
        raise BadInput(
            _("A sponsor is an executive who was never on the team."), field="sponsor_id"
        )

"""Disputes: a doubt about a decision, and its answer by somebody who has no part in it.

Who is on a team and who stands outside of it is known to the rooms above, which hand it in.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core import audit, outbox, working_days
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.rewards import deciding, ledger, limiting, paying
from cxquest.rewards.deciding import DISPUTE_UPHELD
from cxquest.rewards.history import History
from cxquest.rewards.models import (
    Account,
    AccountKind,
    Component,
    Decision,
    Dispute,
    DisputeVerdict,
    LedgerEntry,
    RewardEvent,
)

OPEN_DAYS = 14  # days after that of the decision in which it may be disputed
ANSWER_DAYS = 5  # working days in which somebody answers

NOT_CONCERNED = _("You dispute decisions on your own account, or on your team's.")
ANSWERED = _("This dispute was answered already.")
NOT_OUTSIDE = _("A dispute is answered by a coach or an administrator who has no part in it.")
NOT_FOR_YOU = _("A dispute is read by those whom it concerns, and by those who may answer it.")
NOT_YOURS = _("Only you read the lines of your own account.")

# Tells who may answer a dispute: coaches and administrators who have no part in it.
Outside = Callable[[Session, Dispute], Sequence[Person]]

ANSWERS = ("dispute", "undone")  # the rules under which an upheld dispute is entered


@dataclass(frozen=True)
class Correction:
    """What an upheld dispute would do: pay so many points, or undo so many.

    Undoing a taking back, whose points are negative, gives them back.
    """

    verdict: str
    points: int


def concerns(person: Person, account: Account, team: Collection[int]) -> bool:
    """Whether a decision on an account is this person's own, or their team's."""
    if account.kind is AccountKind.PERSON:
        return account.person_id == person.id
    return person.id in team


def may_read(person: Person, account: Account) -> bool:
    """Whether a person reads the lines of an account: everyone a team's, only oneself one's own."""
    return account.kind is AccountKind.TEAM or account.person_id == person.id


def last_day(decided_at: datetime, zone: ZoneInfo) -> date:
    """Return the last day on which a decision may be disputed."""
    return decided_at.astimezone(zone).date() + timedelta(days=OPEN_DAYS)


def is_disputable(decision: Decision) -> bool:
    """Whether a decision can be disputed: what is held follows from others, answers are final."""
    return decision.component is not Component.HELD and not decision.rule.startswith(ANSWERS)


def begin(
    session: Session,
    decision: Decision,
    text: str,
    *,
    account: Account,
    decided_at: datetime,
    team: Collection[int],
    outside: Outside,
    by: Person,
    at: datetime,
    base_url: str = "",
) -> Dispute:
    """Dispute a decision on one's own account or one's team's, and tell those who may answer.

    `decided_at` is when it was decided. Raises NotAllowed for others, BadInput without a text,
    Refusal when it is too late, disputed already, or of a kind that is not disputed.
    """
    if not concerns(by, account, team):
        raise NotAllowed(NOT_CONCERNED)
    if not is_disputable(decision):
        raise Refusal(
            _("This follows from other lines. Dispute the decision that it follows from.")
        )
    zone = people.zone(session)
    until = last_day(decided_at, zone)
    if at.astimezone(zone).date() > until:
        raise Refusal(
            _("A decision can be disputed for 14 days. That was until %(day)s."), day=until
        )
    if of_place(session, decision.event_id, decision.rule, decision.account_id):
        raise Refusal(_("This decision is disputed already."))
    if not text:
        raise BadInput(_("Say what is not right, and what shows it."), field="text")
    dispute = Dispute(
        event=decision.event,
        rule=decision.rule,
        account_id=decision.account_id,
        raised_by=by,
        raised_at=at,
        text=text,
        due_at=working_days.due(at, ANSWER_DAYS, zone),
    )
    session.add(dispute)
    session.flush()
    audit.record(session, "dispute_raised", dispute, by=by, at=at, summary=decision.event.label)
    _tell_outside(session, dispute, outside(session, dispute), zone, base_url, at)
    session.flush()
    return dispute


def answer(
    session: Session,
    dispute: Dispute,
    verdict: DisputeVerdict,
    reason: str,
    *,
    component: Component,
    outside: Outside,
    by: Person,
    at: datetime,
    base_url: str = "",
) -> Sequence[LedgerEntry]:
    """Answer a dispute once and for ever; a corrected decision is put right at once.

    `component` is what the decision was on. Raises NotAllowed for whoever has a part in it,
    BadInput without a reason, Refusal when it was answered or there is nothing to put right.
    """
    if by.id not in {person.id for person in outside(session, dispute)}:
        raise NotAllowed(NOT_OUTSIDE)
    if dispute.verdict is not None:
        raise Refusal(ANSWERED)
    if not reason:
        raise BadInput(_("Say why; whoever raised it reads the reason."), field="answer")
    ledger.lock(session)
    put_right = correction(session, dispute, at=at)
    if verdict is DisputeVerdict.CORRECTED and not put_right.points:
        raise Refusal(_("There is nothing to pay and nothing to take back here, so it stands."))
    dispute.verdict, dispute.answer = verdict, reason
    dispute.answered_by, dispute.answered_at = by, at
    session.flush()
    audit.record(session, "dispute_answered", dispute, by=by, at=at, summary=verdict.value)
    _tell_raiser(session, dispute, base_url, at)
    if verdict is DisputeVerdict.STANDS:
        session.flush()
        return ()
    return _put_right(session, dispute, component, put_right, at)


def correction(session: Session, dispute: Dispute, *, at: datetime) -> Correction:
    """Return what would be paid or taken back if the dispute were upheld at this instant."""
    now = RewardEvent(occurred_at=at, key=_key(dispute))
    known = History(session, now).asked(dispute.event.key, dispute.rule, dispute.account_id)
    if _is_limited(session, dispute):
        return Correction("pay", 0)
    if 0 <= known.paid < known.asked:
        return Correction("pay", known.asked - known.paid)
    return Correction("take", known.left)


def _is_limited(session: Session, dispute: Dispute) -> bool:
    """Whether a rule's own limit held points back: that is no error, whoever looks at it."""
    last = session.scalars(
        select(Decision.reason)
        .where(
            Decision.event_id == dispute.event_id,
            Decision.rule == dispute.rule,
            Decision.account_id == dispute.account_id,
        )
        .order_by(Decision.id.desc())
    ).first()
    return last in (limiting.FULL, limiting.CLIPPED, limiting.COOLING, deciding.EARNED)


def of_place(session: Session, event_id: int, rule: str, account_id: int) -> Dispute | None:
    """Return the dispute about a decision, if there is one."""
    return session.scalar(
        select(Dispute).where(
            Dispute.event_id == event_id, Dispute.rule == rule, Dispute.account_id == account_id
        )
    )


def _key(dispute: Dispute) -> str:
    return f"dispute:{dispute.id}"


def _facts(
    session: Session, dispute: Dispute, component: Component, verdict: str
) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "event": dispute.event.key,
        "rule": dispute.rule,
        "account": dispute.account_id,
        "component": component.value,
        "verdict": verdict,
    }
    if dispute.event.type == deciding.GATE_PASSED:
        facts["gate"] = dispute.event.facts["gate"]
    if component is Component.TEAM_OUTCOME:
        facts["members"] = _sharers(session, dispute)
    return facts


def _sharers(session: Session, dispute: Dispute) -> list[int]:
    """Return the accounts that share in what a decision gave a team or took from it."""
    parts = select(Decision.account_id).where(
        Decision.event_id == dispute.event_id,
        Decision.rule == dispute.rule,
        Decision.component == Component.TEAM_PART,
    )
    if dispute.event.type == deciding.GATE_PASSED:
        eligible = [m["account_id"] for m in dispute.event.facts["members"] if m["eligible"]]
        parts = parts.where(Decision.account_id.in_(eligible))
    return list(session.scalars(parts.distinct().order_by(Decision.account_id)))


def _put_right(
    session: Session, dispute: Dispute, component: Component, what: Correction, at: datetime
) -> Sequence[LedgerEntry]:
    return paying.pay(
        session,
        key=_key(dispute),
        kind=DISPUTE_UPHELD,
        subject=dispute.event.subject,
        chain=dispute.event.chain,
        facts=_facts(session, dispute, component, what.verdict),
        label=dispute.event.label,
        at=at,
        zone=people.zone(session),
    )


def _tell_outside(
    session: Session,
    dispute: Dispute,
    persons: Sequence[Person],
    zone: ZoneInfo,
    base_url: str,
    at: datetime,
) -> None:
    last = (dispute.due_at - timedelta.resolution).astimezone(zone).date()
    for person in persons:
        outbox.post(
            session,
            key=f"dispute:{dispute.id}:{person.id}",
            recipient=person.email,
            subject="A decision about points is disputed",
            body=f"Hello {person.name},\n\na decision about “{dispute.event.label}” is disputed, "
            f"and you have no part in it. Please answer by {last.isoformat()}, unless somebody "
            f"else has:\n\n{base_url}/disputes/{dispute.id}\n",
            at=at,
        )


def _tell_raiser(session: Session, dispute: Dispute, base_url: str, at: datetime) -> None:
    assert dispute.answered_by is not None
    corrected = dispute.verdict is DisputeVerdict.CORRECTED
    said = "was corrected" if corrected else "stands"
    outbox.post(
        session,
        key=f"dispute:{dispute.id}:answer",
        recipient=dispute.raised_by.email,
        subject=f"Your dispute was answered: {dispute.event.label}",
        body=f"Hello {dispute.raised_by.name},\n\nthe decision about “{dispute.event.label}” "
        f"{said}. {dispute.answered_by.name} says why:\n\n{dispute.answer}\n\n"
        f"{base_url}/disputes/{dispute.id}\n",
        at=at,
    )

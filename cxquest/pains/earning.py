"""What an accepted pain point earns its author and those who brought customers' words."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import distinct, func, or_, select
from sqlalchemy.orm import Session

from cxquest.pains.models import PainEvidence, PainMerge, PainPoint
from cxquest.pains.queries import DIFFERENT, FIRST, REPEATED, Figures
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.rewards import ledger, paying
from cxquest.voice import queries as voice
from cxquest.voice.models import Comment, Submission


def accepted(
    session: Session, pain: PainPoint, counted: Figures, *, by: Person, at: datetime
) -> None:
    """Record the events of an acceptance, each once for ever: the rulebook says what they pay."""
    brought = _brought(session, pain)
    accounts = ledger.accounts_of(session, sorted({pain.created_by_id, by.id, *brought}))
    common = {"approver": accounts[by.id], "theme": voice.root_of(session, pain.theme_id)}
    told = {
        "finder": accounts[pain.created_by_id],
        "pain_class": pain.pain_class.value if pain.pain_class else None,
        "comments": counted.comments,
        "interviews": pain.interviews,
        "supporters": counted.supporters,
    }
    _record(session, pain, "", "pain_accepted", {**common, **told}, at)
    for person_id, comments in sorted(brought.items()):
        facts = {**common, "contributor": accounts[person_id], "comments": comments}
        _record(session, pain, f":{person_id}", "evidence_accepted", facts, at)


def _brought(session: Session, pain: PainPoint) -> dict[int, int]:
    """Return how many comments each person brought as evidence that was not paid before.

    What says nothing does not count, nor what repeats another that they brought.
    """
    found = session.execute(
        select(PainEvidence.added_by_id, func.count(distinct(DIFFERENT)))
        .join(Comment, Comment.id == PainEvidence.comment_id)
        .join(Submission, Submission.id == Comment.submission_id)
        .outerjoin(FIRST, REPEATED)
        .where(
            PainEvidence.pain_id == pain.id,
            Comment.says_nothing.is_(False),
            PainEvidence.added_by_id.is_not(None),
            PainEvidence.comment_id.not_in(_paid(session, pain)),
        )
        .group_by(PainEvidence.added_by_id)
    )
    return {person_id: n for person_id, n in found if person_id is not None}


def _paid(session: Session, pain: PainPoint) -> set[int]:
    """Return the comments whose bringing was paid with a pain point they were shared with.

    A merge or a split moves evidence from `pain_id` to `into_id`: it was paid there by any
    acceptance of the first, and by one of the second that came after it.
    """
    about = or_(PainMerge.pain_id == pain.id, PainMerge.into_id == pain.id)
    paid: set[int] = set()
    for done in session.scalars(select(PainMerge).where(about)):
        other = done.into_id if done.pain_id == pain.id else done.pain_id
        accepted_at = paying.occurred(session, f"pain:{other}:accepted")
        if accepted_at and (other == done.pain_id or accepted_at >= done.at):
            paid.update(done.moved["comments"])
    return paid


def _record(
    session: Session,
    pain: PainPoint,
    suffix: str,
    kind: str,
    facts: Mapping[str, object],
    at: datetime,
) -> None:
    paying.pay(
        session,
        key=f"pain:{pain.id}:accepted{suffix}",
        kind=kind,
        subject=f"pain:{pain.id}",
        facts=facts,
        label=pain.title,
        at=at,
        zone=people.zone(session),
    )

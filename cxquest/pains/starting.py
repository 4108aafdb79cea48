"""Writing a pain point down, gathering evidence for it, and opening it to everyone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Required, TypedDict, Unpack

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.pains import costing, evidence_queries, lifecycle, policy, queries
from cxquest.pains.models import PainClass, PainEvidence, PainKind, PainPoint
from cxquest.people.models import Person


class Words(TypedDict, total=False):
    """What is written about a pain point; all but the title may come later."""

    title: Required[str]
    stage_id: int | None
    origin_stage_id: int | None
    theme_id: int | None
    expected: str
    experienced: str
    consequence: str
    pain_class: PainClass | None
    kind: PainKind | None
    interviews: int
    reach_per_month: int
    severity: int
    value: int
    confidence: int
    effort: int


def draft(
    session: Session,
    *,
    comment_ids: Iterable[int] = (),
    by: Person,
    at: datetime,
    **words: Unpack[Words],
) -> PainPoint:
    """Write a pain point down as a draft, with chosen comments as its first evidence.

    Raises BadInput for an empty title, a factor out of its range or an unknown comment.
    """
    if not policy.may_start(by):
        raise NotAllowed(_("Only people who can sign in write pain points."))
    pain = PainPoint(created_by_id=by.id, created_at=at, state=lifecycle.PainState.DRAFT)
    _write(pain, words)
    session.add(pain)
    session.flush()
    audit.record(session, "drafted", pain, by=by, at=at, summary=pain.title)
    _attach(session, pain, comment_ids, by, at)
    return pain


def change(
    session: Session, pain: PainPoint, *, by: Person, at: datetime, **words: Unpack[Words]
) -> bool:
    """Change what is written; return whether anything changed.

    Raises Refusal where what a coach accepted would no longer be complete.
    """
    check_may_write(pain, by)
    before = {name: getattr(pain, name) for name in words}
    _write(pain, words)
    changed = [name for name, value in before.items() if getattr(pain, name) != value]
    if not changed:
        return False
    session.flush()
    check_stays_whole(session, pain)
    said = ", ".join(changed).replace("_id", "").replace("_", " ")
    audit.record(session, "changed", pain, by=by, at=at, summary=said)
    return True


def add_evidence(
    session: Session, pain: PainPoint, comment_ids: Iterable[int], *, by: Person, at: datetime
) -> int:
    """Add comments that show the pain; return how many were new."""
    if not policy.may_add_evidence(by, pain):
        raise NotAllowed(_("Evidence cannot be added here by you now."))
    return _attach(session, pain, comment_ids, by, at)


def remove_evidence(
    session: Session, pain: PainPoint, comment_id: int, *, by: Person, at: datetime
) -> None:
    """Take a comment away that does not show the pain.

    Raises Refusal where it is none of the evidence, or where a coach's acceptance rests on it.
    """
    found = evidence_queries.piece(session, pain.id, comment_id)
    if found is None:
        raise Refusal(_("This comment is no evidence here any more."))
    if not policy.may_remove_evidence(by, pain, found):
        raise NotAllowed(_("Only whoever added this, its author or a coach takes it away."))
    session.delete(found)
    session.flush()
    check_stays_whole(session, pain)
    said = f"#{comment_id}"
    audit.record(session, "removed_evidence", pain, by=by, at=at, summary=said, comment=comment_id)


def weigh_evidence(
    session: Session,
    pain: PainPoint,
    comment_id: int,
    importance: int,
    *,
    by: Person,
    at: datetime,
) -> bool:
    """Say how much a comment weighs, from 0 (only mentioned) to 3 (why the customer left).

    Returns whether that changed anything.
    """
    found = evidence_queries.piece(session, pain.id, comment_id)
    if found is None:
        raise Refusal(_("This comment is no evidence here any more."))
    if not policy.may_add_evidence(by, pain):
        raise NotAllowed(_("Evidence cannot be weighed here by you now."))
    lifecycle.check_numbers({"importance": importance})
    if found.importance == importance:
        return False
    said = f"#{comment_id}: {found.importance} → {importance}"
    found.importance = importance
    session.flush()
    audit.record(session, "weighed_evidence", pain, by=by, at=at, summary=said, comment=comment_id)
    return True


def estimate_cost(
    session: Session, pain: PainPoint, inputs: costing.Inputs, *, by: Person, at: datetime
) -> bool:
    """Write down what leaving it costs, input by input; return whether anything changed.

    Raises BadInput with the field at fault for a number out of its range.
    """
    check_may_write(pain, by)
    costing.check(inputs)
    kept = costing.stored(inputs)
    if kept == pain.cost:
        return False
    pain.cost = kept
    session.flush()
    said = ", ".join(f"{name} {value}" for name, value in kept.items())
    audit.record(session, "costed", pain, by=by, at=at, summary=said, **kept)
    return True


def open_up(session: Session, pain: PainPoint, *, by: Person, at: datetime) -> None:
    """Open a draft: colleagues see it, add evidence and support, and coaches may decide."""
    _check_mine(pain, by)
    pain.state = lifecycle.take("open", pain.state)
    session.flush()
    audit.record(session, "opened", pain, by=by, at=at)


def check_may_write(pain: PainPoint, by: Person) -> None:
    """Raise NotAllowed or Refusal where this person does not change its words now."""
    _check_mine(pain, by)
    if pain.state not in lifecycle.BY_COACH:
        raise Refusal(
            _("This pain point is %(state)s now, so its words stay as they are."),
            state=pain.state.value.replace("_", " "),
        )
    if not policy.may_write(by, pain):
        raise NotAllowed(_("A coach has accepted this, so only coaches change it now."))


def _write(pain: PainPoint, words: Words) -> None:
    title = " ".join(words["title"].split())
    if not title:
        raise BadInput(_("Give it a name in the customer's words."), field="title")
    lifecycle.check_numbers(words)
    for name, value in words.items():
        setattr(pain, name, value)
    pain.title = title


def _attach(
    session: Session, pain: PainPoint, comment_ids: Iterable[int], by: Person, at: datetime
) -> int:
    chosen = set(comment_ids)
    unknown = chosen - evidence_queries.known_comments(session, chosen)
    if unknown:
        raise BadInput(
            _("There is no comment with the number %(number)s."),
            field="numbers",
            number=min(unknown),
        )
    fresh = sorted(chosen - evidence_queries.evidence_ids(session, pain.id))
    session.add_all(
        PainEvidence(pain_id=pain.id, comment_id=n, added_by_id=by.id, added_at=at) for n in fresh
    )
    session.flush()
    if fresh:
        said = ", ".join(f"#{n}" for n in fresh)
        audit.record(session, "added_evidence", pain, by=by, at=at, summary=said, comments=fresh)
    return len(fresh)


def _check_mine(pain: PainPoint, by: Person) -> None:
    if not by.is_active or not (by.is_coach or policy.is_author(by, pain)):
        raise NotAllowed(_("Only its author or a coach may do this."))


def check_stays_whole(session: Session, pain: PainPoint) -> None:
    """Raise Refusal with the checklist where what a coach accepted is no longer complete."""
    if pain.state in lifecycle.STANDING:
        counted = queries.figures(session, [pain.id])[pain.id]
        lifecycle.check_whole(queries.facts(pain, counted))

"""What pages ask about pain points."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    distinct,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased, joinedload

from cxquest.core import audit
from cxquest.core.models import AuditLine
from cxquest.pains import costing, evidence_queries, lifecycle, merge_queries
from cxquest.pains.lifecycle import Facts, PainState
from cxquest.pains.models import PainClass, PainEvidence, PainKind, PainPoint, PainSupport
from cxquest.people.models import Person
from cxquest.voice import queries as voice
from cxquest.voice.models import Comment, Submission

SHOWN = 20
SETTLED = (PainState.DECLINED, PainState.RESOLVED, PainState.MERGED)
ON_THE_MAP = (
    PainState.OPEN,
    PainState.ACCEPTED,
    PainState.IN_QUEST,
    PainState.REOPENED,
)

# The same sum as lifecycle.opportunity, where the list is ordered.
OPPORTUNITY = (
    PainPoint.reach_per_month
    * PainPoint.severity
    * PainPoint.value
    * PainPoint.confidence
    // PainPoint.effort
)
FIRST = aliased(Comment)  # what a comment repeats, where its submission repeats another
REPEATED = and_(FIRST.submission_id == Submission.repeat_of_id, FIRST.position == Comment.position)
DIFFERENT = func.coalesce(FIRST.id, Comment.id)


def _different(what: ColumnElement[int], *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """Count in the evidence what says something; one that repeats another counts as that one."""
    return (
        select(func.count(distinct(what)))
        .select_from(PainEvidence)
        .join(Comment, Comment.id == PainEvidence.comment_id)
        .join(Submission, Submission.id == Comment.submission_id)
        .outerjoin(FIRST, REPEATED)
        .where(PainEvidence.pain_id == PainPoint.id, Comment.says_nothing.is_(False), *conditions)
        .correlate(PainPoint)
        .scalar_subquery()
    )


COMMENTS = _different(DIFFERENT)
SUBMISSIONS = _different(func.coalesce(Submission.repeat_of_id, Submission.id))
DECISIVE = _different(DIFFERENT, PainEvidence.importance == lifecycle.DECISIVE)
FIRST_VOICED = (
    select(func.min(Submission.collected_on))
    .join(Comment, Comment.submission_id == Submission.id)
    .join(PainEvidence, PainEvidence.comment_id == Comment.id)
    .where(PainEvidence.pain_id == PainPoint.id)
    .correlate(PainPoint)
    .scalar_subquery()
)
SUPPORTERS = (
    select(func.count(PainSupport.person_id))
    .where(PainSupport.pain_id == PainPoint.id)
    .correlate(PainPoint)
    .scalar_subquery()
)
# The same rule as lifecycle.enough_evidence.
ENOUGH = or_(
    PainPoint.interviews >= lifecycle.EVIDENCE_INTERVIEWS,
    and_(
        COMMENTS >= lifecycle.EVIDENCE_COMMENTS,
        SUBMISSIONS >= lifecycle.EVIDENCE_SUBMISSIONS,
    ),
)
HUNCH = and_(PainPoint.state == PainState.OPEN, not_(ENOUGH))


@dataclass(frozen=True)
class Filters:
    """What a list of pain points is narrowed to, as the URL says it; empty means no filter.

    Without a state, those that are declined, resolved or part of another one are left out;
    "all" takes them in.
    """

    state: str = ""
    stage: str = ""
    origin: str = ""
    pain_class: str = ""
    kind: str = ""
    theme: str = ""
    search: str = ""
    hunch: str = ""

    @property
    def active(self) -> int:
        """How many of them are in force."""
        return sum(bool(value) for value in vars(self).values())


@dataclass(frozen=True)
class Figures:
    """What is counted about a pain point.

    `decisive` comments are why their customer left; `first_voiced` is the earliest of their days.
    """

    comments: int = 0
    submissions: int = 0
    supporters: int = 0
    decisive: int = 0
    first_voiced: date | None = None


@dataclass(frozen=True)
class Mark:
    """A pain point as the journey's map shows it."""

    id: int
    title: str
    stage_id: int | None
    state: PainState
    reach_per_month: int
    hunch: bool


@dataclass(frozen=True)
class Whole:
    """A pain point with everything that its page shows."""

    pain: PainPoint
    figures: Figures
    facts: Facts
    evidence: Sequence[PainEvidence]
    supports: Sequence[PainSupport]
    lines: Sequence[AuditLine]

    @property
    def opportunity(self) -> int:
        """What the ranking is by."""
        return opportunity(self.pain)

    @property
    def hunch(self) -> bool:
        """Whether it is open with too little evidence."""
        return is_hunch(self.pain, self.figures)


def pain(session: Session, pain_id: int) -> PainPoint | None:
    """Return a pain point with its stage, theme, author and decider."""
    return session.scalar(_with_names(select(PainPoint)).where(PainPoint.id == pain_id))


def whole(session: Session, pain_id: int) -> Whole | None:
    """Return everything that the page of a pain point itself shows, in five queries."""
    found = pain(session, pain_id)
    if found is None:
        return None
    counted = figures(session, [pain_id])[pain_id]
    return Whole(
        pain=found,
        figures=counted,
        facts=facts(found, counted),
        evidence=evidence_queries.evidence(session, pain_id, SHOWN),
        supports=supports(session, pain_id),
        lines=audit.timeline(session, found),
    )


def facts(found: PainPoint, counted: Figures) -> Facts:
    """Return what acceptance is judged by."""
    return Facts(
        stage=found.stage_id is not None,
        expected=bool(found.expected),
        experienced=bool(found.experienced),
        consequence=bool(found.consequence),
        pain_class=found.pain_class is not None,
        comments=counted.comments,
        submissions=counted.submissions,
        interviews=found.interviews,
    )


def is_hunch(found: PainPoint, counted: Figures) -> bool:
    """Whether it is open with too little evidence."""
    enough = lifecycle.enough_evidence(facts(found, counted))
    return found.state is PainState.OPEN and not enough


def opportunity(found: PainPoint) -> int:
    """Return what the ranking is by."""
    return lifecycle.opportunity(
        found.reach_per_month, found.severity, found.value, found.confidence, found.effort
    )


def cost(found: PainPoint) -> costing.Cost:
    """Return what leaving it costs."""
    return costing.worked_out(found.reach_per_month, costing.read(found.cost))


def figures(session: Session, pain_ids: Iterable[int]) -> dict[int, Figures]:
    """Return what is counted about each of these pain points, in one query."""
    counted = select(PainPoint.id, COMMENTS, SUBMISSIONS, SUPPORTERS, DECISIVE, FIRST_VOICED)
    rows = session.execute(counted.where(PainPoint.id.in_(list(pain_ids))))
    return {pain_id: Figures(*counts) for pain_id, *counts in rows}


def ranked(filters: Filters) -> Select[PainPoint]:
    """Return the pain points that fit, the largest opportunity first."""
    return (
        _with_names(select(PainPoint))
        .where(*_conditions(filters))
        .order_by(OPPORTUNITY.desc(), PainPoint.id)
    )


def by_stage(session: Session) -> Sequence[Mark]:
    """Return every pain point that belongs on the journey's map, in one query."""
    marks = (
        select(
            PainPoint.id,
            PainPoint.title,
            PainPoint.stage_id,
            PainPoint.state,
            PainPoint.reach_per_month,
            HUNCH,
        )
        .where(PainPoint.state.in_(ON_THE_MAP))
        .order_by(OPPORTUNITY.desc(), PainPoint.id)
    )
    return [Mark(*row[:5], hunch=bool(row[5])) for row in session.execute(marks)]


def free_for_quest(session: Session) -> Sequence[PainPoint]:
    """Return the pain points that a quest may start on, the largest opportunity first."""
    free = select(PainPoint).where(PainPoint.state.in_(lifecycle.READY_FOR_QUEST))
    return session.scalars(free.order_by(OPPORTUNITY.desc(), PainPoint.id)).all()


def of_comment(session: Session, comment_id: int) -> Sequence[PainPoint]:
    """Return the pain points that a comment is evidence for, the oldest first.

    One that became part of another is left out: the other has its evidence.
    """
    shown = select(PainEvidence.pain_id).where(PainEvidence.comment_id == comment_id)
    pains = select(PainPoint).where(PainPoint.id.in_(shown), PainPoint.state != PainState.MERGED)
    return session.scalars(pains.order_by(PainPoint.id)).all()


def waiting_for_coach(session: Session, person: Person) -> Sequence[tuple[PainPoint, bool]]:
    """Return the open pain points that this coach may decide, and whether each is a hunch.

    Hunches come last, the oldest first.
    """
    if not person.is_coach:
        return []
    waiting = select(PainPoint, HUNCH).where(
        PainPoint.state == PainState.OPEN, PainPoint.created_by_id != person.id
    )
    found = session.execute(waiting.order_by(HUNCH, PainPoint.created_at, PainPoint.id))
    return [(pain, bool(is_hunch)) for pain, is_hunch in found]


def supports(session: Session, pain_id: int) -> Sequence[PainSupport]:
    """Return what it cost colleagues, the earliest first, each with its person."""
    told = select(PainSupport).where(PainSupport.pain_id == pain_id)
    told = told.options(joinedload(PainSupport.person))
    return session.scalars(told.order_by(PainSupport.at, PainSupport.person_id)).all()


def support(session: Session, pain_id: int, person_id: int) -> PainSupport | None:
    """Return what this person said that it cost them."""
    return session.get(PainSupport, (pain_id, person_id))


def contributors(session: Session, found: PainPoint) -> Sequence[Person]:
    """Return the people still here who wrote it, support it or brought evidence for it.

    Those of every pain point that became part of it belong to them.
    """
    parts = merge_queries.whole_of(found.id)
    brought = (
        select(PainPoint.created_by_id).where(PainPoint.id.in_(parts)),
        select(PainSupport.person_id).where(PainSupport.pain_id.in_(parts)),
        select(PainEvidence.added_by_id).where(PainEvidence.pain_id.in_(parts)),
    )
    people = select(Person).where(Person.is_active, or_(*(Person.id.in_(ids) for ids in brought)))
    return session.scalars(people.order_by(Person.id)).all()


def _with_names(pains: Select[PainPoint]) -> Select[PainPoint]:
    return pains.options(
        joinedload(PainPoint.stage),
        joinedload(PainPoint.origin_stage),
        joinedload(PainPoint.theme),
        joinedload(PainPoint.created_by),
        joinedload(PainPoint.decided_by),
    )


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [*_in_state(filters.state), *_about(filters.search)]
    if _is_id(filters.stage):
        conditions.append(PainPoint.stage_id == int(filters.stage))
    if _is_id(filters.theme):
        conditions.append(PainPoint.theme_id.in_(voice.whole_theme(int(filters.theme))))
    if _is_id(filters.origin):
        conditions.append(PainPoint.origin_stage_id == int(filters.origin))
    if filters.pain_class in set(PainClass):
        conditions.append(PainPoint.pain_class == PainClass(filters.pain_class))
    if filters.kind in set(PainKind):
        conditions.append(PainPoint.kind == PainKind(filters.kind))
    if filters.hunch in ("yes", "no"):
        conditions.append(HUNCH if filters.hunch == "yes" else not_(HUNCH))
    return conditions


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) < 10


def _in_state(state: str) -> list[ColumnElement[bool]]:
    if state in set(PainState):
        return [PainPoint.state == PainState(state)]
    return [] if state == "all" else [PainPoint.state.not_in(SETTLED)]


def _about(search: str) -> list[ColumnElement[bool]]:
    if not search:
        return []
    words = (
        PainPoint.title,
        PainPoint.expected,
        PainPoint.experienced,
        PainPoint.consequence,
    )
    return [or_(*(column.icontains(search, autoescape=True) for column in words))]

"""What asking customers whether it helped asks: whom, who was asked, and what they said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from cxquest.pains import check_words
from cxquest.pains.models import Answer, CustomerCheck, PainEvidence, PainNote, PainPoint
from cxquest.pains.note_queries import agreed
from cxquest.people.models import Person
from cxquest.people.signing_in import fingerprint
from cxquest.surveys.models import Contact, Survey
from cxquest.voice import masking
from cxquest.voice.models import Comment, Source, Submission

# Fewer answers are anecdotes: no single customer, and no two, recognise a change for all.
LEAST_ANSWERS = 3
# More than this share of the answers says "better"; a draw is no recognition.
MORE_THAN = 0.5
SHOWN = 20  # answers that a page lists
# The language of a submission, where its words tell.
WROTE_IN = (
    select(func.min(Comment.language))
    .where(Comment.submission_id == Submission.id, Comment.language != "")
    .correlate(Submission)
    .scalar_subquery()
)


@dataclass(frozen=True)
class Recognition:
    """What customers made of an outcome; `written` answers came by another way than a link.

    `asked` customers were given a link, so more may have answered than were asked.
    """

    asked: int = 0
    answered: int = 0
    better: int = 0
    same: int = 0
    worse: int = 0
    written: int = 0

    @property
    def is_recognised(self) -> bool:
        """Whether at least 3 customers answered, and more than half of them say "better"."""
        return self.answered >= LEAST_ANSWERS and self.better > MORE_THAN * self.answered


@dataclass(frozen=True)
class Customer:
    """A customer who agreed to hear back; `marks` tell that two submissions are theirs."""

    submission_id: int
    source: str
    external_id: str
    collected_on: date | None
    address: str
    language: str
    marks: frozenset[str]


@dataclass(frozen=True)
class Said:
    """An answer as people read it: masked, with who wrote it down where it came by no link."""

    answer: Answer
    shown: str
    at: datetime
    written_by: str


@dataclass(frozen=True)
class Asked:
    """What one customer's link leads to: the question, the note, their own words of then."""

    check: CustomerCheck
    note: PainNote
    quotes: Sequence[str]
    language: str


def recognition(session: Session, outcome: str) -> Recognition:
    """Return what customers made of an outcome, in one query."""
    counted = _recognitions().where(PainNote.outcome == outcome)
    row = session.execute(counted).first()
    return Recognition(*row[1:]) if row else Recognition()


def recognitions(session: Session, notes: Sequence[PainNote]) -> dict[int, Recognition]:
    """Return what customers made of each of these notes, by its id."""
    rows = session.execute(_recognitions().where(PainNote.id.in_([note.id for note in notes])))
    found = {row[0]: Recognition(*row[1:]) for row in rows}
    return {note.id: found.get(note.id, Recognition()) for note in notes}


def wrote(session: Session, outcome: str, person: Person) -> bool:
    """Whether a person wrote down what customers said of an outcome."""
    theirs = (
        select(CustomerCheck.id)
        .join(PainNote, PainNote.id == CustomerCheck.note_id)
        .where(PainNote.outcome == outcome, CustomerCheck.written_by_id == person.id)
    )
    return session.scalar(theirs.limit(1)) is not None


def was_sent(session: Session, outcome: str) -> bool:
    """Whether customers were told of an outcome by its note."""
    sent = select(PainNote.id).where(PainNote.outcome == outcome, PainNote.sent_at.is_not(None))
    return session.scalar(sent) is not None


def unasked(session: Session, note: PainNote) -> list[Customer]:
    """Return the customers who agreed to hear back and have not been asked by this note.

    Submissions that repeat one another, have one address or one keyed hash of it are one
    customer's; the one with an address stands for them.
    """
    asked = _asked(session, note)
    known: set[str] = set()
    found = []
    everyone = _customers(session, note.pain_id, asked)
    for customer in sorted(everyone, key=lambda c: (c.submission_id not in asked, not c.address)):
        if customer.submission_id not in asked and not known & customer.marks:
            found.append(customer)
        known |= customer.marks
    return found


def check_of(session: Session, key: str) -> Asked | None:
    """Return what a customer's link leads to; None for one that nobody was given."""
    check = session.scalar(
        select(CustomerCheck)
        .where(CustomerCheck.hash == fingerprint(key))
        .options(joinedload(CustomerCheck.note))
    )
    if check is None:
        return None
    language = _language(session, check.submission_id)
    return Asked(check, check.note, _own_words(session, check), language)


def answers(session: Session, note: PainNote) -> list[Said]:
    """Return the answers to a note, the worst first and of these the latest, SHOWN at most."""
    said = CustomerCheck.answer
    order = case((said == Answer.WORSE, 0), (said == Answer.SAME, 1), else_=2)
    found = session.scalars(
        select(CustomerCheck)
        .where(CustomerCheck.note_id == note.id, said.is_not(None))
        .options(joinedload(CustomerCheck.written_by))
        .order_by(order, CustomerCheck.answered_at.desc(), CustomerCheck.id.desc())
        .limit(SHOWN)
    )
    return [_said(check) for check in found]


def said_worse(session: Session, since: datetime) -> Sequence[tuple[int, str, datetime]]:
    """Return id and title of the pain points of which a customer says so, with the latest time."""
    latest = func.max(CustomerCheck.answered_at)
    found = session.execute(
        select(PainPoint.id, PainPoint.title, latest)
        .join(PainNote, PainNote.pain_id == PainPoint.id)
        .join(CustomerCheck, CustomerCheck.note_id == PainNote.id)
        .where(CustomerCheck.answer == Answer.WORSE, CustomerCheck.answered_at >= since)
        .group_by(PainPoint.id, PainPoint.title)
        .order_by(latest, PainPoint.id)
    )
    return [(key, title, at) for key, title, at in found if at]


def _recognitions() -> Select[int, int, int, int, int, int, int]:
    said = CustomerCheck.answer
    better, same, worse = (func.count(case((said == answer, 1))) for answer in Answer)
    linked, answered = func.count(CustomerCheck.hash), func.count(said)
    written = func.count(CustomerCheck.written_by_id)
    return (
        select(PainNote.id, linked, answered, better, same, worse, written)
        .outerjoin(CustomerCheck, CustomerCheck.note_id == PainNote.id)
        .group_by(PainNote.id)
    )


def _asked(session: Session, note: PainNote) -> set[int]:
    mine = select(CustomerCheck.submission_id).where(CustomerCheck.note_id == note.id)
    return {key for key in session.scalars(mine) if key is not None}


def _customers(session: Session, pain_id: int, asked: set[int]) -> list[Customer]:
    """Return those who agreed, and those who were asked whatever was changed since."""
    rows = session.execute(
        select(
            Submission.id,
            Source.name,
            Submission.external_id,
            Submission.collected_on,
            func.coalesce(Contact.address, ""),
            func.coalesce(Submission.repeat_of_id, Submission.id),
            Submission.contact,
            Survey.texts,
            WROTE_IN,
        )
        .join(Source, Source.id == Submission.source_id)
        .outerjoin(Contact, Contact.submission_id == Submission.id)
        .outerjoin(Survey, Survey.source_id == Submission.source_id)
        .where(or_(agreed(pain_id), Submission.id.in_(asked)))
        .order_by(Submission.collected_on.nulls_last(), Submission.id)
    )
    return [_customer(row) for row in rows]


def _customer(row: Row[*tuple[Any, ...]]) -> Customer:
    key, source, external_id, day, address, first, contact, texts, wrote = row
    marks = {f"said:{first}"}
    if address:
        marks.add(f"address:{address.strip().lower()}")
    if contact:
        marks.add(f"contact:{contact}")
    language = check_words.known((texts or {}).get("language", ""), wrote or "")
    return Customer(key, source, external_id, day, address, language, frozenset(marks))


def _said(check: CustomerCheck) -> Said:
    assert check.answer
    assert check.answered_at
    writer = check.written_by.name if check.written_by else ""
    return Said(check.answer, masking.masked(check.text), check.answered_at, writer)


def _own_words(session: Session, check: CustomerCheck) -> list[str]:
    """Return what this customer said of the pain point; where that is gone, all that they said."""
    shows = and_(PainEvidence.comment_id == Comment.id, PainEvidence.pain_id == check.note.pain_id)
    rows = session.execute(
        select(Comment, PainEvidence.pain_id)
        .outerjoin(PainEvidence, shows)
        .where(Comment.submission_id == check.submission_id, Comment.says_nothing.is_(False))
        .order_by(Comment.position)
    ).all()
    evidence = [comment for comment, pain_id in rows if pain_id]
    return [comment.shown for comment in evidence or [comment for comment, _ in rows]]


def _language(session: Session, submission_id: int | None) -> str:
    row = session.execute(
        select(Survey.texts, WROTE_IN)
        .select_from(Submission)
        .outerjoin(Survey, Survey.source_id == Submission.source_id)
        .where(Submission.id == submission_id)
    ).first()
    return check_words.known((row[0] or {}).get("language", ""), row[1] or "") if row else "en"

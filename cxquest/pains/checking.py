"""“You said, we did, please check”: customers who agreed say whether a change helped, once each.

A note has an outcome: a name by which whoever brought it about knows it again. Its links go out
by the outbox, or as a file that a coach takes out; an answer comes back by its link, once.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from cxquest.core import audit, outbox
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.pains import answering, check_queries, check_words, note_queries, policy
from cxquest.pains.check_queries import Customer
from cxquest.pains.models import Answer, CustomerCheck, PainNote, PainPoint, PainState
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.people.signing_in import fingerprint

MOST_SAID = 4000  # letters of a customer's answer
NOBODY = _("Nobody is left to be asked: nobody else has agreed to hear back.")

# Who worked on a pain point, as higher rooms know it: such a one handles no proof of it.
Involved = Callable[[Session, PainPoint, Person], bool]
involved: dict[str, Involved] = {}


class Answered(Refusal):
    """A customer's link that has brought its answer."""

    def __init__(self) -> None:
        super().__init__(_("This link has brought its answer already; it takes one."))


@dataclass(frozen=True)
class Link:
    """A customer with the link of their own, which is kept nowhere."""

    customer: Customer
    url: str


def prepare_outcome(
    session: Session, pain: PainPoint, outcome: str, *, by: Person, at: datetime
) -> PainNote:
    """Draft the note about an outcome, or return the draft that waits; it replaces other drafts.

    Raises Refusal once customers were told of this outcome.
    """
    known = note_queries.of_outcome(session, outcome) or _told_of_its_end(session, pain)
    if known is not None and known.sent_at is not None:
        raise Refusal(
            _("Customers were told of this on %(day)s; each outcome is told once."),
            day=known.sent_at.date(),
        )
    if known is not None:
        return known
    note = answering.draft(session, pain, "changed", outcome, at=at)
    audit.record(session, "prepared_note", pain, by=by, at=at)
    return note


def send(
    session: Session, pain: PainPoint, note: PainNote, *, base_url: str, by: Person, at: datetime
) -> int:
    """Mail the note with a link of their own to each customer with an address; return how many.

    Who was asked is not asked again, so that a second time reaches only those who came since.
    Raises Refusal where nobody is left, and while the note is not worded.
    """
    answering.check_worded(note, by)
    chosen = [one for one in check_queries.unasked(session, note) if one.address]
    if not chosen:
        raise Refusal(NOBODY)
    links = _ask(session, note, chosen, base_url, at)
    who = people.organisation(session)
    for link in links:
        _mail(session, note, link, who.name if who else "", at)
    answering.told(session, pain, note, by=by, at=at)
    audit.record(session, "asked_customers", pain, by=by, at=at, summary=str(len(links)))
    session.flush()
    return len(links)


def take_out(
    session: Session, pain: PainPoint, note: PainNote, *, base_url: str, by: Person, at: datetime
) -> list[Link]:
    """Return all customers who were not asked yet, each with their own link, to be sent by hand.

    A link is given out once. Raises NotAllowed for who worked on it, Refusal as `send` does.
    """
    answering.check_worded(note, by)
    check_outside(session, pain, by)
    links = _ask(session, note, check_queries.unasked(session, note), base_url, at)
    if not links:
        raise Refusal(NOBODY)
    answering.told(session, pain, note, by=by, at=at)
    audit.record(session, "took_out_links", pain, by=by, at=at, summary=str(len(links)))
    session.flush()
    return links


def answer(
    session: Session, check: CustomerCheck, given: Answer, text: str, *, at: datetime
) -> None:
    """Keep what a customer answers; the same once more changes nothing.

    Raises Answered where their link has brought another answer, also at the same moment.
    """
    if check.answer is not None:
        if (check.answer, check.text) == (given, text.strip()):
            return
        raise Answered
    text = _fitting(text)
    try:
        with session.begin_nested():
            check.answer, check.text, check.answered_at = given, text, at
            session.flush()
    except StaleDataError:  # somebody was faster with the same link
        raise Answered from None
    audit.record(session, "answered", check, by=None, at=at, summary=given.value)
    session.flush()


def write_down(
    session: Session,
    pain: PainPoint,
    note: PainNote,
    given: Answer,
    text: str,
    *,
    by: Person,
    at: datetime,
) -> CustomerCheck:
    """Keep an answer that came by another way, such as a call, under who wrote it down.

    Raises NotAllowed but for a coach who did not work on it, since answers are proof, and
    Refusal before customers were told.
    """
    check_outside(session, pain, by)
    if note.sent_at is None:
        raise Refusal(_("Customers have not been told yet, so none can say whether it helped."))
    check = CustomerCheck(
        note_id=note.id,
        asked_at=at,
        answer=given,
        text=_fitting(text),
        answered_at=at,
        written_by_id=by.id,
    )
    session.add(check)
    session.flush()
    audit.record(session, "wrote_answer", pain, by=by, at=at, summary=given.value)
    return check


def is_outside(session: Session, pain: PainPoint, person: Person) -> bool:
    """Whether a coach may handle what proves that a pain is gone: they did not work on it."""
    worked = any(had_part(session, pain, person) for had_part in involved.values())
    return policy.may_answer(person) and not worked


def _told_of_its_end(session: Session, pain: PainPoint) -> PainNote | None:
    """Return the note without an outcome by which customers know already that it is resolved."""
    latest = next(iter(note_queries.notes(session, pain.id)), None)
    if pain.state is not PainState.RESOLVED or latest is None or latest.outcome:
        return None
    return latest if latest.sent_at else None


def check_outside(session: Session, pain: PainPoint, by: Person) -> None:
    """Raise NotAllowed but for a coach who did not work on it."""
    if not is_outside(session, pain, by):
        raise NotAllowed(_("Answers are proof: only a coach who did not work on it handles them."))


def _ask(
    session: Session, note: PainNote, customers: list[Customer], base_url: str, at: datetime
) -> list[Link]:
    """Note that these customers are asked; only the hashes of their links stay."""
    keys = [secrets.token_urlsafe(16) for _customer in customers]
    session.add_all(
        CustomerCheck(
            note_id=note.id,
            submission_id=customer.submission_id,
            hash=fingerprint(key),
            asked_at=at,
        )
        for customer, key in zip(customers, keys, strict=True)
    )
    session.flush()
    pairs = zip(customers, keys, strict=True)
    return [Link(customer, f"{base_url}/c/{key}") for customer, key in pairs]


def _mail(session: Session, note: PainNote, link: Link, who: str, at: datetime) -> None:
    words = check_words.LANGUAGES[link.customer.language]
    outbox.post(
        session,
        key=f"note:{note.id}:{link.customer.submission_id}",
        recipient=link.customer.address,
        subject=words.subject.format(who=who),
        body=words.mail(note.text, link.url, who),
        at=at,
    )


def _fitting(text: str) -> str:
    text = text.strip()
    if len(text) > MOST_SAID:
        raise BadInput(_("Use at most %(most)s characters."), field="text", most=MOST_SAID)
    return text

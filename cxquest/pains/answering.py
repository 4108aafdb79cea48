"""“You said, we did”: the note for customers who agreed to hear back. Nothing leaves by itself.

A coach words what was prepared, sends it by the means that the company has, and says so here.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.pains import note_queries, policy
from cxquest.pains.models import PainNote, PainPoint
from cxquest.people.models import Person
from cxquest.voice import masking

MOST = 4000  # letters of a note
TO_SAY = "[Say in one sentence what is different now.]"
# What a note begins with; customers get it in the words of a coach.
DRAFTS = {
    "changed": (
        "You told us: “{said}”\n\n"
        "This is what we did: {to_say}\n\n"
        "Please look whether it is better now, and tell us. If it is not, that matters most."
    ),
    "resolved": (
        "You told us: “{said}”\n\n"
        "We looked for the cause and removed it. {to_say}\n\n"
        "Thank you for telling us. If it happens again, please tell us again."
    ),
    "declined": (
        "You told us: “{said}”\n\n"
        "We read it and will not change this now. {reason}\n\n"
        "Thank you for telling us."
    ),
}


# What ends the life of a pain point, and is then told.
ENDS = ("resolved", "declined")


def prepare(
    session: Session, pain: PainPoint, deed: str, outcome: str | None = None, *, at: datetime
) -> PainNote | None:
    """Draft the note about what became of it; None where no customer agreed to hear back.

    A draft that was never sent gives way to the new one. An outcome that has its note, sent or
    not, gets no other: nobody is told of the same twice.
    """
    if outcome and (known := note_queries.of_outcome(session, outcome)):
        return known
    if not note_queries.how_many(session, pain.id):
        discard(session, pain)
        return None
    return draft(session, pain, deed, outcome, at=at)


def draft(
    session: Session, pain: PainPoint, deed: str, outcome: str | None, *, at: datetime
) -> PainNote:
    """Begin a note with the text of its deed, in the place of a draft that was never sent."""
    discard(session, pain)
    said = masking.masked(pain.experienced or pain.title)
    reason = masking.masked(pain.reason)
    text = DRAFTS[deed].format(said=said, reason=reason, to_say=TO_SAY)
    note = PainNote(pain_id=pain.id, deed=deed, outcome=outcome, text=text[:MOST], prepared_at=at)
    session.add(note)
    session.flush()
    return note


def prepare_now(session: Session, pain: PainPoint, *, by: Person, at: datetime) -> PainNote:
    """Draft the note for a pain point that ended before any customer had agreed to hear back.

    Raises Refusal while it has not ended, where a note is there, and where nobody agreed.
    """
    _check_coach(by)
    if pain.state not in ENDS or note_queries.notes(session, pain.id):
        raise Refusal(_("Customers are told once, when it is resolved or declined."))
    note = prepare(session, pain, pain.state.value, at=at)
    if note is None:
        raise Refusal(_("No customer whose words show this has agreed to hear back."))
    audit.record(session, "prepared_note", pain, by=by, at=at)
    return note


def discard(session: Session, pain: PainPoint) -> None:
    """Drop a draft that was not sent: what it says is no longer so."""
    note = note_queries.draft(session, pain)
    if note:
        session.delete(note)
        session.flush()


def reword(session: Session, pain: PainPoint, text: str, *, by: Person, at: datetime) -> PainNote:
    """Word the note that waits; return it. Raises BadInput for an empty text."""
    note = _waiting(session, pain, by)
    text = text.strip()
    if not text:
        raise BadInput(_("Say what customers should read."), field="text")
    if text != note.text:
        note.text = text
        session.flush()
        audit.record(session, "worded_note", pain, by=by, at=at)
    return note


def mark_sent(session: Session, pain: PainPoint, *, by: Person, at: datetime) -> PainNote:
    """Say that the note has gone out; from then on it stays as it is.

    Raises Refusal while the place for what is different now is still open.
    """
    note = _waiting(session, pain, by)
    check_worded(note, by)
    told(session, pain, note, by=by, at=at)
    return note


def check_worded(note: PainNote, by: Person) -> None:
    """Raise NotAllowed but for a coach, and Refusal while the note is not worded to its end."""
    _check_coach(by)
    if TO_SAY in note.text:
        raise Refusal(_("Say in the note what is different now and save it, then send it."))


def told(session: Session, pain: PainPoint, note: PainNote, *, by: Person, at: datetime) -> None:
    """Note when customers were told for the first time."""
    if note.sent_at is None:
        note.sent_by_id, note.sent_at = by.id, at
        session.flush()
        audit.record(session, "sent_note", pain, by=by, at=at, summary=note.text)


def take_out(
    session: Session, pain: PainPoint, *, by: Person, at: datetime
) -> Sequence[note_queries.Reachable]:
    """Return whom the note can reach; that somebody took this out stays on record."""
    _check_coach(by)
    found = note_queries.reachable(session, pain.id)
    audit.record(session, "took_out_contacts", pain, by=by, at=at, summary=str(len(found)))
    session.flush()
    return found


def _waiting(session: Session, pain: PainPoint, by: Person) -> PainNote:
    _check_coach(by)
    note = note_queries.draft(session, pain)
    if note is None:
        raise Refusal(_("No note to customers waits here."))
    return note


def _check_coach(by: Person) -> None:
    if not policy.may_answer(by):
        raise NotAllowed(_("Only a coach words and sends what customers are told."))

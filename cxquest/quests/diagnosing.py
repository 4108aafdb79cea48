"""Finding the root cause: whys with evidence, the communication branch, departments heard."""

from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.people.models import Person
from cxquest.quests import continuing, policy
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Chair, Communication, Quest
from cxquest.quests.moving import work_on
from cxquest.quests.work import Why
from cxquest.rewards.rulebook import Cause, Work


def add_why(
    session: Session,
    quest: Quest,
    *,
    parent_id: int | None,
    text: str,
    evidence: str,
    by: Person,
    at: datetime,
) -> Why:
    """Add a why under another one, or at the top."""
    may_diagnose(quest, by)
    above = next((why for why in quest.whys if why.id == parent_id), None)
    if parent_id is not None and above is None:
        raise Refusal(_("The why above is no longer there."))
    if above is not None and above.is_root:
        raise Refusal(_("The why above is marked as a root cause. Take the mark off first."))
    why = Why(
        quest_id=quest.id,
        parent_id=parent_id,
        text=text,
        evidence=evidence,
        written_by_id=by.id,
        written_at=at,
    )
    session.add(why)
    session.flush()
    audit.record(session, "why_added", quest, by=by, at=at, summary=text[:200])
    return why


def change_why(
    session: Session, quest: Quest, why: Why, *, text: str, evidence: str, by: Person, at: datetime
) -> None:
    """Change a why's words or evidence."""
    may_diagnose(quest, by)
    why.text, why.evidence = text, evidence
    audit.record(session, "why_changed", quest, by=by, at=at, summary=text[:200])
    session.flush()


def drop_why(session: Session, quest: Quest, why: Why, *, by: Person, at: datetime) -> None:
    """Take a why out of the tree. Raises Refusal while other whys stand under it."""
    may_diagnose(quest, by)
    if any(other.parent_id == why.id for other in quest.whys):
        raise Refusal(_("Other whys stand under this one. Take them out first."))
    audit.record(session, "why_dropped", quest, by=by, at=at, summary=why.text[:200])
    session.delete(why)
    session.flush()


def mark_root(
    session: Session,
    quest: Quest,
    why: Why,
    *,
    level: Cause,
    without_it: str,
    fixed_stops: str,
    by: Person,
    at: datetime,
) -> None:
    """Mark the end of a chain as a root cause, with its depth and the two statements.

    Raises Refusal while other whys stand under it, BadInput without both statements.
    """
    may_diagnose(quest, by)
    if any(other.parent_id == why.id for other in quest.whys):
        raise Refusal(_("A root cause ends its chain; other whys stand under this one."))
    for field, text in (("without_it", without_it), ("fixed_stops", fixed_stops)):
        if not text:
            raise BadInput(_("Both statements are needed."), field=field)
    continuing.check_cause(session, quest, why.text)
    why.is_root, why.level = True, level
    why.without_it, why.fixed_stops = without_it, fixed_stops
    audit.record(session, "root_marked", quest, by=by, at=at, summary=why.text[:200])
    session.flush()


def unmark_root(session: Session, quest: Quest, why: Why, *, by: Person, at: datetime) -> None:
    """Take the mark of a root cause off again."""
    may_diagnose(quest, by)
    why.is_root, why.level = False, None
    audit.record(session, "root_unmarked", quest, by=by, at=at, summary=why.text[:200])
    session.flush()


def answer_communication(
    session: Session,
    quest: Quest,
    kind: Communication,
    note: str,
    aim: Work,
    *,
    by: Person,
    at: datetime,
) -> None:
    """Answer the communication branch, and say which kind of work the team aims for."""
    may_diagnose(quest, by)
    quest.communication, quest.communication_note, quest.aim = kind, note, aim
    audit.record(session, "communication_answered", quest, by=by, at=at, summary=kind.value)
    session.flush()


def hear(
    session: Session, quest: Quest, chair: Chair, said: str, *, by: Person, at: datetime
) -> None:
    """Write down what a department at the table said."""
    may_diagnose(quest, by)
    chair.heard = said
    audit.record(session, "department_heard", quest, by=by, at=at, summary=said[:200])
    session.flush()


def answer_unnoticed(
    session: Session, quest: Quest, text: str, evidence: str, *, by: Person, at: datetime
) -> None:
    """Say why nobody noticed before the customer did, and what shows it. Raises BadInput."""
    may_diagnose(quest, by)
    for field, said in (("why_unnoticed", text), ("why_unnoticed_evidence", evidence)):
        if not said:
            raise BadInput(_("Say why it was not noticed, and what shows that."), field=field)
    quest.why_unnoticed, quest.why_unnoticed_evidence = text, evidence
    audit.record(session, "unnoticed_answered", quest, by=by, at=at, summary=text[:200])
    session.flush()


def may_diagnose(quest: Quest, by: Person) -> None:
    """Let a member change the cause tree. Raises NotAllowed, or Refusal while it is closed."""
    if not policy.may_work_on(by, quest):
        raise NotAllowed(_("Only members of the team work on its quest."))
    if quest.state is not State.DIAGNOSING:
        raise Refusal(_("The cause tree is open while the quest is diagnosing."))
    work_on(quest)

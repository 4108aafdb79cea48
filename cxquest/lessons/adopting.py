"""Adopting a lesson: a department says what it changed, a coach outside sees it, and that pays."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from cxquest.core import audit, outbox
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.lessons import policy
from cxquest.people import queries as people
from cxquest.people.models import Department, Person
from cxquest.quests.learned import Adoption, AdoptionState, Lesson
from cxquest.rewards import ledger, paying
from cxquest.voice import queries as voice

DEPARTMENT = _(
    "A lesson is adopted by another department than those of the team, by somebody who had no "
    "part in the quest."
)
TOO_EARLY = _(
    "A lesson can be adopted while the outcome of its quest is proven, or once it was stopped."
)
ANSWERED = _("This was answered already.")
OUTSIDE = _(
    "Whether a department uses a lesson is seen by a coach who neither said so nor had a part in "
    "the quest."
)


def claim(
    session: Session, lesson: Lesson, *, what: str, since: date, by: Person, at: datetime
) -> Adoption:
    """Say that one's department uses the lesson; a coach looks at it next.

    One that was declined can be claimed again. Raises NotAllowed for whoever had a part in the
    quest or is of a department that had, and Refusal while the department's last word stands.
    """
    check(lesson, by)
    _check_said(session, lesson, what, since, at)
    adoption = policy.adoption_by(by, lesson)
    if adoption is None:
        department = session.get_one(Department, by.department_id)
        adoption = Adoption(lesson_id=lesson.id, department=department)
        session.add(adoption)
    adoption.state, adoption.what, adoption.since = AdoptionState.CLAIMED, what, since
    adoption.by_id, adoption.at = by.id, at
    adoption.decided_by, adoption.decided_at, adoption.reason = None, None, ""
    _note(session, "lesson_claimed", lesson, adoption, by, at)
    return adoption


def check(lesson: Lesson, by: Person) -> None:
    """Raise NotAllowed or Refusal where the person cannot say that their department uses it."""
    if not policy.can_be_adopted(lesson.quest):
        raise Refusal(TOO_EARLY)
    if not policy.may_adopt(by, lesson):
        raise NotAllowed(DEPARTMENT)
    known = policy.adoption_by(by, lesson)
    if known is not None and known.state is not AdoptionState.DECLINED:
        raise Refusal(_("Your department has said so already."))


def _check_said(session: Session, lesson: Lesson, what: str, since: date, at: datetime) -> None:
    if not what:
        raise BadInput(_("Say what your department changed."), field="what")
    begun = lesson.quest.proposed_at.astimezone(people.zone(session)).date()
    if not begun <= since <= people.today(session, at):
        raise BadInput(
            _("The quest began on %(day)s: choose a day since then, and none to come."),
            field="since",
            day=begun,
        )


def confirm(
    session: Session,
    lesson: Lesson,
    adoption: Adoption,
    *,
    reason: str,
    by: Person,
    at: datetime,
    base_url: str = "",
) -> None:
    """Say that the department uses the lesson; its author is paid, once for each department.

    Raises NotAllowed for anyone who is no coach outside of it, and Refusal where it was answered
    already, or where the outcome of the quest no longer stands.
    """
    if not policy.can_be_adopted(lesson.quest):
        raise Refusal(TOO_EARLY)
    _decide(session, lesson, adoption, AdoptionState.CONFIRMED, reason, by, at)
    _pay(session, lesson, adoption, by, at)
    _note(session, "lesson_adopted", lesson, adoption, by, at)
    _tell(session, lesson, adoption, at, base_url)


def decline(
    session: Session,
    lesson: Lesson,
    adoption: Adoption,
    *,
    reason: str,
    by: Person,
    at: datetime,
    base_url: str = "",
) -> None:
    """Say why it is not seen yet that the department uses the lesson; it can be claimed again."""
    _decide(session, lesson, adoption, AdoptionState.DECLINED, reason, by, at)
    _note(session, "lesson_not_adopted", lesson, adoption, by, at)
    _tell(session, lesson, adoption, at, base_url)


def _decide(
    session: Session,
    lesson: Lesson,
    adoption: Adoption,
    state: AdoptionState,
    reason: str,
    by: Person,
    at: datetime,
) -> None:
    if adoption.state is not AdoptionState.CLAIMED:
        raise Refusal(ANSWERED)
    if not policy.may_decide(by, lesson, adoption):
        raise NotAllowed(OUTSIDE)
    if not reason:
        raise BadInput(
            _("Say what you saw; the department and the author read it."), field="reason"
        )
    adoption.state, adoption.reason = state, reason
    adoption.decided_by, adoption.decided_at = by, at
    session.flush()


def _pay(session: Session, lesson: Lesson, adoption: Adoption, by: Person, at: datetime) -> None:
    """Record the event. Its key lets each lesson be paid once for each department, for ever.

    The lesson of an executive, who stopped a quest, pays nobody.
    """
    author = lesson.written_by
    if author.is_executive:
        return  # executives sponsor; they earn no points
    accounts = ledger.accounts_of(session, sorted({author.id, by.id}))
    paying.pay(
        session,
        key=f"lesson:{lesson.id}:department:{adoption.department_id}",
        kind="lesson_adopted",
        subject=f"lesson:{lesson.id}",
        facts={
            "author": accounts[author.id],
            "approver": accounts[by.id],
            "across": adoption.department_id != author.department_id,
            "department": adoption.department_id,
            "quest": lesson.quest_id,
            "theme": voice.root_of(session, lesson.quest.pain.theme_id),
        },
        label=lesson.title,
        at=at,
        zone=people.zone(session),
    )


def _note(
    session: Session, deed: str, lesson: Lesson, adoption: Adoption, by: Person, at: datetime
) -> None:
    said = ": ".join(text for text in (adoption.department.name, adoption.reason) if text)
    audit.record(session, deed, lesson.quest, by=by, at=at, summary=said, lesson=lesson.id)
    session.flush()


def _tell(
    session: Session, lesson: Lesson, adoption: Adoption, at: datetime, base_url: str
) -> None:
    """Tell who claimed it, and the author of a lesson that was adopted."""
    adopted = adoption.state is AdoptionState.CONFIRMED
    said = "uses" if adopted else "is not seen to use"
    told = {adoption.by, lesson.written_by} if adopted else {adoption.by}
    for person in sorted(told, key=lambda one: one.id):
        if person.is_active:
            outbox.post(
                session,
                key=f"adoption:{adoption.id}:{at.isoformat()}:{person.id}",
                recipient=person.email,
                subject=f"{adoption.department.name} {said} a lesson: {lesson.title}",
                body=f"Hello {person.name},\n\n{adoption.department.name} {said} the lesson "
                f"“{lesson.title}”.\n\n{adoption.reason}\n\n{base_url}/lessons/{lesson.id}\n",
                at=at,
            )

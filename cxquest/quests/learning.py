"""What a quest teaches: written by its team, begun by the sponsor where a quest was stopped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed
from cxquest.core.errors import marked as _
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests import policy, whys
from cxquest.quests.learned import Lesson
from cxquest.quests.models import Quest

NAMED = _("A lesson names no person. Say what happened instead of who it was: %(names)s.")
SAID = ("worked", "did_not", "got_wrong")


@dataclass(frozen=True)
class Words:
    """The parts of a lesson; without a title it has the quest's."""

    title: str = ""
    useful_when: str = ""
    worked: str = ""
    did_not: str = ""
    got_wrong: str = ""


def lesson_of(session: Session, quest_id: int) -> Lesson | None:
    """Return a quest's lesson with its author; None before it is written."""
    return session.scalar(
        select(Lesson).where(Lesson.quest_id == quest_id).options(joinedload(Lesson.written_by))
    )


def write(session: Session, quest: Quest, given: Words, *, by: Person, at: datetime) -> Lesson:
    """Write the quest's lesson, or write it anew; its author stays who wrote it first.

    A lesson that the sponsor left passes to the first of the team who writes it out. Raises
    NotAllowed for anyone who was not on the team and did not stop the quest, and BadInput for a
    lesson that says nothing, or that names a person.
    """
    if not policy.may_learn(by, quest):
        raise NotAllowed(_("The team writes its lesson."))
    if not any(getattr(given, part) for part in SAID):
        raise BadInput(_("Say what worked, what did not, or what you got wrong."), field="worked")
    check_names(session, vars(given))
    return _keep(session, quest, given, lesson_of(session, quest.id), by, at)


def leave(session: Session, quest: Quest, text: str, *, by: Person, at: datetime) -> Lesson:
    """Write down what a stopped quest leaves, beside what its team has written already.

    It says what did not work. That something was got wrong is only for the team to say.
    """
    known = lesson_of(session, quest.id)
    parts = {part: getattr(known, part) for part in vars(Words())} if known else {}
    parts["did_not"] = "\n\n".join(said for said in (parts.get("did_not", ""), text) if said)
    return _keep(session, quest, Words(**parts), known, by, at)


def check_names(session: Session, texts: Mapping[str, str]) -> None:
    """Raise BadInput for the first field whose text names somebody."""
    names = [person.name for person in people.active_people(session)]
    for field, text in texts.items():
        named = whys.people_named([text], names)
        if named:
            raise BadInput(NAMED, field=field, names=", ".join(named))


def _keep(
    session: Session, quest: Quest, given: Words, known: Lesson | None, by: Person, at: datetime
) -> Lesson:
    lesson = known or Lesson(quest_id=quest.id, quest=quest, written_by=by)
    if known and quest.had_member(by) and not quest.had_member(known.written_by):
        lesson.written_by = by
    for part, text in vars(given).items():
        setattr(lesson, part, text)
    lesson.title, lesson.written_at = given.title or quest.title, at
    session.add(lesson)
    audit.record(session, "lesson_written", quest, by=by, at=at)
    session.flush()
    return lesson

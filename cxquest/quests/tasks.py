"""Tasks: the pieces of work that a countermeasure takes. They are plain lists and earn nothing."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed
from cxquest.core.errors import marked as _
from cxquest.core.waiting import of_kind
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests import policy
from cxquest.quests.lifecycle import ACTIVE
from cxquest.quests.models import Quest
from cxquest.quests.work import Countermeasure, Task


def add(
    session: Session,
    quest: Quest,
    countermeasure: Countermeasure,
    *,
    text: str,
    person_id: int | None,
    due_on: date | None,
    by: Person,
    at: datetime,
) -> Task:
    """Add a task. Raises BadInput for somebody outside the team, and for a day that is past."""
    _may_work(quest, by)
    if person_id is not None and person_id not in {m.person_id for m in quest.team}:
        raise BadInput(_("Choose a member of the team."), field="person_id")
    if due_on and due_on < people.today(session, at):
        raise BadInput(_("That day is past. Choose one that is still to come."), field="due_on")
    task = Task(countermeasure_id=countermeasure.id, text=text, person_id=person_id, due_on=due_on)
    session.add(task)
    audit.record(session, "task_added", quest, by=by, at=at, summary=text[:200])
    session.flush()
    return task


def tick(
    session: Session, quest: Quest, task: Task, *, done: bool, by: Person, at: datetime
) -> None:
    """Say that a task is done, or that it is not."""
    _may_work(quest, by)
    if done is (task.done_on is not None):
        return
    task.done_on = people.today(session, at) if done else None
    action = "task_done" if done else "task_reopened"
    audit.record(session, action, quest, by=by, at=at, summary=task.text[:200])
    session.flush()


def drop(session: Session, quest: Quest, task: Task, *, by: Person, at: datetime) -> None:
    """Take a task out."""
    _may_work(quest, by)
    audit.record(session, "task_dropped", quest, by=by, at=at, summary=task.text[:200])
    session.delete(task)
    session.flush()


def open_of(person: Person) -> Select[Any]:
    """Return the tasks that a person has yet to do on active quests, as what waits for them."""
    found = of_kind("task", key=Quest.id, part=Task.id, title=Task.text, day=Task.due_on)
    return (
        found.select_from(Task)
        .join(Countermeasure, Countermeasure.id == Task.countermeasure_id)
        .join(Quest, Quest.id == Countermeasure.quest_id)
        .where(Task.person_id == person.id, Task.done_on.is_(None), Quest.state.in_(ACTIVE))
    )


def _may_work(quest: Quest, by: Person) -> None:
    if not policy.may_work_on(by, quest):
        raise NotAllowed(_("Only members of the team work on its quest."))

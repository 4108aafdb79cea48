"""Tasks under a countermeasure, and looking at a standard again."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.core.errors import NotAllowed
from cxquest.core.errors import marked as _m
from cxquest.extensions import db
from cxquest.quests import policy, standards, tasks
from cxquest.quests.models import Quest
from cxquest.quests.views import back_to, bp, quest_for, quest_url
from cxquest.quests.work import Task
from cxquest.quests.work_forms import ReviewedForm, TaskForm
from cxquest.quests.work_views import countermeasure_of
from cxquest.web import formpage, guard
from cxquest.web.forms import choices


@bp.route(
    "/quests/<int:quest_id>/countermeasures/<int:countermeasure_id>/tasks", methods=["GET", "POST"]
)
def add_task(quest_id: int, countermeasure_id: int) -> ResponseReturnValue:
    """Add a task to a countermeasure."""
    quest = quest_for(quest_id, policy.may_work_on)
    found = countermeasure_of(quest, countermeasure_id)
    form = TaskForm()
    form.person_id.choices = choices(
        ((m.person_id, m.person.name) for m in quest.team), _("Nobody yet")
    )
    if form.validate_on_submit():
        with formpage.refusing(form):
            tasks.add(
                db.session,
                quest,
                found,
                text=form.text.data,
                person_id=int(form.person_id.data) if form.person_id.data else None,
                due_on=form.due_on.data,
                by=guard.me(),
                at=clock.now(),
            )
            db.session.commit()
            return back_to(quest, "drivers")
    return formpage.show(
        form, _("A task"), _("Add"), quest_url(quest, "drivers"), eyebrow=found.title
    )


@bp.post("/quests/<int:quest_id>/tasks/<int:task_id>/<any(done, undone):word>")
def tick_task(quest_id: int, task_id: int, word: str) -> ResponseReturnValue:
    """Say that a task is done, or that it is not."""
    quest = quest_for(quest_id, policy.may_work_on)
    found = _task_of(quest, task_id)
    tasks.tick(db.session, quest, found, done=word == "done", by=guard.me(), at=clock.now())
    db.session.commit()
    return back_to(quest, "drivers")


@bp.post("/quests/<int:quest_id>/tasks/<int:task_id>/drop")
def drop_task(quest_id: int, task_id: int) -> ResponseReturnValue:
    """Take a task out."""
    quest = quest_for(quest_id, policy.may_work_on)
    tasks.drop(db.session, quest, _task_of(quest, task_id), by=guard.me(), at=clock.now())
    db.session.commit()
    return back_to(quest, "drivers")


@bp.route(
    "/quests/<int:quest_id>/countermeasures/<int:countermeasure_id>/reviewed",
    methods=["GET", "POST"],
)
def standard_reviewed(quest_id: int, countermeasure_id: int) -> ResponseReturnValue:
    """Note that a standard was looked at, and when the next time is."""
    quest = quest_for(quest_id)
    found = countermeasure_of(quest, countermeasure_id)
    if not standards.may_review(guard.me(), quest, found):
        raise NotAllowed(_m("The owner of a standard reviews it."))
    form = ReviewedForm(data={"standard_version": found.standard_version})
    if form.validate_on_submit():
        with formpage.refusing(form):
            standards.reviewed(
                db.session,
                quest,
                found,
                next_on=form.review_on.data,
                version=form.standard_version.data,
                by=guard.me(),
                at=clock.now(),
            )
            db.session.commit()
            return back_to(quest, "countermeasures")
    return formpage.show(
        form,
        _("The standard was looked at"),
        _("Note it"),
        quest_url(quest, "countermeasures"),
        eyebrow=found.title,
        lead=found.standard,
    )


def _task_of(quest: Quest, task_id: int) -> Task:
    all_tasks = (task for change in quest.countermeasures for task in change.tasks)
    return next((task for task in all_tasks if task.id == task_id), None) or guard.not_there()

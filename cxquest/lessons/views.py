"""Lessons: the list, a lesson, those that fit a quest, and departments that use one."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.core.errors import NotAllowed, Refusal
from cxquest.extensions import db
from cxquest.journey import queries as journey
from cxquest.lessons import adopting, policy, queries
from cxquest.lessons.forms import AdoptForm, VerdictForm
from cxquest.lessons.queries import Filters
from cxquest.quests import deeds, levels
from cxquest.quests.learned import Adoption, AdoptionState, Lesson
from cxquest.quests.models import Quest
from cxquest.voice import queries as voice
from cxquest.web import formpage, guard, htmx, pages
from cxquest.web.download import csv_file
from cxquest.web.labels import label

bp = Blueprint("lessons", __name__)


@bp.get("/lessons")
def index() -> ResponseReturnValue:
    """List the lessons of all quests, filtered."""
    return render_template(
        "lessons/index.html",
        page=pages.page_of(queries.listed(_filters())),
        asked=_filters(),
        turn=pages.turner(),
        themes=voice.themes(db.session),
        stages=journey.stages(db.session),
        **_marks(),
    )


@bp.get("/lessons.csv")
def export() -> ResponseReturnValue:
    """Export the same list."""
    return csv_file("lessons.csv", HEADER, _rows())


@bp.get("/lessons/<int:lesson_id>")
def show(lesson_id: int) -> ResponseReturnValue:
    """Show a lesson with the quest that it comes from, and where else it is used."""
    lesson = _lesson_for(lesson_id)
    me = guard.me()
    return render_template(
        "lessons/show.html",
        lesson=lesson,
        level=levels.level(lesson.quest),
        root_theme=voice.root_of(db.session, lesson.quest.pain.theme_id),
        roots=[why for why in lesson.quest.whys if why.is_root],
        own=policy.adoption_by(me, lesson),
        may_adopt=policy.may_adopt(me, lesson),
        may_decide=lambda adoption: policy.may_decide(me, lesson, adoption),
        **_marks(),
    )


@bp.get("/quests/<int:quest_id>/lessons")
def for_quest(quest_id: int) -> ResponseReturnValue:
    """Show the lessons of other quests that fit this one; for htmx as a panel of its page."""
    quest = queries.quest(db.session, quest_id) or guard.not_there()
    page = "lessons/_suggested.html" if htmx.asked() else "lessons/suggested.html"
    return render_template(
        page, quest=quest, found=queries.fitting(db.session, quest), counted=_counted
    )


@bp.route("/lessons/<int:lesson_id>/adopt", methods=["GET", "POST"])
def adopt(lesson_id: int) -> ResponseReturnValue:
    """Say that one's department uses the lesson."""
    lesson = _lesson_for(lesson_id)
    adopting.check(lesson, guard.me())
    form = AdoptForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            adopting.claim(
                db.session,
                lesson,
                what=form.what.data,
                since=form.since.data,
                by=guard.me(),
                at=clock.now(),
            )
            db.session.commit()
            flash(_("That is saved. A coach looks at it next."), "done")
            return redirect(url_for(".show", lesson_id=lesson.id, _anchor="used"), 303)
    return formpage.show(
        form,
        _("We use this lesson"),
        _("Say so"),
        url_for(".show", lesson_id=lesson.id),
        eyebrow=lesson.title,
        lead=_(
            "A coach who has no part in it checks whether it can be seen. Then whoever wrote the "
            "lesson is paid for it."
        ),
    )


@bp.route("/lessons/<int:lesson_id>/adoptions/<int:adoption_id>", methods=["GET", "POST"])
def adoption(lesson_id: int, adoption_id: int) -> ResponseReturnValue:
    """Show what a department says of a lesson; a coach confirms or declines it here."""
    lesson = _lesson_for(lesson_id)
    found = next((a for a in lesson.adoptions if a.id == adoption_id), None) or guard.not_there()
    form = VerdictForm()
    if form.is_submitted():
        _check_decider(lesson, found)
    if form.validate_on_submit():
        with formpage.refusing(form):
            _decide(lesson, found, form)
            db.session.commit()
            return redirect(url_for(".show", lesson_id=lesson.id, _anchor="used"), 303)
    shown = render_template(
        "lessons/adoption.html",
        lesson=lesson,
        adoption=found,
        form=form,
        may_decide=policy.may_decide(guard.me(), lesson, found),
    )
    return shown, 422 if form.is_submitted() else 200


def _check_decider(lesson: Lesson, found: Adoption) -> None:
    """Say no before the form is looked at: to who may not decide, and to who comes too late."""
    if policy.may_decide(guard.me(), lesson, found):
        return
    if found.state is not AdoptionState.CLAIMED and guard.me().is_coach:
        raise Refusal(adopting.ANSWERED)
    raise NotAllowed(adopting.OUTSIDE)


def _decide(lesson: Lesson, found: Adoption, form: VerdictForm) -> None:
    confirmed = form.verdict.data == AdoptionState.CONFIRMED.value
    decide = adopting.confirm if confirmed else adopting.decline
    decide(
        db.session,
        lesson,
        found,
        reason=form.reason.data,
        by=guard.me(),
        at=clock.now(),
        base_url=str(current_app.config["SETTINGS"].base_url),
    )


def _lesson_for(lesson_id: int) -> Lesson:
    """Return the lesson of the address, which everybody sees; 404 where there is none."""
    lesson = queries.lesson(db.session, lesson_id) or guard.not_there()
    g.subject_url = url_for("lessons.show", lesson_id=lesson.id)
    return lesson


def _filters() -> Filters:
    return Filters(
        search=pages.words_in("search"),
        theme=pages.id_in("theme"),
        stage=pages.id_in("stage"),
        work=pages.words_in("work"),
        cause=pages.words_in("cause"),
        got_wrong=request.args.get("got_wrong") == "yes",
    )


def _marks() -> dict[str, Any]:
    """Return what lessons are marked with: the kind of work, the depth, who uses them."""
    return {"rung": deeds.rung, "deepest": deeds.deepest, "counted": _counted}


def _counted(lesson: Lesson) -> int:
    """Return how many departments use a lesson, as a coach has seen."""
    return len(_used_by(lesson))


def _used_by(lesson: Lesson) -> list[str]:
    return sorted(
        adoption.department.name
        for adoption in lesson.adoptions
        if adoption.state is AdoptionState.CONFIRMED
    )


HEADER = (
    "id",
    "lesson",
    "written on",
    "useful when",
    "what worked",
    "what did not",
    "what we got wrong",
    "quest",
    "state",
    "pain point",
    "stage",
    "work",
    "cause",
    "used by",
)


def _rows() -> Iterator[Sequence[Any]]:
    return (_row(one, one.quest) for one in db.session.scalars(queries.listed(_filters())))


def _row(lesson: Lesson, quest: Quest) -> Sequence[Any]:
    work, cause = deeds.rung(quest), deeds.deepest(quest)
    return (
        lesson.id,
        lesson.title,
        lesson.written_at.date(),
        lesson.useful_when,
        lesson.worked,
        lesson.did_not,
        lesson.got_wrong,
        quest.title,
        label(quest.state),
        quest.pain.title,
        quest.pain.stage.name if quest.pain.stage else "",
        label(work) if work else "",
        label(cause) if cause else "",
        " · ".join(_used_by(lesson)),
    )

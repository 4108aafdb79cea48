"""Quests: the list, the quest's page, proposing, joining, talking."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cxquest.core import audit, clock
from cxquest.core.errors import NotAllowed
from cxquest.core.errors import marked as _m
from cxquest.extensions import db
from cxquest.journey import queries as journey
from cxquest.pains import queries as pains
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests import contributing, deeds, policy, queries, starting
from cxquest.quests.forms import ContributionForm, MessageForm, ProposeForm
from cxquest.quests.models import Quest
from cxquest.quests.showing import page_of
from cxquest.web import formpage, guard, htmx, pages
from cxquest.web.download import csv_file
from cxquest.web.forms import choices
from cxquest.web.labels import label

bp = Blueprint("quests", __name__)

FILTERS = ("state", "stage", "department", "pain", "search", "mine")


@bp.get("/quests")
def index() -> ResponseReturnValue:
    """List quests, filtered."""
    page = pages.page_of(queries.listed(**_filters()))
    return render_template(
        "quests/index.html",
        page=page,
        asked={name: request.args.get(name, "") for name in FILTERS},
        turn=pages.turner(),
        stages=journey.stages(db.session),
        departments=people.departments(db.session),
        may_propose=policy.may_propose(guard.me()),
        rung=deeds.rung,
        deepest=deeds.deepest,
    )


@bp.get("/quests.csv")
def export() -> ResponseReturnValue:
    """Export the same list."""
    rows = (
        (
            quest.id,
            quest.title,
            label(quest.state),
            quest.state_since.date(),
            quest.pain.title,
            quest.pain.stage.name if quest.pain.stage else "",
            quest.lead.name,
            " · ".join(sorted({m.department.name for m in quest.team if m.department})),
            quest.size.value if quest.size else "",
        )
        for quest in db.session.scalars(queries.listed(**_filters()))
    )
    header = ("id", "quest", "state", "since", "pain point", "stage", "lead", "departments", "size")
    return csv_file("quests.csv", header, rows)


@bp.route("/quests/propose", methods=["GET", "POST"])
def propose() -> ResponseReturnValue:
    """Start a quest on an accepted pain point."""
    if not policy.may_propose(guard.me()):
        raise NotAllowed(_m("Executives sponsor quests; they do not lead or join them."))
    form = ProposeForm()
    free = pains.free_for_quest(db.session)
    if not free:
        return render_template("quests/nothing_free.html"), 422 if form.is_submitted() else 200
    form.pain_id.choices = choices(((p.id, p.title) for p in free), _("Choose"))
    if not form.is_submitted():
        form.pain_id.data = request.args.get("pain_id", "")
    if form.validate_on_submit():
        pain = next(p for p in free if str(p.id) == form.pain_id.data)
        quest = starting.propose(
            db.session,
            pain,
            form.title.data,
            by=guard.me(),
            at=clock.now(),
            base_url=base_url(),
        )
        db.session.commit()
        flash(_("The quest is proposed. Now find colleagues from other departments."), "done")
        return back_to(quest)
    return formpage.show(
        form,
        _("Propose a quest"),
        _("Propose"),
        url_for("quests.index"),
        lead=_("A team of several departments takes on a pain point that a coach has accepted."),
    )


@bp.get("/quests/<int:quest_id>")
def show(quest_id: int) -> ResponseReturnValue:
    """Show a quest: where it stands, what the next seal needs, its work and its proof."""
    quest = quest_for(quest_id)
    page = page_of(db.session, quest, guard.me())
    return render_template("quests/show.html", **page, lesson=quest.lesson)


@bp.get("/quests/<int:quest_id>/talk")
def talk(quest_id: int) -> ResponseReturnValue:
    """Show the conversation and the timeline; for htmx only the conversation."""
    quest = quest_for(quest_id)
    if htmx.asked():
        return _messages(quest, MessageForm(formdata=None))
    return render_template(
        "quests/talk.html",
        quest=quest,
        form=MessageForm(),
        messages=queries.messages(db.session, quest),
        lines=audit.timeline(db.session, quest),
    )


@bp.post("/quests/<int:quest_id>/talk")
def say(quest_id: int) -> ResponseReturnValue:
    """Say something on the quest."""
    quest = quest_for(quest_id)
    form = MessageForm()
    if not form.validate_on_submit():
        if htmx.asked():
            return _messages(quest, form), 422
        return formpage.show(form, quest.title, _("Say it"), url_for(".talk", quest_id=quest.id))
    contributing.say(db.session, quest, form.text.data, by=guard.me(), at=clock.now())
    db.session.commit()
    if htmx.asked():
        return _messages(quest_for(quest_id), MessageForm(formdata=None))
    return redirect(url_for("quests.talk", quest_id=quest.id), 303)


@bp.post("/quests/<int:quest_id>/join")
def join(quest_id: int) -> ResponseReturnValue:
    """Take a place on the team."""
    quest = quest_for(quest_id)
    starting.join(db.session, quest, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("You are on the team, for your department."), "done")
    return back_to(quest)


@bp.post("/quests/<int:quest_id>/leave")
def leave(quest_id: int) -> ResponseReturnValue:
    """Give the place up."""
    quest = quest_for(quest_id)
    starting.leave(db.session, quest, by=guard.me(), at=clock.now())
    db.session.commit()
    return back_to(quest, "team")


@bp.route("/quests/<int:quest_id>/contribute", methods=["GET", "POST"])
def contribute(quest_id: int) -> ResponseReturnValue:
    """Write down a piece of one's own work."""
    quest = quest_for(quest_id, policy.may_work_on)
    form = ContributionForm()
    if form.validate_on_submit():
        contributing.contribute(
            db.session,
            quest,
            form.what.data,
            int(form.size.data),
            by=guard.me(),
            at=clock.now(),
        )
        db.session.commit()
        return back_to(quest, "team")
    return formpage.show(
        form,
        _("What I did"),
        _("Write it down"),
        quest_url(quest, "team"),
        eyebrow=quest.title,
        lead=_("The next reviewer accepts it. Shares of departments make the bridge factor."),
    )


@bp.get("/pains/<int:pain_id>/quests")
def for_pain(pain_id: int) -> ResponseReturnValue:
    """Show the quests on a pain point, as a panel of its page."""
    return render_template("quests/_of_pain.html", quests=queries.of_pain(db.session, pain_id))


def quest_for(
    quest_id: int,
    may: Callable[[Person, Quest], bool] = policy.may_see,
    load: Callable[[Session, int], Quest | None] = queries.whole,
) -> Quest:
    """Return the quest if this person may do that with it; 404 if it is not there, else 403."""
    quest = load(db.session, quest_id)
    if quest is None or not policy.may_see(guard.me(), quest):
        guard.not_there()
    g.subject_url = quest_url(quest)
    if not may(guard.me(), quest):
        raise NotAllowed(
            _m("This step is not yours, or not of this moment. The quest's page says whose it is.")
        )
    return quest


def quest_url(quest: Quest, anchor: str = "") -> str:
    """Return the address of the quest's page, at one of its parts."""
    return url_for("quests.show", quest_id=quest.id, _anchor=anchor or None)


def back_to(quest: Quest, anchor: str = "") -> ResponseReturnValue:
    """Go to the quest's page after a deed; at one of its parts it says that the deed is done."""
    if anchor:
        flash(_("That is saved."), "done")
    return htmx.go(quest_url(quest, anchor))


def base_url() -> str:
    """Return the address that people use, for links in mails."""
    return str(current_app.config["SETTINGS"].base_url)


def _messages(quest: Quest, form: MessageForm) -> str:
    return render_template(
        "quests/_messages.html",
        quest=quest,
        form=form,
        messages=queries.messages(db.session, quest),
    )


def _filters() -> dict[str, Any]:
    asked = request.args
    return {
        "state": asked.get("state", ""),
        "stage": pages.id_in("stage"),
        "department": pages.id_in("department"),
        "pain": pages.id_in("pain"),
        "search": pages.words_in("search"),
        "person": guard.me() if asked.get("mine") else None,
    }

"""Administration pages for the stages of the journey."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.journey import policy, queries, staging
from cxquest.journey.forms import StageForm
from cxquest.journey.models import Stage
from cxquest.web import formpage, guard

bp = Blueprint("journey", __name__)
administrators = guard.only(policy.may_stage)


@bp.get("/admin/stages")
@administrators
def admin_index() -> ResponseReturnValue:
    """List the stages in order, with a form for a new one."""
    return _index(StageForm())


@bp.post("/admin/stages")
@administrators
def add() -> ResponseReturnValue:
    """Add a stage at the end of the journey."""
    form = StageForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            stage = staging.add(db.session, **_said_in(form), by=guard.me(), at=clock.now())
            db.session.commit()
            flash(_("“%(name)s” is on the journey.", name=stage.name), "done")
            return redirect(url_for("journey.admin_index"), 303)
    return _index(form), 422


@bp.route("/admin/stages/<int:stage_id>", methods=["GET", "POST"])
@administrators
def edit(stage_id: int) -> ResponseReturnValue:
    """Change a stage's name, goal and what success means."""
    stage = _stage_for(stage_id)
    form = StageForm(obj=stage)
    if form.validate_on_submit():
        with formpage.refusing(form):
            staging.change(db.session, stage, **_said_in(form), by=guard.me(), at=clock.now())
            db.session.commit()
            flash(_("“%(name)s” is changed.", name=stage.name), "done")
            return redirect(url_for("journey.admin_index"), 303)
    page = render_template("journey/edit.html", form=form, stage=stage)
    return page, 422 if form.is_submitted() else 200


@bp.post("/admin/stages/<int:stage_id>/move")
@administrators
def move(stage_id: int) -> ResponseReturnValue:
    """Move a stage one place earlier or later."""
    stage = _stage_for(stage_id)
    step = -1 if request.form.get("way") == "up" else 1
    staging.move(db.session, stage, step, by=guard.me(), at=clock.now())
    db.session.commit()
    return redirect(url_for("journey.admin_index"), 303)


@bp.post("/admin/stages/<int:stage_id>/retire")
@administrators
def retire(stage_id: int) -> ResponseReturnValue:
    """Take a stage off the journey, or put a retired one back."""
    stage = _stage_for(stage_id)
    act = staging.restore if stage.retired else staging.retire
    act(db.session, stage, by=guard.me(), at=clock.now())
    db.session.commit()
    return redirect(url_for("journey.admin_index"), 303)


def _stage_for(stage_id: int) -> Stage:
    return queries.stage(db.session, stage_id) or guard.not_there()


def _index(form: StageForm) -> str:
    return render_template("journey/stages.html", form=form, stages=queries.every_stage(db.session))


def _said_in(form: StageForm) -> dict[str, str]:
    return {
        "name": form.name.data or "",
        "customer_goal": form.customer_goal.data or "",
        "success_means": form.success_means.data or "",
    }

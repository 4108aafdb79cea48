"""Making pain points part of one another, splitting one, and undoing both."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.core.errors import NotAllowed
from cxquest.core.errors import marked as _m
from cxquest.extensions import db
from cxquest.pains import (
    evidence_queries,
    lifecycle,
    likeness,
    merge_queries,
    merging,
    policy,
    queries,
)
from cxquest.pains.forms import MergeForm, SplitForm
from cxquest.pains.models import PainPoint
from cxquest.pains.views import base_url, bp, pain_for, to
from cxquest.web import formpage, guard
from cxquest.web.forms import choices

LIKEST = 6
PIECES = 200


@bp.route("/pains/<int:pain_id>/merge", methods=["GET", "POST"])
def merge(pain_id: int) -> ResponseReturnValue:
    """Make it part of another one that says the same."""
    pain = _for_a_coach(pain_id)
    lifecycle.take("merge", pain.state)  # says so before anybody chooses
    form = MergeForm()
    near = likeness.likest(pain.title, merge_queries.live(db.session, but=pain.id), LIKEST)
    found = merge_queries.named(db.session, near)
    form.into.choices = choices((one.id, one.title) for one in found)
    if form.validate_on_submit():
        into = queries.pain(db.session, form.chosen)
        if into is None:
            form.refuse("into", _("Choose the pain point that says the same."))
        else:
            with formpage.refusing(form):
                merging.merge(
                    db.session, pain, into, by=guard.me(), at=clock.now(), base_url=base_url()
                )
                db.session.commit()
                flash(_("It is part of “%(title)s” now.", title=into.title), "done")
                return to(into)
    page = render_template("pains/merge.html", form=form, pain=pain, found=found)
    return page, 422 if form.is_submitted() else 200


@bp.post("/pains/<int:pain_id>/unmerge")
def unmerge(pain_id: int) -> ResponseReturnValue:
    """Make it one of its own again."""
    pain = pain_for(pain_id)
    merging.unmerge(db.session, pain, by=guard.me(), at=clock.now(), base_url=base_url())
    db.session.commit()
    flash(_("It is one of its own again, as it was."), "done")
    return to(pain)


@bp.route("/pains/<int:pain_id>/split", methods=["GET", "POST"])
def split(pain_id: int) -> ResponseReturnValue:
    """Make a part of its evidence a pain point of its own."""
    pain = _for_a_coach(pain_id)
    merging.check_may_split(pain)
    form = SplitForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            part = merging.split(
                db.session,
                pain,
                form.comment.data or [],
                title=form.title.data,
                by=guard.me(),
                at=clock.now(),
            )
            db.session.commit()
            flash(_("The new pain point has this evidence. Now write down its words."), "done")
            return to(part)
    pieces = evidence_queries.evidence(db.session, pain.id, PIECES)
    page = render_template("pains/split.html", form=form, pain=pain, pieces=pieces)
    return page, 422 if form.is_submitted() else 200


@bp.post("/pains/<int:pain_id>/unsplit")
def unsplit(pain_id: int) -> ResponseReturnValue:
    """Give it back to the one that it was split off from."""
    part = pain_for(pain_id)
    origin = merging.unsplit(db.session, part, by=guard.me(), at=clock.now(), base_url=base_url())
    db.session.commit()
    flash(_("It is part of “%(title)s” again.", title=origin.title), "done")
    return to(origin)


def _for_a_coach(pain_id: int) -> PainPoint:
    pain = pain_for(pain_id)
    if not policy.may_merge(guard.me()):
        raise NotAllowed(_m("Only a coach merges and splits pain points."))
    return pain

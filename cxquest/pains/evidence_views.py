"""The evidence of a pain point: added, weighed and taken away."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cxquest.core import clock
from cxquest.core.errors import BadInput
from cxquest.extensions import db
from cxquest.pains import evidence_queries, policy, starting
from cxquest.pains.forms import IMPORTANCE, EvidenceForm, WeighForm
from cxquest.pains.models import PainPoint
from cxquest.pains.views import bp, pain_for
from cxquest.voice import queries as voice
from cxquest.web import formpage, guard, pages

PIECES = 200


@bp.route("/pains/<int:pain_id>/evidence", methods=["GET", "POST"])
def evidence(pain_id: int) -> ResponseReturnValue:
    """Add comments that show the pain, say how much each weighs, take away what does not."""
    pain = pain_for(pain_id)
    form = EvidenceForm()
    if not form.is_submitted():
        form.numbers.data = request.args.get("numbers", "")[:500]
    if form.validate_on_submit():
        with formpage.refusing(form):
            added = starting.add_evidence(
                db.session, pain, form.chosen, by=guard.me(), at=clock.now()
            )
            db.session.commit()
            done = ngettext("%(num)s comment was added.", "%(num)s comments were added.", added)
            flash(done if added else _("No new comment was chosen."), "done" if added else "note")
            return _to(pain)
    search = pages.words_in("search")
    page = render_template(
        "pains/evidence.html",
        pain=pain,
        form=form,
        search=search,
        pieces=evidence_queries.evidence(db.session, pain.id, PIECES),
        page=pages.stretch(
            lambda most: evidence_queries.candidates(db.session, pain, search, most),
            lambda keys: voice.comments_by_id(db.session, keys),
        ),
        turn=pages.turner(),
        importance=IMPORTANCE,
        may_add=policy.may_add_evidence(guard.me(), pain),
        may_remove=lambda piece: policy.may_remove_evidence(guard.me(), pain, piece),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/pains/<int:pain_id>/evidence/<int:comment_id>/weigh")
def weigh(pain_id: int, comment_id: int) -> ResponseReturnValue:
    """Say how much a comment weighs."""
    pain = pain_for(pain_id)
    form = WeighForm()
    if not form.validate_on_submit():
        raise BadInput(_("Choose how much the comment weighs, from 0 to 3."))
    starting.weigh_evidence(
        db.session,
        pain,
        comment_id,
        int(form.importance.data),
        by=guard.me(),
        at=clock.now(),
    )
    db.session.commit()
    flash(_("The comment's importance is noted."), "done")
    return _to(pain, f"piece-{comment_id}")


@bp.post("/pains/<int:pain_id>/evidence/<int:comment_id>/drop")
def drop_evidence(pain_id: int, comment_id: int) -> ResponseReturnValue:
    """Take one comment away from the evidence."""
    pain = pain_for(pain_id)
    starting.remove_evidence(db.session, pain, comment_id, by=guard.me(), at=clock.now())
    db.session.commit()
    return _to(pain)


def _to(pain: PainPoint, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("pains.evidence", pain_id=pain.id, _anchor=anchor), 303)

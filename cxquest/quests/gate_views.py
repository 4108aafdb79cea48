"""Gates: asking for a review, judging it, stopping, and the problem's return."""

from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.core.errors import NotAllowed, Refusal
from cxquest.extensions import db
from cxquest.quests import continuing, holding, judging_pages, policy, reviewing, stopping
from cxquest.quests.forms import ReturnForm, StopForm
from cxquest.quests.models import Quest
from cxquest.quests.review_forms import OutcomeReviewForm, ReviewForm, RootReviewForm
from cxquest.quests.views import back_to, base_url, bp, quest_for, quest_url
from cxquest.quests.work import Verdict
from cxquest.rewards.rulebook import Gate
from cxquest.web import formpage, guard
from cxquest.web.forms import choices


@bp.post("/quests/<int:quest_id>/ask")
def ask(quest_id: int) -> ResponseReturnValue:
    """Ask for the review of the next gate."""
    quest = quest_for(quest_id)
    reviewing.ask(db.session, quest, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("A coach outside the team has been asked for the review."), "done")
    return back_to(quest)


@bp.post("/quests/<int:quest_id>/take-back")
def take_back(quest_id: int) -> ResponseReturnValue:
    """Take the request for a review back."""
    quest = quest_for(quest_id)
    reviewing.take_back(db.session, quest, by=guard.me(), at=clock.now())
    db.session.commit()
    return back_to(quest)


@bp.route("/quests/<int:quest_id>/review/<any(G1, G2, G3):gate>", methods=["GET", "POST"])
def review(quest_id: int, gate: str) -> ResponseReturnValue:
    """Judge a gate, with everything that it rests on in view."""
    quest = quest_for(quest_id)
    asked = Gate(gate)
    if not policy.may_review(guard.me(), quest, asked):
        raise NotAllowed(reviewing.OUTSIDE)
    if quest.waiting is None or quest.waiting.gate is not asked:
        raise Refusal(reviewing.ANSWERED)
    form = _review_form(quest, asked)
    pending = {c.id for c in quest.contributions if c.accepted_at is None}
    ticked = _ticked() & pending if form.is_submitted() else pending
    if form.validate_on_submit():
        with formpage.refusing(form):
            entries = reviewing.judge(
                db.session,
                quest,
                gate=asked,
                verdict=Verdict(form.verdict.data),
                reason=form.reason.data,
                next_step=form.next_step.data,
                not_counted=pending - ticked,
                **_of_gate(quest, form),
                by=guard.me(),
                at=clock.now(),
                base_url=base_url(),
            )
            db.session.commit()
            if entries:
                flash(_("The gate is passed, and the team is paid for it."), "done")
            return back_to(quest)
    page = judging_pages.page(db.session, quest, asked, guard.me())
    shown = render_template(
        "quests/review.html", **page, form=form, gate=asked, pending=pending, ticked=ticked
    )
    return shown, 422 if form.is_submitted() else 200


@bp.get("/quests/<int:quest_id>/review/G4")
def held(quest_id: int) -> ResponseReturnValue:
    """Show whether the outcome holds: the program passes the last gate, by three checks."""
    quest = quest_for(quest_id)
    page = judging_pages.held(db.session, quest, guard.me())
    return render_template("quests/held.html", **page, gate=Gate.G4)


@bp.get("/quests/<int:quest_id>/own-changes")
def own_changes(quest_id: int) -> ResponseReturnValue:
    """Show what members of this team changed lately in other quests, as a panel of the review."""
    quest = quest_for(quest_id)
    changes = continuing.own_changes(db.session, quest, clock.now())
    return render_template("quests/_own_changes.html", changes=changes)


def _review_form(quest: Quest, gate: Gate) -> ReviewForm:
    """Return the form of a verdict; at the root cause with the other quests on the theme."""
    if gate is Gate.G3:
        return OutcomeReviewForm()
    if gate is not Gate.G1:
        return ReviewForm()
    form = RootReviewForm()
    others = continuing.neighbours(db.session, quest)
    form.same_cause.choices = choices(
        ((other.id, f"{other.title}: {why.text}") for other, why in others), _("None of them")
    )
    return form


def _of_gate(quest: Quest, form: ReviewForm) -> dict[str, Any]:
    """Return what a verdict on a root cause, or on an outcome, says beside accept or decline."""
    if isinstance(form, OutcomeReviewForm):
        return {"judgement": form.judgement.data, "seen": form.seen.data or ""}
    if not isinstance(form, RootReviewForm):
        return {}
    others = {other.id: other for other, _why in continuing.neighbours(db.session, quest)}
    return {
        "own_change": form.own_change.data,
        "same_cause": others.get(int(form.same_cause.data or 0)),
    }


def _ticked() -> set[int]:
    """Return the contributions whose box the reviewer has left ticked."""
    return {
        int(key) for key in request.form.getlist("counted") if key.isdecimal() and len(key) < 10
    }


@bp.route("/quests/<int:quest_id>/stop", methods=["GET", "POST"])
def stop(quest_id: int) -> ResponseReturnValue:
    """Stop the quest."""
    quest = quest_for(quest_id, policy.may_stop)
    form = StopForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            stopping.stop(
                db.session,
                quest,
                reason=form.reason.data,
                lesson=form.lesson.data,
                by=guard.me(),
                at=clock.now(),
                base_url=base_url(),
            )
            db.session.commit()
            return back_to(quest)
    return formpage.show(
        form,
        _("Stop this quest"),
        _("Stop the quest"),
        quest_url(quest),
        eyebrow=quest.title,
        lead=_("What was paid stays paid. The pain point is free for another quest."),
    )


@bp.route("/quests/<int:quest_id>/return", methods=["GET", "POST"])
def report_return(quest_id: int) -> ResponseReturnValue:
    """Say that the problem is back."""
    quest = quest_for(quest_id)
    holding.check_report(db.session, quest, guard.me())
    form = ReturnForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            holding.report_return(
                db.session,
                quest,
                form.evidence.data,
                by=guard.me(),
                at=clock.now(),
                base_url=base_url(),
            )
            db.session.commit()
            return back_to(quest)
    return formpage.show(
        form,
        _("The problem is back"),
        _("Say so"),
        quest_url(quest),
        eyebrow=quest.title,
        lead=_(
            "Part of what was paid for the outcome is taken back, half as much when the team "
            "says it first. The quest returns to fixing."
        ),
    )

"""Disputes: raising one about a decision, those that wait, and answering one."""

from datetime import timedelta
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from cxquest.core import clock
from cxquest.core.errors import NotAllowed, Refusal
from cxquest.desk import explained
from cxquest.desk.forms import AnswerForm, DisputeForm
from cxquest.desk.points_views import bp, decision_for, right_of
from cxquest.desk.views import zone
from cxquest.extensions import db
from cxquest.people.models import Person
from cxquest.quests import concerning
from cxquest.rewards import disputing, line_queries
from cxquest.rewards.disputing import ANSWERED, Correction
from cxquest.rewards.line_pages import title_of
from cxquest.rewards.models import Account, AccountKind, Decision, Dispute, DisputeVerdict
from cxquest.web import formpage, guard, pages
from cxquest.web.filters import number


@bp.route("/points/decision/<int:decision_id>/dispute", methods=["GET", "POST"])
def dispute(decision_id: int) -> ResponseReturnValue:
    """Dispute a decision on one's own account, or on one's team's."""
    found, account, decided_at = decision_for(decision_id)
    team = concerning.team_of(db.session, account)
    if not disputing.concerns(guard.me(), account, team):
        raise NotAllowed(disputing.NOT_CONCERNED)
    form = DisputeForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            raised = disputing.begin(
                db.session,
                found,
                form.text.data,
                account=account,
                decided_at=decided_at,
                team=team,
                outside=concerning.answerers,
                by=guard.me(),
                at=clock.now(),
                base_url=_base_url(),
            )
            db.session.commit()
            flash(_("Somebody outside the team answers within 5 working days."), "done")
            return redirect(url_for("points.answer", dispute_id=raised.id), 303)
    return formpage.show(
        form,
        _("Dispute this decision"),
        _("Dispute it"),
        url_for("points.decision", decision_id=decision_id),
        eyebrow=f"{title_of(found.event, found.rule)} · {found.event.label}",
        lead=_would(found, _of_unpaid(found, account)),
    )


@bp.get("/disputes")
def disputes() -> ResponseReturnValue:
    """Show one's own disputes, what waits for an answer of this person, and what is overdue."""
    me = guard.me()
    may_see_overdue = me.is_coach or me.is_administrator
    for_me = db.session.scalars(concerning.waiting_for(me)).all() if may_see_overdue else ()
    now = clock.now()
    others = concerning.waiting(db.session) if may_see_overdue else ()
    page = pages.page_of(concerning.mine(me))
    return render_template(
        "points/disputes.html",
        page=page,
        mine=[_shown(one) for one in page.items],
        for_me=[_shown(one) for one in for_me],
        overdue=[_shown(one) for one in others if one.due_at <= now and one not in for_me],
        answers=may_see_overdue,
        turn=pages.turner(),
    )


@bp.route("/disputes/<int:dispute_id>", methods=["GET", "POST"])
def answer(dispute_id: int) -> ResponseReturnValue:
    """Show a dispute beside the whole explanation, and answer it."""
    found, account, may_answer = _dispute_for(dispute_id)
    if request.method == "POST" and not may_answer:
        raise NotAllowed(disputing.NOT_OUTSIDE) if found.verdict is None else Refusal(ANSWERED)
    form = _answer_form(found) if may_answer else None
    known = line_queries.decision_at(db.session, found.event_id, found.rule, found.account_id)
    decided: Decision = (known or guard.not_there())[0]
    if form and form.validate_on_submit():
        with formpage.refusing(form):
            disputing.answer(
                db.session,
                found,
                DisputeVerdict(form.verdict.data),
                form.answer.data,
                component=decided.component,
                outside=concerning.answerers,
                by=guard.me(),
                at=clock.now(),
                base_url=_base_url(),
            )
            db.session.commit()
            flash(_("Your answer was sent to whoever raised it."), "done")
            return redirect(url_for("points.answer", dispute_id=dispute_id), 303)
    page = render_template(
        "points/dispute.html",
        dispute=found,
        shown=_shown(found),
        form=form,
        why=explained.of_decision(db.session, decided, found.raised_at, account, guard.me()),
        decided=decided,
        right=right_of(decided) if found.verdict is DisputeVerdict.CORRECTED else None,
        may_read=disputing.may_read(guard.me(), account),
    )
    return page, 422 if form and form.is_submitted() else 200


def _dispute_for(dispute_id: int) -> tuple[Dispute, Account, bool]:
    """Return a dispute, its account, and whether this person may answer it."""
    found = concerning.dispute(db.session, dispute_id) or guard.not_there()
    asked, account = found
    me = guard.me()
    waits = asked.verdict is None and (me.is_coach or me.is_administrator)
    mine = db.session.scalars(concerning.waiting_for(me).where(Dispute.id == dispute_id))
    if waits and mine.first() is not None:
        return asked, account, True
    if not _has_part(me, asked, account):
        raise NotAllowed(disputing.NOT_FOR_YOU)
    return asked, account, False


def _has_part(person: Person, found: Dispute, account: Account) -> bool:
    if person.id in (found.raised_by_id, found.answered_by_id):
        return True
    return disputing.concerns(person, account, concerning.team_of(db.session, account))


def _answer_form(found: Dispute) -> AnswerForm:
    """Return the form of an answer; its choices say what each of them does."""
    form = AnswerForm()
    would = disputing.correction(db.session, found, at=clock.now())
    choices = [(DisputeVerdict.STANDS.value, _("The decision stands."))]
    if would.points:
        choices.append((DisputeVerdict.CORRECTED.value, _corrected(would)))
    form.verdict.choices = choices
    return form


def _corrected(would: Correction) -> str:
    points = number(abs(would.points), 0)
    if would.points < 0:
        return str(_("It is corrected: the %(points)s points are given back.", points=points))
    if would.verdict == "pay":
        return str(
            _("It is corrected: %(points)s points that were not paid are paid.", points=points)
        )
    return str(_("It is corrected: the %(points)s points are taken back.", points=points))


def _of_unpaid(decision: Decision, account: Account) -> str:
    """Return where stands what an account was not paid."""
    if account.kind is AccountKind.PERSON:
        return url_for("points.mine", paid="no")
    proof = concerning.proof_of(db.session, decision.event, guard.me())
    return url_for("boards.team", quest_id=proof.quest_id, _anchor="unpaid") if proof else ""


def _would(decision: Decision, unpaid_url: str) -> str:
    """Return what an upheld dispute would do, for whoever is about to raise one."""
    outside = _("Somebody who has no part in it answers within 5 working days, with a reason.")
    more = decision.asked - decision.points
    if more > 0:
        right = _("If you are right, %(points)s points are paid.", points=number(more, 0))
    elif decision.points > 0:
        return _only_back(decision, outside, unpaid_url)
    elif decision.points < 0:
        points = number(-decision.points, 0)
        right = _("If you are right, the %(points)s points are given back.", points=points)
    else:
        right = _("There are no points to pay here, so the answer is a reason.")
    return f"{outside} {right}"


def _only_back(decision: Decision, outside: str, unpaid_url: str) -> str:
    """Return what a dispute about a paid award does, and where to doubt what is missing."""
    back = _(
        "A dispute about a paid award can only take it back: if you are right, its %(points)s "
        "points are. If something is missing, dispute the line under",
        points=number(decision.points, 0),
    )
    words = _("What was not paid")
    where = Markup('<a href="{}">{}</a>').format(unpaid_url, words) if unpaid_url else words
    return Markup("{} {} {}.").format(outside, back, where)


def _shown(one: Dispute) -> dict[str, Any]:
    return {
        "dispute": one,
        "title": f"{title_of(one.event, one.rule)} · {one.event.label}",
        "due_on": (one.due_at - timedelta.resolution).astimezone(zone()).date(),
        "is_overdue": one.verdict is None and one.due_at <= clock.now(),
    }


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url)

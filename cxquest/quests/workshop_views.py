"""The workshop of the first gate: one room or three screens, one question at a time."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _m
from cxquest.extensions import db
from cxquest.pains import evidence_queries
from cxquest.quests import diagnosing, policy, seating, voicing, workshop, workshop_pages
from cxquest.quests.charter_views import chair_of
from cxquest.quests.models import Communication, Quest
from cxquest.quests.views import bp, quest_for
from cxquest.quests.work import Why
from cxquest.quests.work_views import why_of
from cxquest.quests.workshop import Ask, Question
from cxquest.rewards.rulebook import Cause, Work
from cxquest.voice import queries as voice
from cxquest.voice import searching
from cxquest.web import formpage, guard, htmx, pages
from cxquest.web.forms import Form

PIECES = 50  # of the pain point's evidence that are offered


@bp.route("/quests/<int:quest_id>/workshop", methods=["GET", "POST"], endpoint="workshop")
def show_workshop(quest_id: int) -> ResponseReturnValue:
    """Show the table, the chain so far and one open question; take its answer."""
    if request.method == "POST":
        workshop.wait_for_turn(db.session, quest_id)
        quest = quest_for(quest_id, policy.may_work_on)
        return _answer(quest, _asked(quest))
    quest = quest_for(quest_id)
    question = _asked(quest)
    if not workshop_pages.is_open(quest, guard.me()):
        return _page(quest, None, None)
    question = question or workshop.next_question(quest)
    form = workshop_pages.form_for(db.session, quest, question) if question else None
    return _page(quest, question, form)


@bp.get("/quests/<int:quest_id>/workshop/board")
def workshop_board(quest_id: int) -> ResponseReturnValue:
    """Show what everybody sees, if anything has happened since it was `seen`; 204 otherwise."""
    if not htmx.asked():
        return redirect(url_for("quests.workshop", quest_id=quest_id), 303)
    line = workshop.latest(db.session, quest_id)
    if line and request.args.get("seen") == str(line.id):
        return "", 204
    quest = quest_for(quest_id)
    board = workshop_pages.board_of(db.session, quest, guard.me(), _asked(quest))
    return render_template("quests/_workshop.html", **board)


@bp.post("/quests/<int:quest_id>/chairs/<int:chair_id>/seat")
def seat(quest_id: int, chair_id: int) -> ResponseReturnValue:
    """Let somebody sit for a department."""
    workshop.wait_for_turn(db.session, quest_id)
    quest = quest_for(quest_id, policy.may_work_on)
    return _answer(quest, Question(Ask.SEAT, chair=chair_of(quest, chair_id)))


def _asked(quest: Quest) -> Question | None:
    args = request.args
    return workshop.asked(quest, args.get("ask", ""), pages.id_in("why"), pages.id_in("chair"))


def _answer(quest: Quest, question: Question | None) -> ResponseReturnValue:
    """Take the answer to a question; show it again with what was typed where it does not fit."""
    if question is None:
        raise Refusal(_m("That question is gone: a colleague took its why out. Look again."))
    form = workshop_pages.form_for(db.session, quest, question)
    if form.validate_on_submit():
        with formpage.refusing(form):
            added = _write(quest, question, form)
            db.session.commit()
            flash(_("That is saved."), "done")
            below = added.id if added else None
            return htmx.go(url_for("quests.workshop", quest_id=quest.id, why=below))
    return _page(quest, question, form)


def _write(quest: Quest, question: Question, form: Form) -> Why | None:
    """Do what a question's answer says; return the why that was added, if one was."""
    who: dict[str, Any] = {"by": guard.me(), "at": clock.now()}
    given: dict[str, Any] = {n: value for n, value in form.data.items() if n != "csrf_token"}
    why, chair = question.why, question.chair
    if question.kind is Ask.WHY:
        above = why.id if why else None
        return diagnosing.add_why(db.session, quest, parent_id=above, **given, **who)
    if question.kind is Ask.ROOT and why:
        given["level"] = Cause(given["level"])
        diagnosing.mark_root(db.session, quest, why, **given, **who)
    elif question.kind is Ask.COMMUNICATION:
        kind, aim = Communication(given["kind"]), Work(given["aim"])
        diagnosing.answer_communication(db.session, quest, kind, given["note"], aim, **who)
    elif question.kind is Ask.HEARD and chair:
        diagnosing.hear(db.session, quest, chair, given["heard"], **who)
    elif question.kind is Ask.UNNOTICED:
        text, evidence = given["why_unnoticed"], given["why_unnoticed_evidence"]
        diagnosing.answer_unnoticed(db.session, quest, text, evidence, **who)
    elif chair:
        there = seating.candidates(db.session, quest, chair)
        chosen = next((p for p in there if str(p.id) == given["person_id"]), None)
        seating.seat(db.session, quest, chair, chosen, **who)
    return None


def _page(quest: Quest, question: Question | None, form: Form | None) -> ResponseReturnValue:
    page = render_template(
        "quests/workshop.html",
        form=form,
        title_of=workshop_pages.title_of,
        action_of=workshop_pages.action_of,
        verb_of=workshop_pages.verb_of,
        **workshop_pages.board_of(db.session, quest, guard.me(), question),
    )
    return page, 422 if request.method == "POST" else 200


@bp.route("/quests/<int:quest_id>/whys/<int:why_id>/evidence", methods=["GET", "POST"])
def why_evidence(quest_id: int, why_id: int) -> ResponseReturnValue:
    """Choose the customers' comments that show a why: of the pain point's, or found in Voice."""
    quest = quest_for(quest_id, policy.may_work_on, workshop.with_whys)
    found = why_of(quest, why_id)
    form = Form()
    if form.validate_on_submit():
        with formpage.refusing(form):
            voicing.choose(
                db.session,
                quest,
                found,
                _ids("comment"),
                offered=_ids("offered"),
                by=guard.me(),
                at=clock.now(),
            )
            db.session.commit()
            flash(_("That is saved."), "done")
            return htmx.go(url_for("quests.workshop", quest_id=quest.id, why=found.id))
    page = render_template("quests/why_evidence.html", **_offer(quest, found), form=form)
    return page, 422 if form.is_submitted() else 200


def _offer(quest: Quest, why: Why) -> dict[str, object]:
    """Return what may show a why: what it has, the pain point's evidence, what was looked for."""
    has = [piece.comment for piece in why.comments]
    known = {comment.id for comment in has}
    pieces = evidence_queries.evidence(db.session, quest.pain_id, PIECES)
    pain = [piece.comment for piece in pieces if piece.comment_id not in known]
    known |= {comment.id for comment in pain}
    search = pages.words_in("search")
    ticked = _ids("comment") if request.method == "POST" else {comment.id for comment in has}
    return {
        "quest": quest,
        "why": why,
        "has": has,
        "pain": pain,
        "search": search,
        "found": _found(search, known) if search else None,
        "turn": pages.turner(),
        "ticked": ticked,
    }


def _found(search: str, known: set[int]) -> pages.Stretch:
    asked = searching.Asked(q=search)
    return pages.stretch(
        lambda most: searching.ids(db.session, asked, most, sorted(known)),
        lambda keys: voice.comments_by_id(db.session, keys),
    )


def _ids(name: str) -> set[int]:
    return {int(key) for key in request.form.getlist(name) if key.isdecimal() and len(key) < 10}


@bp.get("/voice/<int:comment_id>/whys")
def for_comment(comment_id: int) -> ResponseReturnValue:
    """Show the whys that a comment shows; for htmx as a panel of its page."""
    found = voicing.whys_of(db.session, comment_id)
    page = "quests/_whys_of_comment.html" if htmx.asked() else "quests/whys_of_comment.html"
    return render_template(page, found=found, comment_id=comment_id)

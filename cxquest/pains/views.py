"""Pages about pain points: the ranked list, writing one, its evidence, and what was decided."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cxquest.core import clock
from cxquest.core.errors import Refusal
from cxquest.extensions import db
from cxquest.journey import queries as journey_queries
from cxquest.pains import deciding, policy, queries, starting, supporting, wording
from cxquest.pains.forms import (
    CONFIDENCE,
    EFFORT,
    SEVERITY,
    AcceptForm,
    DeclineForm,
    EvidenceForm,
    NewPainForm,
    PainForm,
    SupportForm,
)
from cxquest.pains.lifecycle import READY_FOR_QUEST, checklist
from cxquest.pains.models import PainClass, PainPoint, PainState
from cxquest.voice import queries as voice_queries
from cxquest.voice.models import Comment
from cxquest.web import formpage, guard, htmx, pages
from cxquest.web.download import csv_file
from cxquest.web.errors import missing_items, said
from cxquest.web.forms import choices

bp = Blueprint("pains", __name__)

MOST_CHOSEN = 100
PIECES = 200


@bp.get("/pains")
def index() -> ResponseReturnValue:
    """List pain points by what a quest on them would give, filtered."""
    filters = _filters()
    page = pages.page_of(queries.ranked(filters))
    return render_template(
        "pains/index.html",
        page=page,
        figures=queries.figures(db.session, [pain.id for pain in page.items]),
        asked=filters,
        stages=journey_queries.stages(db.session),
        themes=voice_queries.themes(db.session),
        turn=pages.turner(),
        is_hunch=queries.is_hunch,
        opportunity=queries.opportunity,
    )


@bp.get("/pains.csv")
def export() -> ResponseReturnValue:
    """Export the same list, every factor in a column."""
    pains = db.session.scalars(queries.ranked(_filters())).all()
    figures = queries.figures(db.session, [pain.id for pain in pains])
    return csv_file(
        "pains.csv", wording.COLUMNS, (wording.row(pain, figures[pain.id]) for pain in pains)
    )


@bp.route("/pains/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Write a pain point down, from comments or a theme that was chosen elsewhere."""
    comments = _chosen_comments()
    form = NewPainForm()
    form.comment.choices = [(comment.id, comment.shown) for comment in comments]
    _offer(form)
    if not form.is_submitted():
        _begin(form, comments)
    if form.validate_on_submit():
        with formpage.refusing(form):
            pain = starting.draft(
                db.session,
                comment_ids=form.comment.data or [],
                by=guard.me(),
                at=clock.now(),
                **_words(form),
            )
            if form.open_now.data:
                starting.open_up(db.session, pain, by=guard.me(), at=clock.now())
            db.session.commit()
            flash(_said_of(pain), "done")
            return _to(pain)
    page = render_template("pains/new.html", form=form, comments=comments)
    return page, 422 if form.is_submitted() else 200


@bp.get("/pains/<int:pain_id>")
def show(pain_id: int) -> ResponseReturnValue:
    """Show a pain point with the customer's words, its factors and what was decided."""
    return _shown(pain_id)


@bp.route("/pains/<int:pain_id>/edit", methods=["GET", "POST"])
def edit(pain_id: int) -> ResponseReturnValue:
    """Change what is written about a pain point."""
    pain = _pain_for(pain_id)
    starting.check_may_write(pain, guard.me())
    form = PainForm(obj=pain)
    _offer(form, pain)
    if not form.is_submitted():
        _fill(form, pain)
    if form.validate_on_submit():
        try:
            starting.change(db.session, pain, by=guard.me(), at=clock.now(), **_words(form))
        except Refusal as refusal:
            db.session.rollback()
            form.refuse(getattr(refusal, "field", ""), said(refusal))
        else:
            db.session.commit()
            flash(_("The changes are saved."), "done")
            return _to(pain)
    page = render_template("pains/edit.html", form=form, pain=pain)
    return page, 422 if form.is_submitted() else 200


@bp.route("/pains/<int:pain_id>/evidence", methods=["GET", "POST"])
def evidence(pain_id: int) -> ResponseReturnValue:
    """Add comments that show the pain, and take away what does not."""
    pain = _pain_for(pain_id)
    form = EvidenceForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            added = starting.add_evidence(
                db.session, pain, form.chosen, by=guard.me(), at=clock.now()
            )
            db.session.commit()
            done = ngettext("%(num)s comment was added.", "%(num)s comments were added.", added)
            flash(done if added else _("No new comment was chosen."), "done" if added else "note")
            return redirect(url_for("pains.evidence", pain_id=pain.id), 303)
    search = pages.words_in("search")
    page = render_template(
        "pains/evidence.html",
        pain=pain,
        form=form,
        search=search,
        pieces=queries.evidence(db.session, pain.id, PIECES),
        page=pages.page_of(queries.candidates(db.session, pain, search)),
        turn=pages.turner(),
        may_add=policy.may_add_evidence(guard.me(), pain),
        may_remove=lambda piece: policy.may_remove_evidence(guard.me(), pain, piece),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/pains/<int:pain_id>/evidence/<int:comment_id>/drop")
def drop_evidence(pain_id: int, comment_id: int) -> ResponseReturnValue:
    """Take one comment away from the evidence."""
    pain = _pain_for(pain_id)
    starting.remove_evidence(db.session, pain, comment_id, by=guard.me(), at=clock.now())
    db.session.commit()
    return redirect(url_for("pains.evidence", pain_id=pain.id), 303)


@bp.post("/pains/<int:pain_id>/open", endpoint="open")
def open_up(pain_id: int) -> ResponseReturnValue:
    """Open a draft to everyone."""
    pain = _pain_for(pain_id)
    starting.open_up(db.session, pain, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("Everyone sees it now, and a coach may decide on it."), "done")
    return _to(pain)


@bp.post("/pains/<int:pain_id>/accept")
def accept(pain_id: int) -> ResponseReturnValue:
    """Accept it, as a coach."""
    pain = _pain_for(pain_id)
    form = AcceptForm()
    if not form.validate_on_submit() and _decides(pain):
        return _shown(pain.id, accept_form=form)
    deciding.accept(
        db.session,
        pain,
        note=form.note.data or "",
        by=guard.me(),
        at=clock.now(),
        base_url=_base_url(),
    )
    db.session.commit()
    flash(_("It is accepted: quests may start on it."), "done")
    return _to(pain)


@bp.post("/pains/<int:pain_id>/decline")
def decline(pain_id: int) -> ResponseReturnValue:
    """Decline it with a reason, as a coach."""
    pain = _pain_for(pain_id)
    form = DeclineForm()
    if not form.validate_on_submit() and _decides(pain):
        return _shown(pain.id, decline_form=form)
    deciding.decline(
        db.session,
        pain,
        reason=form.reason.data or "",
        by=guard.me(),
        at=clock.now(),
        base_url=_base_url(),
    )
    db.session.commit()
    flash(_("It is declined. Those who contributed are told why."), "done")
    return _to(pain)


@bp.post("/pains/<int:pain_id>/reopen")
def reopen(pain_id: int) -> ResponseReturnValue:
    """Put a declined one before the coaches again."""
    pain = _pain_for(pain_id)
    deciding.reopen(db.session, pain, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("It is open again."), "done")
    return _to(pain)


@bp.post("/pains/<int:pain_id>/support")
def support(pain_id: int) -> ResponseReturnValue:
    """Say what the pain costs you, or change what you said."""
    pain = _pain_for(pain_id)
    form = SupportForm()
    if not form.validate_on_submit() and policy.may_support(guard.me(), pain):
        return _support_part(pain, form)
    supporting.support(db.session, pain, cost=form.cost.data or "", by=guard.me(), at=clock.now())
    db.session.commit()
    return _support_part(pain, None, _("Your support is noted."))


@bp.post("/pains/<int:pain_id>/withdraw")
def withdraw(pain_id: int) -> ResponseReturnValue:
    """Take your support back."""
    pain = _pain_for(pain_id)
    supporting.withdraw(db.session, pain, by=guard.me(), at=clock.now())
    db.session.commit()
    return _support_part(pain, None, _("Your support is withdrawn."))


def _pain_for(pain_id: int) -> PainPoint:
    pain = queries.pain(db.session, pain_id) or guard.not_there()
    g.subject_url = url_for("pains.show", pain_id=pain.id)
    return pain


def _to(pain: PainPoint, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("pains.show", pain_id=pain.id, _anchor=anchor), 303)


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url)


def _decides(pain: PainPoint) -> bool:
    return policy.may_decide(guard.me(), pain) and policy.is_open(pain)


def _shown(pain_id: int, **forms: Any) -> ResponseReturnValue:
    """Answer with the page of a pain point; 422 when one of its forms comes back."""
    whole = queries.whole(db.session, pain_id) or guard.not_there()
    pain, me = whole.pain, guard.me()
    needs = missing_items(checklist(whole.facts), "")
    page = render_template(
        "pains/show.html",
        whole=whole,
        needs=needs,
        story=wording.story(whole.lines),
        accept_form=forms.get("accept_form") or AcceptForm(formdata=None),
        decline_form=forms.get("decline_form") or DeclineForm(formdata=None),
        severity=SEVERITY[pain.severity],
        confidence=CONFIDENCE[pain.confidence],
        effort=EFFORT[pain.effort],
        ready_for_quest=pain.state in READY_FOR_QUEST,
        decides=_decides(pain),
        is_author=policy.is_author(me, pain),
        may_write=policy.may_write(me, pain),
        may_add=policy.may_add_evidence(me, pain),
        **_support_context(pain, whole.supports, forms.get("support_form")),
    )
    return page, 422 if forms else 200


def _support_context(
    pain: PainPoint, supports: Sequence[Any], form: SupportForm | None
) -> dict[str, Any]:
    mine = next((told for told in supports if told.person_id == guard.me().id), None)
    blank = SupportForm(formdata=None, cost=mine.cost if mine else "")
    return {
        "pain": pain,
        "supports": supports,
        "mine": mine,
        "support_form": form or blank,
        "may_support": policy.may_support(guard.me(), pain),
    }


def _support_part(
    pain: PainPoint, form: SupportForm | None, message: str = ""
) -> ResponseReturnValue:
    """Answer with the supporters alone for htmx, else with the page."""
    if not htmx.asked():
        return _shown(pain.id, support_form=form) if form else _to(pain, "_support")
    supports = queries.supports(db.session, pain.id)
    context = _support_context(pain, supports, form)
    part = htmx.fragment("pains/_support.html", message=message, **context)
    part.status_code = 422 if form else 200
    return part


def _said_of(pain: PainPoint) -> str:
    if pain.state is PainState.DRAFT:
        said = _("“%(title)s” is a draft. Open it to everyone when it is ready.", title=pain.title)
    else:
        said = _("“%(title)s” is open to everyone; a coach decides on it.", title=pain.title)
    return str(said)


@bp.get("/voice/<int:comment_id>/pains")
def for_comment(comment_id: int) -> ResponseReturnValue:
    """Show the pain points that a comment is evidence for; for htmx as a panel of its page."""
    found = queries.of_comment(db.session, comment_id)
    page = "pains/_of_comment.html" if htmx.asked() else "pains/of_comment.html"
    return render_template(page, found=found, comment_id=comment_id)


def _filters() -> queries.Filters:
    asked = pages.words_in
    return queries.Filters(
        state=asked("state"),
        stage=asked("stage"),
        pain_class=asked("class"),
        theme=asked("theme"),
        search=asked("search"),
        hunch=asked("hunch"),
    )


def _chosen_comments() -> Sequence[Comment]:
    asked = request.values.getlist("comment")[:MOST_CHOSEN]
    ids = {int(text) for text in asked if text.isdecimal() and len(text) < 10}
    return voice_queries.comments_by_id(db.session, sorted(ids))


def _offer(form: PainForm, pain: PainPoint | None = None) -> None:
    """Hand in the choices; a pain point keeps its stage when that was retired since."""
    stages = {stage.id: stage.name for stage in journey_queries.stages(db.session)}
    if pain and pain.stage:
        stages.setdefault(pain.stage.id, pain.stage.name)
    form.stage_id.choices = choices(stages.items(), _("Choose a stage"))
    form.theme_id.choices = choices(
        ((theme.id, theme.name) for theme in voice_queries.themes(db.session)), _("None")
    )


def _begin(form: NewPainForm, comments: Sequence[Comment]) -> None:
    """Fill in what the chosen comments and theme already say."""
    form.comment.data = [comment.id for comment in comments]
    form.theme_id.data = request.args.get("theme", "")
    stages = {comment.submission.stage_id for comment in comments}
    form.stage_id.data = str(stages.pop() or "") if len(stages) == 1 else ""


def _fill(form: PainForm, pain: PainPoint) -> None:
    form.stage_id.data = str(pain.stage_id or "")
    form.theme_id.data = str(pain.theme_id or "")
    form.pain_class.data = pain.pain_class.value if pain.pain_class else ""


def _words(form: PainForm) -> starting.Words:
    return {
        "title": form.title.data or "",
        "stage_id": int(form.stage_id.data) if form.stage_id.data else None,
        "theme_id": int(form.theme_id.data) if form.theme_id.data else None,
        "expected": form.expected.data or "",
        "experienced": form.experienced.data or "",
        "consequence": form.consequence.data or "",
        "pain_class": PainClass(form.pain_class.data) if form.pain_class.data else None,
        "interviews": form.interviews.data or 0,
        "reach_per_month": form.reach_per_month.data or 0,
        "severity": int(form.severity.data),
        "confidence": int(form.confidence.data),
        "effort": int(form.effort.data),
    }

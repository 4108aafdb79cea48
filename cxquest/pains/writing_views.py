"""Writing a pain point down, changing its words, and what leaving it costs."""

from collections.abc import Sequence
from datetime import date

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cxquest.core import clock
from cxquest.core.errors import Refusal
from cxquest.extensions import db
from cxquest.journey import queries as journey_queries
from cxquest.pains import costing, evidence_queries, likeness, merge_queries, starting
from cxquest.pains.forms import CostForm, NewPainForm, PainForm
from cxquest.pains.models import PainClass, PainKind, PainPoint, PainState
from cxquest.pains.views import bp, pain_for, to
from cxquest.themes import queries as themes
from cxquest.voice import queries as voice_queries
from cxquest.voice.models import Comment
from cxquest.voice.searching import Asked
from cxquest.web import formpage, guard, htmx, pages
from cxquest.web.errors import said
from cxquest.web.forms import choices

MOST_CHOSEN = 100
TYPICAL, OFFERED = 4, 8  # comments of the theme, to tick as first evidence


@bp.route("/pains/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Write a pain point down, from comments, a theme or a surge that was chosen elsewhere."""
    chosen = _chosen_comments()
    theme = voice_queries.root_of(db.session, pages.id_in("theme"))
    comments = [*chosen, *_offered(theme, chosen)]
    form = NewPainForm()
    form.comment.choices = [(comment.id, comment.shown) for comment in comments]
    _offer(form)
    if not form.is_submitted():
        _begin(form, theme, chosen, comments)
    alike = _alike(form.title.data or "", form.experienced.data or "")
    if form.validate_on_submit() and _seen_all(form, alike):
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
            return to(pain)
    page = render_template(
        "pains/new.html", form=form, comments=comments, chosen=len(chosen), **_looks(alike)
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/pains/alike")
def alike() -> ResponseReturnValue:
    """Show the pain points that look like what is being typed; for htmx as a part of the form."""
    found = _alike(pages.words_in("title"), pages.words_in("experienced"))
    page = "pains/_alike.html" if htmx.asked() else "pains/alike.html"
    return render_template(page, **_looks(found))


@bp.route("/pains/<int:pain_id>/edit", methods=["GET", "POST"])
def edit(pain_id: int) -> ResponseReturnValue:
    """Change what is written about a pain point."""
    pain = pain_for(pain_id)
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
            return to(pain)
    page = render_template("pains/edit.html", form=form, pain=pain)
    return page, 422 if form.is_submitted() else 200


@bp.route("/pains/<int:pain_id>/cost", methods=["GET", "POST"])
def cost(pain_id: int) -> ResponseReturnValue:
    """Write down what leaving it costs."""
    pain = pain_for(pain_id)
    starting.check_may_write(pain, guard.me())
    form = CostForm(data=vars(costing.read(pain.cost)))
    if form.validate_on_submit():
        with formpage.refusing(form):
            given = costing.Inputs(**{name: form[name].data for name in costing.NAMES})
            starting.estimate_cost(db.session, pain, given, by=guard.me(), at=clock.now())
            db.session.commit()
            flash(_("The cost is worked out anew."), "done")
            return to(pain, "_cost")
    page = render_template("pains/cost.html", form=form, pain=pain)
    return page, 422 if form.is_submitted() else 200


def _chosen_comments() -> list[Comment]:
    asked = request.values.getlist("comment")[:MOST_CHOSEN]
    ids = {int(text) for text in asked if text.isdecimal() and len(text) < 10}
    return voice_queries.comments_by_id(db.session, sorted(ids))


def _offered(theme: int | None, chosen: Sequence[Comment]) -> list[Comment]:
    """Return the theme's typical comments and its latest ones, each once.

    Where the address names the days of a surge, only what was said on them.
    """
    known = {comment.id for comment in chosen}
    if theme is None:
        return []
    since, until = _day("since"), _day("until")
    whole = since is None and until is None
    typical = themes.typical_comments(db.session, theme, TYPICAL) if whole else []
    offered = [comment for comment in typical if comment.id not in known]
    known |= {comment.id for comment in offered}
    asked = Asked(theme=theme, since=since, until=until)
    latest = evidence_queries.latest(db.session, asked, OFFERED - len(offered), known)
    return [*offered, *latest]


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _alike(title: str, experienced: str) -> list[PainPoint]:
    if not title.strip():
        return []
    found = likeness.alike([title, experienced], merge_queries.live(db.session))
    return merge_queries.named(db.session, found)


def _looks(alike: Sequence[PainPoint]) -> dict[str, object]:
    """Return what the part with the pain points that look alike needs."""
    numbers = " ".join(n for n in request.values.getlist("comment")[:MOST_CHOSEN] if n.isdecimal())
    return {"alike": alike, "numbers": numbers, "rule": _(likeness.RULE)}


def _seen_all(form: NewPainForm, alike: Sequence[PainPoint]) -> bool:
    """Whether the person saw all that look alike; if not, say so once before anything is saved."""
    seen = set(request.form.getlist("seen"))
    unseen = [pain for pain in alike if str(pain.id) not in seen]
    if unseen:
        form.refuse(
            "",
            ngettext(
                "A pain point looks like this one. Join it, or save again to go on.",
                "%(num)s pain points look like this one. Join one of them, or save again to go on.",
                len(unseen),
            ),
        )
    return not unseen


def _offer(form: PainForm, pain: PainPoint | None = None) -> None:
    """Hand in the choices; a pain point keeps its stages when they were retired since."""
    stages = {stage.id: stage.name for stage in journey_queries.stages(db.session)}
    for stage in (pain.stage, pain.origin_stage) if pain else ():
        if stage:
            stages.setdefault(stage.id, stage.name)
    form.stage_id.choices = choices(stages.items(), _("Choose a stage"))
    form.origin_stage_id.choices = choices(stages.items(), _("Not known yet"))
    named = {theme.id: theme.name for theme in voice_queries.themes(db.session)}
    if pain and pain.theme:
        named.setdefault(pain.theme.id, pain.theme.name)
    form.theme_id.choices = choices(named.items(), _("None"))


def _begin(
    form: NewPainForm,
    theme: int | None,
    chosen: Sequence[Comment],
    comments: Sequence[Comment],
) -> None:
    """Fill in what the chosen comments and theme already say; the words stay the person's."""
    form.comment.data = [comment.id for comment in chosen]
    form.theme_id.data = str(theme or "")
    stages = {comment.submission.stage_id for comment in chosen or comments}
    form.stage_id.data = str(stages.pop() or "") if len(stages) == 1 else ""


def _fill(form: PainForm, pain: PainPoint) -> None:
    form.stage_id.data = str(pain.stage_id or "")
    form.origin_stage_id.data = str(pain.origin_stage_id or "")
    form.theme_id.data = str(pain.theme_id or "")
    form.pain_class.data = pain.pain_class.value if pain.pain_class else ""
    form.kind.data = pain.kind.value if pain.kind else ""


def _words(form: PainForm) -> starting.Words:
    return {
        "title": form.title.data or "",
        "stage_id": _id(form.stage_id.data),
        "origin_stage_id": _id(form.origin_stage_id.data),
        "theme_id": _id(form.theme_id.data),
        "expected": form.expected.data or "",
        "experienced": form.experienced.data or "",
        "consequence": form.consequence.data or "",
        "pain_class": PainClass(form.pain_class.data) if form.pain_class.data else None,
        "kind": PainKind(form.kind.data) if form.kind.data else None,
        "interviews": form.interviews.data or 0,
        "reach_per_month": form.reach_per_month.data or 0,
        "severity": int(form.severity.data),
        "value": int(form.value.data),
        "confidence": int(form.confidence.data),
        "effort": int(form.effort.data),
    }


def _id(text: str | None) -> int | None:
    return int(text) if text else None


def _said_of(pain: PainPoint) -> str:
    if pain.state is PainState.DRAFT:
        told = _("“%(title)s” is a draft. Open it to everyone when it is ready.", title=pain.title)
    else:
        told = _("“%(title)s” is open to everyone; a coach decides on it.", title=pain.title)
    return str(told)

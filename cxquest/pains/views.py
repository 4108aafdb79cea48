"""Pages about pain points: the ranked list, one of them, and its file."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.journey import queries as journey_queries
from cxquest.pains import queries, showing, starting, wording
from cxquest.pains.models import PainPoint
from cxquest.voice import queries as voice_queries
from cxquest.web import guard, htmx, pages
from cxquest.web.download import csv_file

bp = Blueprint("pains", __name__)


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


@bp.get("/pains/<int:pain_id>")
def show(pain_id: int) -> ResponseReturnValue:
    """Show a pain point with the customer's words, its factors and what was decided."""
    return showing.page(pain_id)


@bp.post("/pains/<int:pain_id>/open", endpoint="open")
def open_up(pain_id: int) -> ResponseReturnValue:
    """Open a draft to everyone."""
    pain = pain_for(pain_id)
    starting.open_up(db.session, pain, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("Everyone sees it now, and a coach may decide on it."), "done")
    return to(pain)


@bp.get("/voice/<int:comment_id>/pains")
def for_comment(comment_id: int) -> ResponseReturnValue:
    """Show the pain points that a comment is evidence for; for htmx as a panel of its page."""
    found = queries.of_comment(db.session, comment_id)
    page = "pains/_of_comment.html" if htmx.asked() else "pains/of_comment.html"
    return render_template(page, found=found, comment_id=comment_id)


def pain_for(pain_id: int) -> PainPoint:
    """Return the pain point of the address; 404 where there is none."""
    pain = queries.pain(db.session, pain_id) or guard.not_there()
    g.subject_url = url_for("pains.show", pain_id=pain.id)
    return pain


def to(pain: PainPoint, anchor: str | None = None) -> ResponseReturnValue:
    """Send the browser to the page of a pain point."""
    return redirect(url_for("pains.show", pain_id=pain.id, _anchor=anchor), 303)


def base_url() -> str:
    """Return where the product is found, for mails."""
    return str(current_app.config["SETTINGS"].base_url)


def _filters() -> queries.Filters:
    asked = pages.words_in
    return queries.Filters(
        state=asked("state"),
        stage=asked("stage"),
        origin=asked("origin"),
        pain_class=asked("class"),
        kind=asked("kind"),
        theme=asked("theme"),
        search=asked("search"),
        hunch=asked("hunch"),
    )

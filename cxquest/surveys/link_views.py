"""How customers come to a survey: its QR code, and links that work once."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.surveys import asking, pictures, queries
from cxquest.surveys.forms import LinksForm
from cxquest.surveys.models import Access, Survey
from cxquest.surveys.views import address_of, askers, bp, shown, survey_for
from cxquest.web import formpage, guard
from cxquest.web.download import csv_file


@bp.get("/surveys/<int:survey_id>/qr.svg")
def qr(survey_id: int) -> ResponseReturnValue:
    """Draw the survey's address as a QR code."""
    return Response(pictures.svg(address_of(_with_code(survey_id))), mimetype="image/svg+xml")


@bp.get("/surveys/<int:survey_id>/qr.png")
def qr_png(survey_id: int) -> ResponseReturnValue:
    """Give the same code as a picture to print."""
    survey = _with_code(survey_id)
    named = {"Content-Disposition": f'attachment; filename="survey-{survey.code}.png"'}
    return Response(pictures.png(address_of(survey)), mimetype="image/png", headers=named)


@bp.post("/surveys/<int:survey_id>/links")
@askers
def links(survey_id: int) -> ResponseReturnValue:
    """Make links that work once, and show them this one time."""
    survey = survey_for(survey_id)
    form = LinksForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            label = form.label.data or ""
            codes = asking.make_links(
                db.session, survey, form.count.data, label, by=guard.me(), at=clock.now()
            )
            page = render_template(
                "surveys/links.html",
                survey=survey,
                label=label,
                codes=codes,
                base=address_of(survey),
            )
            db.session.commit()
            return page
    return render_template("surveys/show.html", **shown(survey, form)), 422


@bp.get("/surveys/<int:survey_id>/links")
@askers
def no_links(survey_id: int) -> ResponseReturnValue:
    """Lead whoever loads the page of new links again back to the survey."""
    survey_for(survey_id)
    return redirect(url_for("surveys.show", survey_id=survey_id), 303)


@bp.post("/surveys/<int:survey_id>/links.csv")
@askers
def links_csv(survey_id: int) -> ResponseReturnValue:
    """Give the links that were just shown as a file; the page sends their codes back."""
    survey = survey_for(survey_id)
    codes = request.form.get("codes", "").split()[: asking.BATCH]
    known = queries.known_links(db.session, survey, codes)
    rows = ((known[code], f"{address_of(survey)}/{code}") for code in codes if code in known)
    return csv_file(f"links-{survey.code}.csv", (_("what for"), _("link")), rows)


def _with_code(survey_id: int) -> Survey:
    survey = survey_for(survey_id)
    return survey if survey.access is Access.OPEN else guard.not_there()

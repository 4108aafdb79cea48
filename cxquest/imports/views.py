"""Import pages: a file is uploaded, looked at, its columns are named, and it is previewed."""

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.core.errors import BadInput
from cxquest.extensions import db
from cxquest.imports import (
    importing,
    looking,
    policy,
    profiles,
    queries,
    run_pages,
    suggesting,
)
from cxquest.imports.forms import MappingForm, ReadingForm, UploadForm, reading_form
from cxquest.imports.models import ImportRun
from cxquest.tables import limits
from cxquest.tables.encoding import EncodingSample
from cxquest.tables.how import How
from cxquest.voice import queries as voice
from cxquest.web import guard, pages
from cxquest.web.download import csv_file
from cxquest.web.errors import said

bp = Blueprint("imports", __name__)

administrators = guard.only(policy.may_import)


@bp.route("/admin/imports", methods=["GET", "POST"])
@administrators
def index() -> ResponseReturnValue:
    """List import runs, with a form to upload a file."""
    form = UploadForm()
    if form.validate_on_submit():
        upload, name = form.file.data, form.source.data
        try:
            run = importing.start(
                db.session, name, upload.filename, upload.stream, by=guard.me(), at=clock.now()
            )
        except BadInput as refusal:
            db.session.rollback()
            form.refuse(refusal.field or "file", said(refusal))
        else:
            db.session.commit()
            return back_to(run.id)
    page = render_template(
        "imports/index.html",
        form=form,
        page=pages.page_of(queries.runs()),
        turn=pages.turner(),
        sources=voice.sources(db.session),
        limits=_limits(),
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/admin/imports/template.csv")
@administrators
def template() -> ResponseReturnValue:
    """Give out an empty file with our own columns, to be filled in."""
    return csv_file("feedback.csv", [column.name for column in profiles.TEMPLATE], [])


@bp.get("/admin/imports/<int:run_id>")
@administrators
def show(run_id: int) -> ResponseReturnValue:
    """Show the step that a run has come to."""
    run = run_for(run_id)
    return _page(run, _mapping_form(run) if run.state in importing.OPEN else None)


@bp.post("/admin/imports/<int:run_id>/mapping")
@administrators
def map_run(run_id: int) -> ResponseReturnValue:
    """Take down which column is what, and try it out."""
    run = run_for(run_id)
    form = _mapping_form(run)
    if form.validate_on_submit():
        try:
            importing.map(db.session, run, form.mapping())
            importing.ask_preview(db.session, run, secret=secret(), at=clock.now())
        except BadInput as refusal:
            db.session.rollback()
            form.blame(refusal, said(refusal))
        else:
            db.session.commit()
            return back_to(run_id)
    return _page(run_for(run_id), form), 422


@bp.route("/admin/imports/<int:run_id>/reading", methods=["GET", "POST"])
@administrators
def read_run(run_id: int) -> ResponseReturnValue:
    """Show how the file is read, with sample lines in each encoding, and read it otherwise."""
    run = run_for(run_id)
    importing.check_open(run)
    form, samples = _reading_form(run)
    if form.validate_on_submit():
        try:
            how = form.how(How.from_json(run.how))
            importing.read_as(db.session, run, how, by=guard.me(), at=clock.now())
        except BadInput as refusal:
            db.session.rollback()
            form.refuse(refusal.field, said(refusal))
        else:
            db.session.commit()
            return back_to(run_id)
    page = render_template(
        "imports/reading.html", run=run_for(run_id), form=form, samples=samples, first=looking.FIRST
    )
    return page, 422 if form.is_submitted() else 200


def run_for(run_id: int) -> ImportRun:
    """Return a run; 404 where there is none."""
    return queries.run(db.session, run_id) or guard.not_there()


def back_to(run_id: int) -> ResponseReturnValue:
    """Send the browser to a run's page."""
    return redirect(url_for("imports.show", run_id=run_id), 303)


def secret() -> str:
    """Return the installation's key, under which addresses are hashed."""
    key: str = current_app.config["SETTINGS"].CXQUEST_SECRET_KEY
    return key


def _limits() -> str:
    text, values = limits.message()
    return str(_(text, **values))


def _proposed(run: ImportRun) -> suggesting.Proposal:
    last = importing.last_mapping(db.session, run.source_id)
    kept = (last.columns, last.mapping) if last else None
    return suggesting.proposal(run.columns, run.inspection, run.mapping, kept)


def _mapping_form(run: ImportRun) -> MappingForm:
    return run_pages.form_for(run, _proposed(run))


def _reading_form(run: ImportRun) -> tuple[ReadingForm, list[EncodingSample]]:
    samples = looking.encodings(db.session, run)
    form = reading_form(
        How.from_json(run.how),
        encodings=[sample.encoding for sample in samples],
        sheets=looking.sheets(db.session, run),
    )
    return form, samples


def _page(run: ImportRun, form: MappingForm | None) -> str:
    return render_template(
        "imports/run.html",
        run=run,
        form=form,
        found=run.findings,
        proposed=_proposed(run) if form else None,
        columns=run_pages.columns(run, form) if form else [],
        doubts=run_pages.doubts(run, form) if form else [],
        read_as=run_pages.read_as(run),
    )

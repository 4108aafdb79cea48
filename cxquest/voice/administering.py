"""Import pages: a file is uploaded, its columns are named, looked at, and imported."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.core.errors import BadInput
from cxquest.extensions import db
from cxquest.voice import importing, policy, queries
from cxquest.voice.forms import MappingForm, UploadForm, mapping_form
from cxquest.voice.intake import Mapping
from cxquest.voice.models import ImportRun, RunState
from cxquest.voice.views import bp
from cxquest.web import guard, pages
from cxquest.web.download import csv_file
from cxquest.web.errors import said
from cxquest.web.filters import number

administrators = guard.only(policy.may_import)


@bp.route("/admin/imports", methods=["GET", "POST"])
@administrators
def imports() -> ResponseReturnValue:
    """List import runs, with a form to upload a file."""
    form = UploadForm()
    if form.validate_on_submit():
        upload = form.file.data
        try:
            run = importing.start(
                db.session,
                form.source.data,
                upload.filename,
                upload.read(),
                by=guard.me(),
                at=clock.now(),
            )
        except BadInput as refusal:
            form.refuse(refusal.field or "file", said(refusal))
        else:
            db.session.commit()
            return redirect(url_for("voice.run", run_id=run.id), 303)
    page = render_template(
        "voice/imports.html",
        form=form,
        page=pages.page_of(queries.runs()),
        turn=pages.turner(),
        sources=queries.sources(db.session),
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/admin/imports/<int:run_id>")
@administrators
def run(run_id: int) -> ResponseReturnValue:
    """Show the step that a run has come to."""
    found = _run_for(run_id)
    return _page(found, None if found.state is RunState.DONE else _columns(found))


@bp.post("/admin/imports/<int:run_id>/mapping")
@administrators
def map_run(run_id: int) -> ResponseReturnValue:
    """Take down which column is what, and try it out."""
    found = _run_for(run_id)
    form = _columns(found)
    if form.validate_on_submit():
        try:
            importing.map(db.session, found, form.mapping(found.header))
            importing.preview(db.session, found)
        except BadInput as refusal:
            db.session.rollback()
            form.refuse(refusal.field, said(refusal))
        else:
            db.session.commit()
            return redirect(url_for("voice.run", run_id=run_id), 303)
    return _page(_run_for(run_id), form), 422


@bp.post("/admin/imports/<int:run_id>/finish")
@administrators
def finish_run(run_id: int) -> ResponseReturnValue:
    """Import what was previewed."""
    found = _run_for(run_id)
    outcome = importing.finish(db.session, found, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("%(n)s rows are read, each accounted for.", n=number(outcome.read)), "done")
    return redirect(url_for("voice.run", run_id=run_id), 303)


@bp.get("/admin/imports/<int:run_id>/rejected.csv")
@administrators
def rejected(run_id: int) -> ResponseReturnValue:
    """Give the rejected rows out, each with its reason and its original cells."""
    found = _run_for(run_id)
    header, rows = importing.rejected_table(found, importing.rejections(db.session, found))
    return csv_file(f"rejected-{run_id}.csv", header, rows)


def _run_for(run_id: int) -> ImportRun:
    return queries.run(db.session, run_id) or guard.not_there()


def _columns(run: ImportRun) -> MappingForm:
    return mapping_form(run.header, Mapping.from_json(run.mapping or run.source.mapping))


def _page(run: ImportRun, form: MappingForm | None) -> str:
    return render_template(
        "voice/run.html",
        run=run,
        form=form,
        samples=importing.samples(run) if form else [],
        found=run.findings,
    )

"""What is done with a run after its preview: importing, stopping, discarding, undoing."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.imports import importing, queries, undoing
from cxquest.imports.models import RunState
from cxquest.imports.views import administrators, back_to, bp, run_for, secret
from cxquest.web import guard, htmx
from cxquest.web.download import csv_file
from cxquest.web.filters import number
from cxquest.web.forms import Form


@bp.post("/admin/imports/<int:run_id>/finish")
@administrators
def finish(run_id: int) -> ResponseReturnValue:
    """Import what was previewed: a small file at once, a large one by the worker."""
    run = run_for(run_id)
    importing.ask_import(db.session, run, secret=secret(), by=guard.me(), at=clock.now())
    db.session.commit()
    if run.state is RunState.DONE:
        flash(_("%(n)s rows are read, each accounted for.", n=number(run.read)), "done")
    return back_to(run_id)


@bp.get("/admin/imports/<int:run_id>/progress")
@administrators
def progress(run_id: int) -> ResponseReturnValue:
    """Tell how far a run is: the panel alone; the page anew once its work has ended."""
    run = run_for(run_id)
    if not htmx.asked():
        return back_to(run_id)
    if run.state not in importing.WAITING:
        return htmx.refresh()
    return htmx.fragment("imports/_progress.html", run=run)


@bp.post("/admin/imports/<int:run_id>/stop")
@administrators
def stop(run_id: int) -> ResponseReturnValue:
    """Ask for the work on a large file to be stopped."""
    importing.ask_stop(db.session, run_for(run_id))
    db.session.commit()
    return back_to(run_id)


@bp.post("/admin/imports/<int:run_id>/discard")
@administrators
def discard(run_id: int) -> ResponseReturnValue:
    """Let a file go of which nothing was taken."""
    run = run_for(run_id)
    importing.discard(db.session, run, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("The file is discarded. Nothing of it was kept."), "note")
    return redirect(url_for("imports.index"), 303)


@bp.route("/admin/imports/<int:run_id>/undo", methods=["GET", "POST"])
@administrators
def undo(run_id: int) -> ResponseReturnValue:
    """Say what undoing a run takes away and what stays, and do it."""
    run, form = run_for(run_id), Form()
    if form.validate_on_submit():
        undoing.ask_undo(db.session, run, by=guard.me(), at=clock.now())
        db.session.commit()
        return back_to(run_id)
    if run.state not in importing.TAKEN:
        return back_to(run_id)
    would = undoing.foreseen(db.session, run)
    return render_template("imports/undo.html", run=run, form=form, would=would)


@bp.get("/admin/imports/<int:run_id>/rejected.csv")
@administrators
def rejected(run_id: int) -> ResponseReturnValue:
    """Give the rejected rows out, each with its reason and its original cells."""
    run = run_for(run_id)
    found = importing.rejections(db.session, run, secret=secret(), at=clock.now())
    header, rows = importing.rejected_table(run, found)
    return csv_file(f"rejected-{run_id}.csv", header, _told(rows))


@bp.get("/admin/imports/<int:run_id>/doubts.csv")
@administrators
def doubts(run_id: int) -> ResponseReturnValue:
    """Give out the doubtful cells of the rows that were taken."""
    cells = db.session.scalars(queries.doubts(run_for(run_id).id))
    rows = ((cell.line, cell.column, cell.value, cell.reason) for cell in cells)
    return csv_file(f"doubts-{run_id}.csv", ("line", "column", "value", "reason"), _told(rows))


def _told(rows: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows with their reason in the reader's language."""
    for line, column, value, reason, *cells in rows:
        yield line, column, value, gettext(reason), *cells

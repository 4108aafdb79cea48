"""Files of readings: uploaded, their columns named, previewed, taken, undone."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cxquest.core import clock
from cxquest.core.errors import BadInput
from cxquest.extensions import db
from cxquest.measures import columns, filing
from cxquest.measures.models import Metric, ReadingRun
from cxquest.measures.reading_files import MOST_BYTES
from cxquest.quests import loading, policy
from cxquest.quests.metric_forms import ColumnsForm, ReadingFileForm, WithdrawForm
from cxquest.quests.models import Quest
from cxquest.quests.series_views import back_to_series, series_for, series_url
from cxquest.quests.views import bp
from cxquest.web import formpage, guard, pages
from cxquest.web.download import csv_file
from cxquest.web.errors import said
from cxquest.web.forms import choices

SHOWN = 50  # rejected rows on the page; all of them can be taken out


@bp.route("/metrics/<int:metric_id>/files/new", methods=["GET", "POST"])
def new_reading_file(metric_id: int) -> ResponseReturnValue:
    """Take a file of readings, and list the earlier ones."""
    quest, metric = series_for(metric_id, policy.may_measure)
    form = ReadingFileForm()
    if form.validate_on_submit():
        try:
            run = _started(quest, metric, form)
        except BadInput as refusal:
            form.refuse("file", said(refusal))
        else:
            db.session.commit()
            return _to(metric, run)
    page = render_template(
        "quests/reading_files.html",
        quest=quest,
        metric=metric,
        counted=metric.is_counted,
        form=form,
        page=pages.page_of(filing.listed(metric.id)),
        turn=pages.turner(),
    )
    return page, 422 if form.is_submitted() else 200


def _started(quest: Quest, metric: Metric, form: ReadingFileForm) -> ReadingRun:
    upload = form.file.data
    return loading.start(
        db.session,
        quest,
        metric,
        upload.filename,
        upload.stream.read(MOST_BYTES + 1),
        by=guard.me(),
        at=clock.now(),
    )


@bp.get("/metrics/<int:metric_id>/files/template.csv")
def reading_file_template(metric_id: int) -> ResponseReturnValue:
    """Give out an empty file with the columns that fit this metric."""
    _quest, metric = series_for(metric_id)
    header = ("period", "count", "n") if metric.is_counted else ("period", "value")
    return csv_file(f"readings-{metric_id}.csv", header, [])


@bp.route("/metrics/<int:metric_id>/files/<int:reading_run_id>", methods=["GET", "POST"])
def reading_file(metric_id: int, reading_run_id: int) -> ResponseReturnValue:
    """Show how far a file has come; say which column is what, and preview it."""
    quest, metric, run = _run_for(metric_id, reading_run_id)
    if request.method == "POST":
        filing.check_open(run)
    form = _columns_form(metric, run) if run.state in filing.OPEN else None
    if form and form.validate_on_submit():
        try:
            choice = form.choice(run.columns, counted=metric.is_counted)
            loading.preview(db.session, quest, metric, run, choice, by=guard.me(), at=clock.now())
        except BadInput as refusal:
            db.session.rollback()
            quest, metric, run = _run_for(metric_id, reading_run_id)
            form.refuse(refusal.field, said(refusal))
        else:
            db.session.commit()
            return _to(metric, run)
    page = render_template("quests/reading_file.html", **_shown(quest, metric, run, form))
    return page, 422 if request.method == "POST" else 200


@bp.post("/metrics/<int:metric_id>/files/<int:reading_run_id>/take")
def take_reading_file(metric_id: int, reading_run_id: int) -> ResponseReturnValue:
    """Take a file in as it was previewed."""
    quest, metric, run = _run_for(metric_id, reading_run_id)
    loading.finish(db.session, quest, metric, run, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("The file is taken in."), "done")
    return _to(metric, run)


@bp.post("/metrics/<int:metric_id>/files/<int:reading_run_id>/discard")
def discard_reading_file(metric_id: int, reading_run_id: int) -> ResponseReturnValue:
    """Let go of a file of which nothing was taken."""
    quest, metric, run = _run_for(metric_id, reading_run_id)
    loading.discard(db.session, quest, run, by=guard.me(), at=clock.now())
    db.session.commit()
    return back_to_series(metric)


@bp.route("/metrics/<int:metric_id>/files/<int:reading_run_id>/undo", methods=["GET", "POST"])
def undo_reading_file(metric_id: int, reading_run_id: int) -> ResponseReturnValue:
    """Take back what a file brought."""
    quest, metric, run = _run_for(metric_id, reading_run_id)
    form = WithdrawForm()
    if form.validate_on_submit():
        reason = form.reason.data
        count = loading.undo(db.session, quest, metric, run, reason, by=guard.me(), at=clock.now())
        db.session.commit()
        told = ngettext("%(num)s reading is taken back.", "%(num)s readings are taken back.", count)
        flash(told, "done")
        return _to(metric, run)
    return formpage.show(
        form,
        _("Undo this file"),
        _("Take it all back"),
        _url(metric, run),
        eyebrow=run.file_name,
        lead=_(
            "What it brought is taken back where it still stands; what it corrected gets its "
            "earlier value again. All of it stays on record."
        ),
    )


@bp.get("/metrics/<int:metric_id>/files/<int:reading_run_id>/rejected.csv")
def rejected_readings(metric_id: int, reading_run_id: int) -> ResponseReturnValue:
    """Take out every rejected row, with why it was."""
    _quest, _metric, run = _run_for(metric_id, reading_run_id)
    rows = ((one["line"], one["column"], one["value"], worded(one)) for one in run.rejections)
    name = f"rejected-{run.id}.csv"
    return csv_file(name, ("line", "column", "value", "reason"), rows)


def worded(rejection: dict[str, Any]) -> str:
    """Return why a row was rejected, in the reader's language."""
    return str(_(rejection["reason"], **rejection["values"]))


def _run_for(metric_id: int, run_id: int) -> tuple[Quest, Metric, ReadingRun]:
    quest, metric = series_for(metric_id, policy.may_measure)
    return quest, metric, filing.run(db.session, metric.id, run_id) or guard.not_there()


def _url(metric: Metric, run: ReadingRun) -> str:
    return url_for("quests.reading_file", metric_id=metric.id, reading_run_id=run.id)


def _to(metric: Metric, run: ReadingRun) -> ResponseReturnValue:
    return redirect(_url(metric, run), 303)


def _columns_form(metric: Metric, run: ReadingRun) -> ColumnsForm:
    """Return the form with what was chosen before, or with what the file leaves no doubt of."""
    counted = metric.is_counted
    form = ColumnsForm(data=_chosen(run) or _proposed(run, counted=counted))
    names = [(one["name"], _titled(one)) for one in run.columns]
    form.day.choices = form.figure.choices = choices(names, _("Choose"))
    form.n.choices = choices(names, _("None"))
    if not counted:
        del form.figure_is
    return form


def _titled(column: dict[str, Any]) -> str:
    shown = ", ".join(column["examples"])
    return f"{column['name']} ({shown})" if shown else str(column["name"])


def _chosen(run: ReadingRun) -> dict[str, Any]:
    if not run.mapping:
        return {}
    choice = filing.choice_of(run)
    kind = "count" if choice.columns.counted else "value"
    more = {"figure_is": kind, "correct": bool(choice.reason), "reason": choice.reason}
    return {**choice.columns.as_json(), **more}


def _proposed(run: ReadingRun, *, counted: bool) -> dict[str, Any]:
    return {"figure_is": "value", **columns.proposed(run.columns, sized=counted)}


def _shown(
    quest: Quest, metric: Metric, run: ReadingRun, form: ColumnsForm | None
) -> dict[str, Any]:
    return {
        "quest": quest,
        "metric": metric,
        "run": run,
        "form": form,
        "rejections": [{**one, "reason": worded(one)} for one in run.rejections[:SHOWN]],
        "back": series_url(metric),
    }

"""One series with all its readings: a metric, or the one beside it that should not move."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.core.errors import NotAllowed
from cxquest.core.errors import marked as _m
from cxquest.extensions import db
from cxquest.measures import analysing, plotted, shares
from cxquest.measures import queries as measures
from cxquest.measures.models import Metric, Reaction, Reading, Rebase
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests import figure_pages, measuring, metric_queries, policy
from cxquest.quests.metric_forms import (
    CorrectionForm,
    ReactedForm,
    RecountForm,
    WithdrawForm,
    figures_of,
    plain,
    reading_form,
)
from cxquest.quests.models import Quest
from cxquest.quests.views import bp, quest_url
from cxquest.web import formpage, guard, pages, pictures
from cxquest.web.download import csv_file
from cxquest.web.filters import day, number
from cxquest.web.labels import label

ROWS = 50
LATEST = 5  # reactions that the page of a series shows
HEADER = (
    "period from",
    "value",
    "n",
    "what it is",
    "counts",
    "reason",
    "came by",
    "entered by",
    "entered at",
)


@bp.route("/metrics/<int:metric_id>", methods=["GET", "POST"])
def series(metric_id: int) -> ResponseReturnValue:
    """Show every reading of a series with its corrections, and add one."""
    adding = request.method == "POST"
    quest, metric = series_for(metric_id, policy.may_measure if adding else policy.may_see)
    form = reading_form(metric)
    if form.validate_on_submit():
        value, n = figures_of(form, metric)
        with formpage.refusing(form):
            measuring.read(
                db.session,
                quest,
                series=metric,
                day=form.day.data,
                value=value,
                n=n,
                by=guard.me(),
                at=clock.now(),
            )
            db.session.commit()
            flash(_("That is saved."), "done")
            return back_to_series(metric)
    page = render_template("quests/series.html", form=form, **_shown(quest, metric))
    return page, 422 if form.is_submitted() else 200


@bp.get("/metrics/<int:metric_id>/readings.csv")
def series_csv(metric_id: int) -> ResponseReturnValue:
    """Take out every row of a series, corrected or not."""
    _quest, metric = series_for(metric_id)
    return csv_file(f"readings-{metric_id}.csv", HEADER, _rows(metric))


@bp.get("/metrics/<int:metric_id>/chart.svg")
def chart_svg(metric_id: int) -> ResponseReturnValue:
    """Take the chart out as a drawing."""
    _quest, metric = series_for(metric_id)
    return _picture(_svg(metric).encode(), "image/svg+xml", f"chart-{metric_id}.svg")


@bp.get("/metrics/<int:metric_id>/chart.png")
def chart_png(metric_id: int) -> ResponseReturnValue:
    """Take the chart out as a picture for slides."""
    _quest, metric = series_for(metric_id)
    return _picture(pictures.png(_svg(metric)), "image/png", f"chart-{metric_id}.png")


@bp.route("/metrics/<int:metric_id>/readings/<int:reading_id>", methods=["GET", "POST"])
def correct(metric_id: int, reading_id: int) -> ResponseReturnValue:
    """Correct a reading by a new row."""
    quest, metric = series_for(metric_id, policy.may_correct)
    reading = _reading_for(metric, reading_id)
    form = _correction_form(metric, reading)
    if form.validate_on_submit():
        value, n = figures_of(form, metric)
        with formpage.refusing(form):
            measuring.correct(
                db.session,
                quest,
                reading,
                series=metric,
                value=value,
                n=n,
                reason=form.reason.data,
                by=guard.me(),
                at=clock.now(),
            )
            db.session.commit()
            flash(_("That is saved."), "done")
            return back_to_series(metric)
    return formpage.show(
        form,
        _("Correct a reading"),
        _("Correct"),
        series_url(metric),
        eyebrow=_about(metric, reading),
        lead=_("The first value stays on record; the corrected one counts from now on."),
    )


@bp.route("/metrics/<int:metric_id>/readings/<int:reading_id>/withdraw", methods=["GET", "POST"])
def withdraw_reading(metric_id: int, reading_id: int) -> ResponseReturnValue:
    """Take a reading back: its period has none again."""
    quest, metric = series_for(metric_id, policy.may_correct)
    reading = _reading_for(metric, reading_id)
    form = WithdrawForm()
    if form.validate_on_submit():
        measuring.withdraw(
            db.session,
            quest,
            reading,
            series=metric,
            reason=form.reason.data,
            by=guard.me(),
            at=clock.now(),
        )
        db.session.commit()
        flash(_("The reading is taken back; it stays on record."), "done")
        return back_to_series(metric)
    return formpage.show(
        form,
        _("Take a reading back"),
        _("Take it back"),
        series_url(metric),
        eyebrow=_about(metric, reading),
        lead=_(
            "The period has no value again. The reading and why it was taken back stay on record."
        ),
    )


@bp.route("/metrics/<int:metric_id>/reactions/<int:reaction_id>", methods=["GET", "POST"])
def react(metric_id: int, reaction_id: int) -> ResponseReturnValue:
    """Say what was done about a red reading."""
    quest, metric = series_for(metric_id, policy.may_react)
    reaction = measures.reaction(db.session, metric, reaction_id) or guard.not_there()
    form = ReactedForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            measuring.react(
                db.session, quest, reaction, form.done.data, by=guard.me(), at=clock.now()
            )
            db.session.commit()
            flash(_("That is saved."), "done")
            return back_to_series(metric)
    answering = {"metric": metric, "reaction": reaction, "now": clock.now()}
    page = render_template("quests/reaction.html", quest=quest, form=form, **answering)
    return page, 422 if form.is_submitted() else 200


def series_for(
    metric_id: int, may: Callable[[Person, Quest], bool] = policy.may_see
) -> tuple[Quest, Metric]:
    """Return a series with its quest; 404 if it is not there, 403 if it is not this person's."""
    quest = metric_queries.quest_of(db.session, metric_id)
    if quest is None or quest.metric is None or not policy.may_see(guard.me(), quest):
        guard.not_there()
    g.subject_url = quest_url(quest)
    if not may(guard.me(), quest):
        raise NotAllowed(_m("Only the team and the metric's owner measure a quest."))
    own = quest.metric
    found = own if own.id == metric_id else own.neighbour
    return quest, found or guard.not_there()


def series_url(metric: Metric, anchor: str = "") -> str:
    """Return the address of a series' page, at one of its parts."""
    return url_for("quests.series", metric_id=metric.id, _anchor=anchor or None)


def back_to_series(metric: Metric) -> ResponseReturnValue:
    """Go to the page of a series after a deed."""
    return redirect(series_url(metric), 303)


def _shown(quest: Quest, metric: Metric) -> dict[str, Any]:
    """Return what the page of a series shows."""
    me, until = guard.me(), _until()
    page = pages.page_of(measures.listed(metric.id), ROWS)
    today = people.today(db.session, clock.now())
    rebases = measures.rebases(db.session, metric)
    return {
        **figure_pages.shown(metric, today),
        **_drawing(metric, rebases, until),
        "quest": quest,
        "metric": metric,
        "is_key": metric.id == quest.metric_id,
        "page": page,
        "turn": pages.turner(),
        "replaced": metric_queries.replaced(db.session, [row.id for row in page.items]),
        "names": metric_queries.names(db.session, [row.recorded_by_id for row in page.items]),
        "rebases": rebases,
        "reactions": [] if until else _reactions(metric),
        "counted": metric.is_counted,
        "count_of": shares.count_of,
        "may_add": policy.may_measure(me, quest),
        "may_correct": policy.may_correct(me, quest),
        "may_react": policy.may_react(me, quest),
        "may_hold_keys": policy.may_hold_keys(me, quest),
        "may_define": policy.may_work_on(me, quest),
    }


def _drawing(metric: Metric, rebases: Sequence[Rebase], until: date | None) -> dict[str, Any]:
    """Return the chart up to a day, and the day before which there is more of it."""
    drawn = analysing.drawn_before(db.session, metric, rebases, until) if until else None
    points = plotted.points(metric.analysis.get("chart", {}) if drawn is None else drawn)
    full = len(points) >= analysing.DRAWN
    return {
        "chart": figure_pages.chart_of(metric, drawn=drawn),
        "until": until,
        "earlier": points[0].day if full else None,
    }


def _reactions(metric: Metric) -> Sequence[Reaction]:
    return db.session.scalars(measures.reactions(metric.id).limit(LATEST)).all()


def _until() -> date | None:
    """Return the day up to which the URL asks for the chart; None where it asks for none."""
    try:
        return date.fromisoformat(request.args.get("until", ""))
    except ValueError:
        return None


def _rows(metric: Metric) -> Iterator[tuple[Any, ...]]:
    for reading, later, name in db.session.execute(metric_queries.everything(metric.id)):
        what = "withdrawal" if reading.withdrawn else "correction" if reading.corrects_id else ""
        yield (
            reading.period_start,
            f"{reading.value.normalize():f}",
            reading.n,
            what or "reading",
            "yes" if later is None and not reading.withdrawn else "no",
            reading.reason,
            label(reading.via),
            name or "",
            f"{reading.recorded_at:%Y-%m-%dT%H:%M:%SZ}",
        )


def _svg(metric: Metric) -> str:
    chart = figure_pages.chart_of(metric) or guard.not_there()
    return pictures.svg(
        chart,
        title=metric.name,
        description=figure_pages.says(metric),
        rule_set=figure_pages.rule_set(metric),
        unit=metric.unit,
    )


def _picture(content: bytes, mimetype: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=mimetype, headers=headers)


def _reading_for(metric: Metric, reading_id: int) -> Reading:
    return measures.reading(db.session, metric, reading_id) or guard.not_there()


def _about(metric: Metric, reading: Reading) -> str:
    return f"{metric.name}, {day(reading.period_start)}: {number(reading.value)}"


def _correction_form(metric: Metric, reading: Reading) -> CorrectionForm | RecountForm:
    if not metric.is_counted:
        return CorrectionForm(data={"value": plain(reading.value), "n": reading.n})
    count = shares.count_of(reading.value, reading.n or 1, metric.per)
    return RecountForm(data={"count": count, "n": reading.n})

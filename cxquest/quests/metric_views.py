"""The metric of a quest: definition, baseline, readings, measures beside it."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _m
from cxquest.extensions import db
from cxquest.measures import queries as measures
from cxquest.measures.models import Direction, Metric, Period, SideKind
from cxquest.measures.recording import Definition
from cxquest.quests import measuring, policy
from cxquest.quests.forms import (
    CorrectionForm,
    FreezeForm,
    MetricForm,
    ObservedForm,
    ReadingForm,
    SideForm,
    ToldForm,
)
from cxquest.quests.models import Quest
from cxquest.quests.views import back_to, bp, quest_for, quest_url
from cxquest.web import formpage, guard
from cxquest.web.forms import choices


@bp.route("/quests/<int:quest_id>/metric", methods=["GET", "POST"])
def metric(quest_id: int) -> ResponseReturnValue:
    """Define the action metric."""
    quest = quest_for(quest_id, policy.may_work_on)
    form = MetricForm(obj=quest.metric)
    form.owner_id.choices = choices(
        ((m.person_id, m.person.name) for m in quest.team), _("Not chosen yet")
    )
    if quest.metric and not form.is_submitted():
        form.direction.data, form.period.data = quest.metric.direction, quest.metric.period
        form.owner_id.data = str(quest.metric.owner_id or "")
    if form.validate_on_submit():
        with formpage.refusing(form):
            measuring.define(db.session, quest, _definition(form), by=guard.me(), at=clock.now())
            db.session.commit()
            return back_to(quest, "metric")
    return formpage.show(
        form, _("The action metric"), _("Save"), quest_url(quest, "metric"), eyebrow=quest.title
    )


def _definition(form: MetricForm) -> Definition:
    return Definition(
        name=form.name.data,
        definition=form.definition.data,
        unit=form.unit.data,
        direction=Direction(form.direction.data),
        period=Period(form.period.data),
        data_source=form.data_source.data,
        owner_id=int(form.owner_id.data) if form.owner_id.data else None,
        target=form.target.data,
        target_on=form.target_on.data,
    )


@bp.route("/quests/<int:quest_id>/metric/freeze", methods=["GET", "POST"])
def freeze(quest_id: int) -> ResponseReturnValue:
    """Freeze the baseline."""
    quest = quest_for(quest_id, policy.may_work_on)
    values = measures.values_of(_metric_of(quest).readings)
    form = FreezeForm()
    if not form.is_submitted() and values:
        form.baseline_from.data = values[0].period_start
        form.baseline_to.data = values[-1].period_start
    if form.validate_on_submit():
        with formpage.refusing(form):
            measuring.freeze(
                db.session,
                quest,
                first=form.baseline_from.data,
                last=form.baseline_to.data,
                by=guard.me(),
                at=clock.now(),
            )
            db.session.commit()
            return back_to(quest, "metric")
    return formpage.show(
        form,
        _("Freeze the baseline"),
        _("Freeze"),
        quest_url(quest, "metric"),
        eyebrow=quest.title,
        lead=_("The mean of the readings in this time before the change. It never moves again."),
    )


@bp.route("/quests/<int:quest_id>/readings", methods=["GET", "POST"])
def readings(quest_id: int) -> ResponseReturnValue:
    """Show every reading with its corrections, and add one."""
    adding = request.method == "POST"
    quest = quest_for(quest_id, policy.may_measure if adding else policy.may_see)
    owned = _metric_of(quest)
    form = ReadingForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            measuring.read(
                db.session,
                quest,
                day=form.day.data,
                value=form.value.data,
                n=form.n.data,
                by=guard.me(),
                at=clock.now(),
            )
            db.session.commit()
            return back_to(quest, "metric")
    page = render_template(
        "quests/readings.html",
        quest=quest,
        metric=owned,
        form=form,
        may_add=policy.may_measure(guard.me(), quest),
        replaced={r.corrects_id for r in owned.readings},
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/quests/<int:quest_id>/readings/<int:reading_id>", methods=["GET", "POST"])
def correct(quest_id: int, reading_id: int) -> ResponseReturnValue:
    """Correct a reading by a new row."""
    quest = quest_for(quest_id, policy.may_measure)
    reading = measures.reading(db.session, _metric_of(quest), reading_id)
    if reading is None:
        guard.not_there()
    form = CorrectionForm(data={"value": reading.value.normalize(), "n": reading.n})
    if form.validate_on_submit():
        measuring.correct(
            db.session,
            quest,
            reading,
            value=form.value.data,
            n=form.n.data,
            reason=form.reason.data,
            by=guard.me(),
            at=clock.now(),
        )
        db.session.commit()
        return back_to(quest, "metric")
    return formpage.show(
        form,
        _("Correct a reading"),
        _("Correct"),
        quest_url(quest, "metric"),
        eyebrow=quest.title,
        lead=_("The first value stays on record; the corrected one counts from now on."),
    )


@bp.route("/quests/<int:quest_id>/sides/new", methods=["GET", "POST"])
def declare(quest_id: int) -> ResponseReturnValue:
    """Declare a measure beside the action metric."""
    quest = quest_for(quest_id, policy.may_work_on)
    _metric_of(quest)
    form = SideForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            measuring.declare(
                db.session,
                quest,
                SideKind(form.kind.data),
                label=form.label.data,
                baseline=form.baseline.data,
                target=form.target.data,
                by=guard.me(),
                at=clock.now(),
            )
            db.session.commit()
            return back_to(quest, "metric")
    return formpage.show(
        form,
        _("A measure beside the metric"),
        _("Declare"),
        quest_url(quest, "metric"),
        eyebrow=quest.title,
        lead=_("The action metric weighs 60 %, the fall of the theme 25 %, a survey rating 15 %."),
    )


@bp.route("/quests/<int:quest_id>/sides/<any(theme, survey):kind>", methods=["GET", "POST"])
def observe(quest_id: int, kind: str) -> ResponseReturnValue:
    """Write down where a side measure stands."""
    quest = quest_for(quest_id, policy.may_measure)
    side = measures.side(db.session, _metric_of(quest), kind)
    if side is None:
        guard.not_there()
    form = ObservedForm(obj=side)
    if form.validate_on_submit():
        measuring.observe(
            db.session,
            quest,
            side,
            observed=form.observed.data,
            n=form.n.data,
            by=guard.me(),
            at=clock.now(),
        )
        db.session.commit()
        return back_to(quest, "metric")
    return formpage.show(
        form,
        side.label,
        _("Save"),
        quest_url(quest, "metric"),
        eyebrow=quest.title,
        lead=_("Below 30 observations it does not count and its weight goes to the others."),
    )


@bp.route("/quests/<int:quest_id>/told", methods=["GET", "POST"])
def told(quest_id: int) -> ResponseReturnValue:
    """Write down how customers were told."""
    quest = quest_for(quest_id, policy.may_measure)
    form = ToldForm(obj=quest)
    if form.validate_on_submit():
        measuring.tell_customers(
            db.session, quest, form.customers_told.data, by=guard.me(), at=clock.now()
        )
        db.session.commit()
        return back_to(quest, "customers-told")
    return formpage.show(
        form,
        _("You said, we did"),
        _("Save"),
        quest_url(quest, "customers-told"),
        eyebrow=quest.title,
    )


def _metric_of(quest: Quest) -> Metric:
    if quest.metric is None:
        raise Refusal(_m("Define the metric first."))
    return quest.metric

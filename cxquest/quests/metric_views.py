"""The metric of a quest: definition, who moves it, neighbour, baseline, limits that begin anew."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.measures import queries as measures
from cxquest.measures import templates
from cxquest.measures.defining import Definition
from cxquest.measures.models import Direction, Metric, MetricKind, Period
from cxquest.measures.spc import ChartKind
from cxquest.measures.templates import Template
from cxquest.people import queries as people
from cxquest.quests import measuring, policy
from cxquest.quests.measuring import metric_of
from cxquest.quests.metric_forms import (
    FreezeForm,
    MetricForm,
    NeighbourForm,
    Offer,
    RebaseForm,
    mover_of,
    movers_form,
    plain,
)
from cxquest.quests.models import Quest
from cxquest.quests.views import back_to, bp, quest_for, quest_url
from cxquest.web import formpage, guard
from cxquest.web.forms import choices

FIGURES = ("target", "red_limit")
CHOSEN = ("kind", "direction", "period", "chart")
PLAIN = ("name", "definition", "unit", "data_source", "target_on", "reaction", "reaction_hours")


@bp.route("/quests/<int:quest_id>/metric", methods=["GET", "POST"])
def metric(quest_id: int) -> ResponseReturnValue:
    """Define the action metric."""
    quest = quest_for(quest_id, policy.may_work_on)
    template = templates.BY_KEY.get(request.args.get("template", ""))
    form = _metric_form(quest, template)
    if form.validate_on_submit():
        with formpage.refusing(form):
            measuring.define(db.session, quest, _definition(form), by=guard.me(), at=clock.now())
            db.session.commit()
            return back_to(quest, "metric")
    page = render_template("quests/metric_form.html", quest=quest, form=form, template=template)
    return page, 422 if form.is_submitted() else 200


@bp.get("/quests/<int:quest_id>/metric/templates")
def metric_templates(quest_id: int) -> ResponseReturnValue:
    """Show metrics of the field to begin with."""
    quest = quest_for(quest_id, policy.may_work_on)
    return render_template(
        "quests/metric_templates.html", quest=quest, templates=templates.TEMPLATES
    )


def _metric_form(quest: Quest, template: Template | None) -> MetricForm:
    """Return the form with what is known, or with what a template proposes."""
    known = _proposed(template) if template else _known(quest.metric)
    form = MetricForm(data=known)
    team = [(m.person_id, m.person.name) for m in quest.team]
    form.owner_id.choices = choices(team, _("Not chosen yet"))
    form.reaction_by_id.choices = choices(team, _("Not chosen yet"))
    return form


def _known(metric: Metric | None) -> dict[str, Any]:
    if metric is None:
        return {}
    known: dict[str, Any] = {name: getattr(metric, name) for name in PLAIN}
    known |= {name: getattr(metric, name).value for name in CHOSEN}
    known |= {name: plain(getattr(metric, name)) for name in FIGURES}
    ids = ("owner_id", "reaction_by_id")
    return known | {"per": str(metric.per)} | {n: str(getattr(metric, n) or "") for n in ids}


def _proposed(template: Template) -> dict[str, Any]:
    """Return what a template proposes, in the reader's language."""
    words = {name: _(getattr(template, name)) for name in ("name", "definition", "unit")}
    chosen = {name: getattr(template, name) for name in CHOSEN}
    return {**words, **chosen, "per": str(template.per)}


def _definition(form: MetricForm) -> Definition:
    chart = ChartKind(form.chart.data)
    return Definition(
        name=form.name.data,
        definition=form.definition.data,
        unit=form.unit.data,
        direction=Direction(form.direction.data),
        period=Period(form.period.data),
        data_source=form.data_source.data,
        owner_id=_id(form.owner_id.data),
        target=form.target.data,
        target_on=form.target_on.data,
        kind=MetricKind(form.kind.data),
        chart=chart,
        per=1 if chart is ChartKind.XMR else int(form.per.data or 1),
        red_limit=form.red_limit.data,
        reaction=form.reaction.data,
        reaction_by_id=_id(form.reaction_by_id.data),
        reaction_hours=form.reaction_hours.data,
    )


def _id(chosen: str | None) -> int | None:
    return int(chosen) if chosen else None


@bp.route("/quests/<int:quest_id>/movers", methods=["GET", "POST"])
def movers(quest_id: int) -> ResponseReturnValue:
    """Name who of each department at the table can move the metric this month."""
    quest = quest_for(quest_id, policy.may_work_on)
    metric = metric_of(quest)
    offered = _who_moves(quest)
    form = movers_form(offered, {one.department_id: one.person_id for one in metric.movers})
    if form.validate_on_submit():
        named = {key: int(form[mover_of(key)].data) for key in offered if form[mover_of(key)].data}
        measuring.name_movers(db.session, quest, named, by=guard.me(), at=clock.now())
        db.session.commit()
        return back_to(quest, "movers")
    page = render_template("quests/movers.html", quest=quest, metric=metric, form=form)
    return page, 422 if form.is_submitted() else 200


def _who_moves(quest: Quest) -> dict[int, tuple[str, Offer]]:
    """Return the people of each department at the table and who sits there, the team first."""
    team = {m.person_id for m in quest.team}
    everyone = sorted(people.active_people(db.session), key=lambda p: (p.id not in team, p.name))
    offered = dict[int, tuple[str, Offer]]()
    for chair in quest.chairs:
        near = [
            (person.id, person.name)
            for person in everyone
            if person.department_id == chair.department_id or person.id == chair.person_id
        ]
        offered[chair.department_id] = (chair.department.name, choices(near, _("Nobody yet")))
    return offered


@bp.route("/quests/<int:quest_id>/neighbour", methods=["GET", "POST"])
def neighbour(quest_id: int) -> ResponseReturnValue:
    """Name a series that the changes should not move."""
    quest = quest_for(quest_id, policy.may_work_on)
    form = NeighbourForm(obj=metric_of(quest).neighbour)
    if form.validate_on_submit():
        measuring.name_neighbour(db.session, quest, form.name.data, by=guard.me(), at=clock.now())
        db.session.commit()
        return back_to(quest, "metric")
    return formpage.show(
        form,
        _("A series that the change should not move"),
        _("Save"),
        quest_url(quest, "metric"),
        eyebrow=quest.title,
        lead=_(
            "It is read as the metric is: by hand, by file or by the API. Where it moves at the "
            "same time, something else may have moved both, and nobody calls the change the cause."
        ),
    )


@bp.route("/quests/<int:quest_id>/rebase", methods=["GET", "POST"])
def rebase(quest_id: int) -> ResponseReturnValue:
    """Begin the limits of the chart anew from a day."""
    quest = quest_for(quest_id, policy.may_work_on)
    metric_of(quest)
    form = RebaseForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            measuring.rebase(
                db.session,
                quest,
                form.on_day.data,
                form.reason.data,
                by=guard.me(),
                at=clock.now(),
            )
            db.session.commit()
            return back_to(quest, "metric")
    return formpage.show(
        form,
        _("Begin the limits anew"),
        _("Begin anew"),
        quest_url(quest, "metric"),
        eyebrow=quest.title,
        lead=_(
            "From that day on the mean and the limits of the chart are worked out from the new "
            "readings. The baseline, the target and what was attained stay as they are: only the "
            "drawing changes. It is never taken back, and the reason stands under the chart."
        ),
    )


@bp.route("/quests/<int:quest_id>/metric/freeze", methods=["GET", "POST"])
def freeze(quest_id: int) -> ResponseReturnValue:
    """Freeze the baseline."""
    quest = quest_for(quest_id, policy.may_work_on)
    form = FreezeForm()
    if not form.is_submitted():
        form.baseline_from.data, form.baseline_to.data = measures.span(db.session, metric_of(quest))
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


@bp.get("/quests/<int:quest_id>/readings")
def readings(quest_id: int) -> ResponseReturnValue:
    """Lead to the page of the metric's readings."""
    return redirect(url_for("quests.series", metric_id=metric_of(quest_for(quest_id)).id))

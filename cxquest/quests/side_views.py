"""Measures beside the metric of a quest, and how customers were told."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.measures import queries as measures
from cxquest.measures.models import SideKind, SideOrigin
from cxquest.quests import declaring, measuring, policy
from cxquest.quests.measuring import metric_of
from cxquest.quests.metric_forms import ObservedForm, SideForm, ToldForm
from cxquest.quests.models import Quest
from cxquest.quests.views import back_to, bp, quest_for, quest_url
from cxquest.web import formpage, guard


@bp.route("/quests/<int:quest_id>/sides/new", methods=["GET", "POST"])
def declare(quest_id: int) -> ResponseReturnValue:
    """Declare a measure beside the action metric."""
    quest = quest_for(quest_id, policy.may_work_on)
    metric_of(quest)
    form = SideForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            _declare(quest, form)
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


def _declare(quest: Quest, form: SideForm) -> None:
    kind, target = SideKind(form.kind.data), form.target.data
    if form.origin.data != SideOrigin.HAND:
        declaring.declare_read(db.session, quest, kind, target, by=guard.me(), at=clock.now())
        return
    declaring.declare(
        db.session,
        quest,
        kind,
        label=form.label.data,
        baseline=form.baseline.data,
        target=target,
        by=guard.me(),
        at=clock.now(),
    )


@bp.route("/quests/<int:quest_id>/sides/<any(theme, survey):kind>", methods=["GET", "POST"])
def observe(quest_id: int, kind: str) -> ResponseReturnValue:
    """Write down where a side measure stands."""
    quest = quest_for(quest_id, policy.may_measure)
    side = measures.side(db.session, metric_of(quest), kind)
    if side is None:
        guard.not_there()
    form = ObservedForm(obj=side)
    if form.validate_on_submit():
        declaring.observe(
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

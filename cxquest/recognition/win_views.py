"""Wins: what was proven in a month, and the sponsor's thanks."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.core.errors import NotAllowed
from cxquest.core.errors import marked as _m
from cxquest.extensions import db
from cxquest.quests import deeds
from cxquest.quests.models import Quest
from cxquest.recognition import policy, queries, thanking, win_queries
from cxquest.recognition.forms import ThanksForm
from cxquest.recognition.views import bp
from cxquest.recognition.win_queries import Month, Win, month_of
from cxquest.web import formpage, guard, nav, pages
from cxquest.web.download import csv_file
from cxquest.web.labels import label

MONTH = re.compile(r"(2\d{3})-(0[1-9]|1[0-2])")


@bp.get("/wins")
def wins() -> ResponseReturnValue:
    """Show what was proven in a month, by default the newest in which anything was."""
    month = _month()
    before, after = win_queries.neighbours(db.session, month)
    page = pages.page_of(win_queries.proven(month))
    return render_template(
        "recognition/wins.html",
        page=page,
        wins=win_queries.wins(db.session, page.items),
        month=month,
        before=_of(before),
        after=_of(after),
        turn=pages.turner(),
        rung=deeds.rung,
        deepest=deeds.deepest,
        may_thank=lambda quest: policy.may_thank(guard.me(), quest),
    )


@bp.get("/wins.csv")
def wins_csv() -> ResponseReturnValue:
    """Export the wins of the same month."""
    month = _month()
    quests = db.session.scalars(win_queries.proven(month)).unique()
    rows = (_row(win) for win in win_queries.wins(db.session, quests))
    return csv_file(f"wins-{month.name}.csv", HEADER, rows)


@bp.route("/quests/<int:quest_id>/thanks", methods=["GET", "POST"])
def thanks(quest_id: int) -> ResponseReturnValue:
    """Let the sponsor thank the team."""
    quest = _quest_for(quest_id)
    form = ThanksForm(obj=queries.thanks(db.session, quest.id))
    month = _of(quest.outcome_at)
    back = url_for(".wins", month=month.name if month else None, _anchor=f"quest-{quest.id}")
    if form.validate_on_submit():
        with formpage.refusing(form):
            thanking.thank(db.session, quest, form.text.data, by=guard.me(), at=clock.now())
            db.session.commit()
            return redirect(back, 303)
    return formpage.show(form, _("Thank the team"), _("Say it"), back, eyebrow=quest.title)


HEADER = (
    "id",
    "quest",
    "proven on",
    "customer's words",
    "metric",
    "unit",
    "before",
    "now",
    "readings",
    "work",
    "cause",
    "departments",
    "team",
    "sponsor",
    "thanks",
    "undone on",
)


def _row(win: Win) -> Sequence[Any]:
    quest, metric = win.quest, win.quest.metric
    work, cause = deeds.rung(quest), deeds.deepest(quest)
    return (
        quest.id,
        quest.title,
        quest.outcome_at.date() if quest.outcome_at else "",
        win.quote.shown if win.quote else quest.pain.title,
        metric.name if metric else "",
        metric.unit if metric else "",
        metric.baseline if metric else "",
        win.now.value if win.now else "",
        win.now.readings if win.now else "",
        label(work) if work else "",
        label(cause) if cause else "",
        " · ".join(win.departments),
        " · ".join(member.person.name for member in quest.team),
        quest.sponsor.name if quest.sponsor else "",
        win.thanks.text if win.thanks else "",
        win.back.at.date() if win.back else "",
    )


def _quest_for(quest_id: int) -> Quest:
    quest = queries.team(db.session, quest_id) or guard.not_there()
    g.subject_url = url_for("quests.show", quest_id=quest.id)
    if not policy.may_thank(guard.me(), quest):
        raise NotAllowed(_m("The sponsor thanks the team once its outcome is proven."))
    return quest


def _month() -> Month:
    """Return the month that the URL names, else the newest in which anything was proven."""
    asked = MONTH.fullmatch(request.args.get("month", ""))
    if asked:
        return month_of(date(int(asked[1]), int(asked[2]), 1), _zone())
    at = win_queries.newest(db.session) or clock.now()
    return month_of(at.astimezone(_zone()).date(), _zone())


def _of(at: datetime | None) -> Month | None:
    return month_of(at.astimezone(_zone()).date(), _zone()) if at else None


def _zone() -> ZoneInfo:
    known = nav.organisation()
    return ZoneInfo(known.time_zone if known else "UTC")

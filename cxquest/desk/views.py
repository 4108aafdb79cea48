"""Home, the journey, me, the sponsor desk, administration."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock, zones
from cxquest.desk import mapping, own, setup, turns
from cxquest.desk.forms import MeForm
from cxquest.extensions import db
from cxquest.people import policy
from cxquest.quests import levels
from cxquest.quests import queries as quests
from cxquest.rewards import queries as rewards
from cxquest.voice import searching as voice
from cxquest.web import formpage, guard, nav
from cxquest.web.forms import choices

bp = Blueprint("desk", __name__)

STUCK = timedelta(days=30)


def zone() -> ZoneInfo:
    """Return the organisation's time zone, asked once a request."""
    known = nav.organisation()
    return ZoneInfo(known.time_zone if known else zones.UTC)


@bp.get("/")
def home() -> ResponseReturnValue:
    """Show what waits for this person, their quests, a customer's voice and the last win."""
    me = guard.me()
    mine, win = list(quests.led(db.session, me)), quests.last_win(db.session)
    return render_template(
        "desk/home.html",
        me=me,
        turns=turns.of(db.session, me, mine, clock.now(), zone()),
        mine=mine,
        voice=voice.newest_quote(db.session),
        win=win,
        level=levels.level(win) if win else None,
    )


@bp.get("/journey")
def journey() -> ResponseReturnValue:
    """Show the customers' journey as a map."""
    return render_template(
        "desk/journey.html",
        stations=mapping.stations(db.session),
        may_edit=policy.may_administer(guard.me()),
    )


@bp.get("/me")
def me() -> ResponseReturnValue:
    """Show a person their own season, the trend, the gates, and the latest lines."""
    person = guard.me()
    season = rewards.season_now(db.session, clock.now(), zone())
    return render_template("desk/me.html", person=person, own=own.of(db.session, person, season))


@bp.route("/me/settings", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    """Let a person choose their own time zone."""
    person = guard.me()
    form = MeForm(obj=person)
    form.time_zone.choices = choices(
        ((zone, zone) for zone in zones.names()), _("That of the organisation")
    )
    if form.validate_on_submit():
        person.time_zone = form.time_zone.data
        db.session.commit()
        flash(_("Times are shown in your zone now."), "done")
        return redirect(url_for("desk.me"), 303)
    return formpage.show(form, _("My settings"), _("Save"), url_for("desk.me"))


@bp.get("/sponsor")
@guard.only(policy.may_sponsor)
def sponsor() -> ResponseReturnValue:
    """Show an executive what waits for a decision, and how long their quests are stuck."""
    person = guard.me()
    return render_template(
        "desk/sponsor.html",
        charters=quests.charters_for(db.session, person),
        sponsored=quests.sponsored(db.session, person),
        stuck_since=clock.now() - STUCK,
    )


@bp.get("/admin")
@guard.only(policy.may_administer)
def admin() -> ResponseReturnValue:
    """Show the path of setting up and the doors to what administrators keep."""
    return render_template("desk/admin.html", path=setup.path(db.session))

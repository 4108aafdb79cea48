"""Home, the journey, me, the sponsor desk, administration."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock, zones
from cxquest.desk import mapping, setup, turns
from cxquest.desk.forms import MeForm
from cxquest.extensions import db
from cxquest.people import policy
from cxquest.people import queries as people
from cxquest.quests import queries as quests
from cxquest.quests.showing import award_of
from cxquest.rewards import queries as rewards
from cxquest.voice import queries as voice
from cxquest.web import formpage, guard
from cxquest.web.download import csv_file
from cxquest.web.forms import choices

bp = Blueprint("desk", __name__)

STUCK = timedelta(days=30)


@bp.get("/")
def home() -> ResponseReturnValue:
    """Show what waits for this person, their quests, a customer's voice and the last win."""
    me = guard.me()
    mine = list(quests.led(db.session, me))
    return render_template(
        "desk/home.html",
        me=me,
        turns=turns.of(db.session, me, mine, people.today(db.session, clock.now())),
        mine=mine,
        voice=voice.newest_quote(db.session),
        win=quests.last_win(db.session),
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
    """Show a person their own points, every one with its reason, and what was not paid."""
    person = guard.me()
    account_id = rewards.account_of_person(db.session, person.id)
    season = rewards.season_now(db.session, clock.now(), people.zone(db.session))
    return render_template(
        "desk/me.html",
        person=person,
        season=season,
        points=rewards.standing(db.session, account_id, season.id) if account_id else 0,
        awards=[
            award_of(entry)
            for entry in (rewards.entries_of_account(db.session, account_id) if account_id else ())
        ],
        unpaid=rewards.unpaid_of_account(db.session, account_id) if account_id else (),
        seasons={one.id: one.name for one in rewards.seasons(db.session)},
    )


@bp.get("/me/points.csv")
def my_points() -> ResponseReturnValue:
    """Export a person's own points with their reasons."""
    account_id = rewards.account_of_person(db.session, guard.me().id)
    entries = rewards.entries_of_account(db.session, account_id) if account_id else ()
    names = {one.id: one.name for one in rewards.seasons(db.session)}
    rows = (
        (
            entry.at.date(),
            names[entry.season_id],
            entry.label,
            entry.event.facts.get("gate", ""),
            entry.component.value,
            entry.points,
            "; ".join(f"{x['name']} {x['value']} {x['note']}".strip() for x in entry.explanation),
            entry.rulebook_version,
        )
        for entry in entries
    )
    header = ("day", "season", "quest", "gate", "component", "points", "why", "rulebook version")
    return csv_file("my-points.csv", header, rows)


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

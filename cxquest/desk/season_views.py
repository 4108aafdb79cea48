"""Seasons: the list with its states, a season's result, its seal, and the chain of all seals."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.boards import closing
from cxquest.core import clock
from cxquest.desk import season_results as results
from cxquest.desk.forms import SeasonForm
from cxquest.desk.season_results import Result
from cxquest.extensions import db
from cxquest.people import policy
from cxquest.people import queries as people
from cxquest.rewards import declaring, sealing, season_queries, seasons
from cxquest.rewards.models import Season
from cxquest.rewards.seasons import SeasonState
from cxquest.web import formpage, guard, pages
from cxquest.web.download import csv_file
from cxquest.web.filters import day
from cxquest.web.forms import Form

bp = Blueprint("seasons", __name__)
administrators = guard.only(policy.may_administer)


@bp.route("/admin/seasons", methods=["GET", "POST"])
@administrators
def index() -> ResponseReturnValue:
    """List the seasons, with a form for the next one."""
    form, at = SeasonForm(), clock.now()
    if form.validate_on_submit():
        with formpage.refusing(form):
            made = declaring.declare(
                db.session,
                name=form.name.data,
                last_day=form.last_day.data,
                by=guard.me(),
                at=at,
            )
            db.session.commit()
            flash(_("%(name)s is declared.", name=made.name), "done")
            return redirect(url_for("seasons.index"), 303)
    zone = people.zone(db.session)
    present, begins = season_queries.ahead(db.session, at, zone)
    page = pages.page_of(season_queries.stored())
    shown = render_template(
        "desk/seasons.html",
        form=form,
        page=page,
        turn=pages.turner(),
        rows=results.listed(db.session, page.items, at, zone),
        present=present,
        first=seasons.first_day(present, zone),
        last=seasons.last_day(present, zone),
        begins=begins.astimezone(zone).date(),
        zone=zone.key,
    )
    return shown, 422 if form.is_submitted() else 200


@bp.get("/admin/seasons/chain")
@administrators
def chain() -> ResponseReturnValue:
    """Show every seal with the one that it follows from, worked out anew."""
    return render_template(
        "desk/seasons_chain.html",
        links=sealing.links(db.session),
        faults=sealing.verify(db.session),
    )


@bp.get("/admin/seasons/<int:season_id>")
@administrators
def show(season_id: int) -> ResponseReturnValue:
    """Show a season's result beside the season before, and its seal."""
    season = _season_for(season_id)
    result = results.of(db.session, season)
    zone = people.zone(db.session)
    return render_template(
        "desk/seasons_show.html",
        season=season,
        facts=results.facts(season, clock.now(), zone, result.points),
        result=result,
        page=pages.Slice(result.teams, pages.number()),
        turn=pages.turner(),
    )


@bp.get("/admin/seasons/<int:season_id>.csv")
@administrators
def export(season_id: int) -> ResponseReturnValue:
    """Export a season's result beside the season before."""
    season = _season_for(season_id)
    header = ("kind", "rank", "id", "name", "points", "season before", "corrected since the seal")
    rows = _rows(results.of(db.session, season))
    return csv_file(f"season-{season.name}.csv", header, rows)


@bp.get("/admin/seasons/<int:season_id>.json")
@administrators
def document(season_id: int) -> ResponseReturnValue:
    """Hand out, to the byte, what the seal's hash is worked out over after the hash before it."""
    season = _season_for(season_id)
    if season.seal is None:
        guard.not_there()
    text = sealing.document(season_queries.span_of(season), season.seal.snapshot)
    return Response(text, mimetype="application/json")


@bp.route("/admin/seasons/<int:season_id>/seal", methods=["GET", "POST"])
@administrators
def seal(season_id: int) -> ResponseReturnValue:
    """Ask once more, and seal the season."""
    season, form, at = _season_for(season_id), Form(), clock.now()
    if form.validate_on_submit():
        closing.close(db.session, season, by=guard.me(), at=at)
        db.session.commit()
        flash(_("%(name)s is sealed.", name=season.name), "done")
        return redirect(url_for("seasons.show", season_id=season_id), 303)
    facts = results.facts(season, at, people.zone(db.session), 0)
    if facts.state is not SeasonState.SETTLED:
        return render_template("desk/seasons_wait.html", season=season, reason=_seal_lead(facts))
    return formpage.show(
        form,
        _("Seal this season"),
        _("Seal it"),
        url_for("seasons.show", season_id=season_id),
        eyebrow=season.name,
        lead=_seal_lead(facts),
    )


def _seal_lead(facts: results.Facts) -> str:
    """Return what sealing means, or why it is not the moment."""
    if facts.state is SeasonState.SETTLED:
        return str(
            _(
                "Its result is kept as it stands, for ever. A correction that comes later is "
                "printed beside it and changes nothing of it."
            )
        )
    if facts.state is SeasonState.SEALED:
        return str(_("It is sealed already."))
    return str(_("It can be sealed from %(day)s on.", day=day(facts.seals_from)))


def _rows(result: Result) -> Iterator[tuple[Any, ...]]:
    for team in result.teams:
        yield (
            "team",
            team.rank,
            team.quest_id,
            team.title,
            team.points,
            team.before,
            team.corrected,
        )
    for unit in result.departments:
        before = unit.last.points if unit.last else None
        yield (
            "department",
            unit.rank,
            unit.department_id,
            unit.name,
            unit.points,
            before,
            unit.since,
        )


def _season_for(season_id: int) -> Season:
    return season_queries.whole(db.session, season_id) or guard.not_there()

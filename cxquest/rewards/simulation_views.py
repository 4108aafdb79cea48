"""Simulating a draft: asking for it, its progress, its result, and what changes for whoever reads.

Nobody but administrators sees more than their own numbers, and they see people in bands only.
"""

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.rewards import (
    documents,
    policy,
    queries,
    rulebook_pages,
    rulebook_queries,
    simulating,
    simulation_pages,
    simulation_queries,
    versions,
)
from cxquest.rewards.life import Stage
from cxquest.rewards.models import RulebookVersion, Simulation
from cxquest.rewards.views import bp
from cxquest.web import formpage, guard, htmx, pages
from cxquest.web.download import csv_file
from cxquest.web.forms import Choice, Form, choices

administrators = guard.only(policy.may_write)
NOTICED = frozenset({Stage.APPROVED, Stage.SCHEDULED, Stage.IN_FORCE})


class SimulateForm(Form):
    """How far back a simulation goes."""

    seasons = Choice(
        _l("What to replay"),
        choices=choices(
            ((1, _l("The present season")), (2, _l("The present season and the one before")))
        ),
    )


@bp.post("/admin/rulebook/<int:number>/simulate")
@administrators
def simulate(number: int) -> ResponseReturnValue:
    """Ask the worker to simulate a draft."""
    row, form = _version_for(number), SimulateForm()
    if form.validate_on_submit():
        seasons = int(form.seasons.data)
        simulating.ask(db.session, row, seasons=seasons, by=guard.me(), at=clock.now())
        db.session.commit()
        return _back(number)
    return formpage.show(
        form, _("Simulate version %(number)s", number=number), _("Simulate it"), _page(number)
    )


@bp.post("/admin/rulebook/<int:number>/simulation/stop")
@administrators
def stop_simulation(number: int) -> ResponseReturnValue:
    """Stop the simulation that waits or runs."""
    last = simulation_queries.last(db.session, _version_for(number)) or guard.not_there()
    simulating.stop(db.session, last, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("The simulation is being stopped."), "note")
    return _back(number)


@bp.get("/admin/rulebook/<int:number>/simulation/progress")
@administrators
def simulation_progress(number: int) -> ResponseReturnValue:
    """Tell how far a simulation is: the panel alone; the page anew once it has ended."""
    row = _version_for(number)
    if not htmx.asked():
        return _back(number)
    panel = simulation_pages.panel(db.session, row, guard.me())
    if not panel["is_going_on"]:
        return htmx.refresh()
    return htmx.fragment("rewards/_simulation.html", version=row, **panel)


@bp.get("/admin/rulebook/<int:number>/simulation")
@administrators
def simulation(number: int) -> ResponseReturnValue:
    """Show what a simulation came to."""
    row = _version_for(number)
    done = _done_for(row)
    teams = simulation_pages.teams(done.result)
    return render_template(
        "rewards/simulation.html",
        version=row,
        simulation=done,
        page=pages.Slice(teams, pages.number()),
        unchanged=sum(team["same"] for team in teams),
        turn=pages.turner(),
        **simulation_pages.told(db.session, done.result, versions.of(row)),
    )


@bp.get("/admin/rulebook/<int:number>/simulation.csv")
@administrators
def simulation_csv(number: int) -> ResponseReturnValue:
    """Export what a simulation came to, for teams and departments."""
    done = _done_for(_version_for(number))
    header = ("kind", "name", "points before", "points after", "rank before", "rank after")
    return csv_file(f"simulation-{number}.csv", header, _rows(done))


@bp.get("/rules/<int:number>/for-me")
def for_you(number: int) -> ResponseReturnValue:
    """Tell what a version would have changed for whoever reads, and nobody else's number."""
    row = rulebook_queries.whole(db.session, number) or guard.not_there()
    shown = rulebook_pages.shown(db.session, [row], clock.now())[0]
    if shown.stage not in NOTICED:
        guard.not_there()
    me, after = guard.me(), versions.of(row)
    mark = documents.fingerprint(row.document)
    done = simulation_queries.last_done(db.session, row, mark)
    account_id = queries.account_of_person(db.session, me.id)
    _since, base = rulebook_pages.before(db.session, row, clock.now())
    return render_template(
        "rewards/for_you.html",
        shown=shown,
        base=base,
        differences=rulebook_pages.differences(base, after),
        mine=simulation_pages.mine(db.session, done, account_id, me.department_id),
    )


def _rows(done: Simulation) -> Iterator[tuple[Any, ...]]:
    sides = ("before", "after", "rank_before", "rank_after")
    for team in done.result["teams"]:
        yield "team", team["title"], *(team[side] for side in sides)
    for unit in done.result["departments"]:
        yield "department", unit["name"], *(unit[side] for side in sides)


def _done_for(row: RulebookVersion) -> Simulation:
    """Return the last simulation of a version's document; 404 without one that has a result."""
    mark = documents.fingerprint(row.document)
    done = simulation_queries.last_done(db.session, row, mark)
    return done if done and done.result else guard.not_there()


def _version_for(number: int) -> RulebookVersion:
    return rulebook_queries.whole(db.session, number) or guard.not_there()


def _page(number: int) -> str:
    return url_for("rewards.show", number=number, _anchor="simulation")


def _back(number: int) -> ResponseReturnValue:
    return redirect(_page(number), 303)

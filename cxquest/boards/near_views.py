"""People near me: for those who opted in, and about nobody else. There is no file of it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.boards import near, opting, policy
from cxquest.boards.views import bp, zone
from cxquest.core import clock
from cxquest.extensions import db
from cxquest.rewards import queries as rewards
from cxquest.web import guard, nav


@bp.get("/boards/near")
def near_me() -> ResponseReturnValue:
    """Show the reader between colleagues who opted in as well."""
    reader = guard.me()
    compares = policy.compares_people(nav.organisation())
    season = rewards.season_now(db.session, clock.now(), zone())
    may = policy.may_compare(reader)
    rows = []
    if compares and may and reader.shows_points:
        rows = near.around(db.session, reader, season.id)
    return render_template(
        "boards/near.html",
        rows=rows,
        season=season,
        reader=reader,
        compares=compares,
        may_compare=may,
        least=near.LEAST_OPTED,
    )


@bp.post("/boards/near/opt-in")
def opt_in() -> ResponseReturnValue:
    """Show one's points to colleagues who show theirs."""
    opting.opt_in(db.session, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("You compare your points with colleagues who do the same."), "done")
    return redirect(url_for("boards.near_me"), 303)


@bp.post("/boards/near/opt-out")
def opt_out() -> ResponseReturnValue:
    """Show one's points to nobody any more."""
    opting.opt_out(db.session, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("Your points are yours alone again."), "done")
    return redirect(url_for("boards.near_me"), 303)

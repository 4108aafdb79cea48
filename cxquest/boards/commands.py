"""`flask season …`"""

from typing import Any

import click

from cxquest.boards import closing
from cxquest.core import clock
from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.extensions import db
from cxquest.people import queries as people
from cxquest.rewards import sealing, season_queries, seasons
from cxquest.web.command import Commands, speaking

season_group = Commands("season", help="List seasons, seal them, check their seals.")


@season_group.command("list")
@speaking
def list_all() -> dict[str, Any]:
    """List the seasons that are stored, the latest first."""
    zone, at = people.zone(db.session), clock.now()
    known = db.session.scalars(season_queries.stored()).all()
    points = season_queries.team_points(db.session, [season.id for season in known])
    rows = []
    for season in known:
        span = season_queries.span_of(season)
        rows.append(
            {
                "name": season.name,
                "first_day": seasons.first_day(span, zone),
                "last_day": seasons.last_day(span, zone),
                "state": seasons.state_of(span, at, zone, sealed=season.seal is not None).value,
                "points": points.get(season.id, 0),
                "hash": season.seal.hash if season.seal else "",
            }
        )
    return {"seasons": rows}


@season_group.command("seal")
@click.argument("name")
@speaking
def seal(name: str) -> dict[str, Any]:
    """Seal the season NAME with its result, once it has settled for 14 days."""
    season = season_queries.named(db.session, name)
    if season is None:
        raise Refusal(
            _("There is no season “%(name)s”. `flask season list` names them."), name=name
        )
    made = closing.close(db.session, season, by=None, at=clock.now())
    return {"sealed": name, "hash": made.hash, "previous_hash": made.previous_hash}


@season_group.command("verify")
@speaking
def verify() -> dict[str, Any]:
    """Work every seal out anew; fail where one is not as it was written."""
    faults = sealing.verify(db.session)
    if faults:
        raise Refusal(
            _("%(n)s faults in the chain of seals: %(seasons)s"),
            n=len(faults),
            seasons=" ".join(fault.text % {"season": fault.season} for fault in faults),
        )
    return {"seals": len(sealing.links(db.session)), "faults": 0}

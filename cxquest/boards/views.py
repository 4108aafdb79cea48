"""The boards and their files."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cxquest.boards import queries
from cxquest.core import clock
from cxquest.extensions import db
from cxquest.people import queries as people
from cxquest.rewards import queries as rewards
from cxquest.rewards.models import Season
from cxquest.web.download import csv_file
from cxquest.web.labels import label

bp = Blueprint("boards", __name__)


@bp.get("/boards/teams")
def teams() -> ResponseReturnValue:
    """Show the teams of a season by their verified outcomes."""
    season, seasons = _season()
    return render_template(
        "boards/teams.html",
        rows=queries.teams(db.session, season.id),
        season=season,
        seasons=seasons,
        least=queries.LEAST_TEAMS,
    )


@bp.get("/boards/teams.csv")
def teams_csv() -> ResponseReturnValue:
    """Export the team board."""
    season, _ = _season()
    rows = (
        (
            row.rank,
            row.quest_id,
            row.title,
            label(row.state),
            " · ".join(row.departments),
            row.points,
        )
        for row in queries.teams(db.session, season.id)
    )
    header = ("rank", "id", "quest", "state", "departments", "points")
    return csv_file(f"teams-{season.name}.csv", header, rows)


@bp.get("/boards/departments")
def departments() -> ResponseReturnValue:
    """Show the departments of a season, made comparable whatever their size."""
    season, seasons = _season()
    return render_template(
        "boards/departments.html",
        rows=queries.departments(db.session, season.id),
        season=season,
        seasons=seasons,
        least=queries.LEAST_PEOPLE,
    )


@bp.get("/boards/departments.csv")
def departments_csv() -> ResponseReturnValue:
    """Export the department board."""
    season, _ = _season()
    rows = (
        (row.rank, row.name, row.people, row.points, f"{float(row.mean):.1f}")
        for row in queries.departments(db.session, season.id)
    )
    header = ("rank", "department", "people", "points", "shrunken mean")
    return csv_file(f"departments-{season.name}.csv", header, rows)


def _season() -> tuple[Season, list[Season]]:
    """Return the season that the URL names, else the present one, and all to choose from."""
    present = rewards.season_now(db.session, clock.now(), people.zone(db.session))
    known = list(rewards.seasons(db.session))
    if present.name not in {season.name for season in known}:
        known.insert(0, present)
    asked = request.args.get("season", present.name)
    return next((season for season in known if season.name == asked), present), known

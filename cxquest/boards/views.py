"""The boards of teams, their files, and why a team has its points."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxquest.boards import queries, scores, sealed, terms
from cxquest.boards import teams as boards
from cxquest.boards.queries import FOUND, LEAST_TEAMS, Placed
from cxquest.boards.teams import Asked, Board
from cxquest.boards.terms import Term
from cxquest.core import clock
from cxquest.extensions import db
from cxquest.people import queries as people
from cxquest.rewards import line_queries
from cxquest.rewards import queries as rewards
from cxquest.rewards.line_pages import award_of, unpaid_of
from cxquest.rewards.line_queries import Which
from cxquest.web import guard, nav, pages
from cxquest.web.download import csv_file
from cxquest.web.labels import label

bp = Blueprint("boards", __name__)


@bp.get("/boards")
def index() -> ResponseReturnValue:
    """Lead to the first board."""
    return redirect(url_for("boards.teams"))


@bp.get("/boards/teams")
def teams() -> ResponseReturnValue:
    """Show the best teams of a season and the reader's own neighbourhood."""
    chosen = term()
    return render_template(
        "boards/teams.html",
        term=chosen,
        board=_of_season(chosen),
        departments=people.departments(db.session),
        asked=_asked(),
        least=LEAST_TEAMS,
        most=FOUND,
    )


@bp.get("/boards/teams.csv")
def teams_csv() -> ResponseReturnValue:
    """Export what the page shows with the same filters."""
    chosen = term()
    header = (*HEADER, "rank last season", "points last season", "corrected since")
    rows = (
        (*cells, *(row.last or ("", "")), row.since) for cells, row in _cells(_of_season(chosen))
    )
    return csv_file(f"teams-{chosen.season.name}.csv", header, rows)


@bp.get("/boards/teams/<int:quest_id>")
def team(quest_id: int) -> ResponseReturnValue:
    """Show why a team has its points of a season: every line, and their sum."""
    chosen = term()
    field = scores.of_season(chosen.season.id)
    placed = _placed_for(field, quest_id)
    entries = rewards.entries_of_account(db.session, placed.account_id, chosen.season.id)
    seal = chosen.season.seal
    return render_template(
        "boards/team.html",
        placed=placed,
        rank=_rank(field, placed),
        term=chosen,
        sealed=sealed.result(seal).team(placed.account_id) if seal else None,
        awards=[award_of(entry) for entry in entries],
        unpaid=_unpaid(placed, chosen),
        total=sum(entry.points for entry in entries),
    )


@bp.get("/boards/lasting")
def lasting() -> ResponseReturnValue:
    """Show the teams whose outcomes held, over twelve months."""
    since = terms.year_before(clock.now(), zone())
    return render_template(
        "boards/lasting.html",
        board=boards.lasting(db.session, scores.lasting(since), guard.me(), _asked()),
        since=since,
        departments=people.departments(db.session),
        asked=_asked(),
        least=LEAST_TEAMS,
        most=FOUND,
    )


@bp.get("/boards/lasting.csv")
def lasting_csv() -> ResponseReturnValue:
    """Export what the page shows with the same filters."""
    field = scores.lasting(terms.year_before(clock.now(), zone()))
    board = boards.lasting(db.session, field, guard.me(), _asked())
    return csv_file("teams-lasting.csv", HEADER, (cells for cells, _row in _cells(board)))


@bp.get("/boards/lasting/<int:quest_id>")
def lasting_team(quest_id: int) -> ResponseReturnValue:
    """Show why a team has its points for what held."""
    since = terms.year_before(clock.now(), zone())
    field = scores.lasting(since)
    placed = _placed_for(field, quest_id)
    entries = [
        entry
        for entry in rewards.entries_of_account(db.session, placed.account_id)
        if scores.is_lasting(entry.rule) and entry.at >= since
    ]
    return render_template(
        "boards/team.html",
        placed=placed,
        rank=_rank(field, placed),
        term=None,
        since=since,
        sealed=None,
        awards=[award_of(entry) for entry in entries],
        unpaid=[],
        total=sum(entry.points for entry in entries),
    )


HEADER = ("rank", "id", "quest", "state", "departments", "points")


def term() -> Term:
    """Return the season that the URL names, else the present one."""
    return terms.chosen(db.session, request.args.get("season", ""), clock.now(), zone())


def zone() -> ZoneInfo:
    """Return the organisation's time zone."""
    known = nav.organisation()
    return ZoneInfo(known.time_zone if known else "UTC")


def _of_season(chosen: Term) -> Board:
    return boards.of_season(db.session, chosen.season, chosen.before, guard.me(), _asked())


def _asked() -> Asked:
    return Asked(pages.words_in("q"), pages.id_in("department"))


def _cells(board: Board) -> Any:
    """Return each row's cells for a file, with the row."""
    for row in board.shown:
        departments = " · ".join(row.departments)
        state = label(row.state) if row.state else ""
        yield (row.rank or "", row.quest_id or "", row.title, state, departments, row.points), row


def _placed_for(field: Any, quest_id: int) -> Placed:
    return queries.team(db.session, field, quest_id) or guard.not_there()


def _unpaid(placed: Placed, chosen: Term) -> list[dict[str, Any]]:
    """Return what a team was not paid in a season, each with its reason."""
    found = db.session.scalars(line_queries.unpaid(placed.account_id, Which(chosen.season))).all()
    rights = line_queries.put_right(db.session, placed.account_id, found)
    return [unpaid_of(one, rights.get((one.event_id, one.rule))) for one in found]


def _rank(field: Any, placed: Placed) -> int | None:
    """Return the rank that the board shows; None without points, or among too few teams."""
    if placed.points and queries.has_enough(db.session, field):
        return queries.rank_of(db.session, field, placed.points)
    return None

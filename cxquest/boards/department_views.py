"""The boards of departments, and of the bridges between them."""

from flask import render_template
from flask.typing import ResponseReturnValue

from cxquest.boards import bridges
from cxquest.boards import departments as boards
from cxquest.boards.departments import LEAST_PEOPLE
from cxquest.boards.lift import LEAST_QUESTS
from cxquest.boards.snapshot import tenths
from cxquest.boards.views import bp, term
from cxquest.extensions import db
from cxquest.people import queries as people
from cxquest.people.models import Department
from cxquest.web import guard, pages
from cxquest.web.download import csv_file
from cxquest.web.labels import label


@bp.get("/boards/departments")
def departments() -> ResponseReturnValue:
    """Show the departments of a season, made comparable whatever their size."""
    chosen = term()
    rows = boards.of_season(db.session, chosen.season, chosen.before)
    return render_template(
        "boards/departments.html",
        rows=rows,
        mean=boards.everyones(rows, chosen.season),
        term=chosen,
        least=LEAST_PEOPLE,
    )


@bp.get("/boards/departments.csv")
def departments_csv() -> ResponseReturnValue:
    """Export the department board."""
    chosen = term()
    rows = (
        (
            row.rank,
            row.name,
            row.people,
            row.points,
            tenths(row.plain_mean),
            tenths(row.mean),
            row.last.rank if row.last else "",
            tenths(row.last.mean) if row.last else "",
            row.since,
        )
        for row in boards.of_season(db.session, chosen.season, chosen.before)
    )
    header = (
        *("rank", "department", "people", "points", "plain mean", "shrunken mean"),
        *("rank last season", "shrunken mean last season", "corrected since"),
    )
    return csv_file(f"departments-{chosen.season.name}.csv", header, rows)


@bp.get("/boards/departments/<int:department_id>")
def department(department_id: int) -> ResponseReturnValue:
    """Show what a department's points come from, quest by quest and never by person."""
    found = _department_for(department_id)
    chosen = term()
    heads = people.heads(db.session).get(found.id, 0)
    veiled = None
    if heads >= LEAST_PEOPLE:
        veiled = boards.lines(db.session, found.id, chosen.season.id)
    return render_template(
        "boards/department.html",
        department=found,
        term=chosen,
        heads=heads,
        veiled=veiled,
        titles=boards.titles(db.session, veiled) if veiled else {},
        least=LEAST_PEOPLE,
    )


@bp.get("/boards/bridges")
def bridge_board() -> ResponseReturnValue:
    """Show which departments work together more, and which less, than chance would give."""
    found = bridges.between_departments(db.session)
    first, second = pages.id_in("department"), pages.id_in("with")
    return render_template(
        "boards/bridges.html",
        found=found,
        compared=found.compared(first),
        department=first,
        pair=_pair(found, first, second),
        shared=bridges.shared(db.session, first, second) if first and second else [],
        least=LEAST_PEOPLE,
        few=LEAST_QUESTS,
    )


@bp.get("/boards/bridges.csv")
def bridges_csv() -> ResponseReturnValue:
    """Export every pair of departments."""
    found = bridges.between_departments(db.session)
    asked = pages.id_in("department")
    rows = (
        (
            bridge.first.name,
            bridge.second.name,
            bridge.pair.quests,
            f"{bridge.pair.observed:.2f}",
            f"{bridge.pair.expected:.2f}",
            f"{bridge.pair.lift:.2f}",
            label(bridge.pair.together),
        )
        for bridge in found.every(asked)
    )
    header = (
        *("department", "other department", "quests together", "work together"),
        *("work that chance gives", "lift", "in a word"),
    )
    return csv_file("bridges.csv", header, rows)


def _pair(found: bridges.Bridges, first: int | None, second: int | None) -> bridges.Bridge | None:
    if first is None or second is None:
        return None
    return found.pairs.get((min(first, second), max(first, second)))


def _department_for(department_id: int) -> Department:
    return people.department(db.session, department_id) or guard.not_there()

"""The boards that are not about points: what changed on the journey, how sponsors answer."""

from flask import render_template
from flask.typing import ResponseReturnValue

from cxquest.boards import proofs, sponsors
from cxquest.boards.sponsors import LEAST_DUE, SponsorRow
from cxquest.boards.views import bp
from cxquest.core import clock
from cxquest.extensions import db
from cxquest.journey import queries as journey
from cxquest.web import guard, pages
from cxquest.web.download import csv_file
from cxquest.web.labels import label


@bp.get("/boards/journey")
def journey_board() -> ResponseReturnValue:
    """Show what was proven to have changed for customers, by stage."""
    stage = pages.id_in("stage")
    page = pages.page_of(proofs.proven(stage))
    return render_template(
        "boards/journey.html",
        page=page,
        turn=pages.turner(),
        changes=proofs.changes(page.items),
        stages=journey.stages(db.session),
        pains=proofs.open_pains(db.session),
        stage=stage,
    )


@bp.get("/boards/journey.csv")
def journey_csv() -> ResponseReturnValue:
    """Export every proven change."""
    quests = db.session.scalars(proofs.proven(pages.id_in("stage"))).all()
    rows = (
        (
            change.stage.name if change.stage else "",
            change.quest_id,
            change.title,
            label(change.state),
            change.metric,
            change.unit,
            change.baseline,
            change.now,
            "" if change.reached is None else round(100 * change.reached),
            change.held_since.date() if change.held_since else "",
        )
        for change in proofs.changes(quests)
    )
    header = (
        *("stage", "id", "quest", "state", "metric", "unit"),
        *("baseline", "now", "percent of the way", "proven on"),
    )
    return csv_file("journey.csv", header, rows)


@bp.get("/boards/sponsors")
def sponsor_board() -> ResponseReturnValue:
    """Show how reliably sponsors answer, to executives and to their own teams."""
    reader = guard.me()
    return render_template(
        "boards/sponsors.html",
        rows=_sponsors(),
        all_of_them=reader.is_executive,
        search=pages.words_in("q"),
        reader=reader,
        least=LEAST_DUE,
    )


@bp.get("/boards/sponsors.csv")
def sponsors_csv() -> ResponseReturnValue:
    """Export what the page shows with the same filters."""
    rows = (
        (
            row.rank or "",
            row.name,
            row.in_time,
            row.due,
            "" if row.reliability is None else f"{float(row.reliability):.2f}",
        )
        for row in _sponsors()
    )
    header = ("rank", "sponsor", "answered in time", "due", "reliability")
    return csv_file("sponsors.csv", header, rows)


def _sponsors() -> list[SponsorRow]:
    return sponsors.rows(db.session, guard.me(), clock.now(), pages.words_in("q"))

"""Answers behind which somebody asked for a certain score: for administrators, to talk about."""

from collections.abc import Iterator

from flask import render_template
from flask.typing import ResponseReturnValue

from cxquest.extensions import db
from cxquest.surveys import policy, queries
from cxquest.surveys.views import bp
from cxquest.web import guard, pages
from cxquest.web.download import csv_file

keepers = guard.only(policy.may_see_integrity)
COLUMNS = ("answer", "date", "survey", "stage", "rating", "comment")


@bp.get("/admin/integrity")
@keepers
def integrity() -> ResponseReturnValue:
    """List answers in which a customer ticked it, newest first, with a count for each survey."""
    return render_template(
        "surveys/integrity.html",
        page=pages.page_of(queries.flagged()),
        turn=pages.turner(),
        sources=queries.flagged_by_source(db.session),
    )


@bp.get("/admin/integrity.csv")
@keepers
def integrity_csv() -> ResponseReturnValue:
    """Export the same list."""
    return csv_file("integrity.csv", COLUMNS, _rows())


def _rows() -> Iterator[tuple[object, ...]]:
    for submission in db.session.scalars(queries.flagged()):
        yield (
            submission.id,
            submission.collected_on,
            submission.source.name,
            submission.stage.name if submission.stage else "",
            submission.ratings[0].raw if submission.ratings else "",
            submission.comments[0].id if submission.comments else "",
        )

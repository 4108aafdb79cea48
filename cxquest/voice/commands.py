"""`flask feedback …`"""

from pathlib import Path
from typing import Any

import click

from cxquest.core import clock
from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.core.table import lines
from cxquest.extensions import db
from cxquest.voice import importing, intake
from cxquest.voice.dates import DateOrder
from cxquest.voice.intake import Mapping
from cxquest.voice.models import ImportRun
from cxquest.voice.outcome import Outcome
from cxquest.web.command import Commands, speaking

KINDS = ("comment", "external_id", "collected_at", "rating", "stage")

feedback = Commands("feedback", help="Import what customers said.")


@feedback.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="Where the feedback comes from; added if new.")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    help="kind=Column; kinds: comment and rating (again for each column), external_id, "
    "collected_at, stage. Without any, the source's last mapping is used.",
)
@click.option("--date-order", type=click.Choice([order.value for order in DateOrder]))
@click.option("--scale", default="", help="Lowest and highest rating, such as 1-5.")
@click.option("--best", type=click.Choice(["low", "high"]), default="high")
@click.option("--errors", type=click.Path(path_type=Path), help="Write rejected rows here.")
@click.option("--dry-run", is_flag=True, help="Count, and keep nothing.")
@speaking
def import_file(
    file: Path,
    source: str,
    pairs: tuple[str, ...],
    date_order: str | None,
    scale: str,
    best: str,
    errors: Path | None,
    dry_run: bool,
) -> dict[str, Any]:
    """Import feedback from a CSV FILE; every row is accounted for."""
    at = clock.now()
    run = importing.start(db.session, source, file.name, file.read_bytes(), by=None, at=at)
    importing.map(db.session, run, _mapping(pairs, date_order, scale, best, run))
    if dry_run:
        outcome = importing.preview(db.session, run)
    else:
        outcome = importing.finish(db.session, run, by=None, at=at)
    if errors:
        _write_errors(errors, run, outcome)
    answer = _answer(outcome, run)
    if dry_run:
        db.session.rollback()
    return answer


def _mapping(
    pairs: tuple[str, ...], date_order: str | None, scale: str, best: str, run: ImportRun
) -> Mapping:
    if not pairs:
        return Mapping.from_json(run.source.mapping)
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for pair in pairs:
        kind, _sign, column = pair.partition("=")
        if kind.strip() not in found or not column.strip():
            raise BadInput(
                _(
                    "“%(pair)s” is no mapping. Write kind=Column with one of the kinds "
                    "%(kinds)s. The file's columns are: %(header)s."
                ),
                pair=pair,
                kinds=", ".join(KINDS),
                header=", ".join(intake.names(run.header)),
            )
        found[kind.strip()].append(column.strip())
    _refuse_several(found)
    return Mapping(
        comments=tuple(found["comment"]),
        ratings=tuple(found["rating"]),
        external_id="".join(found["external_id"]),
        collected_at="".join(found["collected_at"]),
        stage="".join(found["stage"]),
        date_order=DateOrder(date_order) if date_order else None,
        scale=intake.scale(scale, best_is_high=best == "high") if scale else None,
    )


def _refuse_several(found: dict[str, list[str]]) -> None:
    for kind in ("external_id", "collected_at", "stage"):
        if len(found[kind]) > 1:
            raise BadInput(_("Only one column can be the %(kind)s."), kind=kind)


def _write_errors(file: Path, run: ImportRun, outcome: Outcome) -> None:
    header, rows = importing.rejected_table(run, iter(outcome.rejections))
    try:
        file.write_text("".join(lines(header, rows)), encoding="utf-8", newline="")
    except OSError as error:
        raise BadInput(
            _("The file of rejected rows cannot be written: %(why)s."), why=error
        ) from error


def _answer(outcome: Outcome, run: ImportRun) -> dict[str, Any]:
    return {
        "read": outcome.read,
        "created": outcome.created,
        "updated": outcome.updated,
        "unchanged": outcome.unchanged,
        "rejected": outcome.rejected,
        "comments": outcome.comments,
        "dates": outcome.dates,
        "encoding": run.encoding,
        "delimiter": run.delimiter,
    }

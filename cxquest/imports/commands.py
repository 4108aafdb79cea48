"""`flask feedback …`"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click
from flask import current_app

from cxquest.core import clock
from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.core.table import lines
from cxquest.extensions import db
from cxquest.imports import importing, mapping, profiles, queries, taking, undoing
from cxquest.imports.mapping import Column, Mapping, Role
from cxquest.imports.models import ImportRun
from cxquest.tables import inspecting, reading
from cxquest.tables.dates import DateOrder
from cxquest.web.command import Commands, speaking

NAMES = {
    "comment": Role.COMMENT,
    "external_id": Role.EXTERNAL_ID,
    "collected_at": Role.DATE,
    "rating": Role.RATING,
    "stage": Role.STAGE,
    "language": Role.LANGUAGE,
    "contact": Role.CONTACT,
    "consent": Role.CONSENT,
}

feedback = Commands("feedback", help="Import what customers said.")


@feedback.command("inspect")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@speaking
def inspect(file: Path) -> dict[str, Any]:
    """Say what a FILE is: how it is read, its columns, its doubts. Nothing is kept."""
    with _opened(file) as opened:
        how = reading.guess(opened, file.name)
        encodings = [one.as_json() for one in reading.encodings(opened)]
        opened.seek(0)
        table = reading.opened(opened, how)
        found = inspecting.inspect(table)
        columns = [{"name": c.name, "title": c.title} for c in table.columns]
        profile = profiles.recognised(columns, found.as_json())
        return {
            **how.as_json(),
            "encodings": encodings,
            "profile": profile.name if profile else None,
            **found.as_json(),
        }


@feedback.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="Where the feedback comes from; added if new.")
@click.option("--profile", default="", help="A known layout; without one it is recognised.")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    help="kind=Column; kinds: comment, rating and contact (again for each column), external_id, "
    "collected_at, stage, language, consent. Without any, the layout is recognised or the "
    "source's last mapping is used.",
)
@click.option("--date-order", type=click.Choice([order.value for order in DateOrder]))
@click.option("--scale", default="", help="Lowest and highest rating, such as 1-5.")
@click.option("--best", type=click.Choice(["low", "high"]), default="high")
@click.option("--decimal", type=click.Choice([".", ","]), default=".", help="The decimal sign.")
@click.option("--errors", type=click.Path(path_type=Path), help="Write rejected rows here.")
@click.option("--dry-run", is_flag=True, help="Count, and keep nothing.")
@speaking
def import_file(
    file: Path,
    source: str,
    profile: str,
    pairs: tuple[str, ...],
    date_order: str | None,
    scale: str,
    best: str,
    decimal: str,
    errors: Path | None,
    dry_run: bool,
) -> dict[str, Any]:
    """Import feedback from a FILE; every row is accounted for."""
    at, secret = clock.now(), current_app.config["SETTINGS"].CXQUEST_SECRET_KEY
    with _opened(file) as opened:
        run = importing.start(db.session, source, file.name, opened, by=None, at=at)
    if pairs:
        on = mapping.scale(scale, best_is_high=best == "high") if scale else None
        order = DateOrder(date_order) if date_order else None
        chosen = Mapping(tuple(_column(pair, run, order, on, decimal) for pair in pairs))
    else:
        chosen = _known(run, profile)
    importing.map(db.session, run, chosen)
    if dry_run:
        importing.preview(db.session, run, secret=secret, at=at)
        return _kept_back(run, errors, secret)
    importing.finish(db.session, run, secret=secret, by=None, at=at, settle=db.session.commit)
    if errors:
        _write_errors(errors, run, secret)
    return _answer(run)


@feedback.command("undo")
@click.argument("run_id", type=int)
@speaking
def undo(run_id: int) -> dict[str, Any]:
    """Undo an import RUN: what it created goes, what it changed says again what it said."""
    run = queries.run(db.session, run_id)
    if run is None:
        raise BadInput(_("There is no import run %(number)s."), field="run", number=run_id)
    undone = undoing.undo(db.session, run, by=None, at=clock.now())
    return {"run": run.id, **vars(undone)}


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    try:
        with file.open("rb") as opened:
            yield opened
    except OSError as error:
        raise BadInput(_("The file cannot be read: %(why)s."), why=error.strerror) from error


def _known(run: ImportRun, profile: str) -> Mapping:
    """Return the mapping of a known layout, else the source's last. Raises BadInput for neither."""
    if profile:
        return profiles.named(profile).mapping(run.columns, run.inspection)
    found = profiles.recognised(run.columns, run.inspection)
    last = importing.last_mapping(db.session, run.source_id)
    if last:
        return Mapping.from_json(last.mapping)
    if found is None:
        raise BadInput(
            _(
                "No known layout has these columns. Say what they are with --map kind=Column. "
                "The file's columns are: %(header)s."
            ),
            header=", ".join(taking.header(run)),
        )
    return found.mapping(run.columns, run.inspection)


def _column(
    pair: str,
    run: ImportRun,
    order: DateOrder | None,
    on: mapping.Scale | None,
    decimal: str,
) -> Column:
    kind, _sign, name = pair.partition("=")
    role = NAMES.get(kind.strip())
    if role is None or not name.strip():
        raise BadInput(
            _(
                "“%(pair)s” is no mapping. Write kind=Column with one of the kinds "
                "%(kinds)s. The file's columns are: %(header)s."
            ),
            pair=pair,
            kinds=", ".join(NAMES),
            header=", ".join(taking.header(run)),
        )
    if role is Role.DATE:
        return Column(name.strip(), role, order=order)
    if role is Role.RATING:
        return Column(name.strip(), role, scale=on, decimal=decimal)
    return Column(name.strip(), role)


def _kept_back(run: ImportRun, errors: Path | None, secret: str) -> dict[str, Any]:
    """Write what would be rejected, and take back that the file was ever here."""
    if errors:
        _write_errors(errors, run, secret)
    answer = _answer(run)
    db.session.rollback()
    return answer


def _write_errors(file: Path, run: ImportRun, secret: str) -> None:
    found = importing.rejections(db.session, run, secret=secret, at=clock.now())
    header, rows = importing.rejected_table(run, found)
    try:
        with file.open("w", encoding="utf-8", newline="") as opened:
            opened.writelines(lines(header, rows))
    except OSError as error:
        raise BadInput(
            _("The file of rejected rows cannot be written: %(why)s."), why=error
        ) from error


def _answer(run: ImportRun) -> dict[str, Any]:
    counts = {name: getattr(run, name) for name in taking.COUNTS}
    found = run.findings
    return {
        "run": run.id,
        **counts,
        "dates": found["dates"],
        "orders": found["orders"],
        "damaged_ids": found["damaged_ids"],
        "doubts": dict(found["reasons"]),
        **run.how,
    }

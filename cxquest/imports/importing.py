"""Import runs: uploaded, mapped, previewed (the same code, rolled back), done; or discarded.

A small file is looked at and taken at once; a large one waits for the worker, with progress
and a way to stop.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import IO, BinaryIO

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.audit import Actor
from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.imports import filing, taking
from cxquest.imports.intake import Rejection, clean, names
from cxquest.imports.mapping import Mapping, Role, checked
from cxquest.imports.models import ImportRun, RejectedRow, RunState, SourceMapping
from cxquest.tables import inspecting, reading
from cxquest.tables.how import How
from cxquest.voice import sources

AT_ONCE = 1024 * 1024  # bytes; a larger file, or one of more rows, is work for the worker
ROWS_AT_ONCE = 5_000
SAMPLED = 20_000  # rows that are looked at when a file arrives

STOPPABLE = frozenset({RunState.PREVIEWING, RunState.IMPORTING})
WAITING = STOPPABLE | {RunState.UNDOING}  # for the worker, or it is at them
ROWS_SHOWN = ("samples", "rejected", "doubtful", "unknown_stages")
OPEN = frozenset({RunState.UPLOADED, RunState.MAPPED, RunState.PREVIEWED})
TAKEN = frozenset({RunState.DONE, RunState.STOPPED})


def start(
    session: Session,
    source_name: str,
    filename: str,
    stream: IO[bytes],
    *,
    by: Actor | None,
    at: datetime,
) -> ImportRun:
    """Keep an uploaded file as a run that nothing has come of yet.

    Raises BadInput for a file that is too large, cannot be read or has no rows.
    """
    with filing.spooled(stream) as (file, kept):
        how = reading.guess(file, filename)
        run = ImportRun(
            source=sources.named(session, source_name, at=at),
            filename=clean(filename)[-255:],
            sha256=kept.sha256,
            size=kept.size,
            state=RunState.UPLOADED,
            by_id=by.id if by else None,
            started_at=at,
        )
        _read(run, file, how)
        session.add(run)
        session.flush()
        filing.keep(session, run, file)
    audit.record(session, "uploaded", run, by=by, at=at, summary=run.filename)
    return run


def read_as(session: Session, run: ImportRun, how: How, *, by: Actor | None, at: datetime) -> None:
    """Read the file in another way: another encoding, other header rows. Nothing is mapped then.

    Raises BadInput where the file has nothing that way.
    """
    _check(run, OPEN)
    with filing.opened(session, run) as file:
        _read(run, file, how)
    run.state, run.mapping, run.findings, run.rows = RunState.UPLOADED, {}, {}, 0
    taking.begin_anew(run)
    session.flush()
    audit.record(session, "read_anew", run, by=by, at=at, summary=run.filename)


def map(session: Session, run: ImportRun, mapping: Mapping) -> None:
    """Say which columns are what. Raises BadInput where the mapping does not fit the file."""
    _check(run, OPEN)
    fitting = checked(mapping, taking.header(run))
    run.mapping, run.state, run.problem = fitting.as_json(), RunState.MAPPED, ""
    run.rows, run.findings = 0, {}
    taking.begin_anew(run)
    session.flush()


def check_open(run: ImportRun) -> None:
    """Raise Refusal where it is too late, or too early, to say how a run's file is read."""
    _check(run, OPEN)


def ask_preview(session: Session, run: ImportRun, *, secret: str, at: datetime) -> None:
    """Preview a small file at once, and leave a large one to the worker."""
    if _is_small(run):
        preview(session, run, secret=secret, at=at)
        return
    _check_mapped(run)
    _hand_over(session, run, RunState.PREVIEWING)


def ask_import(session: Session, run: ImportRun, *, secret: str, by: Actor, at: datetime) -> None:
    """Import a small file at once, and leave a large one to the worker."""
    if _is_small(run):
        finish(session, run, secret=secret, by=by, at=at)
        return
    _check_takeable(run)
    if run.state is not RunState.STOPPED:
        taking.begin_anew(run)
    _hand_over(session, run, RunState.IMPORTING)
    audit.record(session, "import_asked", run, by=by, at=at, summary=run.filename)


def ask_stop(session: Session, run: ImportRun) -> None:
    """Ask the worker to stop after the rows at hand.

    The worker itself changes the run all the while, so this does not go by its version.
    """
    if run.state not in STOPPABLE:
        raise Refusal(_("Nothing is going on with this file that could be stopped."))
    session.execute(update(ImportRun).where(ImportRun.id == run.id).values(stop_asked=True))


def preview(session: Session, run: ImportRun, *, secret: str, at: datetime) -> None:
    """Count what importing would do: the same code, rolled back."""
    _check_mapped(run)
    taking.dry(session, run, secret=secret, at=at, settle=session.flush)
    run.state = RunState.PREVIEWED
    session.flush()


def finish(
    session: Session,
    run: ImportRun,
    *,
    secret: str,
    by: Actor | None,
    at: datetime,
    settle: Callable[[], None] | None = None,
) -> None:
    """Write what the file holds, keep what was rejected, and let the file go.

    `settle` is called after each chunk; one that commits lets others write in between. Raises
    Refusal when the run is done already or not mapped yet.
    """
    _check_takeable(run)
    if run.state is not RunState.STOPPED:
        taking.begin_anew(run)
    run.state = RunState.IMPORTING
    session.flush()  # a second one that finishes the same run fails here, before it writes
    if not run.rows:
        taking.measure(session, run)
    taking.really(session, run, secret=secret, at=at, settle=settle or session.flush)
    complete(session, run, by=by, at=at)


def complete(session: Session, run: ImportRun, *, by: Actor | None, at: datetime) -> None:
    """Note that all rows of a run are taken; its mapping is offered for the source's next file."""
    run.state, run.finished_at = RunState.DONE, at
    filing.let_go(session, run)
    contacts = {column.name for column in Mapping.from_json(run.mapping).of(Role.CONTACT)}
    forget(run, [name for name in taking.header(run) if name in contacts])
    _keep_mapping(session, run, at)
    audit.record(
        session, "imported", run, by=by, at=at, summary=f"{run.filename}: {run.created} new"
    )
    session.flush()


def discard(session: Session, run: ImportRun, *, by: Actor, at: datetime) -> None:
    """Let go of a file of which nothing was taken."""
    _check(run, OPEN)
    run.state, run.finished_at = RunState.DISCARDED, at
    taking.begin_anew(run)
    filing.let_go(session, run)
    forget(run, taking.header(run))
    audit.record(session, "discarded", run, by=by, at=at, summary=run.filename)
    session.flush()


def forget(run: ImportRun, columns: Sequence[str]) -> None:
    """Let go of what a run still shows of these columns' cells; of all of them, of every row."""
    looked = [
        {**one, "examples": []} if one.get("name") in columns else one
        for one in run.inspection.get("columns", ())
    ]
    run.inspection = {**run.inspection, "columns": looked}
    if len(columns) == len(run.columns):
        run.findings = {n: v for n, v in run.findings.items() if n not in ROWS_SHOWN}


def last_mapping(session: Session, source_id: int) -> SourceMapping | None:
    """Return the newest mapping of a source."""
    versions = select(SourceMapping).where(SourceMapping.source_id == source_id)
    return session.scalar(versions.order_by(SourceMapping.number.desc()).limit(1))


def rejections(
    session: Session, run: ImportRun, *, secret: str, at: datetime
) -> Iterator[Rejection]:
    """Yield every row that was, or would be, rejected."""
    if run.state in OPEN:
        _check_mapped(run)
        yield from taking.rejections(session, run, secret=secret, at=at)
        return
    kept = select(RejectedRow).where(RejectedRow.run_id == run.id).order_by(RejectedRow.id)
    for row in session.scalars(kept):
        yield Rejection(row.line, row.column, row.value, row.reason, row.cells)


def rejected_table(
    run: ImportRun, rows: Iterator[Rejection]
) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
    """Return header and rows of the file of rejected rows, each with its original cells."""
    head = ["line", "column", "value", "reason", *taking.header(run)]
    return head, ((r.line, r.column, r.value, r.reason, *r.cells) for r in rows)


def _read(run: ImportRun, file: BinaryIO, how: How) -> None:
    file.seek(0)
    table = reading.opened(file, how)
    found = inspecting.inspect(table, most=SAMPLED)
    if not found.rows:
        raise BadInput(_("The file has a header and no rows under it."), field="file")
    width = max(found.width, len(table.columns))
    known = [{"name": c.name, "title": c.title} for c in table.columns]
    more = names(table.header, width)[len(known) :]
    run.how, run.inspection = how.as_json(), found.as_json()
    run.columns = [*known, *({"name": name, "title": name} for name in more)]


def _keep_mapping(session: Session, run: ImportRun, at: datetime) -> None:
    """Keep the mapping as a new version of its source's, where it is another than the last."""
    last = last_mapping(session, run.source_id)
    kept = {**run.mapping, "by_id": True}
    if last and last.mapping == kept and last.columns == run.columns:
        return
    number = session.scalar(
        select(func.coalesce(func.max(SourceMapping.number), 0) + 1).where(
            SourceMapping.source_id == run.source_id
        )
    )
    session.add(
        SourceMapping(
            source_id=run.source_id,
            number=number or 1,
            mapping=kept,
            columns=run.columns,
            made_by_id=run.by_id,
            made_at=at,
        )
    )


def _hand_over(session: Session, run: ImportRun, state: RunState) -> None:
    run.state, run.stop_asked, run.alive_at, run.problem = state, False, None, ""
    session.flush()


def _is_small(run: ImportRun) -> bool:
    return run.size <= AT_ONCE and run.inspection.get("rows", 0) <= ROWS_AT_ONCE


def _check_mapped(run: ImportRun) -> None:
    _check(run, OPEN)
    if not run.mapping:
        raise Refusal(_("Say first which column of the file is what."))


def _check_takeable(run: ImportRun) -> None:
    _check(run, OPEN | {RunState.STOPPED})
    if not run.mapping:
        raise Refusal(_("Say first which column of the file is what."))


def _check(run: ImportRun, states: frozenset[RunState]) -> None:
    if run.state in states:
        return
    if run.state is RunState.DONE:
        raise Refusal(_("This file is imported already. Send it again to see that nothing is new."))
    if run.state in WAITING:
        raise Refusal(_("This file is being worked on. Wait for it, or stop it first."))
    raise Refusal(_("This run is over. Send the file again."))

"""Import runs: uploaded, mapped, previewed (the same code, rolled back), done."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core import audit, csvfile
from cxquest.core.audit import Actor
from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.journey import queries as journey
from cxquest.voice import dates, intake, storing
from cxquest.voice.intake import Mapping, Record, Rejection
from cxquest.voice.models import ImportRun, RejectedRow, RunState, Source
from cxquest.voice.outcome import Outcome, sort_out

CHUNK = 500


def source(session: Session, name: str, *, at: datetime) -> Source:
    """Return the source of this name, whatever its capitals; added if it is new."""
    name = " ".join(intake.clean(name).split())
    if not 0 < len(name) <= 120:
        raise BadInput(_("Give the source a name of at most 120 characters."), field="source")
    found = session.scalar(select(Source).where(func.lower(Source.name) == name.lower()))
    if found is None:
        found = Source(name=name, mapping={}, created_at=at)
        session.add(found)
        session.flush()
    return found


def start(
    session: Session,
    source_name: str,
    filename: str,
    content: bytes,
    *,
    by: Actor | None,
    at: datetime,
) -> ImportRun:
    """Keep an uploaded file as a run that nothing has come of yet.

    Raises BadInput for a file that cannot be read, has no rows or too many.
    """
    file = csvfile.read(content)
    width = _width(file)
    run = ImportRun(
        source=source(session, source_name, at=at),
        filename=intake.clean(filename)[-255:],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        encoding=file.encoding,
        delimiter=file.delimiter,
        header=intake.names(file.header, width),
        state=RunState.UPLOADED,
        by_id=by.id if by else None,
        started_at=at,
    )
    session.add(run)
    session.flush()
    audit.record(session, "uploaded", run, by=by, at=at, summary=run.filename)
    return run


def map(session: Session, run: ImportRun, mapping: Mapping) -> None:
    """Say which column is what, on the run and, for the next file, on its source.

    Raises BadInput for a mapping that does not fit the file.
    """
    _refuse_done(run)
    fitting = intake.checked(mapping, run.header)
    run.mapping = run.source.mapping = fitting.as_json()
    run.state = RunState.MAPPED
    _count(run, Outcome())
    session.flush()


def preview(session: Session, run: ImportRun) -> Outcome:
    """Do all that `finish` does, take it back, and keep the counts on the run."""
    mapping = _mapping(run)
    point = session.begin_nested()
    try:
        outcome = _take(session, run, mapping, at=run.started_at)
    finally:
        point.rollback()
    outcome.orders = _orders(run, mapping)
    run.state = RunState.PREVIEWED
    _count(run, outcome)
    session.flush()
    return outcome


def finish(session: Session, run: ImportRun, *, by: Actor | None, at: datetime) -> Outcome:
    """Write what the file holds, keep what was rejected, and let the file go.

    Raises Refusal when the run is done already or not mapped yet.
    """
    mapping = _mapping(run)
    run.state, run.finished_at = RunState.DONE, at
    session.flush()  # a second one that finishes the same run fails here, before it writes
    outcome = _take(session, run, mapping, at=at)
    session.add_all(_kept(run, rejection) for rejection in outcome.rejections)
    _count(run, outcome)
    run.content = None
    audit.record(
        session, "imported", run, by=by, at=at, summary=f"{run.filename}: {outcome.created} new"
    )
    session.flush()
    return outcome


def rejections(session: Session, run: ImportRun) -> Iterator[Rejection]:
    """Yield every row that was, or would be, rejected."""
    if run.state is RunState.DONE:
        kept = select(RejectedRow).where(RejectedRow.run_id == run.id).order_by(RejectedRow.id)
        for row in session.scalars(kept):
            yield Rejection(row.line, row.column, row.value, row.reason, row.cells)
        return
    for read in _records(session, run, _mapping(run)):
        if isinstance(read, Rejection):
            yield read


def samples(run: ImportRun, most: int = 3) -> list[list[str]]:
    """Return, for each column of a file that is still here, its first few texts."""
    found: list[list[str]] = [[] for _name in intake.names(run.header)]
    for row in islice(_file(run).rows(), 200):
        for texts, cell in zip(found, row.cells, strict=False):
            if cell.strip() and len(texts) < most:
                texts.append(" ".join(cell.split()))
    return found


def _width(file: csvfile.CsvFile) -> int:
    """Return the most cells of a row; a title above the header must hide no column."""
    widths = [len(row.cells) for row in islice(file.rows(), csvfile.MAX_ROWS + 1)]
    if not widths:
        raise BadInput(_("The file has a header and no rows under it."), field="file")
    if len(widths) > csvfile.MAX_ROWS:
        raise BadInput(
            _("The file has more than 200,000 rows. Split it and send the parts."), field="file"
        )
    return max(widths)


def _take(session: Session, run: ImportRun, mapping: Mapping, *, at: datetime) -> Outcome:
    outcome = Outcome()
    records = iter(_records(session, run, mapping))
    while chunk := list(islice(records, CHUNK)):
        taken: list[Record] = []
        for read in chunk:
            if isinstance(read, Rejection):
                outcome.reject(read, mapping.collected_at)
            else:
                taken.append(read)
        known = storing.known(session, run.source_id, [record.identity for record in taken])
        fresh, changed = sort_out(taken, known, outcome)
        storing.create(session, run, fresh, mapping.scale, at=at)
        storing.update(session, run, changed, mapping.scale, at=at)
    return outcome


def _records(session: Session, run: ImportRun, mapping: Mapping) -> Iterator[Record | Rejection]:
    stages = {stage.name.lower(): stage.id for stage in journey.every_stage(session)}
    return intake.records(_file(run).rows(), run.header, mapping, stages)


def _orders(run: ImportRun, mapping: Mapping) -> list[dates.Reading]:
    if not mapping.collected_at:
        return []
    place = intake.names(run.header).index(mapping.collected_at)
    cells = (row.cells[place] for row in _file(run).rows() if place < len(row.cells))
    return dates.readings(cell for cell in cells if cell.strip())


def _mapping(run: ImportRun) -> Mapping:
    _refuse_done(run)
    if not run.mapping:
        raise Refusal(_("Say first which column of the file is what."))
    return Mapping.from_json(run.mapping)


def _file(run: ImportRun) -> csvfile.CsvFile:
    return csvfile.again(run.content or b"", run.encoding, run.delimiter)


def _refuse_done(run: ImportRun) -> None:
    if run.state is RunState.DONE:
        raise Refusal(_("This file is imported already. Send it again to see that nothing is new."))


def _count(run: ImportRun, outcome: Outcome) -> None:
    run.read, run.created, run.updated = outcome.read, outcome.created, outcome.updated
    run.unchanged, run.rejected = outcome.unchanged, outcome.rejected
    run.comments, run.findings = outcome.comments, outcome.findings()


def _kept(run: ImportRun, rejection: Rejection) -> RejectedRow:
    return RejectedRow(
        run_id=run.id,
        line=rejection.line,
        column=rejection.column,
        value=rejection.value,
        reason=rejection.reason,
        cells=rejection.cells,
    )


def rejected_table(
    run: ImportRun, rows: Iterator[Rejection]
) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
    """Return header and rows of the file of rejected rows, each with its original cells."""
    header = ["line", "column", "value", "reason", *intake.names(run.header)]
    return header, ((r.line, r.column, r.value, r.reason, *r.cells) for r in rows)

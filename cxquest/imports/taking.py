"""Taking the rows of a run's file, chunk by chunk: for a preview rolled back, else kept.

Each chunk's rows and the run's counts are written together, so that a run that was broken off
after a chunk goes on with the next.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from itertools import islice

from sqlalchemy.orm import Session

from cxquest.imports import contacts, filing, intake, measuring, storing
from cxquest.imports.intake import Record, Rejection, Terms
from cxquest.imports.mapping import Mapping, Role
from cxquest.imports.models import DoubtfulCell, ImportRun, RejectedRow
from cxquest.imports.outcome import Outcome, sort_out
from cxquest.journey import queries as journey
from cxquest.tables import reading
from cxquest.tables.how import How
from cxquest.tables.reading import Table

CHUNK = 500
COUNTS = ("read", "created", "updated", "unchanged", "rejected", "doubtful", "comments")

Settle = Callable[[], None]


def measure(session: Session, run: ImportRun) -> None:
    """Look through the run's file, and tell rows apart by their ids only where these are sound.

    Raises BadInput for a file without rows, or with too many.
    """
    mapping = Mapping.from_json(run.mapping)
    with table(session, run) as opened:
        found = measuring.measured(opened, mapping)
    run.rows, run.findings = found.rows, found.as_json()
    run.mapping = replace(mapping, by_id=not found.damaged_ids).as_json()
    session.flush()


def dry(session: Session, run: ImportRun, *, secret: str, at: datetime, settle: Settle) -> None:
    """Count what importing would do, by doing it and taking each chunk back."""
    measure(session, run)
    outcome = Outcome()
    for chunk in _chunks(session, run, secret, at, after=0):
        with session.begin_nested() as nested:
            _take(session, run, chunk, outcome, at)
            nested.rollback()
        _count(run, outcome)
        settle()


def really(session: Session, run: ImportRun, *, secret: str, at: datetime, settle: Settle) -> None:
    """Take the rows that are not taken yet, and keep what was rejected and what is doubtful."""
    counts = {name: getattr(run, name) for name in COUNTS}
    outcome = Outcome.gone_on(counts, run.findings if run.read else {})
    for chunk in _chunks(session, run, secret, at, after=run.read):
        _take(session, run, chunk, outcome, at)
        session.add_all(_rejected(run, one) for one in chunk if isinstance(one, Rejection))
        session.add_all(_doubts(run, chunk))
        _count(run, outcome)
        settle()


def begin_anew(run: ImportRun) -> None:
    """Set the counts of a run to nothing, before its rows are taken in earnest."""
    for name in COUNTS:
        setattr(run, name, 0)


def rejections(
    session: Session, run: ImportRun, *, secret: str, at: datetime
) -> Iterator[Rejection]:
    """Yield the rows of a run's file that would be rejected."""
    with _records(session, run, secret, at) as records:
        yield from (one for one in records if isinstance(one, Rejection))


@contextmanager
def table(session: Session, run: ImportRun) -> Iterator[Table]:
    """Open the file of a run as it is to be read."""
    with filing.opened(session, run) as file:
        yield reading.opened(file, How.from_json(run.how))


def header(run: ImportRun) -> list[str]:
    """Return the names of the columns of a run's file."""
    return [column["name"] for column in run.columns]


@contextmanager
def _records(
    session: Session, run: ImportRun, secret: str, at: datetime
) -> Iterator[Iterator[Record | Rejection]]:
    stages = {stage.name.lower(): stage.id for stage in journey.every_stage(session)}
    repeat = run.findings.get("ids_repeat", True)
    terms = Terms(stages, at.date(), contacts.keyed(secret), ids_repeat=repeat)
    mapping = Mapping.from_json(run.mapping)
    with table(session, run) as opened:
        yield intake.records(opened.rows(), header(run), mapping, terms)


def _chunks(
    session: Session, run: ImportRun, secret: str, at: datetime, *, after: int
) -> Iterator[list[Record | Rejection]]:
    with _records(session, run, secret, at) as records:
        rest = islice(records, after, None)
        while chunk := list(islice(rest, CHUNK)):
            yield chunk


def _take(
    session: Session,
    run: ImportRun,
    chunk: list[Record | Rejection],
    outcome: Outcome,
    at: datetime,
) -> None:
    date = Mapping.from_json(run.mapping).one(Role.DATE)
    taken: list[Record] = []
    for one in chunk:
        if isinstance(one, Rejection):
            outcome.reject(one, date.name if date else "")
        else:
            taken.append(one)
    storing.queue(session, run.source_id)
    known = storing.known(session, run.source_id, [record.identity for record in taken])
    fresh, changed = sort_out(taken, known, outcome)
    storing.create(session, run.source_id, run.id, fresh, at=at)
    storing.update(session, run.id, changed, at=at)


def _count(run: ImportRun, outcome: Outcome) -> None:
    for name in COUNTS:
        setattr(run, name, getattr(outcome, name))
    run.findings = {**run.findings, **outcome.findings()}


def _rejected(run: ImportRun, rejection: Rejection) -> RejectedRow:
    return RejectedRow(run_id=run.id, **asdict(rejection))


def _doubts(run: ImportRun, chunk: list[Record | Rejection]) -> Iterator[DoubtfulCell]:
    for one in chunk:
        if isinstance(one, Record):
            for doubt in one.doubts:
                yield DoubtfulCell(run_id=run.id, line=one.line, **asdict(doubt))

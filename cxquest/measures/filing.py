"""Files of readings: uploaded, looked at, previewed by the same code rolled back, taken, undone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.measures import queries, reading_files, recording, sorting
from cxquest.measures.columns import Columns
from cxquest.measures.models import Metric, ReadingRun, RunState, Via
from cxquest.measures.offers import Offered, Refused
from cxquest.measures.reading_files import Asked, Cells
from cxquest.measures.recording import Origin, Taken
from cxquest.measures.sorting import Words
from cxquest.people.models import Person
from cxquest.tables.how import How

OPEN = frozenset({RunState.UPLOADED, RunState.PREVIEWED})
COUNTS = ("created", "corrected", "unchanged")
MOST_VALUE = 120  # letters of a cell that are kept with its fault
WORDS = Words(
    _("The period from %(day)s stands on line %(places)s too. Leave all but one of them out."),
    _(
        "The period from %(day)s has the value %(value)s. Tick “Correct what has another value” "
        "and say why, or leave the row out."
    ),
)


@dataclass(frozen=True)
class Choice:
    """Which column is what, and why known values were wrong (empty where they stay)."""

    columns: Columns
    reason: str = ""


@dataclass(frozen=True)
class _Read:
    """What a file came to."""

    read: int
    taken: Taken
    rejections: list[dict[str, Any]]


def start(
    session: Session, metric: Metric, name: str, content: bytes, *, by: Person, at: datetime
) -> ReadingRun:
    """Keep a file and look it through. Raises BadInput for what is no table or too large."""
    how, found = reading_files.begun(content, name, metric.period.value)
    run = ReadingRun(
        metric_id=metric.id,
        state=RunState.UPLOADED,
        file_name=PurePath(name.replace("\\", "/").replace("\x00", "")).name[:200],
        content=content,
        how=how.as_json(),
        columns=found,
        by_id=by.id,
        at=at,
    )
    session.add(run)
    session.flush()
    return run


def preview(
    session: Session, metric: Metric, run: ReadingRun, choice: Choice, *, by: Person, at: datetime
) -> None:
    """Take the file in by the code that does it, note what came of it, and take all back.

    Raises Refusal for corrections where what is known must stay as it is.
    """
    check_open(run)
    nested = session.begin_nested()
    try:
        found = _taken(session, metric, run, choice, by, at)
    finally:
        nested.rollback()
    run.mapping = {"columns": choice.columns.as_json(), "reason": choice.reason}
    _note(run, found, RunState.PREVIEWED)
    session.flush()


def finish(session: Session, metric: Metric, run: ReadingRun, *, by: Person, at: datetime) -> None:
    """Take the file in as it was previewed. Raises Refusal where nothing of it can be taken."""
    check_open(run)
    if run.state is not RunState.PREVIEWED:
        raise Refusal(_("Say first which column of the file is what."))
    found = _taken(session, metric, run, choice_of(run), by, at)
    if len(found.rejections) == found.read:
        raise Refusal(_("No row of this file can be taken. Its rejected rows say why."))
    _note(run, found, RunState.DONE)
    run.content, run.finished_at = None, at
    session.flush()


def undo(
    session: Session, metric: Metric, run: ReadingRun, reason: str, *, by: Person, at: datetime
) -> int:
    """Take back what a file brought, where it still stands; return how many readings that were."""
    if run.state is not RunState.DONE:
        raise Refusal(_("Only a file that was taken can be undone."))
    count = recording.take_back(session, metric, run.id, reason=reason, by=by, at=at)
    run.state, run.finished_at = RunState.UNDONE, at
    session.flush()
    return count


def discard(session: Session, run: ReadingRun, *, at: datetime) -> None:
    """Let go of a file of which nothing was taken."""
    check_open(run)
    run.state, run.content, run.finished_at = RunState.DISCARDED, None, at
    run.columns = [{**one, "examples": []} for one in run.columns]
    session.flush()


def choice_of(run: ReadingRun) -> Choice:
    """Return what was chosen for a run that was previewed."""
    return Choice(Columns.from_json(run.mapping["columns"]), run.mapping.get("reason", ""))


def listed(metric_id: int) -> Select[ReadingRun]:
    """Return the files of a metric, the newest first."""
    mine = select(ReadingRun).where(ReadingRun.metric_id == metric_id)
    return mine.options(joinedload(ReadingRun.by)).order_by(ReadingRun.id.desc())


def run(session: Session, metric_id: int, run_id: int) -> ReadingRun | None:
    """Return a file of this metric."""
    return session.scalar(listed(metric_id).where(ReadingRun.id == run_id))


def asked_of(metric: Metric) -> Asked:
    """Return what a metric asks of a row."""
    return Asked(metric.period.value, metric.is_counted, metric.per)


def check_open(run: ReadingRun) -> None:
    """Raise Refusal for a file that was taken or let go of."""
    if run.state not in OPEN or run.content is None:
        raise Refusal(_("This file is done with. Send it again."))


def _taken(
    session: Session, metric: Metric, run: ReadingRun, choice: Choice, by: Person, at: datetime
) -> _Read:
    locked = queries.metric(session, metric.id, locked=True) or metric
    cells, offered, refused = _rows(run, choice, asked_of(locked))
    good, more = sorting.sort_out(session, locked, offered, words=WORDS, at=at)
    taken = recording.take(session, locked, good, origin=Origin(by, Via.FILE, run.id), at=at)
    wrong = sorted([*refused, *more], key=lambda one: one.place)
    return _Read(len(cells), taken, list(_rejections(wrong, cells, choice.columns)))


def _rows(
    run: ReadingRun, choice: Choice, asked: Asked
) -> tuple[dict[int, Cells], list[Offered], list[Refused]]:
    """Return the cells of each line that count, and what each came to."""
    table = reading_files.opened(run.content or b"", How.from_json(run.how))
    cells: dict[int, Cells] = {}
    offered, refused = list[Offered](), list[Refused]()
    for row in reading_files.limited(table):
        held = cells[row.line] = reading_files.cells_of(row, table, choice.columns)
        one = reading_files.came_to(row.line, held, choice.columns, asked, choice.reason)
        if isinstance(one, Offered):
            offered.append(one)
        else:
            refused.append(one)
    return cells, offered, refused


def _rejections(
    wrong: Sequence[Refused], cells: Mapping[int, Cells], columns: Columns
) -> Iterator[dict[str, Any]]:
    for one in wrong:
        held = cells[one.place]
        about = {"day": (columns.day, held.day), "n": (columns.n, held.n)}
        column, value = about.get(one.field, (columns.figure, held.figure))
        yield {
            "line": one.place,
            "column": column,
            "value": value[:MOST_VALUE],
            "reason": one.text,
            "values": one.values,
        }


def _note(run: ReadingRun, found: _Read, state: RunState) -> None:
    run.state, run.read, run.rejections = state, found.read, found.rejections
    run.rejected = len(found.rejections)
    for name in COUNTS:
        setattr(run, name, getattr(found.taken, name))

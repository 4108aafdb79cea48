"""Undoing an import run: what it created goes, what it changed says again what it said.

It goes batch by batch. A large run is undone by the worker, each batch a transaction of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.audit import Actor
from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.imports import filing, importing, referring, rewording, storing, taking
from cxquest.imports.models import DoubtfulCell, ImportRun, RejectedRow, RunState
from cxquest.voice.models import (
    Comment,
    CommentTheme,
    Rating,
    Submission,
    SubmissionVersion,
)

BATCH = 500
AT_ONCE = 2_000  # submissions; a larger run is undone by the worker


@dataclass(frozen=True)
class Undone:
    """How many submissions went, say what they said before, and stay as evidence."""

    removed: int
    restored: int
    kept: int


def ask_undo(session: Session, run: ImportRun, *, by: Actor, at: datetime) -> None:
    """Undo a small run at once, and leave a large one to the worker."""
    _check(run)
    if run.created + run.updated <= AT_ONCE:
        undo(session, run, by=by, at=at)
        return
    run.state, run.alive_at, run.stop_asked = RunState.UNDOING, None, False
    audit.record(session, "undo_asked", run, by=by, at=at, summary=run.filename)
    session.flush()


def undo(session: Session, run: ImportRun, *, by: Actor | None, at: datetime) -> Undone:
    """Take a run back.

    A submission whose comment is evidence of a pain point stays, and so does one that a later
    file has changed since. Raises Refusal for a run that took nothing, or is undone already.
    """
    _check(run)
    run.state = RunState.UNDOING
    session.flush()
    return go_on(session, run, by=by, at=at, settle=session.flush)


def go_on(
    session: Session,
    run: ImportRun,
    *,
    by: Actor | None,
    at: datetime,
    settle: Callable[[], None],
) -> Undone:
    """Undo what is left of a run that is being undone; `settle` is called after each batch."""
    while n := _restore(session, run):
        _tell(run, restored=n)
        settle()
    while n := _remove(session, run):
        _tell(run, removed=n)
        settle()
    kept = session.scalar(_count(_created(run), _rested_on())) or 0
    undone = Undone(**_counted(run), kept=kept)
    run.findings = {**run.findings, "undone": vars(undone)}
    _finish(session, run, at)
    audit.record(session, "undone", run, by=by, at=at, summary=run.filename, **vars(undone))
    session.flush()
    return undone


def foreseen(session: Session, run: ImportRun) -> Undone:
    """Return what undoing a run would come to as things stand now."""
    created = _created(run)
    return Undone(
        session.scalar(_count(created, ~_rested_on())) or 0,
        session.scalar(select(func.count()).select_from(_replaced(run).subquery())) or 0,
        session.scalar(_count(created, _rested_on())) or 0,
    )


def _check(run: ImportRun) -> None:
    if run.state not in importing.TAKEN:
        raise Refusal(_("Only a run that has taken rows can be undone."))


def _counted(run: ImportRun) -> dict[str, int]:
    so_far = run.findings.get("undone", {})
    return {name: so_far.get(name, 0) for name in ("removed", "restored")}


def _tell(run: ImportRun, **more: int) -> None:
    so_far = _counted(run)
    undone = {name: n + more.get(name, 0) for name, n in so_far.items()}
    run.findings = {**run.findings, "undone": undone}


def _finish(session: Session, run: ImportRun, at: datetime) -> None:
    """Let go of the run's file and of every cell that is still shown of it."""
    for table in (RejectedRow, DoubtfulCell):
        session.execute(delete(table).where(table.run_id == run.id))
    filing.let_go(session, run)
    importing.forget(run, taking.header(run))
    run.state, run.finished_at, run.alive_at = RunState.UNDONE, at, None


def _created(run: ImportRun) -> ColumnElement[bool]:
    """What the run brought, or one undone before it, and what nothing has changed since."""
    gone = select(ImportRun.id).where(
        ImportRun.source_id == run.source_id,
        or_(ImportRun.id == run.id, ImportRun.state == RunState.UNDONE),
    )
    changed = exists().where(SubmissionVersion.submission_id == Submission.id)
    return Submission.run_id.in_(gone) & ~changed


def _rested_on() -> ColumnElement[bool]:
    said = select(Comment.id).where(Comment.submission_id == Submission.id, referring.is_used())
    return said.exists()


def _count(*conditions: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(Submission).where(*conditions)


def _replaced(run: ImportRun) -> Select[SubmissionVersion]:
    """What the run's rows replaced, where no later file has replaced it again."""
    own = select(SubmissionVersion).join(
        Submission, Submission.id == SubmissionVersion.submission_id
    )
    return own.where(SubmissionVersion.run_id == run.id, Submission.run_id == run.id)


def _restore(session: Session, run: ImportRun) -> int:
    """Give back some of what the run's rows replaced; return how much."""
    some = _replaced(run).order_by(SubmissionVersion.id).limit(BATCH)
    versions = session.scalars(some).all()
    before = {version.submission_id: version.before for version in versions}
    found = storing.whole(session, list(before))
    storing.part(session, list(before))
    rewording.restore(session, found, before)
    session.execute(
        delete(SubmissionVersion).where(SubmissionVersion.id.in_([one.id for one in versions]))
    )
    for row in (*versions, *found):
        session.expunge(row)
    return len(versions)


def _remove(session: Session, run: ImportRun) -> int:
    """Delete some of what the run created; return how much."""
    some = select(Submission.id).where(_created(run), ~_rested_on()).limit(BATCH)
    ids: Sequence[int] = session.scalars(some).all()
    comments = select(Comment.id).where(Comment.submission_id.in_(ids))
    storing.part(session, ids)
    session.execute(delete(CommentTheme).where(CommentTheme.comment_id.in_(comments)))
    session.execute(delete(Rating).where(Rating.submission_id.in_(ids)))
    session.execute(delete(Comment).where(Comment.submission_id.in_(ids)))
    session.execute(delete(Submission).where(Submission.id.in_(ids)))
    return len(ids)

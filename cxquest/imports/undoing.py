"""Undoing an import run: what it created goes, what it changed says again what it said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, exists, func, select, update
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.audit import Actor
from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.imports import filing, importing, referring, rewording, storing
from cxquest.imports.models import DoubtfulCell, ImportRun, RejectedRow, RunState
from cxquest.voice.models import (
    Comment,
    CommentTheme,
    Rating,
    Submission,
    SubmissionVersion,
)

BATCH = 500


@dataclass(frozen=True)
class Undone:
    """How many submissions went, say what they said before, and stay as evidence."""

    removed: int
    restored: int
    kept: int


def undo(session: Session, run: ImportRun, *, by: Actor | None, at: datetime) -> Undone:
    """Take a run back.

    A submission whose comment is evidence of a pain point stays, and so does one that a later
    file has changed since. Raises Refusal for a run that took nothing, or is undone already.
    """
    if run.state not in importing.TAKEN:
        raise Refusal(_("Only a run that has taken rows can be undone."))
    run.state, run.finished_at = RunState.UNDONE, at
    session.flush()
    restored = _restore(session, run)
    created = _created(run)
    kept = session.scalar(_count(created, _rested_on())) or 0
    removed = session.scalar(_count(created, ~_rested_on())) or 0
    _remove(session, select(Submission.id).where(created, ~_rested_on()))
    for table in (RejectedRow, DoubtfulCell):
        session.execute(delete(table).where(table.run_id == run.id))
    filing.let_go(session, run)
    undone = Undone(removed, restored, kept)
    run.findings = {**run.findings, "undone": vars(undone)}
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


def _created(run: ImportRun) -> ColumnElement[bool]:
    """The submissions that the run brought and that nothing has changed since."""
    changed = exists().where(SubmissionVersion.submission_id == Submission.id)
    return (Submission.run_id == run.id) & ~changed


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
    """Give back what the run's rows replaced."""
    versions = session.scalars(_replaced(run).order_by(SubmissionVersion.id)).all()
    for start in range(0, len(versions), BATCH):
        batch = versions[start : start + BATCH]
        before = {version.submission_id: version.before for version in batch}
        rewording.restore(session, storing.whole(session, list(before)), before)
    for version in versions:
        session.delete(version)
    session.flush()
    return len(versions)


def _remove(session: Session, submissions: Select[int]) -> None:
    ids: Sequence[int] = session.scalars(submissions).all()
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        comments = select(Comment.id).where(Comment.submission_id.in_(batch))
        repeats = update(Submission).where(Submission.repeat_of_id.in_(batch))
        session.execute(repeats.values(repeat_of_id=None))
        session.execute(delete(CommentTheme).where(CommentTheme.comment_id.in_(comments)))
        session.execute(delete(Rating).where(Rating.submission_id.in_(batch)))
        session.execute(delete(Comment).where(Comment.submission_id.in_(batch)))
        session.execute(delete(Submission).where(Submission.id.in_(batch)))

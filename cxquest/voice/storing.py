"""Writing submissions in batches, with few statements whatever the size of the file."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cxquest.voice.intake import Record, Scale
from cxquest.voice.models import Comment, ImportRun, Rating, Submission


def known(
    session: Session, source_id: int, identities: Sequence[str]
) -> dict[str, tuple[int, str]]:
    """Return id and fingerprint of the source's submissions with these identities."""
    rows = session.execute(
        select(Submission.identity, Submission.id, Submission.fingerprint).where(
            Submission.source_id == source_id, Submission.identity.in_(identities)
        )
    )
    return {identity: (submission_id, mark) for identity, submission_id, mark in rows}


def create(
    session: Session,
    run: ImportRun,
    records: Sequence[Record],
    scale: Scale | None,
    *,
    at: datetime,
) -> None:
    """Add a submission for each record, with its comments and ratings: three statements."""
    if not records:
        return
    new = [
        {"source_id": run.source_id, "identity": r.identity, "created_at": at, **_kept(run, r, at)}
        for r in records
    ]
    added = session.execute(insert(Submission).returning(Submission.identity, Submission.id), new)
    ids = dict(added.all())
    pairs = [(ids[record.identity], record) for record in records]
    comments = [
        {"submission_id": key, "position": place, "question": question, "text": text}
        for key, record in pairs
        for place, (question, text) in enumerate(record.comments)
    ]
    if comments:
        session.execute(insert(Comment), comments)
    _rate(session, pairs, scale)


def update(
    session: Session,
    run: ImportRun,
    changed: Sequence[tuple[int, Record]],
    scale: Scale | None,
    *,
    at: datetime,
) -> None:
    """Bring submissions up to their records.

    A comment is the same one while its question is the same, so that its themes and what it
    is evidence for stay with it.
    """
    if not changed:
        return
    ids = [submission_id for submission_id, _ in changed]
    found = select(Submission).where(Submission.id.in_(ids))
    submissions = {submission.id: submission for submission in session.scalars(found)}
    session.execute(delete(Rating).where(Rating.submission_id.in_(ids)))
    earlier = _without_gone(session, ids, changed)
    for submission_id, record in changed:
        for name, value in _kept(run, record, at).items():
            setattr(submissions[submission_id], name, value)
        _reword(session, submission_id, earlier[submission_id], record.comments)
    session.flush()
    _rate(session, changed, scale)


def _kept(run: ImportRun, record: Record, at: datetime) -> dict[str, Any]:
    return {
        "run_id": run.id,
        "external_id": record.external_id,
        "fingerprint": record.fingerprint,
        "collected_on": record.collected_on,
        "collected_raw": record.collected_raw,
        "stage_id": record.stage_id,
        "original": record.original,
        "updated_at": at,
    }


def _rate(session: Session, pairs: Sequence[tuple[int, Record]], scale: Scale | None) -> None:
    ratings = [
        {
            "submission_id": key,
            "position": place,
            "question": rated.question,
            "value": rated.value,
            "raw": rated.raw,
            **vars(scale),
        }
        for key, record in pairs
        for place, rated in enumerate(record.ratings)
        if scale
    ]
    if ratings:
        session.execute(insert(Rating), ratings)


def _without_gone(
    session: Session, ids: Sequence[int], changed: Sequence[tuple[int, Record]]
) -> dict[int, list[Comment]]:
    """Return the comments of the submissions, after those left that are no longer said."""
    said = {
        (submission_id, question)
        for submission_id, record in changed
        for question, _ in record.comments
    }
    kept: dict[int, list[Comment]] = defaultdict(list)
    rows = select(Comment).where(Comment.submission_id.in_(ids)).order_by(Comment.position)
    for comment in session.scalars(rows):
        gone = (comment.submission_id, comment.question) not in said
        if not gone or not _deleted(session, comment):
            kept[comment.submission_id].append(comment)
    return kept


def _deleted(session: Session, comment: Comment) -> bool:
    """Delete a comment unless somebody works with it: then it stays as it was said."""
    try:
        with session.begin_nested():
            session.execute(delete(Comment).where(Comment.id == comment.id))
    except IntegrityError:
        return False
    return True


def _reword(
    session: Session,
    submission_id: int,
    earlier: Sequence[Comment],
    said: Sequence[tuple[str, str]],
) -> None:
    by_question = {comment.question: comment for comment in earlier}
    place = max((comment.position for comment in earlier), default=-1) + 1
    for question, text in said:
        if question in by_question:
            by_question[question].text = text
        else:
            session.add(
                Comment(submission_id=submission_id, position=place, question=question, text=text)
            )
            place += 1

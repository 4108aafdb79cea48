"""Writing submissions in batches, with few statements whatever the size of the file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, String, func, insert, literal, or_, select
from sqlalchemy import update as updating
from sqlalchemy.orm import Session

from cxquest.imports import referring, rewording
from cxquest.imports.intake import Record
from cxquest.imports.rewording import Said
from cxquest.voice.models import Comment, Source, Submission, SubmissionVersion


def known(
    session: Session, source_id: int, identities: Sequence[str]
) -> dict[str, tuple[int, str]]:
    """Return id and fingerprint of the source's submissions with these identities."""
    asked = select(Submission.identity, Submission.id, Submission.fingerprint)
    mine = asked.where(Submission.source_id == source_id)
    if session.get_bind().dialect.name == "postgresql":
        # Of a long list in a table that has just grown it would read every row.
        wanted = func.unnest(literal(list(identities), ARRAY(String))).table_valued("identity")
        named = wanted.render_derived()
        rows = session.execute(mine.join(named, named.c.identity == Submission.identity))
    else:
        rows = session.execute(mine.where(Submission.identity.in_(identities)))
    return {identity: (submission_id, mark) for identity, submission_id, mark in rows}


def create(
    session: Session, source_id: int, run_id: int | None, records: Sequence[Record], *, at: datetime
) -> dict[str, int]:
    """Add a submission for each record, with its comments and ratings: four statements.

    Returns the new ids by identity.
    """
    if not records:
        return {}
    new = [
        {"source_id": source_id, "identity": r.identity, "created_at": at, **_kept(run_id, r, at)}
        for r in records
    ]
    connection = session.connection()  # rows without objects are several times as fast
    connection.execute(insert(Submission), new)
    found = known(session, source_id, [record.identity for record in records])
    ids = {identity: submission_id for identity, (submission_id, _mark) in found.items()}
    comments = [
        said.row(ids[record.identity], place)
        for record in records
        for place, said in enumerate(_said(record))
    ]
    if comments:
        connection.execute(insert(Comment), comments)
    rewording.rate(session, {ids[record.identity]: record.ratings for record in records})
    return ids


def update(
    session: Session, run_id: int | None, changed: Sequence[tuple[int, Record]], *, at: datetime
) -> None:
    """Bring submissions up to their records, and keep what they said before."""
    if not changed:
        return
    records = dict(changed)
    found = whole(session, list(records))
    versions = [rewording.version_of(submission, run_id, at) for submission in found]
    session.connection().execute(insert(SubmissionVersion), versions)
    part(session, [one.id for one in found if one.content != records[one.id].content])
    for submission in found:
        for name, value in _kept(run_id, records[submission.id], at).items():
            setattr(submission, name, value)
    session.flush()
    rewording.reword(session, found, {key: _said(record) for key, record in changed})
    rewording.rate_anew(session, {key: record.ratings for key, record in changed})


def queue(session: Session, source_id: int) -> None:
    """Wait until nobody else writes for this source, so that none meets half of another's rows."""
    source = select(Source.id).where(Source.id == source_id)
    session.execute(source.with_for_update(key_share=True))


def part(session: Session, ids: Sequence[int]) -> None:
    """Let submissions, and what repeated them, stand for themselves: they say another thing."""
    if not ids:
        return
    repeating = (Submission.id.in_(ids), Submission.repeat_of_id.in_(ids))
    parted = updating(Submission).where(or_(*repeating), Submission.repeat_of_id.is_not(None))
    session.execute(parted.values(repeat_of_id=None))


def whole(session: Session, ids: Sequence[int]) -> Sequence[Submission]:
    """Return submissions as they stand in the database, with comments and ratings."""
    found = select(Submission).where(Submission.id.in_(ids)).options(*referring.WHOLE)
    return session.scalars(found.execution_options(populate_existing=True)).all()


def _said(record: Record) -> list[Said]:
    return [Said(question, text, record.language) for question, text in record.comments]


def _kept(run_id: int | None, record: Record, at: datetime) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "line": record.line,
        "external_id": record.external_id,
        "fingerprint": record.fingerprint,
        "content": record.content,
        "collected_on": record.collected_on,
        "collected_raw": record.collected_raw,
        "stage_id": record.stage_id,
        "contact": record.contact,
        "original": record.original,
        "updated_at": at,
    }

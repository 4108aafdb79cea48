"""What pages ask about import runs."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from cxquest.imports.models import DoubtfulCell, ImportRun, SourceMapping
from cxquest.voice.models import Source


def runs() -> Select[ImportRun]:
    """Return all import runs with who started them, newest first."""
    return select(ImportRun).options(joinedload(ImportRun.by)).order_by(ImportRun.id.desc())


def run(session: Session, run_id: int) -> ImportRun | None:
    """Return an import run by id."""
    return session.scalar(runs().where(ImportRun.id == run_id))


def doubts(run_id: int) -> Select[DoubtfulCell]:
    """Return the doubtful cells of a run, in the file's order."""
    mine = select(DoubtfulCell).where(DoubtfulCell.run_id == run_id)
    return mine.order_by(DoubtfulCell.id)


def mappings(source_id: int) -> Select[SourceMapping]:
    """Return the mappings of a source, newest first."""
    mine = select(SourceMapping).where(SourceMapping.source_id == source_id)
    return mine.order_by(SourceMapping.number.desc())


def source(session: Session, source_id: int) -> Source | None:
    """Return a source by id."""
    return session.get(Source, source_id)

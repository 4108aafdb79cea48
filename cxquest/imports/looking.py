"""What of a run's file a person looks at to tell how it is to be read."""

from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.imports import filing
from cxquest.imports.models import ImportPart, ImportRun
from cxquest.tables import reading
from cxquest.tables.encoding import EncodingSample
from cxquest.tables.how import How, Kind
from cxquest.tables.workbook import Workbook

FIRST = 4  # pieces of a file: so many megabytes tell an encoding


def encodings(session: Session, run: ImportRun) -> list[EncodingSample]:
    """Return how the beginning of a text looks in each encoding it may have; none of others."""
    if How.from_json(run.how).kind is Kind.WORKBOOK:
        return []
    return reading.encodings(BytesIO(_beginning(session, run)))


def sheets(session: Session, run: ImportRun) -> list[str]:
    """Return the names of a workbook's sheets; none of other files."""
    if How.from_json(run.how).kind is not Kind.WORKBOOK:
        return []
    with filing.opened(session, run) as file:
        return list(Workbook(file).book.sheet_names)


def _beginning(session: Session, run: ImportRun) -> bytes:
    """Return the first pieces of a file up to the end of a line."""
    pieces = select(ImportPart.content).where(ImportPart.run_id == run.id, ImportPart.place < FIRST)
    start = b"".join(session.scalars(pieces.order_by(ImportPart.place)))
    if len(start) >= run.size:
        return start
    end = start.rfind(b"\n") + 1
    return start[: end + end % 2]  # two bytes a letter stay together

"""The file of an import run: kept in pieces beside it until its rows are taken."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.imports.models import ImportPart, ImportRun
from cxquest.tables import limits

PIECE = 1024 * 1024
IN_MEMORY = 8 * PIECE


@dataclass(frozen=True)
class Kept:
    """How large a file is, in bytes, and its SHA-256."""

    size: int
    sha256: str


@contextmanager
def spooled(stream: IO[bytes]) -> Iterator[tuple[BinaryIO, Kept]]:
    """Copy a stream to where it can be read several times, in bounded memory.

    Raises BadInput for one that is larger than a file may be.
    """
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        size, digest = 0, hashlib.sha256()
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > limits.MAX_BYTES:
                raise limits.too_large()
            digest.update(piece)
            file.write(piece)
        file.seek(0)
        yield cast("BinaryIO", file), Kept(size, digest.hexdigest())


def keep(session: Session, run: ImportRun, file: BinaryIO) -> None:
    """Keep a file with its run."""
    file.seek(0)
    place = 0
    while piece := file.read(PIECE):
        row = {"run_id": run.id, "place": place, "content": piece}
        session.execute(insert(ImportPart), [row])
        place += 1


@contextmanager
def opened(session: Session, run: ImportRun) -> Iterator[BinaryIO]:
    """Open the file of a run. Raises Refusal where it is no longer kept."""
    pieces = select(ImportPart.content).where(ImportPart.run_id == run.id)
    one_by_one = pieces.order_by(ImportPart.place).execution_options(yield_per=1)
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        for piece in session.scalars(one_by_one):
            file.write(piece)
        if not file.tell():
            raise Refusal(_("The file of this run is no longer kept. Send it again."))
        file.seek(0)
        yield cast("BinaryIO", file)


def let_go(session: Session, run: ImportRun) -> None:
    """Delete the file of a run whose rows are taken, or that was discarded."""
    session.execute(delete(ImportPart).where(ImportPart.run_id == run.id))

"""A file's bytes as text, block by block; what cannot be decoded is marked, never dropped."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _

BLOCK = 1 << 18
MARK = "\udcff"  # a lone surrogate: no codec ever decodes to it
UNREADABLE = "\ufffd"
ERRORS = "cxquest.marked"


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return MARK, error.end


codecs.register_error(ERRORS, _mark)


def size(file: BinaryIO) -> int:
    """Return how many bytes the file has."""
    return file.seek(0, 2)


def pieces(file: BinaryIO, start: int = 0) -> Iterator[bytes]:
    """Yield the file's bytes; others may read the same file in between."""
    while True:
        file.seek(start)
        piece = file.read(BLOCK)
        if not piece:
            return
        start += len(piece)
        yield piece


def blocks(file: BinaryIO, encoding: str, start: int = 0) -> Iterator[str]:
    """Yield the file's text, without a byte order mark; NUL is marked like a wrong byte.

    Raises BadInput for an encoding that is not known.
    """
    decoder = _decoder(encoding)
    first = True
    for piece in pieces(file, start):
        text = decoder.decode(piece)
        if first:
            text = text.removeprefix("\ufeff")
            first = not text
        yield text.replace("\x00", MARK) if "\x00" in text else text
    rest = decoder.decode(b"", True)
    if rest:
        yield rest


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    try:
        "".encode(encoding)
        return codecs.getincrementaldecoder(encoding)(ERRORS)
    except LookupError as error:
        raise BadInput(
            _("The encoding “%(name)s” is not known. Choose one of the list."), name=encoding
        ) from error


def readable(cell: str) -> str:
    """Return the cell with U+FFFD where a byte could not be read."""
    return cell.replace(MARK, UNREADABLE)


def damaged(cells: list[str]) -> tuple[int, ...]:
    """Return the places of cells with bytes that could not be read."""
    return tuple(place for place, cell in enumerate(cells) if MARK in cell)

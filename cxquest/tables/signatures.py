"""What a file is by its first bytes; what holds no table is refused with what to do."""

import zipfile
from typing import BinaryIO

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.tables import text
from cxquest.tables.limits import MAX_BYTES, too_large

PACKED = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEETS = ("xl/workbook.xml", "content.xml")
# What zipfile raises for a file that is cut or made up: no directory, a method of packing that it
# does not know, a member that is locked, an end before its end, a place before its beginning.
DAMAGED = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError)
PICTURES = (b"\x89PNG", b"GIF87a", b"GIF89a", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
ARCHIVES = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
PAGES = (b"<!doctype", b"<html", b"<table", b"<?xml", b"{\\rtf")


def is_workbook(file: BinaryIO) -> bool:
    """Say whether it is a workbook, and not text.

    Raises BadInput for an empty or too large file and for what is known to hold no table.
    """
    length = text.size(file)
    if length > MAX_BYTES:
        raise too_large()
    if not length:
        raise BadInput(_("The file is empty and has no rows. Was the right one chosen?"))
    file.seek(0)
    start = file.read(512)
    if start.startswith(PACKED):
        return _packed_workbook(file)
    _refuse(start)
    return start.startswith(OLD_OFFICE)


def _packed_workbook(file: BinaryIO) -> bool:
    try:
        with zipfile.ZipFile(file) as packed:
            names = set(packed.namelist())
            kind = packed.read("mimetype")[:80] if "mimetype" in names else b"spreadsheet"
    except DAMAGED as error:
        raise BadInput(
            _("The file is damaged: it was cut when it was sent or saved. Send it again.")
        ) from error
    if "xl/workbook.bin" in names:
        raise BadInput(_("This is a binary workbook (XLSB). Save it as XLSX or CSV."))
    if names.isdisjoint(SHEETS) or b"spreadsheet" not in kind:
        raise BadInput(
            _("This is an archive or a document. Unpack it and send the CSV or XLSX in it.")
        )
    return True


def _refuse(start: bytes) -> None:
    if start.startswith(b"%PDF"):
        raise BadInput(_("This is a PDF. Export the feedback as CSV or XLSX and send that."))
    if start.startswith(PICTURES):
        raise BadInput(_("This is a picture. Export the feedback as CSV or XLSX and send that."))
    if start.startswith(ARCHIVES):
        raise BadInput(_("This is an archive. Unpack it and send the file that is in it."))
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(PAGES):
        raise BadInput(
            _("This is a web page or a document, not a table. Save it as CSV and send that.")
        )


def refuse_no_text(file: BinaryIO, encoding: str) -> None:
    """Raise BadInput for bytes that are no text in the encoding that fits them best."""
    start = next(text.blocks(file, encoding), "")[:8_192]
    odd = sum(letter < " " and letter not in "\t\r\n\x0b\x0c" for letter in start)
    if odd + start.count(text.MARK) > max(4, len(start) // 10):
        raise BadInput(_("This is not a text file. Save it as CSV or XLSX and send that."))

"""How large a file may be: the one place, for the reader, the server and the pages."""

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _

MEBIBYTE = 1024 * 1024
MAX_BYTES = 250 * MEBIBYTE
MAX_ROWS = 1_000_000
MAX_COLUMNS = 500
MAX_SHEET_CELLS = 5_000_000  # a sheet is read whole: so many cells take up to 400 MB
MAX_SHEET_BYTES = 600 * MEBIBYTE  # of a workbook when it is unpacked
MAX_RECORD_LINES = 5_000
MAX_LINE = 4 * MEBIBYTE  # characters

MESSAGE = _(
    "A file has at most %(megabytes)s MB, %(rows)s rows and %(columns)s columns. "
    "Split a larger one and send the parts."
)


def message() -> tuple[str, dict[str, str]]:
    """Return the sentence on the limits and the values of its places."""
    return MESSAGE, {
        "megabytes": str(MAX_BYTES // MEBIBYTE),
        "rows": f"{MAX_ROWS:,}",
        "columns": str(MAX_COLUMNS),
    }


def too_large() -> BadInput:
    """Say no to a file of too many bytes."""
    return BadInput(
        _("The file is larger than %(most)s MB. Split it and send the parts."),
        most=MAX_BYTES // MEBIBYTE,
    )


def too_long() -> BadInput:
    """Say no to a file of too many rows."""
    return BadInput(
        _("The file has more than %(most)s rows. Split it and send the parts."),
        most=f"{MAX_ROWS:,}",
    )


def too_wide(line: int) -> BadInput:
    """Say no to a record of too many cells."""
    return BadInput(
        _(
            "Line %(line)s has more than %(most)s columns. Remove the columns that are not "
            "needed, or choose another delimiter."
        ),
        line=line,
        most=MAX_COLUMNS,
    )

"""A CSV file that somebody hands in: its encoding, its delimiter, its header, its rows."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from charset_normalizer import from_bytes

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _

MAX_BYTES = 25 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 500
DELIMITERS = ",;\t|"
SINGLE_BYTE = ("cp1252", "latin_1", "mac_roman")
SAMPLE_ROWS = 50
GUESS_BYTES = 200_000

csv.field_size_limit(MAX_BYTES)


@dataclass(frozen=True)
class Row:
    """One record: the line of the file on which it starts, and its cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class CsvFile:
    """A file's text and what was detected about it."""

    text: str
    encoding: str
    delimiter: str
    header: list[str]

    def rows(self) -> Iterator[Row]:
        """Yield every record after the header; rows without any text are passed over."""
        records = _records(self.text, self.delimiter)
        header_seen = False
        for row in records:
            if not any(cell.strip() for cell in row.cells):
                continue
            if header_seen:
                yield row
            header_seen = True


def read(content: bytes) -> CsvFile:
    """Detect encoding and delimiter, and read the header.

    Raises BadInput for a file that is empty, too large, not text, or has a header that
    cannot be mapped (an empty file, or the same name twice).
    """
    if len(content) > MAX_BYTES:
        raise BadInput(
            _("The file is larger than %(most)s MB. Split it and send the parts."),
            most=MAX_BYTES // 1024 // 1024,
        )
    text, encoding = decoded(content)
    _refuse_json(text)
    delimiter = _delimiter(text)
    first = next((r for r in _records(text, delimiter) if any(c.strip() for c in r.cells)), None)
    if first is None:
        raise BadInput(_("The file has no rows. Check that the right file was chosen."))
    return CsvFile(text, encoding, delimiter, _header(first.cells))


def again(content: bytes, encoding: str, delimiter: str) -> CsvFile:
    """Read a file the way it was read before, without detecting anything anew."""
    text = content.decode(encoding, errors="replace")
    first = next(r for r in _records(text, delimiter) if any(c.strip() for c in r.cells))
    return CsvFile(text, encoding, delimiter, _header(first.cells))


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text and the encoding it was read by. Raises BadInput for what is no text."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace"), encoding
    if b"\x00" in content[:4096]:
        raise BadInput(_("This is not a text file. Save it as CSV and send that."))
    text = content.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    right = sum(letter > "\x7f" for letter in text) - wrong if wrong else 0
    encoding = "utf-8" if not wrong or right > 4 * wrong else _guessed(content)
    return (text if encoding == "utf-8" else content.decode(encoding, errors="replace")), encoding


def _guessed(content: bytes) -> str:
    """Return the likeliest encoding of what is not UTF-8; a Western one where several fit."""
    start = content[:GUESS_BYTES].rsplit(b"\n", 1)[0] or content
    guess = from_bytes(start, cp_isolation=list(SINGLE_BYTE)).best() or from_bytes(start).best()
    return guess.encoding if guess else SINGLE_BYTE[0]


def _records(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    for cells in reader:
        yield Row(line, [cell.replace("\x00", "\ufffd") for cell in cells])
        line = reader.line_num + 1


def _delimiter(text: str) -> str:
    """Return the delimiter under which most of the first records have the same many cells."""

    def fit(delimiter: str) -> tuple[float, int]:
        widths = Counter(
            len(row.cells)
            for row, _ in zip(_records(text, delimiter), range(SAMPLE_ROWS), strict=False)
        )
        width, often = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 1))
        return (often / widths.total() if width > 1 else 0.0, width)

    return max(DELIMITERS, key=fit)


def _refuse_json(text: str) -> None:
    if text.lstrip().startswith(("{", "[")):
        try:
            json.loads(text)
        except ValueError:
            return
        except RecursionError:
            pass  # so deep that only a program wrote it
        raise BadInput(_("This is a JSON file. Export the feedback as CSV and send that."))


def _header(cells: Sequence[str]) -> list[str]:
    if len(cells) > MAX_COLUMNS:
        raise BadInput(_("The file has more than %(most)s columns."), most=MAX_COLUMNS)
    names = [cell.strip() for cell in cells]
    twice = [name for name, often in Counter(names).items() if often > 1 and name]
    if twice:
        raise BadInput(
            _("The column “%(name)s” comes twice in the header. Rename one of them."),
            name=twice[0],
        )
    return names

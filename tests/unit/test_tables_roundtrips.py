"""Whatever is written is read again; whatever is sent is read or refused."""

import csv
import io
from typing import Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cxquest.core.errors import BadInput
from cxquest.tables import delimited, reading
from cxquest.tables import text as text_of
from cxquest.tables.how import How, Kind
from cxquest.tables.reading import Row, Table


def opened(content: bytes, how: How | None = None) -> Table:
    file = io.BytesIO(content)
    return reading.opened(file, how or reading.guess(file))


def rows(content: bytes) -> list[Row]:
    return list(opened(content).rows())


cell = st.text(st.characters(codec="utf-8", exclude_characters="\x00\x1f"), max_size=12)
tables = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(cell, min_size=width, max_size=width), min_size=1, max_size=12)
)


@given(
    records=tables,
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    every=st.booleans(),
    block=st.sampled_from([7, 64, 1 << 18]),
    encoding=st.sampled_from(["utf-8", "utf-16-le", "utf-8-sig", "gb18030"]),
)
def test_what_was_written_is_read(
    records: list[list[str]], delimiter: str, end: str, every: bool, block: int, encoding: str
) -> None:
    # Elsewhere the writer forgets to quote a lone CR or LF.
    assume(end == "\r\n" or every)
    file = io.StringIO(newline="")
    quoting: Literal[0, 1] = csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL
    writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([["header"] * len(records[0]), *records])
    content = io.BytesIO(file.getvalue().encode(encoding))
    how = How(Kind.DELIMITED, encoding, delimiter)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_of, "BLOCK", block)
        source = delimited.Delimited(content, encoding, delimiter)
        source.width = len(records[0])
        # A cell that itself begins with a space and a quote is how other programs write quotes.
        found = [row.cells for row in source.records()][1:]
        table = [row.cells for row in reading.opened(content, how).rows()]
    assert found == records
    kept = [cells for cells in records if any(one.strip() for one in cells)]
    assert [trimmed(cells) for cells in table] == [trimmed(cells) for cells in kept]


def trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


@given(st.binary(max_size=400))
def test_no_file_makes_it_stumble(content: bytes) -> None:
    try:
        found = rows(content)
    except BadInput:
        return
    assert all(
        "\x00" not in cell and cell.encode() is not None for row in found for cell in row.cells
    )


@given(
    st.binary(max_size=200),
    st.sampled_from([b'{"a":', b"[{", b"a,b\n", b"\xff\xfe", b"PK\x03\x04"]),
)
def test_no_beginning_makes_it_stumble(content: bytes, start: bytes) -> None:
    try:
        found = rows(start + content)
    except BadInput:
        return
    assert all(cell.encode() is not None for row in found for cell in row.cells)


@given(
    st.text(alphabet='a1,"\n\r\\ ', max_size=120),
    st.sampled_from([5, 1 << 18]),
)
def test_no_letter_is_lost_whatever_the_quotes(text: str, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_of, "BLOCK", block)
        try:
            found = list(
                opened(f"x,y\n{text}\n".encode(), How(Kind.DELIMITED, "utf-8", ",")).rows()
            )
        except BadInput:
            return
    kept = "".join(cell for row in found for cell in row.cells)
    assert kept.count("a") == text.count("a")
    assert kept.count("1") == text.count("1")

"""Files that people hand in: read whole, or refused with what to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.core import csvfile
from cxquest.core.errors import BadInput


def rows(content: bytes) -> list[list[str]]:
    return [row.cells for row in csvfile.read(content).rows()]


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        (b"a,b\n1,2\n", ","),
        (b"a;b\r\n1;2\r\n", ";"),
        (b"a\tb\r1\t2\r", "\t"),
        (b"a|b\n1|2", "|"),
    ],
)
def test_it_finds_delimiter_and_line_ends(content: bytes, delimiter: str) -> None:
    file = csvfile.read(content)
    assert (file.delimiter, file.header) == (delimiter, ["a", "b"])
    assert [row.cells for row in file.rows()] == [["1", "2"]]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1252", "cp1252")],
)
def test_it_finds_the_encoding(encoding: str, found: str) -> None:
    text = "Réponse,Größe\nTrès déçu par l’été à Malmö,5\nÇa va où,4\n"
    file = csvfile.read(text.encode(encoding))
    assert (file.encoding, file.text.lstrip("\ufeff")) == (found, text)


def test_one_bad_byte_does_not_spoil_the_others() -> None:
    content = "Größe,Wörter\nschön,fünf Übel\n".encode() + b"bad \xff byte,1\n"
    assert rows(content) == [["schön", "fünf Übel"], ["bad \ufffd byte", "1"]]


def test_a_line_break_in_a_cell_stays_and_lines_are_counted_as_an_editor_does() -> None:
    file = csvfile.read(b'a,b\r\n"one\ntwo",2\r\n\r\nlast,3\r\n')
    assert [(row.line, row.cells) for row in file.rows()] == [
        (2, ["one\ntwo", "2"]),
        (5, ["last", "3"]),
    ]


def test_nul_is_replaced() -> None:
    assert rows(b"a,b\n" + b"x" * 5000 + b",1\ny\x00z,2\n")[1] == ["y\ufffdz", "2"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no rows"),
        (b"\n \n", "no rows"),
        (b"PK\x03\x04\x00\x00", "not a text file"),
        (b'[{"a": 1}]', "JSON"),
        (b"a,b,a\n1,2,3\n", "twice"),
        (b"x" * (csvfile.MAX_BYTES + 1), "larger than 25 MB"),
    ],
)
def test_it_refuses_with_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        csvfile.read(content)


def test_it_is_read_again_as_it_was_read_first() -> None:
    content = "Größe;b\n1;2\n".encode("cp1252")
    first = csvfile.read(content)
    assert csvfile.again(content, first.encoding, first.delimiter) == first


@given(st.binary(max_size=400))
def test_no_file_makes_it_stumble(content: bytes) -> None:
    try:
        file = csvfile.read(content)
    except BadInput:
        return
    assert all(cell.find("\x00") < 0 for row in file.rows() for cell in row.cells)

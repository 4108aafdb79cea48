"""Files that people hand in: read whole, or refused with what to do."""

import io
import json
import zipfile

import pytest

from cxquest.core.errors import BadInput
from cxquest.tables import limits, reading
from cxquest.tables.how import How, Kind
from cxquest.tables.reading import Row, Table


def opened(content: bytes, how: How | None = None) -> Table:
    file = io.BytesIO(content)
    return reading.opened(file, how or reading.guess(file))


def cells(content: bytes) -> list[list[str]]:
    return [row.cells for row in opened(content).rows()]


def rows(content: bytes) -> list[Row]:
    return list(opened(content).rows())


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        (b"a,b\n1,2\n", ","),
        (b"a;b\r\n1;2\r\n", ";"),
        (b"a\tb\r1\t2\r", "\t"),
        (b"a|b\n1|2", "|"),
        (b"sep=|\r\na|b\r\n1|2\r\n", "|"),
    ],
)
def test_it_finds_delimiter_and_line_ends(content: bytes, delimiter: str) -> None:
    table = opened(content)
    assert (table.how.delimiter, table.header) == (delimiter, ["a", "b"])
    assert [row.cells for row in table.rows()] == [["1", "2"]]
    assert [row.cells for row in table.rows()] == [["1", "2"]], "a second time too"


def test_one_column_with_commas_in_its_sentences_stays_one() -> None:
    content = b"feedback\nGreat, thanks\nBad\nNice, but slow, really\nOk\n"
    assert cells(content) == [["Great, thanks"], ["Bad"], ["Nice, but slow, really"], ["Ok"]]


def test_one_bad_byte_keeps_its_row_and_is_named() -> None:
    content = "Größe,Wörter\nschön,fünf Übel\n".encode() + b"1,bad \xff byte\n"
    first, second = rows(content)
    assert (first.cells, first.damaged) == (["schön", "fünf Übel"], ())
    assert second == Row(3, ["1", "bad \ufffd byte"], (1,))


def test_a_replacement_sign_of_the_file_itself_is_no_damage() -> None:
    assert rows("a,b\n37\ufffd,2\n".encode()) == [Row(2, ["37\ufffd", "2"])]


def test_nul_is_replaced_and_named() -> None:
    assert rows(b"a,b\n1,x\x00y\n2,3\n") == [Row(2, ["1", "x\ufffdy"], (1,)), Row(3, ["2", "3"])]


def test_a_line_break_in_a_cell_stays_and_lines_are_counted_as_an_editor_does() -> None:
    found = rows(b'a,b\r\n"one\ntwo",2\r\n\r\nlast,3\r\n4,5\r6,7\n')
    assert [(row.line, row.cells) for row in found] == [
        (2, ["one\ntwo", "2"]),
        (5, ["last", "3"]),
        (6, ["4", "5"]),
        (7, ["6", "7"]),
    ]


def test_lines_that_are_no_line_ends_of_csv_end_nothing() -> None:
    text = "a,b\nx\x0by\u2028z\x85,2\n"
    assert cells(text.encode()) == [["x\x0by\u2028z\x85", "2"]]


@pytest.mark.parametrize(
    ("content", "last"),
    [
        (b'id,text\n1,"a"\n2,"cut in the mid', Row(3, ["2", "cut in the mid"], (), True)),
        (b'id,text\n1,"a"\n2,"cut in\nthe mid', Row(3, ["2", "cut in\nthe mid"], (), True)),
        (b"id,text,n\n1,a,2\n2,b", Row(3, ["2", "b", ""], (), True)),
        (b"id,text,n\n1,a,2\n2,b\n", Row(3, ["2", "b", ""], (), False)),
        (b"id,text,n\n1,a\n2,b", Row(3, ["2", "b", ""], (), False)),
        ("id,text\n1,a\n2,größ".encode()[:-1], Row(3, ["2", "grö\ufffd"], (1,), True)),
    ],
)
def test_a_file_cut_in_its_last_record_says_so(content: bytes, last: Row) -> None:
    *others, found = opened(content, How(Kind.DELIMITED, "utf-8", ",")).rows()
    assert found == last
    assert not any(row.incomplete for row in others)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            b'id,n,text\n1,2,"bad comment\n2,3,fine\n3,4,"also good"\n4,5,x\n',
            [["1", "2", '"bad comment'], ["2", "3", "fine"], ["3", "4", "also good"]],
        ),
        (
            b'id,text,n\n1,"bad comment,2\n2,fine,3\n3,"also ""good""",4\n4,x,5\n',
            [["1", '"bad comment', "2"], ["2", "fine", "3"], ["3", 'also "good"', "4"]],
        ),
        (
            b'id,n,text\n1,2,"never closed\n2,3,fine\n3,4,also\n4,5,x',
            [["1", "2", '"never closed'], ["2", "3", "fine"], ["3", "4", "also"]],
        ),
    ],
)
def test_a_wrong_quote_swallows_no_rows(content: bytes, expected: list[list[str]]) -> None:
    found = rows(content)
    assert [row.cells for row in found][:3] == expected
    assert [row.line for row in found] == [2, 3, 4, 5]
    assert [bool(row.damaged) for row in found] == [True, False, False, False]


@pytest.mark.parametrize("line", [b"2,x\n", b"2," + b"y" * 120 + b"\n"])
def test_a_quote_that_stays_open_too_long_is_refused_with_its_line(line: bytes) -> None:
    with pytest.raises(BadInput, match="line 3 and not closed"):
        rows(b'a,b\n1,ok\n2,"open\n' + line * (limits.MAX_RECORD_LINES + 10))


def test_quotes_are_read_in_every_habit() -> None:
    assert cells(b'id,text\n1,5" wide\n2,a "b" c\n') == [["1", '5" wide'], ["2", 'a "b" c']]
    assert cells(b'id, text\n1, "x, ""y"""\n2, z\n') == [["1", 'x, "y"'], ["2", "z"]]
    backslashes = b'id,text\n1,"he said \\"hi\\" to me"\n2,"C:\\\\dir\\\\"\n'
    assert cells(backslashes) == [["1", 'he said "hi" to me'], ["2", "C:\\\\dir\\\\"]]
    assert cells(b'id,text\n1,"C:\\dir\\"\n2,b\n') == [["1", "C:\\dir\\"], ["2", "b"]]


def test_ragged_rows_keep_every_cell() -> None:
    table = opened(b"a,b,,\n1,2,,\n3,4,,\n5,6,x,\n7,8,9,10,11\n1\n")
    assert [row.cells for row in table.rows()][-2:] == [
        ["7", "8", "9", "10", "11"],
        [*"1", *[""] * 4],
    ]
    assert table.header == ["a", "b", "Column 3", "Column 4", "Column 5"]


def test_empty_trailing_columns_go_until_a_cell_appears() -> None:
    content = b"a,b,,\n" + b"1,2,,\n" * 400 + b"3,4,,late\n" + b"5,6,,\n"
    table = opened(content)
    assert table.header == ["a", "b"]
    assert table.place("Column 4") == 3
    found = list(table.rows())
    assert found[-2].cells == ["3", "4", "", "late"]
    assert table.header == ["a", "b", "Column 3", "Column 4"]


def test_names_are_made_unique_and_never_empty() -> None:
    assert opened(b"a,,a,Column 2,a\n1,2,3,4,5\n").header == [
        "a",
        "Column 2",
        "a (2)",
        "Column 2 (2)",
        "a (3)",
    ]


def test_a_header_with_line_breaks_is_one_line() -> None:
    assert opened(b'"Which areas\nneed work?",score\nwifi,3\n').header == [
        "Which areas need work?",
        "score",
    ]


def test_titles_and_summaries_are_left_out_and_kept() -> None:
    table = opened(
        b"Report of March\n\nid,rating,text\n1,5,a\n\n2,4,b\nTotal,9,\n-- end of report --\n"
    )
    assert [(row.line, row.cells) for row in table.rows()] == [
        (4, ["1", "5", "a"]),
        (6, ["2", "4", "b"]),
    ]
    assert table.left_out.as_json() == {
        "titles": ["Report of March"],
        "footers": ["Total · 9", "-- end of report --"],
        "blank": 1,
    }


@pytest.mark.parametrize("last", ["Summe;9;", "2 Zeilen;;", "Gesamt: 12;;", "Ende des Berichts"])
def test_german_summaries_are_known(last: str) -> None:
    table = opened(f"Name;Note;Text\nA;5;gut\nB;4;mäßig\n{last}\n".encode())
    assert table.how.footer == 1
    assert len(list(table.rows())) == 2


@pytest.mark.parametrize(
    "last", ["Total disaster,1,bad", "5,4,Total", "Notes were lost,2,x", "Count me out,3,never"]
)
def test_a_comment_is_no_summary(last: str) -> None:
    assert opened(f"what,n,text\nx,5,a\ny,4,b\n{last}\n".encode()).how.footer == 0


def test_a_summary_is_found_at_the_end_of_a_large_file() -> None:
    body = b"".join(b'%d,5,"a, comment ""with"" quotes"\n' % n for n in range(60_000))
    table = opened(b"id,rating,text\n" + body + b"Total,300000,\n")
    assert table.how.footer == 1
    assert sum(1 for _row in table.rows()) == 60_000


def test_two_and_three_header_rows_are_found() -> None:
    german = "Rating,Date,Comment\nBewertung,Datum,Kommentar\n5,2026-03-01,gut\n4,2026-03-02,ok\n"
    table = opened((german + "3,2026-03-03,naja\n").encode())
    assert table.how.header_rows == 2
    assert [column.title for column in table.columns] == ["Bewertung", "Datum", "Kommentar"]
    insights = 'Q1,Q2\nHow was it?,Why?\n"{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"\n1,x\n'
    table = opened(insights.encode())
    assert (table.how.header_rows, table.header) == (3, ["Q1", "Q2"])
    assert [row.line for row in table.rows()] == [4]


def test_a_file_without_a_header_gets_numbered_columns() -> None:
    table = opened(b"1,2026-01-05,good\n2,2026-01-06,bad\n3,2026-01-07,fine\n")
    assert (table.how.header_rows, table.header) == (0, ["Column 1", "Column 2", "Column 3"])
    assert len(list(table.rows())) == 3


def test_missing_answers_in_the_first_row_are_no_second_header() -> None:
    content = b"id,rating,score\nx1,n/a,NA\nx2,5,4\nx3,4,3\nx4,2,1\n"
    assert opened(content).how.header_rows == 1


JSON_LINES = b"""{"id": 1, "text": "a", "by": {"name": "Ann"}, "score": 2.50}
{"id": 2, "text": "b\\nc", "tags": ["p", "q"], "late": true, "score": null}
"""


def test_json_lines_have_every_key_as_a_column() -> None:
    table = opened(JSON_LINES)
    assert table.how.kind is Kind.JSON
    assert table.header == ["id", "text", "by.name", "score", "tags", "late"]
    assert [(row.line, row.cells) for row in table.rows()] == [
        (1, ["1", "a", "Ann", "2.50", "", ""]),
        (2, ["2", "b\nc", "", "", "p; q", "true"]),
    ]


def test_a_json_array_is_read_like_lines() -> None:
    array = b"[" + JSON_LINES.strip().replace(b"}\n{", b"},\n{") + b"]"
    assert cells(array) == cells(JSON_LINES)
    pretty = json.dumps(json.loads(array.replace(b"2.50", b"2.25")), indent=2).encode()
    assert cells(pretty) == cells(JSON_LINES.replace(b"2.50", b"2.25"))


def test_a_json_line_that_cannot_be_read_is_kept_as_incomplete() -> None:
    found = rows(b'{"id":1,"text":"a"}\n{"id":2,"text":\n{"id":3,"text":"c"}\n{"id":4,"te')
    assert [(row.line, row.cells[0], row.incomplete) for row in found] == [
        (1, "1", False),
        (2, '{"id":2,"text":', True),
        (3, "3", False),
        (4, '{"id":4,"te', True),
    ]


def test_json_across_many_blocks_loses_nothing() -> None:
    content = b"".join(b'{"n": %d, "text": "%s"}\n' % (n, b"x" * (n % 97)) for n in range(20_000))
    assert [row.cells[0] for row in rows(content)] == [str(n) for n in range(20_000)]


def packed(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "a,b\n1,2\n")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no rows"),
        (b"\n \n", "no rows"),
        (b",,,\n,,\n", "no rows"),
        (b"a,b\n", "no rows below its header"),
        (b"%PDF-1.7 x", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "picture"),
        (b"\x1f\x8b\x08abc", "archive"),
        (packed("a.csv"), "archive or a document"),
        (b"PK\x03\x04\x00\x00", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "cannot be read"),
        (b"<html><table><tr><td>x</table>", "web page"),
        (bytes(range(256)) * 20, "not a text file"),
        (b'{"data": [{"a": 1}]}', "one object"),
        (b"[1, 2, 3]", "something else than records"),
        (b"[]", "something else than records"),
        ((",".join(f"c{n}" for n in range(600)) + "\n" + ",".join("1" * 600)).encode(), "500"),
        (b"x" * (limits.MAX_LINE + limits.MEBIBYTE), "longer than"),
    ],
)
def test_it_refuses_with_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        rows(content)


def test_a_file_too_large_or_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Huge(io.BytesIO):
        def seek(self, offset: int, whence: int = 0) -> int:
            return limits.MAX_BYTES + 1 if whence == 2 else super().seek(offset, whence)

    with pytest.raises(BadInput, match="larger than 250 MB"):
        reading.guess(Huge(b"a,b\n1,2\n"))
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    assert len(rows(b"a,b\n" + b"1,2\n" * 3)) == 3
    with pytest.raises(BadInput, match="more than 1,000,000 rows"):
        rows(b"a,b\n" + b"1,2\n" * 4)


def test_the_limits_are_said_from_one_place() -> None:
    text, values = limits.message()
    assert text % values == (
        "A file has at most 250 MB, 1,000,000 rows and 500 columns. "
        "Split a larger one and send the parts."
    )


def test_how_survives_json_and_refuses_nonsense() -> None:
    how = How(Kind.DELIMITED, "cp1252", ";", skip=2, header_rows=3, footer=1)
    assert How.from_json(json.loads(json.dumps(how.as_json()))) == how
    for stored in ({}, {"kind": "x"}, {"kind": "json", "more": 1}):
        with pytest.raises(BadInput):
            How.from_json(stored)
    for wrong in ({"header_rows": 4}, {"skip": -1}, {"delimiter": "ab"}, {"delimiter": '"'}):
        with pytest.raises(BadInput):
            How(Kind.DELIMITED, **wrong)


def test_a_chosen_way_is_kept_to() -> None:
    content = b"x;y\n1;2\nid;n\n5;6\n7;8\nend;0\n"
    how = How(Kind.DELIMITED, "utf-8", ";", skip=2, header_rows=1, footer=1)
    table = opened(content, how)
    assert (table.header, [row.cells for row in table.rows()]) == (
        ["id", "n"],
        [["5", "6"], ["7", "8"]],
    )
    assert table.left_out.titles == ["x · y", "1 · 2"]
    assert table.left_out.footers == ["end · 0"]


def test_two_readers_of_one_file_do_not_disturb_each_other() -> None:
    content = b"id,text\n" + b"".join(b"%d,%s\n" % (n, b"y" * 50) for n in range(20_000))
    table = opened(content)
    pairs = zip(table.rows(), table.rows(), strict=True)
    assert all(left == right for left, right in pairs)

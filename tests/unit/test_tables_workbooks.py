"""Workbooks: cells as people see them, merged cells, and what would not fit into memory."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from xml.sax.saxutils import escape

import pytest

from cxquest.core.errors import BadInput
from cxquest.tables import probing, reading, workbook
from cxquest.tables.workbook import written

SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TEXT = 'office:value-type="string"><text:p>%s</text:p></table:table-cell>'
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def xlsx(cells: Mapping[str, str | float], merged: tuple[str, ...] = ()) -> io.BytesIO:
    """Return a workbook of one sheet, written by hand."""
    lines: dict[int, list[str]] = {}
    for place, value in cells.items():
        line = int(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        inner = f"<v>{value}</v>"
        if isinstance(value, str):
            inner = f"<is><t>{escape(value)}</t></is>"
        kind = ' t="inlineStr"' if isinstance(value, str) else ""
        lines.setdefault(line, []).append(f'<c r="{place}"{kind}>{inner}</c>')
    rows = "".join(f'<row r="{n}">{"".join(found)}</row>' for n, found in sorted(lines.items()))
    ranges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    merges = f"<mergeCells>{ranges}</mergeCells>" if merged else ""
    link = (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/%s" Target="%s"/>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            "_rels/.rels", link % ("officeDocument", "xl/workbook.xml") + "</Relationships>"
        )
        packed.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{SPACE}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="Answers" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        sheet = link % ("worksheet", "worksheets/sheet1.xml") + "</Relationships>"
        packed.writestr("xl/_rels/workbook.xml.rels", sheet)
        packed.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{SPACE}"><sheetData>{rows}</sheetData>{merges}</worksheet>',
        )
    return file


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (-3.0, "-3"),
        (0.5, "0.5"),
        (68.66499999999999, "68.665"),
        (570712345678901248.0, "570712345678901248"),
        (4.27335427525861e-07, "0.000000427335427525861"),
        (True, "TRUE"),
        (date(2026, 3, 5), "2026-03-05"),
        (datetime(2026, 3, 5, 14, 7), "2026-03-05 14:07:00"),  # noqa: DTZ001 (as sheets have it)
        (time(9, 30), "09:30:00"),
        (timedelta(hours=26, minutes=5), "26:05:00"),
        ("N\x00a\x00m\x00e\x00", "Name"),
        ("a\x00b", "a\ufffdb"),
        ("", ""),
    ],
)
def test_cells_are_written_as_people_see_them(value: workbook.Value, text: str) -> None:
    assert written(value) == text


def test_a_cell_merged_downwards_counts_in_each_of_its_rows() -> None:
    file = xlsx(
        {
            "A1": "Shop",
            "B1": "Comment",
            "C1": "Note",
            "A2": "Bern",
            "B2": "good",
            "C2": 5.0,
            "B3": "bad",
            "C3": 1.0,
            "A4": "Basel",
            "B4": "wide and long",
        },
        merged=("A2:A3", "B4:C4"),
    )
    table = reading.opened(file, reading.guess(file, "answers.xlsx"))
    assert [(row.line, row.cells) for row in table.rows()] == [
        (2, ["Bern", "good", "5"]),
        (3, ["Bern", "bad", "1"]),
        (4, ["Basel", "wide and long", ""]),
    ]


def test_a_title_over_the_table_is_left_out() -> None:
    file = xlsx(
        {"A1": "Report", "A3": "id", "B3": "text", "C3": "n"}
        | {f"{letter}{line}": f"{letter}{line}" for line in (4, 5, 6) for letter in "ABC"},
        merged=("A1:C1",),
    )
    table = reading.opened(file, reading.guess(file))
    assert table.header == ["id", "text", "n"]
    assert table.left_out.titles == ["Report"]
    assert [row.line for row in table.rows()] == [4, 5, 6]


@pytest.mark.parametrize(
    ("column", "merged"), [("A", "A2:A3"), ("B", "B2:B3"), ("C", "C2:C3"), ("D", "D2:D1048576")]
)
def test_a_merged_cell_is_found_wherever_the_table_begins(column: str, merged: str) -> None:
    region, comment, score = (chr(ord(column) + place) for place in range(3))
    cells: dict[str, str | float] = {
        f"{region}1": "Region",
        f"{comment}1": "Comment",
        f"{score}1": "Score",
        f"{region}2": "North",
        f"{comment}2": "cold",
        f"{score}2": 4.0,
        f"{comment}3": "late",
    }
    file = xlsx(cells, (merged,) * 300)
    table = reading.opened(file, reading.guess(file))
    assert [row.cells for row in table.rows()] == [["North", "cold", "4"], ["North", "late", ""]]


def test_a_cell_merged_outside_of_the_table_is_left_alone() -> None:
    cells = {"B1": "Shop", "C1": "Comment", "B2": "Bern", "C2": "good", "C3": "bad"}
    file = xlsx(cells, ("A1:A3", "Z1:Z5", "C900:C950"))
    table = reading.opened(file, reading.guess(file))
    assert table.header == ["Shop", "Comment"]
    assert [row.cells for row in table.rows()] == [["Bern", "good"], ["", "bad"]]


def changed(file: io.BytesIO, old: bytes, new: bytes, place: str = "") -> io.BytesIO:
    """Return a workbook with other bytes in its sheet, which may stand at another place."""
    sheet = "worksheets/sheet1.xml"
    other = io.BytesIO()
    with zipfile.ZipFile(file) as packed, zipfile.ZipFile(other, "w") as anew:
        for name in packed.namelist():
            part = packed.read(name).replace(old, new)
            part = part.replace(sheet.encode(), (place or sheet).encode())
            anew.writestr(name.replace(sheet, place or sheet), part)
    return other


TOO_LARGE = "too much memory or time|more than 5,000,000 cells"
FAR = b'r="XFD1048576"'


@pytest.mark.parametrize(
    ("written", "place"),
    [
        (FAR, ""),
        (b"r='XFD1048576'", ""),
        (b'r = "XFD1048576"', ""),
        (b'r="xfd1048576"', ""),
        (FAR, "sheets/s1.xml"),
        (FAR, "worksheets/s1.XML"),
    ],
)
def test_two_far_cells_are_refused_however_they_are_written(written: bytes, place: str) -> None:
    file = xlsx({"A1": "a", "A2": "b", "XFD1048576": "c"})
    with pytest.raises(BadInput, match=TOO_LARGE):
        reading.guess(changed(file, FAR, written, place))


def test_cells_that_span_too_much_are_refused() -> None:
    with pytest.raises(BadInput, match="more than 5,000,000 cells"):
        reading.guess(xlsx({"A1": "a", "B1": "b", "SF30000": 1.0}))
    with pytest.raises(BadInput, match="more than 5,000,000 cells"):
        reading.guess(xlsx({f"{column}1048576": "far down" for column in "ABCDE"}))


def test_cells_without_a_reference_are_counted() -> None:
    file = xlsx({"A1": "a"})
    cells = b"<row>" + b"<c><v>1</v></c>" * 500 + b"</row>"
    with pytest.raises(BadInput, match="more than 5,000,000 cells"):
        reading.guess(changed(file, b"</sheetData>", cells * 10_001 + b"</sheetData>"))


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_SHEET_BYTES", 500)
    with pytest.raises(BadInput, match="too much memory"):
        reading.guess(xlsx({"A1": "a" * 1000}))


def test_a_workbook_that_is_never_done_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "PATIENCE", 0.001)
    with pytest.raises(BadInput, match="too much memory or time"):
        reading.guess(xlsx({"A1": "a", "A2": "b"}))


def test_a_workbook_cut_in_half_is_refused() -> None:
    content = xlsx({"A1": "a", "A2": "b"}).getvalue()
    with pytest.raises(BadInput, match="damaged"):
        reading.guess(io.BytesIO(content[: len(content) // 2]))


def ods(cell: str) -> io.BytesIO:
    """Return an OpenDocument table of one sheet: a header and a row that `cell` begins."""
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    names = " ".join(f'xmlns:{name}="{office}{name}:1.0"' for name in ("office", "table", "text"))
    head = "".join(f"<table:table-cell {TEXT % name}" for name in "ab")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        manifest = f'<manifest:manifest xmlns:manifest="{office}manifest:1.0"/>'
        packed.writestr("META-INF/manifest.xml", manifest)
        packed.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="Answers"><table:table-row>{head}</table:table-row>{cell}'
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return file


def test_an_open_document_is_read() -> None:
    row = "".join(f"<table:table-cell {TEXT % one}" for one in ("good", "fine"))
    file = ods(f"<table:table-row>{row}</table:table-row>")
    table = reading.opened(file, reading.guess(file))
    assert table.how.sheet == "Answers"
    assert [row.cells for row in table.rows()] == [["good", "fine"]]


def test_a_cell_that_repeats_itself_without_end_is_refused() -> None:
    cell = f'<table:table-cell table:number-columns-repeated="16000" {TEXT % "x"}'
    row = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    with pytest.raises(BadInput, match=f"cannot be read|{TOO_LARGE}"):
        reading.guess(ods(row))


def test_a_locked_workbook_says_so() -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(BadInput, match="locked with a password"):
        reading.guess(io.BytesIO(content))


def test_a_damaged_sheet_is_refused() -> None:
    content = xlsx({"A1": "a", "A2": "b"})
    with zipfile.ZipFile(content) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:-40]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, part in parts.items():
            packed.writestr(name, part.replace(b"inlineStr", b"Z"))
    with pytest.raises(BadInput, match="cannot be read"):
        reading.guess(file)

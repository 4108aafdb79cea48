"""Every example file is read with the right counts, or refused with what to do.

The counts were told by looking at the files: rows, columns, records above the header, header
rows, summaries at the end.
"""

import csv
import io
import json
from pathlib import Path

import pytest

from cxquest.core.errors import BadInput
from cxquest.tables import reading
from cxquest.tables.reading import Table

SPECTRUM = "csv/csv-spectrum/csvs"
LINT = "csv/csvlint_fixtures"
HORROR = "csv/messytables_horror"
SPECIAL = "csv/tabulator_special"
QUALTRICS = "layouts/qualtrics"
TOOLS = f"{QUALTRICS}/QualtricsTools"
CHOICES = f"{TOOLS}/Multiple Answer Multiple Choices Questions"
COLUMNS = f"{TOOLS}/Test Getting Choice Text from Response Columns"
MONKEY = "layouts/surveymonkey"
FORMS = "layouts/google_forms/Customer feedback (Responses) - Form Responses 1.csv"

COUNTS = {
    f"{SPECTRUM}/comma_in_quotes.csv": (1, 5, 0, 1, 0),
    f"{SPECTRUM}/empty.csv": (2, 3, 0, 1, 0),
    f"{SPECTRUM}/empty_crlf.csv": (2, 3, 0, 1, 0),
    f"{SPECTRUM}/escaped_quotes.csv": (2, 2, 0, 1, 0),
    f"{SPECTRUM}/json.csv": (1, 2, 0, 1, 0),
    f"{SPECTRUM}/location_coordinates.csv": (1, 4, 0, 1, 0),
    f"{SPECTRUM}/newlines.csv": (3, 3, 0, 1, 0),
    f"{SPECTRUM}/newlines_crlf.csv": (3, 3, 0, 1, 0),
    f"{SPECTRUM}/quotes_and_newlines.csv": (2, 2, 0, 1, 0),
    f"{SPECTRUM}/simple.csv": (1, 3, 0, 1, 0),
    f"{SPECTRUM}/simple_crlf.csv": (1, 3, 0, 1, 0),
    f"{SPECTRUM}/utf8.csv": (2, 3, 0, 1, 0),
    f"{LINT}/cr-line-endings.csv": (2, 3, 0, 1, 0),
    f"{LINT}/crlf-line-endings.csv": (2, 3, 0, 1, 0),
    f"{LINT}/inconsistent-line-endings-unquoted.csv": (2, 3, 0, 1, 0),
    f"{LINT}/inconsistent-line-endings.csv": (2, 3, 0, 1, 0),
    f"{LINT}/invalid-byte-sequence.csv": (23, 6, 0, 1, 0),
    f"{LINT}/invalid_many_rows.csv": (9, 3, 0, 1, 0),
    f"{LINT}/lf-line-endings.csv": (2, 3, 0, 1, 0),
    f"{LINT}/title-row.csv": (2, 3, 1, 1, 0),
    f"{LINT}/valid.csv": (2, 3, 0, 1, 0),
    f"{LINT}/valid_many_rows.csv": (6, 3, 0, 1, 0),
    f"{LINT}/white space in filename.csv": (2, 3, 0, 1, 0),
    f"{LINT}/windows-line-endings.csv": (1, 3, 0, 1, 0),
    f"{HORROR}/begrotingsanalyse-2011.csv": (37, 14, 3, 3, 0),
    f"{HORROR}/characters.csv": (382, 18, 0, 1, 0),
    f"{HORROR}/complex.csv": (3, 4, 0, 1, 0),
    f"{HORROR}/example.tsv": (140, 17, 0, 1, 0),
    f"{HORROR}/excel_pasting.csv": (13, 9, 3, 1, 3),
    f"{HORROR}/large.xlsx": (28, 11, 3, 3, 0),
    f"{HORROR}/long.csv": (3999, 1, 0, 1, 0),
    f"{HORROR}/mixedGLB.csv": (133, 19, 3, 1, 0),
    f"{HORROR}/null.csv": (10, 4, 0, 0, 0),
    f"{HORROR}/simple.csv": (6, 3, 0, 1, 0),
    f"{HORROR}/simple.psv": (28, 6, 0, 1, 0),
    f"{HORROR}/simple.ssv": (6, 3, 0, 1, 0),
    f"{HORROR}/simple.xlsx": (6, 3, 0, 1, 0),
    f"{HORROR}/skip_initials.csv": (2, 2, 0, 1, 0),
    f"{HORROR}/spanish_chars.csv": (114, 8, 0, 1, 1),
    f"{HORROR}/sparse_with_column_errors.csv": (2200, 4, 0, 1, 0),
    f"{HORROR}/sw_gen.xlsx": (15, 17, 0, 1, 0),
    f"{HORROR}/utf-16le_encoded.csv": (327, 19, 0, 1, 0),
    f"{HORROR}/weird_head_padding.csv": (76, 10, 11, 1, 0),
    f"{SPECIAL}/accent.csv": (2, 17, 0, 1, 0),
    f"{SPECIAL}/adjust_floating_point_error.xlsx": (5, 4, 0, 1, 0),
    f"{SPECIAL}/bom.csv": (2, 2, 0, 1, 0),
    f"{SPECIAL}/doublequote.csv": (5, 17, 0, 1, 0),
    f"{SPECIAL}/escaping.csv": (3, 2, 0, 1, 0),
    f"{SPECIAL}/issue305.csv": (338, 31, 0, 1, 0),
    f"{SPECIAL}/issue320.xlsx": (47, 54, 9, 3, 1),
    f"{SPECIAL}/latin1.csv": (2, 2, 0, 1, 0),
    f"{SPECIAL}/long.csv": (6, 2, 0, 1, 0),
    f"{SPECIAL}/multiline-headers.xlsx": (1, 4, 0, 3, 0),
    f"{SPECIAL}/number_format_multicode.xlsx": (3, 1, 0, 1, 0),
    f"{SPECIAL}/preserve-formatting-percentage.xlsx": (3, 2, 0, 1, 0),
    f"{SPECIAL}/preserve-formatting.xlsx": (1, 12, 0, 1, 0),
    f"{SPECIAL}/sheet2.xlsx": (2, 2, 0, 1, 0),
    f"{SPECIAL}/sheets.xlsx": (1, 2, 0, 1, 0),
    f"{SPECIAL}/skip-blank-at-the-end.csv": (2, 2, 0, 1, 0),
    f"{SPECIAL}/skip-rows-before-headers.csv": (2, 2, 1, 1, 0),
    f"{SPECIAL}/skip-rows.csv": (3, 2, 1, 1, 0),
    f"{SPECIAL}/skip-rows.xlsx": (2, 2, 0, 1, 1),
    f"{SPECIAL}/test_scientific_notation.xlsx": (1, 1, 0, 1, 0),
    FORMS: (500, 6, 0, 1, 0),
    f"{TOOLS}/Better Sample Survey/Better_Sample_Survey.csv": (10, 59, 0, 3, 0),
    f"{TOOLS}/Better Sample Survey/Better_Sample_Survey_split.csv": (10, 60, 0, 3, 0),
    f"{TOOLS}/Better Sample Survey/Comment Coding NVivo/Q5 Coded_NVivo.xlsx": (9, 5, 0, 1, 0),
    f"{TOOLS}/Better Sample Survey/example_long_and_lean.xls": (420, 4, 0, 1, 0),
    f"{TOOLS}/Comment Coding/Coded Comments/Q5 Coded.xlsx": (5, 6, 0, 1, 0),
    f"{TOOLS}/Comment Coding/Test_Survey_for_Coded_Comments.csv": (10, 17, 0, 3, 0),
    f"{TOOLS}/Dummy Enhancement Sample Survey/Dummy_Enhancement_Sample_Survey.csv": (
        *(61, 59, 0, 3, 0),
    ),
    f"{TOOLS}/Long Exhaustive Sample Survey/Long_Exhaustive_Sample_Survey.csv": (31, 367, 0, 3, 0),
    f"{TOOLS}/Many Different Question Types/Sample_Survey (Insights).csv": (5, 190, 0, 3, 0),
    f"{TOOLS}/Many Different Question Types/Sample_Survey.csv": (5, 189, 0, 2, 0),
    f"{TOOLS}/Matrix Single Answer Survey/Matrix_Single_Answer_Testing.csv": (5, 35, 0, 3, 0),
    f"{TOOLS}/Multiple Answer Matrix Questions/Insights vs Pre-Insights Headers.xlsx": (
        *(75, 2, 0, 1, 0),
    ),
    f"{TOOLS}/Multiple Answer Matrix Questions/Multiple_Answer_Matrix_Questions (Insights).csv": (
        *(5, 75, 0, 3, 0),
    ),
    f"{TOOLS}/Multiple Answer Matrix Questions/Multiple_Answer_Matrix_Questions.csv": (
        *(5, 74, 0, 2, 0),
    ),
    f"{CHOICES}/Insight vs Pre-Insight Headers.xlsx": (36, 2, 0, 1, 0),
    f"{CHOICES}/Multiple_Answer_MC_Questions (Insights).csv": (5, 36, 0, 3, 0),
    f"{CHOICES}/Multiple_Answer_MC_Questions.csv": (5, 35, 0, 2, 0),
    f"{TOOLS}/No Basis for Evaluation/No_Basis_for_Evaluation (Insights).csv": (15, 49, 0, 3, 0),
    f"{TOOLS}/No Basis for Evaluation/No_Basis_for_Evaluation (Legacy).csv": (15, 48, 0, 2, 0),
    f"{TOOLS}/Sample Coded Comments/Q5 Coded.xlsx": (5, 6, 0, 1, 0),
    f"{TOOLS}/Sample Survey/Sample_Survey.csv": (5, 74, 0, 3, 0),
    f"{TOOLS}/Side-by-Side Questions/SidebySide_Questions (Insights).csv": (25, 71, 0, 3, 0),
    f"{TOOLS}/Side-by-Side Questions/SidebySide_Questions (Legacy).csv": (25, 70, 0, 2, 0),
    f"{TOOLS}/Single Answer Matrix Questions/Insights vs Pre-Insights Headers.xlsx": (
        *(30, 2, 0, 1, 0),
    ),
    f"{TOOLS}/Single Answer Matrix Questions/Single_Answer_Matrix_Questions (Insights).csv": (
        *(5, 30, 0, 3, 0),
    ),
    f"{TOOLS}/Single Answer Matrix Questions/Single_Answer_Matrix_Questions.csv": (5, 29, 0, 2, 0),
    f"{TOOLS}/Single Answer Multiple Choice Questions/Insights vs Pre-Insights Headers.xlsx": (
        *(20, 2, 0, 1, 0),
    ),
    f"{TOOLS}/Single Answer Multiple Choice Questions/Single_Answer_MC_Questions (Insights).csv": (
        *(5, 20, 0, 3, 0),
    ),
    f"{TOOLS}/Single Answer Multiple Choice Questions/Single_Answer_MC_Questions.csv": (
        *(5, 19, 0, 2, 0),
    ),
    f"{TOOLS}/Survey Logic/Survey_Logic_EVERYWHERE.csv": (10, 20, 0, 2, 0),
    f"{COLUMNS}/Choice_Text_from_Response_Columns.csv": (5, 30, 0, 3, 0),
    f"{TOOLS}/Text Entry Components/Questions_with_Text_Entry_Components.csv": (15, 40, 0, 3, 0),
    f"{TOOLS}/User Notes Survey/Notes_Survey.csv": (5, 17, 0, 3, 0),
    f"{QUALTRICS}/ropensci_sample.csv": (1, 20, 0, 3, 0),
    f"{QUALTRICS}/ropensci_sample_legacy.csv": (1, 15, 0, 2, 0),
    f"{MONKEY}/NFL_fandom_data-surveymonkey.csv": (32, 25, 0, 2, 1),
    f"{MONKEY}/StarWars.csv": (1186, 38, 0, 2, 0),
    f"{MONKEY}/comma-survey.csv": (1129, 13, 0, 1, 0),
    f"{MONKEY}/flying-etiquette.csv": (1040, 27, 0, 1, 0),
    f"{MONKEY}/steak-risk-survey.csv": (551, 15, 0, 1, 0),
    f"{MONKEY}/thanksgiving-2015-poll-data.csv": (1058, 65, 0, 1, 0),
    "layouts/zendesk/group_data.csv": (8, 7, 0, 1, 0),
    "layouts/zendesk/organization_data.csv": (10, 12, 0, 1, 0),
    "layouts/zendesk/ticket_comment_data.csv": (20, 10, 0, 1, 0),
    "layouts/zendesk/ticket_data.csv": (10, 36, 0, 1, 0),
    "layouts/zendesk/ticket_tag_data.csv": (10, 3, 0, 1, 0),
    "layouts/zendesk/user_data.csv": (10, 32, 0, 1, 0),
    "feedback/cfpb_complaints.csv": (6623, 18, 0, 1, 0),
    "feedback/nhs_comments.csv": (10334, 8, 0, 1, 0),
    "feedback/skytrax_lounge.csv": (2264, 21, 0, 1, 0),
    "feedback/skytrax_seat.csv": (1258, 21, 0, 1, 0),
    "feedback/banking77_train.csv": (10003, 2, 0, 1, 0),
    "feedback/banking77_test.csv": (3080, 2, 0, 1, 0),
    "org/org_oracle_hr_107.csv": (107, 9, 0, 1, 0),
}
NO_ROWS = "no rows below its header"
REFUSED = {
    f"{LINT}/spreadsheet.xlsx": NO_ROWS,
    f"{HORROR}/libreoffice.xlsx": "Every sheet of the workbook is empty",
    f"{HORROR}/small.csv": NO_ROWS,
    f"{HORROR}/utf8bom.csv": NO_ROWS,
    f"{SPECIAL}/merged-cells.xlsx": NO_ROWS,
}


def opened(path: Path) -> Table:
    file = io.BytesIO(path.read_bytes())
    return reading.opened(file, reading.guess(file, path.name))


def test_every_example_is_named_here(shared_data: Path) -> None:
    kinds = {".csv", ".tsv", ".psv", ".ssv", ".xlsx", ".xls"}
    there = {
        str(path.relative_to(shared_data))
        for folder in ("csv", "layouts")
        for path in (shared_data / folder).rglob("*")
        if path.suffix in kinds
    }
    named = {name for name in COUNTS if name.startswith(("csv/", "layouts/"))} | set(REFUSED)
    assert there == named


@pytest.mark.parametrize("name", COUNTS)
def test_it_reads_the_example(name: str, shared_data: Path) -> None:
    table = opened(shared_data / name)
    rows = list(table.rows())
    how = table.how
    found = (len(rows), len(table.columns), how.skip, how.header_rows, how.footer)
    assert found == COUNTS[name]
    assert len(set(table.header)) == len(table.header)
    assert all(name.strip() for name in table.header)
    assert not any(row.incomplete for row in rows)
    assert len(table.left_out.footers) == how.footer


@pytest.mark.parametrize("name", [name for name in COUNTS if not name.endswith(("xlsx", "xls"))])
def test_no_record_of_it_is_lost(name: str, shared_data: Path) -> None:
    table = opened(shared_data / name)
    rows = len(list(table.rows()))
    how = table.how
    text = (shared_data / name).read_bytes().decode(how.encoding, "replace")
    file = io.StringIO(text, newline="")
    records = csv.reader(file, delimiter=how.delimiter or "\x1f", skipinitialspace=True)
    whole = sum(any(cell.strip() for cell in cells) for cells in records)
    assert whole == rows + how.header_rows + how.footer + len(table.left_out.titles)


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses_the_example_with_a_reason(name: str, shared_data: Path) -> None:
    with pytest.raises(BadInput, match=REFUSED[name]):
        opened(shared_data / name)


def test_csv_spectrum_is_as_its_json_says(shared_data: Path) -> None:
    folder = shared_data / "csv" / "csv-spectrum"
    for path in sorted((folder / "csvs").glob("*.csv")):
        table = opened(path)
        read = [dict(zip(table.header, row.cells, strict=True)) for row in table.rows()]
        expected = json.loads((folder / "json" / f"{path.stem}.json").read_text("utf-8"))
        expected = expected if isinstance(expected, list) else [expected]
        if path.stem == "location_coordinates":  # its JSON has another telephone number
            expected[0]["Contact Phone Number"] = read[0]["Contact Phone Number"]
        if path.stem == "newlines_crlf":  # its JSON says CRLF, the file has been stripped of CR
            expected = json.loads(json.dumps(expected).replace("\\r\\n", "\\n"))
        assert read == expected, path.name


def test_questions_and_choices_make_one_name(shared_data: Path) -> None:
    table = opened(shared_data / MONKEY / "StarWars.csv")
    seen = "Which of the following Star Wars films have you seen? Please select all that apply."
    assert table.header[0] == "RespondentID"
    assert table.header[1] == "Have you seen any of the 6 films in the Star Wars franchise?"
    assert table.header[3].startswith(f"{seen} – Star Wars: Episode I ")
    assert table.header[8] == f"{seen} – Star Wars: Episode VI Return of the Jedi"
    assert table.header[-1] == "Location (Census Region)"


def test_qualtrics_keeps_names_and_shows_questions(shared_data: Path) -> None:
    german = opened(shared_data / QUALTRICS / "ropensci_sample.csv")
    assert (german.columns[0].name, german.columns[0].title) == ("StartDate", "Anfangsdatum")
    assert german.columns[18].title == "This is a free text question."
    legacy = opened(shared_data / QUALTRICS / "ropensci_sample_legacy.csv")
    assert (legacy.columns[0].name, legacy.columns[0].title) == ("V1", "ResponseID")
    assert next(legacy.rows()).line == 3


def test_titles_and_sources_are_kept_apart(shared_data: Path) -> None:
    table = opened(shared_data / HORROR / "excel_pasting.csv")
    assert table.header[:3] == ["Year", "2000", "2001"]
    rows = list(table.rows())  # the footers are known once all rows were read
    assert rows[0].cells[0] == "Timber"
    assert table.left_out.titles[1] == "thousand tonnes carbon equivalent"
    assert table.left_out.footers[0].startswith("Total · 120,522")
    assert table.left_out.footers[1] == "Source: Office for National Statistics."


def test_a_big5_file_is_read_in_its_letters(shared_data: Path) -> None:
    table = opened(shared_data / HORROR / "characters.csv")
    assert table.header[:3] == ["id", "景點編號", "景點中文名稱"]


def test_workbook_cells_are_as_people_see_them(shared_data: Path) -> None:
    def last(name: str) -> list[str]:
        return list(opened(shared_data / name).rows())[-1].cells

    assert last(f"{HORROR}/simple.xlsx") == ["2011-01-03", "5", "Berkeley"]
    assert last(f"{SPECIAL}/adjust_floating_point_error.xlsx")[1:] == ["21.5", "1720", "1720"]
    assert last(f"{SPECIAL}/test_scientific_notation.xlsx") == ["0.000000427335427525861"]
    assert last(f"{HORROR}/sw_gen.xlsx")[0] == "474534250407264256"
    old = opened(shared_data / TOOLS / "Better Sample Survey" / "example_long_and_lean.xls")
    assert old.header[0] == "Respondent ID"


def test_a_sheet_can_be_chosen(shared_data: Path) -> None:
    with (shared_data / SPECIAL / "sheets.xlsx").open("rb") as file:
        assert reading.sheets(file) == ["Sheet1", "Sheet2", "Sheet3"]
        how = reading.guess(file, "sheets.xlsx", sheet="Sheet3")
        assert [row.cells for row in reading.opened(file, how).rows()] == [["3", "rome"]]
        with pytest.raises(BadInput, match=r"no sheet “Sheet9”.*Sheet1, Sheet2, Sheet3"):
            reading.guess(file, "sheets.xlsx", sheet="Sheet9")


def test_a_header_over_merged_cells_is_one(shared_data: Path) -> None:
    table = opened(shared_data / SPECIAL / "multiline-headers.xlsx")
    cost = "Cumulative impact of changes on cost of food basket"
    assert table.header == [
        "Region",
        "Caloric contribution – (%)",
        f"{cost} – from previous quarter",
        f"{cost} – from baseline (%)",
    ]

"""The import pages up to the preview: a file, how it is read, what its columns are."""

import io
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cxquest.imports.models import ImportRun, SourceMapping
from cxquest.journey import staging
from cxquest.voice.models import Comment, Rating, Submission
from tests.browsing import Browser
from tests.cast import BEGUN, Cast
from tests.conftest import Counting, Transaction, cost
from tests.uploads import COLUMNS, FILE, count, imported, rows_of, selected, ticked, upload


def test_a_file_is_uploaded_mapped_looked_at_and_imported(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    client.as_(cast.ruth)
    run = upload(client)
    page = client.get(run).text
    assert "2026/1/31 · 2026/2/1" in page
    assert "Looks like dates." in page
    assert "Looks like numbers from 1 to 5." in page
    assert "year, month, day: 2 dates, 0 ambiguous, 1 impossible" in page
    assert client.send(f"{run}/mapping", **COLUMNS).status_code == 303
    preview = client.get(run).text
    assert "Nothing is kept yet" in preview
    assert "not a date written year, month, day" in preview
    assert count(transaction, Comment) == 0
    assert client.send(f"{run}/finish").status_code == 303
    assert "What came of it" in client.get(run).text
    assert (count(transaction, Comment), count(transaction, Rating)) == (2, 2)
    again = client.send(f"{run}/finish")
    assert again.status_code == 409
    assert "imported already" in again.text
    assert client.send(f"{run}/mapping", **COLUMNS).status_code == 409
    assert rows_of(client.get(f"{run}/rejected.csv").text) == [
        ["line", "column", "value", "reason", "id", "day", "said", "rate", "shop"],
        [
            *("4", "day", "1.2.2026", "This is not a date written year, month, day."),
            *("3", "1.2.2026", "Late", "2", "Bergen"),
        ],
    ]


def test_the_mapping_is_remembered_and_the_same_file_creates_nothing(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    client.as_(cast.ruth)
    imported(client)
    second = upload(client, source="SURVEY")
    page = client.get(second).text
    assert "The columns are those of the last file of this source" in page
    chosen = [selected(page, f"role_{n}") for n in range(5)]
    assert chosen == [["external_id"], ["date"], ["comment"], ["rating"], ["keep"]]
    assert ticked(page, "order_1") == ["ymd"]
    client.send(f"{second}/mapping", **COLUMNS)
    client.send(f"{second}/finish")
    with transaction() as session:
        last = session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first()
        assert last
        assert (last.read, last.created, last.unchanged, last.rejected) == (3, 0, 2, 1)
        assert len(session.scalars(select(SourceMapping)).all()) == 1
    other = upload(client, FILE.replace(b"shop", b"town"))
    assert "The columns are those" not in client.get(other).text
    page = client.get("/admin/imports/sources/1/mappings").text
    assert "Version 1" in page
    assert "year, month, day" in page
    assert "from 1 to 5" in page


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"order_1": ""}, "order_1-0", "in which order"),
        ({"role_2": "keep", "role_3": "keep"}, "", "customers&#39; words"),
        ({"high_3": ""}, "low_3", "lowest and the highest"),
        ({"high_3": "1"}, "high_3", "must be above"),
        ({"low_3": "one"}, "low_3", "Not a valid decimal"),
        ({"role_4": "date", "order_4": "ymd"}, "role_4", "Two columns are chosen"),
        ({"role_4": "nonsense"}, "role_4", "Not a valid choice"),
        ({"role_4": "rating"}, "low_4", "lowest and the highest"),
    ],
)
def test_a_mapping_that_does_not_fit_is_shown_again(
    client: Browser, cast: Cast, changed: dict[str, Any], field: str, words: str
) -> None:
    client.as_(cast.ruth)
    run = upload(client)
    answer = client.send(f"{run}/mapping", **{**COLUMNS, **changed})
    assert answer.status_code == 422
    assert words in answer.text
    assert selected(answer.text, "role_0") == ["external_id"]
    if field:
        assert f'href="#{field}"' in answer.text
        assert f'id="{field.removesuffix("-0")}-error"' in answer.text
    assert "Say what the columns are" in client.get(run).text


def test_only_what_is_sure_is_chosen_beforehand(client: Browser, cast: Cast) -> None:
    client.as_(cast.ruth)
    clear = client.get(upload(client, b"day,said\n31.1.2026,Late\n1.2.2026,Fine\n")).text
    assert (selected(clear, "role_0"), ticked(clear, "order_0")) == (["date"], ["dmy"])
    assert selected(clear, "role_1") == ["keep"]
    unclear = client.get(upload(client, b"day,said\n3.1.2026,Late\n1.2.2026,Fine\n")).text
    assert (selected(unclear, "role_0"), ticked(unclear, "order_0")) == (["keep"], [])
    assert "Looks like dates." in unclear
    assert "day, month, year: 2 dates, 2 ambiguous, 0 impossible" in unclear


def test_a_known_layout_is_recognised_and_our_own_template_too(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    client.as_(cast.ruth)
    header = client.get("/admin/imports/template.csv").data
    with transaction() as session:
        staging.add(session, name="Use", customer_goal="", success_means="", by=None, at=BEGUN)
    row = b"1,2026-02-01,Use,It hums,2,en,a@b.example,yes\r\n"
    run = upload(client, header + row)
    page = client.get(run).text
    assert "This is a file of our own template" in page
    given: dict[str, Any] = {f"role_{n}": selected(page, f"role_{n}")[0] for n in range(8)}
    assert list(given.values()) == [
        *("external_id", "date", "stage", "comment", "rating", "language", "contact", "consent")
    ]
    rating: dict[str, Any] = {"low_4": "1", "high_4": "5", "best_4": "high", "decimal_4": "."}
    client.send(f"{run}/mapping", **given, **rating, order_1=ticked(page, "order_1")[0])
    client.send(f"{run}/finish")
    with transaction() as session:
        submission = session.scalars(select(Submission)).one()
        assert submission.stage_id
        assert len(submission.contact) == 64
        assert "a@b.example" not in str(submission.original)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04\x00", "damaged"),
        (b"%PDF-1.4 and so on", "PDF"),
        (b"a,b\n", "no rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    client: Browser, cast: Cast, content: bytes, words: str, transaction: Transaction
) -> None:
    client.as_(cast.ruth)
    answer = client.send("/admin/imports", source="Kept", file=(io.BytesIO(content), "s.csv"))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Kept"' in answer.text
    assert count(transaction, ImportRun) == 0


def test_the_limits_stand_on_the_page(client: Browser, cast: Cast) -> None:
    page = client.as_(cast.ruth).get("/admin/imports").text
    assert "250 MB, 1,000,000 rows and 500 columns" in page


def test_a_file_is_read_in_another_way(client: Browser, cast: Cast) -> None:
    client.as_(cast.ruth)
    content = "Report;;\n\nid;said;rate\n1;Caf\xe9 was closed;2\n2;\xa3 5 lost;1\n".encode("cp1252")
    run = upload(client, content)
    page = client.get(f"{run}/reading").text
    assert selected(page, "encoding") == ["cp1252"]
    assert "Café was closed" in page
    assert selected(page, "delimiter") == [";"]
    given: dict[str, Any] = {"delimiter": ";", "skip": "2", "header_rows": "1", "footer": "0"}
    answer = client.send(f"{run}/reading", encoding="mac_roman", **given)
    assert answer.status_code == 303
    assert "mac_roman" in client.get(run).text
    assert "CafÈ was closed" in client.get(run).text
    wrong = client.send(f"{run}/reading", encoding="cp1252", **{**given, "skip": "40"})
    assert wrong.status_code == 422
    assert 'value="40"' in wrong.text
    assert client.send(f"{run}/reading", encoding="klingon", **given).status_code == 422
    assert "mac_roman" in client.get(run).text


def test_of_json_and_of_a_workbook_only_what_they_have_is_asked(
    client: Browser, cast: Cast, shared_data: Path
) -> None:
    client.as_(cast.ruth)
    run = upload(
        client, b'{"id": 1, "said": "Caf\xc3\xa9"}\n{"id": 2, "said": "Late"}\n', name="s.jsonl"
    )
    page = client.get(f"{run}/reading").text
    assert 'name="encoding"' in page
    assert all(f'name="{name}"' not in page for name in ("delimiter", "sheet", "skip", "footer"))
    assert client.send(f"{run}/reading", encoding="utf-8").status_code == 303
    folder = shared_data / "layouts" / "qualtrics" / "QualtricsTools"
    book = next(folder.rglob("Insights vs Pre-Insights Headers.xlsx")).read_bytes()
    run = upload(client, book, name="s.xlsx")
    page = client.get(f"{run}/reading").text
    (sheet,) = selected(page, "sheet")
    assert 'name="encoding"' not in page
    given: dict[str, Any] = {"skip": "0", "header_rows": "0", "footer": "0"}
    assert client.send(f"{run}/reading", sheet=sheet, **given).status_code == 303
    assert "0 header rows" in client.get(run).text


def test_doubts_are_said_in_words(client: Browser, cast: Cast) -> None:
    client.as_(cast.ruth)
    content = b"id,said,rate\n" + b"".join(
        b"5.70E+17,Late %d \xe9\xc3\xa9,%d\n" % (n % 20, n % 5 + 1) for n in range(40)
    )
    page = client.get(upload(client, content + b'9,"It was cut off')).text
    assert "scientific notation" in page
    assert "rows are exactly the same as an earlier one" in page
    assert "A row is cut off: line 42" in page


def test_only_administrators_import(client: Browser, cast: Cast) -> None:
    run = upload(client.as_(cast.ruth))
    for person in (cast.ida, cast.noor, cast.karl):
        client.as_(person)
        for url in ("/admin/imports", run, f"{run}/rejected.csv", f"{run}/reading"):
            assert client.get(url).status_code == 403
        for url in (f"{run}/mapping", f"{run}/finish", "/admin/imports", f"{run}/undo"):
            assert client.send(url).status_code == 403
    assert client.as_(cast.ruth).get("/admin/imports/99").status_code == 404


def test_no_page_needs_more_than_twelve_queries(
    client: Browser,
    cast: Cast,
    transaction: Transaction,
    queries: Counting,
) -> None:
    client.as_(cast.ruth)
    wide = b",".join(b"q%d" % n for n in range(80)) + b"\n"
    for content in (FILE, wide + b",".join(b"%d" % n for n in range(80)) + b"\n"):
        run = upload(client, content)
        for url in ("/admin/imports", run, f"{run}/reading"):
            assert cost(client, queries, url) <= 12
    done = imported(client)
    repeats = "/admin/imports/sources/1/repeats"
    for url in (done, f"{done}/undo", repeats, "/admin/imports/sources/1/mappings"):
        assert cost(client, queries, url) <= 12

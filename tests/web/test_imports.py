"""The import pages: a file, how it is read, its columns, the preview, and what is done then."""

import csv
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import func, select

from cxquest.core import clock
from cxquest.imports import importing, job
from cxquest.imports.models import ImportRun, SourceMapping
from cxquest.journey import staging
from cxquest.voice.models import Comment, Rating, Submission
from tests.browsing import Browser
from tests.cast import BEGUN, Cast
from tests.conftest import Counted, Transaction

FILE = (
    b"id,day,said,rate,shop\r\n"
    b"1,2026/1/31,Nobody called me,1,Oslo\r\n"
    b"2,2026/2/1,=cmd,5,Oslo\r\n"
    b"3,1.2.2026,Late,2,Bergen\r\n"
)
COLUMNS: dict[str, Any] = {
    "role_0": "external_id",
    "role_1": "date",
    "role_2": "comment",
    "role_3": "rating",
    "role_4": "keep",
    "order_1": "ymd",
    "low_3": "1",
    "high_3": "5",
    "best_3": "high",
    "decimal_3": ".",
}
REPEATS = b"said,rate\n" + b"Late again,1\n" * 3 + b"Fine,5\nFine,5\nGood,4\n"


def upload(
    client: Browser, content: bytes = FILE, source: str = "Survey", name: str = "s.csv"
) -> str:
    answer = client.send("/admin/imports", source=source, file=(io.BytesIO(content), name))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def imported(client: Browser, content: bytes = FILE, **columns: str) -> str:
    """Bring a file in by its pages; return the run's address."""
    run = upload(client, content)
    answer = client.send(f"{run}/mapping", **(columns or COLUMNS))
    assert answer.status_code == 303, answer.text
    assert client.send(f"{run}/finish").status_code == 303
    return run


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def selected(page: str, name: str) -> list[str]:
    """Return the values that are chosen in the control of this name."""
    control = page.partition(f'name="{name}"')[2].partition("</select>")[0]
    return [part.partition('"')[0] for part in control.split('<option selected value="')[1:]]


def ticked(page: str, name: str) -> list[str]:
    """Return the value of the radio button of this name that is chosen."""
    return re.findall(rf'<input checked[^>]*name="{name}"[^>]*value="(\w+)"', page)


def count(transaction: Transaction, model: type) -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


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
    given = {f"role_{n}": selected(page, f"role_{n}")[0] for n in range(8)}
    assert list(given.values()) == [
        *("external_id", "date", "stage", "comment", "rating", "language", "contact", "consent")
    ]
    rating = {"low_4": "1", "high_4": "5", "best_4": "high", "decimal_4": "."}
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
    given = {"delimiter": ";", "skip": "2", "header_rows": "1", "footer": "0"}
    answer = client.send(f"{run}/reading", encoding="mac_roman", **given)
    assert answer.status_code == 303
    assert "mac_roman" in client.get(run).text
    assert "CafÈ was closed" in client.get(run).text
    wrong = client.send(f"{run}/reading", encoding="cp1252", **{**given, "skip": "40"})
    assert wrong.status_code == 422
    assert 'value="40"' in wrong.text
    assert client.send(f"{run}/reading", encoding="klingon", **given).status_code == 422
    assert "mac_roman" in client.get(run).text


def test_doubts_are_said_in_words(client: Browser, cast: Cast) -> None:
    client.as_(cast.ruth)
    content = b"id,said,rate\n" + b"".join(
        b"5.70E+17,Late %d \xe9\xc3\xa9,%d\n" % (n % 20, n % 5 + 1) for n in range(40)
    )
    page = client.get(upload(client, content + b'9,"It was cut off')).text
    assert "scientific notation" in page
    assert "rows are exactly the same as an earlier one" in page
    assert "A row is cut off: line 42" in page


def test_damaged_ids_are_told_and_collapse_no_rows(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    client.as_(cast.ruth)
    content = b"id,said\n" + b"".join(b"5.70E+17,Late %d\n" % n for n in range(9))
    run = upload(client, content)
    client.send(f"{run}/mapping", role_0="external_id", role_1="comment")
    page = client.get(run).text
    assert "Rows are not told apart by their ids" in page
    client.send(f"{run}/finish")
    assert count(transaction, Submission) == 9
    cells = rows_of(client.get(f"{run}/doubts.csv").text)
    assert cells[0] == ["line", "column", "value", "reason"]
    assert len(cells) == 10
    assert cells[1][:3] == ["2", "id", "5.70E+17"]


def test_a_run_is_undone_after_it_was_said_what_goes(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    client.as_(cast.ruth)
    first = imported(client)
    imported(client, FILE.replace(b"Nobody called me", b"Somebody called me"))
    asked = client.get(f"{first}/undo").text
    assert "What a later file has changed since stays" in asked
    assert count(transaction, Comment) == 2
    assert client.send(f"{first}/undo").status_code == 303
    page = client.get(first).text
    assert "1 submissions are gone" in page
    assert client.get("/voice").text.count("Somebody called me") >= 1
    assert count(transaction, Comment) == 1
    assert client.send(f"{first}/undo").status_code == 409
    assert client.get(f"{first}/undo").status_code == 303


def test_a_file_is_discarded(client: Browser, cast: Cast, transaction: Transaction) -> None:
    client.as_(cast.ruth)
    run = upload(client)
    assert client.send(f"{run}/discard").status_code == 303
    assert "This file was discarded" in client.get(run).text
    for url in (f"{run}/mapping", f"{run}/finish", f"{run}/discard", f"{run}/reading"):
        assert client.send(url).status_code == 409
    assert client.get(f"{run}/rejected.csv").status_code == 200


def test_a_large_file_waits_for_the_worker_and_can_be_stopped(
    client: Browser, cast: Cast, transaction: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    client.as_(cast.ruth)
    run = upload(client)
    assert client.send(f"{run}/mapping", **COLUMNS).status_code == 303
    page = client.get(run).text
    assert 'hx-trigger="every 2s"' in page
    assert "It waits for its turn." in page
    assert "Refresh" in page
    watching = client.get(f"{run}/progress", headers={"HX-Request": "true"})
    assert watching.text.strip().startswith('<div id="_progress"')
    assert client.get(f"{run}/progress").status_code == 303
    assert client.send(f"{run}/mapping", **COLUMNS).status_code == 409
    assert client.send(f"{run}/stop").status_code == 303
    assert "It stops after the rows at hand." in client.get(run).text
    work(transaction)
    ended = client.get(f"{run}/progress", headers={"HX-Request": "true"})
    assert ended.headers["HX-Refresh"] == "true"
    assert client.send(f"{run}/stop").status_code == 409
    assert "Say what the columns are" in client.get(run).text
    client.send(f"{run}/mapping", **COLUMNS)
    work(transaction)
    assert "Nothing is kept yet" in client.get(run).text
    client.send(f"{run}/finish")
    assert "The rows are being taken" in client.get(run).text
    work(transaction)
    assert "What came of it" in client.get(run).text
    assert count(transaction, Comment) == 2


def work(transaction: Transaction) -> None:
    """Let the worker do what waits."""
    with transaction() as session:
        bind = session.get_bind()
    with type(session)(bind) as own:
        assert job.work(own, clock.now, "secret")


def test_repeats_are_offered_and_counted_once_when_somebody_says_so(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    client.as_(cast.ruth)
    given = {"low_1": "1", "high_1": "5", "best_1": "high", "decimal_1": "."}
    run = imported(client, REPEATS, role_0="comment", role_1="rating", **given)
    assert "3 rows of the file are exactly the same" in client.get(run).text
    url = "/admin/imports/sources/1/repeats"
    page = client.get(url).text
    assert page.index("Late again") < page.index("Fine")
    assert "Good" not in page
    assert merged(transaction) == 0
    with transaction() as session:
        text = select(Submission.content).join(Comment).where(Comment.text == "Fine").limit(1)
        content = session.scalar(text)
    assert client.send(f"{url}/merge", content=content, page="1").status_code == 303
    assert merged(transaction) == 1
    assert client.send(f"{url}/merge").status_code == 303
    assert merged(transaction) == 3
    assert client.send(f"{url}/merge").status_code == 409
    assert "Count all each for itself" in client.get(url).text
    assert client.send(f"{url}/part", content=content).status_code == 303
    assert merged(transaction) == 2
    assert client.send(f"{url}/part").status_code == 303
    assert merged(transaction) == 0
    assert client.get("/admin/imports/sources/99/repeats").status_code == 404


def merged(transaction: Transaction) -> int:
    with transaction() as session:
        return session.scalar(select(func.count(Submission.repeat_of_id))) or 0


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
    queries: Callable[[], AbstractContextManager[Counted]],
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


def cost(client: Browser, queries: Callable[[], AbstractContextManager[Counted]], url: str) -> int:
    with queries() as counted:
        assert client.get(url).status_code == 200
    return len(counted)

"""Files of readings on their pages: uploaded, mapped, previewed, taken, undone; and bad ones."""

import csv
import io
import re
import time
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cxquest.measures.models import Metric, Period, Reading, ReadingRun, RunState
from cxquest.measures.reading_files import MOST_BYTES, MOST_ROWS
from cxquest.measures.spc import ChartKind
from tests.browsing import Browser
from tests.cast import Cast
from tests.conftest import Transaction
from tests.teams import Team

SECONDS = 30  # for 20,000 rows on a busy machine; alone it takes a few


@pytest.fixture
def metric(transaction: Transaction, cast: Cast) -> int:
    """A metric that is read each week; nothing of it is known."""
    with transaction() as session:
        found = Team(session, cast).sign().define().quest.metric_id
        assert found
        return found


def upload(client: Browser, metric: int, content: bytes, name: str = "weeks.csv") -> TestResponse:
    file = (io.BytesIO(content), name)
    answer = client.send(f"/metrics/{metric}/files/new", file=file)
    answer.request.environ["wsgi.input"].close()  # a large one lies on the disk
    return answer


def page(client: Browser, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return re.sub(r"\s+", " ", answer.text)


def stats(text: str) -> tuple[int, ...]:
    """Return the counts of a run's page."""
    found = re.findall(r'stat__number">([0-9,.]+)</span>', text)
    counts = tuple(int(one.replace(",", "")) for one in found)
    assert counts[0] == sum(counts[1:])
    return counts


def known(transaction: Transaction) -> int:
    with transaction() as session:
        return session.scalar(select(func.count(Reading.id))) or 0


def test_a_file_from_upload_to_undone(
    client: Browser, cast: Cast, transaction: Transaction, metric: int
) -> None:
    client.as_(cast.bram)
    content = (
        "Exportiert am 03.05.2026;;\nWoche;Wert;Bemerkung\n"
        "05.01.2026;4,5;\n12.01.2026;5,25;gut\n12.01.2026;6;doppelt\n01.01.2199;7;\n;8;\n"
    ).encode("cp1252")
    answer = upload(client, metric, content)
    assert answer.status_code == 303
    url = answer.location
    shown = page(client, url)
    assert re.search(r'<option selected value="Woche">', shown)
    assert re.search(r'<option selected value="Wert">', shown)
    sent = {"day": "Woche", "figure": "Wert", "order": "", "decimal": "", "n": "", "reason": ""}
    asked = client.send(url, **sent)
    assert asked.status_code == 422
    assert "Choose in which order “Woche” writes year, month and day." in asked.text
    previewed = client.send(url, **{**sent, "order": "dmy"})
    assert (previewed.status_code, previewed.location) == (303, url)
    shown = page(client, url)
    assert stats(shown) == (5, 1, 0, 0, 4)
    assert "Nothing is kept yet" in shown
    assert known(transaction) == 0
    rows = list(csv.DictReader(io.StringIO(client.get(f"{url}/rejected.csv").text[1:])))
    assert [(row["line"], row["column"]) for row in rows] == [
        ("4", "Woche"),
        ("5", "Woche"),
        ("6", "Woche"),
        ("7", "Woche"),
    ]
    assert "stands on line 5 too" in rows[0]["reason"]
    assert "not begun" in rows[2]["reason"]
    assert client.send(f"{url}/take").status_code == 303
    assert stats(page(client, url)) == (5, 1, 0, 0, 4)
    assert known(transaction) == 1
    assert f'href="{url}"' in page(client, f"/metrics/{metric}")
    assert client.send(url, **sent).status_code == 409
    assert client.send(f"{url}/take").status_code == 409
    assert client.send(f"{url}/undo", reason="").status_code == 422
    assert client.send(f"{url}/undo", reason="Wrong branch").status_code == 303
    assert "was undone" in page(client, url)
    assert "taken back: Wrong branch" in page(client, f"/metrics/{metric}")
    assert client.send(f"{url}/undo", reason="Again").status_code == 409


def test_known_periods_are_corrected_only_when_that_is_ticked(
    client: Browser, cast: Cast, transaction: Transaction, metric: int
) -> None:
    client.as_(cast.bram)
    assert client.send(f"/metrics/{metric}", day="2026-01-05", value="4", n="").status_code == 303
    url = upload(client, metric, b"period,value\n2026-01-05,5\n2026-01-12,6\n").location
    sent = {"day": "period", "figure": "value", "order": "", "decimal": "", "n": ""}
    client.send(url, **sent, reason="")
    shown = page(client, url)
    assert stats(shown) == (2, 1, 0, 0, 1)
    assert "has the value 4" in shown
    without = client.send(url, **sent, correct="y", reason="")
    assert without.status_code == 422
    assert "it stays with each of them" in without.text
    assert client.send(url, **sent, correct="y", reason="Counted anew").status_code == 303
    assert stats(page(client, url)) == (2, 1, 1, 0, 0)
    client.send(f"{url}/take")
    assert "correction: Counted anew" in page(client, f"/metrics/{metric}")


def test_counts_of_a_share_need_what_they_are_counted_out_of(
    client: Browser, cast: Cast, transaction: Transaction, metric: int
) -> None:
    with transaction() as session:
        found = session.get_one(Metric, metric)
        found.chart, found.per = ChartKind.P, 100
    client.as_(cast.bram)
    url = upload(client, metric, b"period,count,n\n2026-01-05,19,24\n2026-01-12,30,24\n").location
    shown = page(client, url)
    assert re.search(r'<option selected value="n">', shown)
    assert re.search(r'<input[^>]*checked[^>]*value="count"', shown)
    sent = {"day": "period", "figure": "count", "figure_is": "count", "order": "", "decimal": ""}
    for more in ({"n": ""}, {"n": "count"}, {"n": "period"}):
        assert client.send(url, **sent, **more, reason="").status_code == 422
    assert client.send(url, **sent, n="n", reason="").status_code == 303
    assert stats(page(client, url)) == (2, 1, 0, 0, 1)
    assert client.get(f"/metrics/{metric}/files/template.csv").text[1:].strip() == "period,count,n"


def test_a_discarded_file_is_let_go(
    client: Browser, cast: Cast, transaction: Transaction, metric: int
) -> None:
    client.as_(cast.bram)
    url = upload(client, metric, b"period,value\n2026-01-05,5\n").location
    assert client.send(f"{url}/discard").status_code == 303
    assert "discarded" in page(client, url)
    with transaction() as session:
        run = session.scalars(select(ReadingRun)).one()
        assert (run.state, run.content) == (RunState.DISCARDED, None)
    assert "weeks.csv" in page(client, f"/metrics/{metric}/files/new")


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff" * 999, b'[{"a": 1}]', b"[" * 99_999, b"period,value\n", b"%PDF-1.4\n\x00\x01"],
    ids=["empty", "binary", "json", "deep", "header only", "pdf"],
)
def test_a_bad_file_is_refused_with_what_to_do(
    client: Browser, cast: Cast, transaction: Transaction, metric: int, content: bytes
) -> None:
    answer = upload(client.as_(cast.bram), metric, content)
    assert answer.status_code == 422
    assert "field__error" in answer.text
    with transaction() as session:
        assert session.scalar(select(func.count(ReadingRun.id))) == 0


def test_a_file_that_is_too_large_is_refused(client: Browser, cast: Cast, metric: int) -> None:
    client.as_(cast.bram)
    for content in (b"a,b\n" + b"1" * MOST_BYTES, b"a,b\n" + b"1,2\n" * (MOST_ROWS + 1)):
        answer = upload(client, metric, content)
        assert answer.status_code == 422
        assert "at most 5 MB and 20,000 rows" in answer.text


def test_somebody_else_neither_brings_nor_reads_files(
    client: Browser, cast: Cast, metric: int
) -> None:
    client.as_(cast.bram)
    url = upload(client, metric, b"period,value\n2026-01-05,5\n").location
    client.as_(cast.olaf)
    for path in ("", "/rejected.csv", "/undo"):
        assert client.get(f"{url}{path}").status_code == 403
    for path in ("", "/take", "/discard", "/undo"):
        assert client.send(f"{url}{path}").status_code == 403
    assert upload(client, metric, b"period,value\n2026-01-05,5\n").status_code == 403
    assert client.as_(cast.bram).get(url.replace("/files/", "/files/9")).status_code == 404


def test_twenty_thousand_rows_are_taken_in_the_request(
    client: Browser, cast: Cast, transaction: Transaction, metric: int
) -> None:
    with transaction() as session:
        session.get_one(Metric, metric).period = Period.DAY
    first = date(1960, 1, 1)
    rows = (f"{first + timedelta(days=n)},{n % 17}.5\n" for n in range(MOST_ROWS))
    client.as_(cast.bram)
    began = time.monotonic()
    url = upload(client, metric, ("period,value\n" + "".join(rows)).encode()).location
    sent = {"day": "period", "figure": "value", "order": "", "decimal": "", "n": "", "reason": ""}
    assert client.send(url, **sent).status_code == 303
    assert client.send(f"{url}/take").status_code == 303
    took = time.monotonic() - began
    assert stats(page(client, url)) == (MOST_ROWS, MOST_ROWS, 0, 0, 0)
    print(f"upload, preview and take of {MOST_ROWS} rows: {took:.1f} s")
    assert took < SECONDS

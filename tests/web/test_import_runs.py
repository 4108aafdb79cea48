"""What is done with an import run: undoing, discarding, waiting for the worker, repeats."""

import pytest
from sqlalchemy import func, select

from cxquest.core import clock
from cxquest.imports import importing, job
from cxquest.voice.models import Comment, Submission
from tests.browsing import Browser
from tests.cast import Cast
from tests.conftest import Transaction
from tests.uploads import COLUMNS, FILE, count, imported, rows_of, upload

REPEATS = b"said,rate\n" + b"Late again,1\n" * 3 + b"Fine,5\nFine,5\nGood,4\n"


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
    assert "1 submission is gone." in page
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


def test_repeats_are_turned_page_by_page(client: Browser, cast: Cast) -> None:
    client.as_(cast.ruth)
    more = b"".join(b"Late %d,1\n" % (n % 26) for n in range(52))
    given = {"low_1": "1", "high_1": "5", "best_1": "high", "decimal_1": "."}
    imported(client, REPEATS + more, role_0="comment", role_1="rating", **given)
    url = "/admin/imports/sources/1/repeats"
    first, last = client.get(url).text, client.get(f"{url}?page=2").text
    assert "28 in all" in first
    assert first.index("Late again") < first.index("Fine") < first.index("Late 0")
    assert (first.count('class="voice"'), last.count('class="voice"')) == (25, 3)
    assert "Late 25" in last
    assert 'rel="next"' not in last


def merged(transaction: Transaction) -> int:
    with transaction() as session:
        return session.scalar(select(func.count(Submission.repeat_of_id))) or 0

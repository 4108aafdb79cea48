"""The pages of a run lead whoever knows nothing of its file, and keep no address by themselves."""

import re
from typing import Any

import pytest

from cxquest.core import clock
from cxquest.imports import importing, job
from tests.browsing import Browser
from tests.cast import Cast
from tests.conftest import Transaction
from tests.uploads import imported, selected, upload

KEPT = "These cells look like contact data, and are kept in clear."
MAIL = b"said,who,call\n" + b"".join(
    b"The fitter came late %d times,c%d@d.example,+47 22 33 44 %d\n" % (n, n, n + 10)
    for n in range(12)
)
LATE = b"".join(b"nr %d,Late for the %d. time again\n" % (n, n) for n in range(9))


def test_contact_data_is_not_kept_unless_somebody_says_so(client: Browser, cast: Cast) -> None:
    client.as_(cast.ruth)
    run = upload(client, MAIL)
    page = client.get(run).text
    chosen = [selected(page, f"role_{n}") for n in range(3)]
    assert chosen == [["comment"], ["contact"], ["contact"]]
    assert "Looks like e-mail addresses." in page
    assert "Looks like telephone numbers." in page
    assert KEPT not in page
    client.send(f"{run}/mapping", role_0="comment", role_1="contact", role_2="keep")
    page = client.get(run).text
    assert selected(page, "role_2") == ["keep"]
    assert f"call: {KEPT}" in page
    assert f"who: {KEPT}" not in page


def test_a_layout_without_answers_asks_for_them(client: Browser, cast: Cast) -> None:
    client.as_(cast.ruth)
    header = b"Respondent ID,Collector ID,Start Date,End Date,Which\n"
    rows = b"".join(b"11429%d,1,01/31/2026,01/31/2026,yes\n" % n for n in range(9))
    page = client.get(upload(client, header + rows)).text
    assert "its id and date are known. Say which columns are comments or ratings." in page
    assert "its columns are known" not in page


def test_of_two_free_texts_one_is_marked(client: Browser, cast: Cast) -> None:
    client.as_(cast.ruth)
    header, words = b"head,said\n", "Probably the customers' words."
    run = upload(client, header + LATE)
    page = client.get(run).text
    assert page.count(words) == 1
    assert page.index('name="role_0"') < page.index(words) < page.index('name="role_1"')
    client.send(f"{run}/mapping", role_0="comment", role_1="keep")
    assert words not in client.get(run).text


def test_the_observed_range_is_proposed_as_such(client: Browser, cast: Cast) -> None:
    client.as_(cast.ruth)
    rows = b"".join(b"%d,1234567%d,always\n" % (n % 4 + 2, n) for n in range(20))
    run = upload(client, b"rate,sum,shop\n" + rows)
    page = client.get(run).text
    assert re.search(r'name="low_0"[^>]*value="2"', page)
    assert re.search(r'name="high_0"[^>]*value="5"', page)
    assert "2 and 5 are the lowest and the highest number in the rows looked at." in page
    assert re.search(r'name="low_1"[^>]*value=""', page)
    assert 'data-opens-for="rating"' in page
    assert "Always the same." in page
    assert 'size="None"' not in page
    scale: dict[str, Any] = {"low_0": "2", "high_0": "5", "best_0": "high", "decimal_0": "."}
    assert client.send(f"{run}/mapping", role_0="rating", **scale).status_code == 303
    assert "are the lowest and the highest number" not in client.get(run).text


def test_doubts_about_ids_are_said_of_the_chosen_id_only(client: Browser, cast: Cast) -> None:
    client.as_(cast.ruth)
    rows = b"".join(b"a%d,5.70E+17,Late %d times\n" % (n, n) for n in range(9))
    run = upload(client, b"id,parent id,said\n" + rows)
    assert "parent id: A spreadsheet wrote ids" in client.get(run).text
    client.send(f"{run}/mapping", role_0="external_id", role_2="comment")
    assert "A spreadsheet wrote ids" not in client.get(run).text
    client.send(f"{run}/mapping", role_0="keep", role_1="external_id", role_2="comment")
    assert "parent id: A spreadsheet wrote ids" in client.get(run).text


def test_rows_without_a_day_are_counted_before_they_are_taken(client: Browser, cast: Cast) -> None:
    client.as_(cast.ruth)
    run = upload(client, b"day,said\n2026-01-31,Late\n,Fine\n,Good\n2026-02-01,Well\n")
    client.send(f"{run}/mapping", role_0="keep", role_1="comment")
    page = client.get(run).text
    assert "No column is a date. Without a day these do not count in weeks." in page
    client.send(f"{run}/mapping", role_0="date", order_0="ymd", role_1="comment")
    page = client.get(run).text
    assert "No column is a date." not in page
    assert "2 rows have no date. Without a day they do not count in weeks." in page


def test_a_preview_shows_five_cells_folds_the_others_and_ends_with_import(
    client: Browser, cast: Cast
) -> None:
    client.as_(cast.ruth)
    run = upload(client, b"said,rate\n" + b"".join(b"Late %d,word%d\n" % (n, n) for n in range(9)))
    scale: dict[str, Any] = {"low_1": "1", "high_1": "5", "best_1": "high", "decimal_1": "."}
    client.send(f"{run}/mapping", role_0="comment", role_1="rating", **scale)
    page = client.get(run).text
    before, _sign, folded = page.partition("Show 4 more")
    assert "word4" in before
    assert "word5" not in before
    assert "word8" in folded
    assert "Once they are taken, all of them can be taken out as CSV." in before
    assert page.count(f'action="{run}/finish"') == 2
    assert "Show the columns" in page


def test_the_columns_stand_open_where_no_row_fits(client: Browser, cast: Cast) -> None:
    client.as_(cast.ruth)
    run = upload(client, b"day,said\nnever,Late\nonce,Fine\n")
    client.send(f"{run}/mapping", role_0="date", order_0="ymd", role_1="comment")
    page = client.get(run).text
    assert "No row fits" in page
    assert re.search(r'<details class="more" open>\s*<summary>Show the columns', page)


def test_a_large_file_says_that_it_waits_until_it_is_taken_up(
    client: Browser, cast: Cast, transaction: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    client.as_(cast.ruth)
    run = upload(client, b"head,said\n" + LATE)
    client.send(f"{run}/mapping", role_1="comment")
    with transaction() as session:
        bind = session.get_bind()
    with type(session)(bind) as own:
        assert job.work(own, clock.now, "secret")
    client.send(f"{run}/finish")
    page = client.get(run).text
    assert "It waits for its turn." in page
    assert "of 9 rows" not in page


def test_repeats_of_a_source_without_days_say_so(client: Browser, cast: Cast) -> None:
    client.as_(cast.ruth)
    imported(client, b"said,n\n" + b"Late again,1\n" * 3, role_0="comment")
    page = client.get("/admin/imports/sources/1/repeats").text
    assert "The same words and ratings; none of these has a day." in page
    assert "on the same day" not in page
    rows = b"2026-01-31,Late again\n" * 3
    imported(client, b"day,said\n" + rows, role_0="date", order_0="ymd", role_1="comment")
    page = client.get("/admin/imports/sources/1/repeats").text
    assert "The same words and ratings on the same day." in page

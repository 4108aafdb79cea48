"""The pages of the voice: the list, a comment, themes, what was heard, and imports."""

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from cxquest.core import clock
from cxquest.journey import staging
from cxquest.voice import hearing, queries, theming
from cxquest.voice.models import Comment
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
    "column_0": "external_id",
    "column_1": "collected_at",
    "column_2": "comment",
    "column_3": "rating",
    "date_order": "ymd",
    "low": "1",
    "high": "5",
    "best": "high",
}


@pytest.fixture
def comments(transaction: Transaction, cast: Cast) -> list[int]:
    """Three comments that Ida heard; the first is about a theme."""
    with transaction() as session:
        today = clock.now()
        made = [
            hearing.heard(
                session, text, on=today.date() - timedelta(days=n), by=cast.ida, at=today
            ).comments[0]
            for n, text in enumerate(("Nobody called me.", "=1+1 <b>bold</b>", "All was well."))
        ]
        theme = theming.add(session, "No call", by=cast.ida, at=BEGUN)
        theming.tag(session, [made[0].id], theme, by=cast.ida, at=BEGUN)
        return [comment.id for comment in made]


def upload(client: Browser, content: bytes = FILE, source: str = "Survey") -> str:
    answer = client.send("/admin/imports", source=source, file=(io.BytesIO(content), "s.csv"))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_the_list_shows_customers_words_and_filters_them(
    client: Browser, cast: Cast, comments: list[int]
) -> None:
    client.as_(cast.olaf)
    page = client.get("/voice").text
    assert page.index("Nobody called me.") < page.index("All was well.")
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "heard by Ida" in page
    assert "All was well." not in client.get("/voice?q=nobody").text
    assert "Nobody called me." not in client.get("/voice?theme=none").text
    assert "No comment fits" in client.get("/voice?q=zebra").text


@pytest.mark.parametrize(
    "query",
    ["q=%22", "source=x", "theme=99999999999", "from=yesterday", "page=-1", "rating=best"],
)
def test_a_filter_that_makes_no_sense_breaks_nothing(
    client: Browser, cast: Cast, comments: list[int], query: str
) -> None:
    client.as_(cast.olaf)
    assert client.get(f"/voice?{query}").status_code == 200
    assert client.get(f"/voice.csv?{query}").status_code == 200


def test_a_letter_that_no_database_keeps_never_reaches_it(client: Browser, cast: Cast) -> None:
    assert client.as_(cast.olaf).get("/voice?q=a%00b").status_code in (200, 400)


def test_an_empty_voice_says_what_to_do(client: Browser, cast: Cast) -> None:
    page = client.as_(cast.olaf).get("/voice").text
    assert "No voice yet" in page
    assert "Import a file" not in page
    assert "Import a file" in client.as_(cast.ruth).get("/voice").text


def test_the_export_has_the_same_filters_and_no_formula(
    client: Browser, cast: Cast, comments: list[int]
) -> None:
    answer = client.as_(cast.olaf).get("/voice.csv?theme=none")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert [row["text"] for row in rows] == ["'=1+1 <b>bold</b>", "All was well."]
    assert rows[0]["heard_by"] == "Ida"


def test_a_comment_shows_all_that_came_with_it(
    client: Browser, cast: Cast, comments: list[int]
) -> None:
    client.as_(cast.olaf)
    assert "Nobody called me." in client.get(f"/voice/{comments[0]}").text
    assert client.get("/voice/9999").status_code == 404


def test_anyone_adds_what_they_heard(client: Browser, cast: Cast, transaction: Transaction) -> None:
    with transaction() as session:
        stage = staging.add(
            session, name="Use", customer_goal="", success_means="", by=None, at=BEGUN
        )
    client.as_(cast.bram)
    assert client.get("/voice/heard").status_code == 200
    today = clock.now().date()
    answer = client.send(
        "/voice/heard", text="It hums.", stage=str(stage.id), on=today.isoformat(), customers="2"
    )
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "It hums." in page
    assert "Bram" in page
    assert "Use" in page


@pytest.mark.parametrize(
    "wrong", [{"text": ""}, {"on": "2999-01-01"}, {"customers": "0"}, {"stage": "77"}]
)
def test_what_cannot_be_heard_is_shown_again(
    client: Browser, cast: Cast, wrong: dict[str, Any]
) -> None:
    given: dict[str, Any] = {
        "text": "It hums.",
        "on": "2026-01-01",
        "customers": "1",
        "question": "Kept?",
    }
    answer = client.as_(cast.bram).send("/voice/heard", **{**given, **wrong})
    assert answer.status_code == 422
    assert "Kept?" in answer.text


def test_chosen_comments_go_on_to_a_pain_point(
    client: Browser, cast: Cast, comments: list[int]
) -> None:
    client.as_(cast.olaf)
    answer = client.send("/voice/choose", comment=[str(key) for key in comments[:2]])
    assert answer.status_code == 303
    asked = urlsplit(answer.location)
    assert asked.path == "/pains/new"
    assert parse_qs(asked.query)["comment"] == [str(key) for key in comments[:2]]
    nothing = client.send("/voice/choose", next="/voice?q=a")
    assert nothing.location == "/voice?q=a"
    assert "Tick the comments" in client.get("/voice").text


def tagged(transaction: Transaction) -> dict[str, int]:
    with transaction() as session:
        counts = queries.theme_counts(session)
        return {theme.name: counts.get(theme.id, 0) for theme in queries.themes(session)}


def test_chosen_comments_get_a_theme(
    client: Browser, cast: Cast, comments: list[int], transaction: Transaction
) -> None:
    client.as_(cast.olaf)
    with transaction() as session:
        theme = queries.theme_named(session, "No call")
    assert theme is not None
    said: list[dict[str, Any]] = [{"theme": str(theme.id)}, {"name": " Hums "}, {"name": "hums"}]
    for fields in said:
        answer = client.send("/voice/tag", comment=comments, next="/voice?page=1", **fields)
        assert (answer.status_code, answer.location) == (303, "/voice?page=1")
    assert tagged(transaction) == {"Hums": 3, "No call": 3}
    client.send("/voice/tag", comment=comments, next="https://evil.example/")
    assert "Choose a theme" in client.get("/voice").text


def test_a_comment_gets_and_loses_a_theme_with_and_without_a_script(
    client: Browser, cast: Cast, comments: list[int], transaction: Transaction
) -> None:
    client.as_(cast.olaf)
    url = f"/voice/{comments[1]}/themes"
    plain = client.send(url, name="Hums")
    assert (plain.status_code, plain.location) == (303, f"/voice/{comments[1]}")
    fragment = client.send(url, name="Rattles", htmx=True)
    assert fragment.status_code == 200
    assert 'id="_tags"' in fragment.text
    assert "<html" not in fragment.text
    assert "Rattles" in fragment.text
    for sent in (client.send(url), client.send(url, htmx=True)):
        assert sent.status_code == 422
        assert "Choose a theme" in sent.text
    with transaction() as session:
        ids = {theme.name: theme.id for theme in queries.themes(session)}
    assert client.send(f"{url}/{ids['Hums']}/drop").status_code == 303
    assert client.send(f"{url}/{ids['Rattles']}/drop", htmx=True).status_code == 200
    assert client.send(f"{url}/999/drop").status_code == 404
    assert tagged(transaction) == {"Hums": 0, "No call": 1, "Rattles": 0}


def test_themes_are_listed_added_and_renamed(
    client: Browser, cast: Cast, comments: list[int], transaction: Transaction
) -> None:
    client.as_(cast.olaf)
    page = client.get("/themes").text
    assert "No call" in page
    assert "spark__line" in page
    assert client.send("/themes", name="Hums", definition="It is loud").status_code == 303
    again = client.send("/themes", name="HUMS", definition="Typed")
    assert again.status_code == 422
    assert "Typed" in again.text
    with transaction() as session:
        theme = queries.theme_named(session, "No call")
    assert theme is not None
    shown = client.get(f"/themes/{theme.id}").text
    assert "Nobody called me." in shown
    assert f"/pains/new?theme={theme.id}" in shown
    assert client.send(f"/themes/{theme.id}", name="hums").status_code == 422
    assert client.send(f"/themes/{theme.id}", name="Never rang").status_code == 303
    assert tagged(transaction) == {"Hums": 0, "Never rang": 1}
    assert client.get("/themes/999").status_code == 404


def test_a_file_is_uploaded_mapped_looked_at_and_imported(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    client.as_(cast.ruth)
    run = upload(client)
    page = client.get(run).text
    assert "2026/1/31 · 2026/2/1" in page
    assert client.send(f"{run}/mapping", **COLUMNS).status_code == 303
    preview = client.get(run).text
    assert "Nothing is kept yet" in preview
    assert "not a date written year, month, day" in preview
    with transaction() as session:
        assert session.scalar(select(func.count(Comment.id))) == 0
    assert client.send(f"{run}/finish").status_code == 303
    assert "What came of it" in client.get(run).text
    with transaction() as session:
        assert session.scalar(select(func.count(Comment.id))) == 2
    again = client.send(f"{run}/finish")
    assert again.status_code == 409
    assert "imported already" in again.text
    assert client.send(f"{run}/mapping", **COLUMNS).status_code in (409, 422)
    rejected = list(csv.reader(io.StringIO(client.get(f"{run}/rejected.csv").text)))
    assert rejected[1] == [
        "4",
        "day",
        "1.2.2026",
        "This is not a date written year, month, day.",
        *["3", "1.2.2026", "Late", "2", "Bergen"],
    ]


def test_the_mapping_is_remembered_and_the_same_file_creates_nothing(
    client: Browser, cast: Cast
) -> None:
    client.as_(cast.ruth)
    first = upload(client)
    client.send(f"{first}/mapping", **COLUMNS)
    client.send(f"{first}/finish")
    second = upload(client, source="SURVEY")
    page = client.get(second).text
    assert '<option selected value="external_id">' in page
    client.send(f"{second}/mapping", **COLUMNS)
    assert "2</span><span" in client.get(second).text.replace("\n", "").replace("  ", "")
    client.send(f"{second}/finish")
    assert client.get("/voice").text.count('name="comment"') == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"date_order": ""}, "in which order"),
        ({"column_2": "", "column_3": ""}, "customers&#39; words"),
        ({"high": ""}, "lowest and the highest"),
        ({"high": "1"}, "must be above"),
        ({"low": "one"}, "Not a valid decimal"),
        ({"column_4": "collected_at"}, "Two columns are chosen"),
        ({"column_4": "nonsense"}, "Not a valid choice"),
    ],
)
def test_a_mapping_that_does_not_fit_is_shown_again(
    client: Browser, cast: Cast, changed: dict[str, Any], words: str
) -> None:
    client.as_(cast.ruth)
    run = upload(client)
    answer = client.send(f"{run}/mapping", **{**COLUMNS, **changed})
    assert answer.status_code == 422
    assert words in answer.text
    assert '<option selected value="external_id">' in answer.text
    assert "Say what the columns are" in client.get(run).text


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "no rows"), (b"PK\x03\x04\x00", "not a text file"), (b"a,a\n1,2\n", "comes twice")],
)
def test_a_file_that_cannot_be_read_is_refused(
    client: Browser, cast: Cast, content: bytes, words: str
) -> None:
    client.as_(cast.ruth)
    answer = client.send("/admin/imports", source="Kept", file=(io.BytesIO(content), "s.csv"))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Kept"' in answer.text


def test_only_administrators_import(client: Browser, cast: Cast) -> None:
    run = upload(client.as_(cast.ruth))
    for person in (cast.ida, cast.noor, cast.karl):
        client.as_(person)
        for url in ("/admin/imports", run, f"{run}/rejected.csv"):
            assert client.get(url).status_code == 403
        for url in (f"{run}/mapping", f"{run}/finish", "/admin/imports"):
            assert client.send(url).status_code == 403
    assert client.as_(cast.ruth).get("/admin/imports/99").status_code == 404


def test_no_page_needs_more_than_twelve_queries(
    client: Browser,
    cast: Cast,
    comments: list[int],
    transaction: Transaction,
    queries: Callable[[], AbstractContextManager[Counted]],
) -> None:
    run = upload(client.as_(cast.ruth))
    urls = ["/voice", f"/voice/{comments[0]}", "/themes", "/themes/1", "/voice/heard"]
    urls += ["/voice.csv", "/admin/imports", run, "/admin/stages"]
    before = [cost(client, queries, url) for url in urls]
    client.send(f"{run}/mapping", **COLUMNS)
    client.send(f"{run}/finish")
    with transaction() as session:
        for n in range(30):
            theme = theming.add(session, f"Theme {n}", by=cast.ida, at=BEGUN)
            theming.tag(session, comments, theme, by=cast.ida, at=BEGUN)
    after = [cost(client, queries, url) for url in urls]
    assert max(before + after) <= 12
    assert all(late <= early + 1 for early, late in zip(before, after, strict=True))


def cost(client: Browser, queries: Callable[[], AbstractContextManager[Counted]], url: str) -> int:
    with queries() as counted:
        assert client.get(url).status_code == 200
    return len(counted)

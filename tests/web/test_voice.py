"""The pages of the voice: the list, a comment, themes, what was heard, and imports."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from cxquest.core import audit, clock
from cxquest.journey import staging
from cxquest.voice import hearing, queries, searching, theming
from cxquest.voice.models import CommentTheme, Origin, Rating, SubmissionVersion
from cxquest.web import pages
from tests.browsing import Browser
from tests.cast import BEGUN, Cast
from tests.conftest import Counting, Transaction, cost


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


def test_the_export_has_every_rating_and_no_contact(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        heard = hearing.heard(session, "Well.", on=BEGUN.date(), by=cast.ida, at=BEGUN)
        heard.external_id = "ann@mail.example"
        number = heard.comments[0].id
        scales = (("Overall", 9, 0, 10), ("Staff", 4, 1, 5), ("", 2, 1, 5))
        for place, (question, value, low, high) in enumerate(scales):
            session.add(
                Rating(
                    submission_id=heard.id,
                    position=place,
                    question=question,
                    value=Decimal(value),
                    low=Decimal(low),
                    high=Decimal(high),
                    raw=str(value),
                )
            )
    answer = client.as_(cast.olaf).get("/voice.csv")
    row = next(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert row["ratings"] == "Overall: 9 (0-10); Staff: 4 (1-5); 2 (1-5)"
    assert (row["rating"], row["lowest"], row["highest"]) == ("9", "0", "10")
    assert row["external_id"] == "[e-mail]"
    assert "ann@mail.example" not in client.get(f"/voice/{number}").text


def test_the_found_words_are_marked(client: Browser, cast: Cast, comments: list[int]) -> None:
    page = client.as_(cast.olaf).get('/voice?q="called me" nobod*').text
    assert "<mark>Nobod</mark>y <mark>called me</mark>." in page
    assert "<mark>" not in client.get("/voice").text
    assert "&lt;b&gt;<mark>bold</mark>&lt;/b&gt;" in client.get("/voice?q=bold").text


def test_a_list_without_an_end_is_turned_page_by_page(
    client: Browser, cast: Cast, transaction: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_PAGES", 2)
    with transaction() as session:
        for n in range(51):
            hearing.heard(session, f"late {n}", on=BEGUN.date(), by=cast.ida, at=BEGUN)
    client.as_(cast.olaf)
    newest = {"/voice?q=late": "<mark>late</mark> 50</a>", "/voice?source=1": "late 50</a>"}
    for url, words in newest.items():
        first, last = client.get(url).text, client.get(f"{url}&page=2").text
        assert first.count('name="comment"') == last.count('name="comment"') == 25
        assert words in first
        assert "More than 25 comments" in first
        assert "More than 50 comments" in last
        assert 'rel="next"' in first
        assert 'rel="prev"' not in first
        assert 'rel="next"' not in last
        assert "filter to see others" in last
        assert client.get(f"{url}&page=9").text.count('name="comment"') == 25
    assert "1 comment<" in client.get("/voice?q=late+7").text
    assert "1 in all" in client.get("/voice?q=late+7").text


SECRET = "Mail ann@mail.example or call +47 22 33 44 55."


def test_contact_data_is_masked_on_screen_and_in_files(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        heard = hearing.heard(session, SECRET, on=BEGUN.date(), by=cast.ida, at=BEGUN)
        heard.original = {"Note": "from ann@mail.example", "Code": 7}
        number = heard.comments[0].id
    client.as_(cast.olaf)
    for url in ("/voice", "/voice?q=mail", f"/voice/{number}", "/voice.csv", "/"):
        page = client.get(url).text
        assert "ann@mail.example" not in page, url
        assert "22 33 44 55" not in page, url
    assert "[e-mail] or call [phone]." in client.get("/voice.csv").text
    page = client.get(f"/voice/{number}").text
    assert "from [e-mail]" in page
    assert "Read the original" not in page
    assert client.send(f"/voice/{number}/original").status_code == 403


def test_a_coach_reads_the_original_once_and_it_stays_on_record(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        heard = hearing.heard(session, SECRET, on=BEGUN.date(), by=cast.ida, at=BEGUN)
        heard.original = {"Note": "from ann@mail.example"}
        comment = heard.comments[0]
    client.as_(cast.noor)
    url = f"/voice/{comment.id}"
    assert "Read the original" in client.get(url).text
    answer = client.send(f"{url}/original")
    assert answer.status_code == 200
    assert SECRET in answer.text
    assert "from ann@mail.example" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ann@mail.example" not in client.get(url).text
    with transaction() as session:
        lines = audit.timeline(session, comment)
    assert [(line.action, line.actor_id) for line in lines] == [("read_original", cast.noor.id)]
    assert "ann" not in lines[0].summary
    assert client.send("/voice/999/original").status_code == 404


def test_a_comment_shows_its_history_and_its_repeats(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        first, again = (
            hearing.heard(session, "Late.", on=BEGUN.date(), by=cast.ida, at=BEGUN)
            for _ in range(2)
        )
        again.repeat_of_id = first.id
        before = {"comments": [["", "Later.", "en"]], "ratings": [], "collected_raw": "1/2/26"}
        session.add(SubmissionVersion(submission_id=first.id, before=before, replaced_at=BEGUN))
        numbers = [one.comments[0].id for one in (first, again)]
    client.as_(cast.olaf)
    page = client.get(f"/voice/{numbers[0]}").text
    assert "What it said before" in page
    assert "Later." in page
    assert f"/voice/{numbers[1]}" in page
    assert "counted no more" in page
    assert "counts no more" in client.get(f"/voice/{numbers[1]}").text


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


def test_proposals_are_labelled_filtered_and_confirmed(
    client: Browser, cast: Cast, comments: list[int], transaction: Transaction
) -> None:
    with transaction() as session:
        themes = [theming.add(session, name, by=None, at=BEGUN) for name in ("Food", "Wait")]
        for theme, key, origin in zip(
            themes, comments, (Origin.LEARNED, Origin.GROUP), strict=False
        ):
            own = {"comment_id": key, "theme_id": theme.id, "tagged_at": BEGUN}
            session.add(CommentTheme(origin=origin, **own))
        theming.tag(session, comments[1:2], themes[0], by=cast.ida, at=BEGUN)
        number = themes[0].id
    page = client.as_(cast.olaf).get("/voice").text
    assert [page.count(words) for words in ("Food, proposed", "Wait, with its group")] == [1, 1]
    assert page.count(">Food</a>") == 1
    assert "that confirms it" not in page
    asked = f"/voice?proposed=yes&theme={number}"
    page = client.get(asked).text
    assert page.count('name="comment"') == 1
    assert "that confirms it" in page
    assert 'value="yes" checked' in page
    client.send("/voice/tag", comment=str(comments[0]), theme=str(number), next=asked)
    assert "No comment fits" in client.get(asked).text
    assert "Food, proposed" not in client.get("/voice").text


def test_the_order_of_what_was_searched_is_said(
    client: Browser, cast: Cast, comments: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.as_(cast.olaf).get("/voice?q=well").text
    assert "the newest first, those without a date last" in page
    monkeypatch.setattr(searching, "SORTED", 0)
    assert "the last that came in first" in client.get("/voice?q=well").text
    assert "came in first" not in client.get("/voice").text


def test_no_page_needs_more_than_twelve_queries(
    client: Browser,
    cast: Cast,
    comments: list[int],
    transaction: Transaction,
    queries: Counting,
) -> None:
    client.as_(cast.noor)
    urls = ["/voice", "/voice?q=all&source=1&theme=none&rating=low&language=en&from=2020-01-01"]
    urls += [f"/voice/{comments[0]}", "/voice/heard"]
    urls += ["/voice.csv"]
    before = [cost(client, queries, url) for url in urls]
    with transaction() as session:
        for n in range(30):
            theme = theming.add(session, f"Theme {n}", by=cast.ida, at=BEGUN)
            theming.tag(session, comments, theme, by=cast.ida, at=BEGUN)
    after = [cost(client, queries, url) for url in urls]
    assert max(before + after) <= 12
    assert all(late <= early + 1 for early, late in zip(before, after, strict=True))

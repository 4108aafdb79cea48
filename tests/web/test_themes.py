"""The pages of themes: the list, a theme, and what changes one."""

import html
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cxquest.core import clock
from cxquest.journey import staging
from cxquest.voice import hearing, sources, theming
from cxquest.voice import queries as voice
from cxquest.voice.models import Comment, CommentTheme, Origin, Rating, Submission
from tests.browsing import Browser
from tests.cast import BEGUN, Cast
from tests.conftest import Counting, Transaction, cost
from tests.surging import surging


@pytest.fixture
def theme_id(transaction: Transaction, cast: Cast) -> int:
    """A theme of two among three comments that Ida heard today."""
    with transaction() as session:
        now = clock.now()
        texts = ("Nobody called, mail ann@mail.example", "No call again.", "All was well.")
        made = [
            hearing.heard(session, text, on=now.date(), by=cast.ida, at=now).comments[0].id
            for text in texts
        ]
        hearing.heard(session, "n/a", on=now.date(), by=cast.ida, at=now)
        theme = theming.add(session, "No call", "Nobody rang", by=cast.ida, at=BEGUN)
        theming.tag(session, made[:2], theme, by=cast.ida, at=BEGUN)
        return theme.id


def test_themes_are_listed_and_added(client: Browser, cast: Cast, theme_id: int) -> None:
    page = client.as_(cast.olaf).get("/themes").text
    assert "No call" in page
    assert "spark__line" in page
    assert "2 of 3" in page
    assert "66.7" in page
    assert "20.8 to 93.9" in page
    assert "nothing to theme" in page
    assert "A week is a surge when" in page
    assert client.send("/themes", name="Hums", definition="It is loud").status_code == 303
    again = client.send("/themes", name="HUMS", definition="Typed")
    assert again.status_code == 422
    assert "Typed" in again.text


def test_a_theme_shows_its_weeks_its_parts_and_its_comments(
    client: Browser, cast: Cast, theme_id: int
) -> None:
    client.as_(cast.olaf)
    page = client.get(f"/themes/{theme_id}").text
    assert "No call again." in page
    assert "ann@mail.example" not in page
    assert f"/pains/new?theme={theme_id}" in page
    assert "2 of 3 comments; 20.8 to 93.9" in page
    assert "A week is a surge when" in page
    assert "Care" in page
    assert client.get(f"/themes/{theme_id}?weeks=52").text.count("no comments") > 40
    assert client.get("/themes/999").status_code == 404


def test_a_surge_in_a_made_series_is_marked_with_its_rule(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        number = surging(session, "Hums", clock.now()).id
    client.as_(cast.olaf)
    page = client.get(f"/themes/{number}").text
    assert "where" in page
    assert "would be a surge" in page
    assert "chart__special" in page
    assert "; surge" in page
    last = clock.now().date()
    days = f"since={last - timedelta(days=6)}&amp;until={last}"
    address = f'"/pains/new?theme={number}&amp;{days}"'
    assert [page.count(words) for words in ("Make a pain point from it", address)] == [1, 2]
    offered = client.get(html.unescape(address.strip('"'))).text
    assert "The pump hums at night" in offered
    assert "Surge" in client.get("/themes").text


def rated(transaction: Transaction, theme_id: int, scales: list[tuple[int, int]]) -> None:
    with transaction() as session:
        theme, now = voice.theme(session, theme_id), clock.now()
        assert theme
        for low, high in scales:
            one = Submission(
                source=sources.named(session, f"To {high}", at=now),
                identity="1",
                fingerprint="",
                collected_on=now.date(),
                created_at=now,
                updated_at=now,
            )
            one.comments = [Comment(text="Rated")]
            four = {"value": Decimal(4), "raw": "4"}
            one.ratings = [Rating(low=Decimal(low), high=Decimal(high), **four)]
            session.add(one)
            session.flush()
            theming.tag(session, [one.comments[0].id], theme, by=None, at=now)


def test_an_average_over_two_scales_is_refused_with_the_reason(
    client: Browser, cast: Cast, transaction: Transaction, theme_id: int
) -> None:
    rated(transaction, theme_id, [(1, 5), (0, 10)])
    page = client.as_(cast.olaf).get(f"/themes/{theme_id}").text
    assert "There is no average over all of them" in page
    assert "0 to 10" in page


def test_a_theme_says_what_is_undated_and_what_is_only_proposed(
    client: Browser, cast: Cast, transaction: Transaction, theme_id: int
) -> None:
    page = client.as_(cast.olaf).get(f"/themes/{theme_id}").text
    assert "no date" not in page
    assert "not confirmed" not in page
    with transaction() as session:
        one = hearing.heard(session, "No call?", on=BEGUN.date(), by=cast.ida, at=BEGUN)
        one.collected_on = None
        key = {"comment_id": one.comments[0].id, "theme_id": theme_id, "tagged_at": BEGUN}
        session.add(CommentTheme(origin=Origin.LEARNED, confidence=0.8, **key))
    page = " ".join(client.get(f"/themes/{theme_id}").text.split())
    assert "3</span> in all; 1 has no date and is not in these weeks." in page
    assert "Of these 1 proposed by the program, not confirmed" in page
    assert page.index("· proposed by the program, not confirmed") > page.index("No call again.")
    assert f"/voice?theme={theme_id}&amp;proposed=yes" in page
    assert "of these 1 proposed" in client.get("/themes").text


def test_one_scale_has_an_average(
    client: Browser, cast: Cast, transaction: Transaction, theme_id: int
) -> None:
    rated(transaction, theme_id, [(1, 5)])
    assert "no average" not in client.as_(cast.olaf).get(f"/themes/{theme_id}").text


def test_a_theme_is_described_merged_split_and_all_is_undone(
    client: Browser, cast: Cast, theme_id: int
) -> None:
    client.as_(cast.olaf)
    edit = f"/themes/{theme_id}/edit"
    assert "Nobody rang" in client.get(edit).text
    client.send("/themes", name="Hums")
    bad = client.send(edit, name="hums", phrases="kept")
    assert bad.status_code == 422
    assert "kept" in bad.text
    said: dict[str, Any] = {
        "name": "Never rang",
        "definition": "D",
        "phrases": "no call\nnever rang",
    }
    assert client.send(edit, owner_id=str(cast.bram.id), **said).status_code == 303
    page = client.get(f"/themes/{theme_id}").text
    assert "no call · never rang" in page
    assert "Bram" in page

    assert "No call again." in client.get(f"/themes/{theme_id}/split").text
    nothing = client.send(f"/themes/{theme_id}/split", name="Again", phrase="zebra")
    assert nothing.status_code == 422
    answer = client.send(f"/themes/{theme_id}/split", name="Again", phrase="again")
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "No call again." in page
    assert "1 comment is about “Again” now." in page
    assert "It can be undone under “Change, merge or split”." in page

    other = answer.location.rsplit("/", 1)[1]
    assert client.send(f"/themes/{other}/merge").status_code == 422
    assert client.send(f"/themes/{other}/merge", into="2").status_code == 303
    assert "part of another one" in client.get(f"/themes/{other}").text
    assert "part of another one" in client.get(f"/themes/{other}/edit").text

    assert client.send("/themes/changes/1/undo").status_code == 409
    for number in (3, 2, 1):
        assert client.send(f"/themes/changes/{number}/undo").status_code == 303
    assert client.send("/themes/changes/9/undo").status_code == 404
    page = client.get(edit).text
    assert "undone" in page
    assert 'value="No call"' in page


def test_no_page_needs_more_than_twelve_queries(
    client: Browser,
    cast: Cast,
    theme_id: int,
    transaction: Transaction,
    queries: Counting,
) -> None:
    with transaction() as session:
        staging.add(session, name="Use", customer_goal="", success_means="", by=None, at=BEGUN)
    client.as_(cast.noor)
    own = f"/themes/{theme_id}"
    urls = ["/themes", own, f"{own}?weeks=52", f"{own}/edit", f"{own}/merge", f"{own}/split"]
    before = [cost(client, queries, url) for url in urls]
    rated(transaction, theme_id, [(1, n) for n in range(4, 20)])
    client.send(f"{own}/edit", name="Again", owner_id=str(cast.bram.id))
    with transaction() as session:
        for n in range(30):
            theming.add(session, f"Theme {n}", by=cast.ida, at=BEGUN)
    after = [cost(client, queries, url) for url in urls]
    assert max(before + after) <= 12
    assert all(late <= early + 1 for early, late in zip(before, after, strict=True))

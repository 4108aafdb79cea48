"""The pages of what the program proposes, and of the groups that it found."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core import clock
from cxquest.themes import job, learning_queries, training
from cxquest.themes.models import FoundGroup, GroupState, LearningState
from cxquest.voice import queries as voice
from cxquest.voice import theming
from cxquest.voice.models import CommentTheme, Origin
from tests.browsing import Browser
from tests.cast import BEGUN, Cast
from tests.conftest import Counted, Transaction
from tests.themes import Voices, voices

MOST = 12
HTMX = {"HX-Request": "true"}


@pytest.fixture
def said(transaction: Transaction, cast: Cast) -> Voices:
    """Three themes with 12 tagged comments each, and 30 comments that nobody has tagged."""
    with transaction() as session:
        return voices(session, cast, tagged=12, others=10)


def work(transaction: Transaction) -> None:
    with transaction() as session:
        bind = session.get_bind()
    with Session(bind) as session:
        assert job.work(session, clock.now)


def grouped(transaction: Transaction, cast: Cast) -> FoundGroup:
    """Let the worker find groups among 60 comments, and return the largest."""
    with transaction() as session:
        voices(session, cast, tagged=0, others=20)
        training.ask(session, 0.9, by=cast.noor, at=clock.now())
    work(transaction)
    with transaction() as session:
        group = session.scalars(learning_queries.open_groups()).first()
    assert group is not None
    return group


def test_a_coach_asks_and_reads_how_far_it_agrees(
    client: Browser, transaction: Transaction, cast: Cast, said: Voices
) -> None:
    client.as_(cast.noor)
    before = client.get("/themes/proposals")
    assert "has not learned yet" in before.text
    assert 'value="60"' in before.text
    assert client.send("/themes/proposals", confidence="50").status_code == 303
    assert "learning from people" in client.get("/themes/proposals").text
    work(transaction)
    page = client.get("/themes/proposals").text
    assert "over 36 comments that people tagged" in page
    assert "would reach 33%" in page
    assert "At a confidence of 50%" in page
    for theme in said.themes:
        assert theme.name in page
    assert "asked for by Noor" in page
    assert 'value="50"' in page


@pytest.mark.parametrize("typed", ["", "29", "100", "much"])
def test_a_confidence_out_of_bounds_is_refused(client: Browser, cast: Cast, typed: str) -> None:
    client.as_(cast.noor)
    answer = client.send("/themes/proposals", confidence=typed)
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text


def test_colleagues_read_but_do_not_ask(client: Browser, cast: Cast) -> None:
    client.as_(cast.ida)
    page = client.get("/themes/proposals")
    assert page.status_code == 200
    assert "Learn and propose" not in page.text
    assert client.send("/themes/proposals", confidence="50").status_code == 403


def test_its_progress_is_told_and_it_can_be_stopped(
    client: Browser, transaction: Transaction, cast: Cast, said: Voices
) -> None:
    client.as_(cast.noor)
    client.send("/themes/proposals", confidence="50")
    panel = client.get("/themes/proposals/progress", headers=HTMX)
    assert 'id="_learning"' in panel.text
    assert "<html" not in panel.text
    assert client.get("/themes/proposals/progress").status_code == 303
    assert client.send("/themes/proposals/stop").status_code == 303
    ended = client.get("/themes/proposals/progress", headers=HTMX)
    assert ended.headers["HX-Refresh"] == "true"
    with transaction() as session:
        last = learning_queries.last(session)
        assert last is not None
        assert last.state is LearningState.STOPPED
    assert client.send("/themes/proposals/stop").status_code == 409


def test_too_little_to_learn_from_is_said(
    client: Browser, transaction: Transaction, cast: Cast
) -> None:
    client.as_(cast.noor)
    client.send("/themes/proposals", confidence="50")
    work(transaction)
    assert "at least two themes need 8 different comments" in client.get("/themes/proposals").text


def test_a_proposal_is_labelled_and_confirmed(
    client: Browser, transaction: Transaction, cast: Cast, said: Voices
) -> None:
    """A comment's page says who proposed a theme; a person's yes makes it that person's word."""
    with transaction() as session:
        training.ask(session, 0.5, by=cast.noor, at=clock.now())
    work(transaction)
    with transaction() as session:
        learned = CommentTheme.origin == Origin.LEARNED
        row = session.scalars(select(CommentTheme).where(learned)).first()
    assert row is not None
    ida = client.as_(cast.ida)
    page = ida.get(f"/voice/{row.comment_id}").text
    assert "learned from people" in page
    answer = ida.send(f"/voice/{row.comment_id}/themes", theme=str(row.theme_id), htmx=True)
    assert answer.status_code == 200
    assert "learned from people" not in answer.text
    with transaction() as session:
        kept = session.get_one(CommentTheme, (row.comment_id, row.theme_id))
        assert (kept.origin, kept.tagged_by_id) == (Origin.PERSON, cast.ida.id)


def test_a_group_is_named(client: Browser, transaction: Transaction, cast: Cast) -> None:
    group = grouped(transaction, cast)
    client.as_(cast.ida)
    listed = client.get("/themes/groups").text
    assert ", ".join(group.keywords) in listed
    url = f"/themes/groups/{group.id}"
    shown = client.get(url).text
    assert "The most typical" in shown
    assert client.send(url, name="").status_code == 422
    taken = client.send(url, name="Billing", definition="Kept")
    assert taken.status_code == 422
    assert "There is a theme of that name already." in taken.text
    assert "Kept" in taken.text
    assert client.send(url, name="Their money", definition="").status_code == 303
    with transaction() as session:
        theme = voice.theme_named(session, "their money")
        assert theme is not None
        about = select(CommentTheme.origin).where(CommentTheme.theme_id == theme.id)
        origins = session.scalars(about).all()
        assert len(origins) == group.size
        assert set(origins) == {Origin.PERSON, Origin.GROUP}
    assert "Their money" in client.get(url).text
    again = client.send(url, name="Another")
    assert again.status_code == 409


def test_a_group_joins_a_theme(client: Browser, transaction: Transaction, cast: Cast) -> None:
    group = grouped(transaction, cast)
    with transaction() as session:
        theme = theming.add(session, "Old one", by=cast.ida, at=BEGUN)
    client.as_(cast.ida)
    url = f"/themes/groups/{group.id}"
    assert client.send(f"{url}/join", theme="").status_code == 422
    assert client.send(f"{url}/join", theme=str(theme.id)).status_code == 303
    with transaction() as session:
        kept = session.get_one(FoundGroup, group.id)
        assert (kept.state, kept.theme_id) == (GroupState.NAMED, theme.id)


def test_a_group_is_dropped(client: Browser, transaction: Transaction, cast: Cast) -> None:
    group = grouped(transaction, cast)
    client.as_(cast.ida)
    assert client.send(f"/themes/groups/{group.id}/drop").status_code == 303
    assert ", ".join(group.keywords) not in client.get("/themes/groups").text
    assert "no longer open" in client.get(f"/themes/groups/{group.id}").text


def test_no_group_says_what_to_do(client: Browser, cast: Cast) -> None:
    client.as_(cast.ida)
    assert "No group waits for a name" in client.get("/themes/groups").text
    assert client.get("/themes/groups/7").status_code == 404


@pytest.mark.parametrize("path", ["/themes/proposals", "/themes/groups", "/themes/groups/{id}"])
def test_pages_cost_few_statements(
    client: Browser,
    transaction: Transaction,
    cast: Cast,
    queries: Callable[[], AbstractContextManager[Counted]],
    path: str,
) -> None:
    group = grouped(transaction, cast)
    client.as_(cast.noor)
    with queries() as counted:
        assert client.get(path.format(id=group.id)).status_code == 200
    assert len(counted) <= MOST, str(counted)

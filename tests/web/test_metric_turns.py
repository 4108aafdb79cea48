"""What a metric asks of people: a red reading, a late one; and the keys of its readings."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from cxquest.core import clock
from cxquest.measures.models import Reaction
from cxquest.quests import measuring
from tests.browsing import Browser
from tests.cast import Cast
from tests.conftest import Transaction
from tests.teams import Team, day, week


@pytest.fixture
def fixing(transaction: Transaction, cast: Cast) -> tuple[int, int]:
    """A quest that is fixing, with its metric."""
    with transaction() as session:
        team = Team(session, cast).fix().take_back(5)
        return team.id, team.quest.metric_id or 0


def page(client: Browser, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return re.sub(r"\s+", " ", answer.text)


def test_a_red_reading_is_a_turn_with_the_hours_left(
    client: Browser, cast: Cast, transaction: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = week(5)
    monkeypatch.setattr(clock, "now", lambda: now)
    with transaction() as session:
        team = Team(session, cast).sign().define()
        quest = team.quest
        assert quest.metric
        quest.metric.baseline = Decimal(12)  # a red limit holds from the frozen baseline on
        measuring.read(session, quest, day=day(4), value=Decimal(15), n=None, by=cast.bram, at=now)
        reaction = session.scalars(select(Reaction.id)).one()
        metric = quest.metric_id
    url = f"/metrics/{metric}/reactions/{reaction}"
    client.as_(cast.bram)
    home = page(client, "/")
    assert "Red, do what was planned (24 hours left): Late moves" in home
    assert f'href="{url}"' in home
    assert "The planner calls both leads together" in page(client, url)
    assert client.send(url, done="").status_code == 422
    assert client.send(url, done="Called both").status_code == 303
    assert "Red, do what" not in page(client, "/")
    assert "Called both" in page(client, f"/metrics/{metric}")
    assert client.send(url, done="Again").status_code == 409
    assert client.as_(cast.olaf).get(url).status_code == 403


def test_a_late_reading_is_a_turn_of_the_owner_and_the_page_says_stale(
    client: Browser, cast: Cast, transaction: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as session:
        team = Team(session, cast).sign().define()
        team.read(4, "5")
        metric = team.quest.metric_id
    monkeypatch.setattr(clock, "now", lambda: week(6))
    client.as_(cast.bram)
    assert "The next reading is late" not in page(client, "/")
    monkeypatch.setattr(clock, "now", lambda: week(6) + timedelta(days=4))
    client.as_(cast.bram)
    assert "The next reading is late: Late moves" in page(client, "/")
    for url in (f"/metrics/{metric}", f"/quests/{team.id}"):
        assert "Stale: the last reading is of" in page(client, url)
    assert "The next reading is late" not in page(client.as_(cast.ida), "/")


def test_keys_are_made_and_revoked_by_the_owner_or_an_administrator(
    client: Browser, cast: Cast, app: Flask, fixing: tuple[int, int]
) -> None:
    _quest, metric = fixing
    url = f"/metrics/{metric}/keys"
    assert client.as_(cast.ida).get(url).status_code == 403  # on the team, and not its owner
    for person in (cast.bram, cast.ruth):
        client.as_(person)
        assert client.send(url, name="").status_code == 422
        made = client.send(url, name=f"Planner of {person.name}")
        assert made.status_code == 200
        found = re.search(r'id="token">(cxq_[^<]+)<', made.text)
        assert found
        assert found[1] not in client.get(url).text
    listed = page(client, url)
    assert "Planner of Bram" in listed
    (one, *_others) = re.findall(rf"{url}/([0-9]+)/revoke", listed)
    assert client.send(f"{url}/{one}/revoke").status_code == 303
    assert client.send(f"{url}/{one}/revoke").status_code == 409
    assert client.send(f"{url}/999/revoke").status_code == 404
    assert "readings of a metric" in page(client, "/admin/api")

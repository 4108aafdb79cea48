"""Stages of the journey: administrators write them down, move them and retire them."""

import pytest

from cxquest.journey import queries, staging
from tests.browsing import Browser
from tests.cast import BEGUN, Cast
from tests.conftest import Transaction

NAMES = ("Look", "Buy", "Use")


@pytest.fixture
def stages(transaction: Transaction) -> list[int]:
    with transaction() as session:
        return [
            staging.add(
                session, name=name, customer_goal="Goal", success_means="", by=None, at=BEGUN
            ).id
            for name in NAMES
        ]


def order(transaction: Transaction) -> list[str]:
    with transaction() as session:
        return [stage.name for stage in queries.stages(session)]


def test_an_administrator_adds_a_stage(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    client.as_(cast.ruth)
    assert "No stages yet" in client.get("/admin/stages").text
    answer = client.send("/admin/stages", name=" Look ", customer_goal="I want to know")
    assert (answer.status_code, answer.location) == (303, "/admin/stages")
    page = client.get("/admin/stages").text
    assert "I want to know" in page
    assert order(transaction) == ["Look"]


@pytest.mark.parametrize("name", ["", "x" * 81, "LOOK"])
def test_a_wrong_stage_is_shown_again(
    client: Browser, cast: Cast, stages: list[int], transaction: Transaction, name: str
) -> None:
    client.as_(cast.ruth)
    for url in ("/admin/stages", f"/admin/stages/{stages[1]}"):
        answer = client.send(url, name=name, customer_goal="What was typed")
        assert answer.status_code == 422
        assert "What was typed" in answer.text
    assert order(transaction) == list(NAMES)


def test_a_stage_is_changed(
    client: Browser, cast: Cast, stages: list[int], transaction: Transaction
) -> None:
    client.as_(cast.ruth)
    assert 'value="Buy"' in client.get(f"/admin/stages/{stages[1]}").text
    client.send(f"/admin/stages/{stages[1]}", name="Order", customer_goal="One price")
    assert order(transaction) == ["Look", "Order", "Use"]


@pytest.mark.parametrize(
    ("place", "way", "names"),
    [
        (0, "down", ["Buy", "Look", "Use"]),
        (2, "up", ["Look", "Use", "Buy"]),
        (0, "up", ["Look", "Buy", "Use"]),
        (2, "down", ["Look", "Buy", "Use"]),
    ],
)
def test_a_stage_moves_one_place(
    client: Browser,
    cast: Cast,
    stages: list[int],
    transaction: Transaction,
    place: int,
    way: str,
    names: list[str],
) -> None:
    client.as_(cast.ruth)
    assert client.send(f"/admin/stages/{stages[place]}/move", way=way).status_code == 303
    assert order(transaction) == names


def test_a_retired_stage_leaves_and_comes_back_last(
    client: Browser, cast: Cast, stages: list[int], transaction: Transaction
) -> None:
    client.as_(cast.ruth)
    client.send(f"/admin/stages/{stages[0]}/retire")
    assert order(transaction) == ["Buy", "Use"]
    assert "Retired" in client.get("/admin/stages").text
    client.send(f"/admin/stages/{stages[0]}/move", way="down")
    client.send(f"/admin/stages/{stages[0]}/retire")
    assert order(transaction) == ["Buy", "Use", "Look"]


def test_only_administrators_come_here(client: Browser, cast: Cast, stages: list[int]) -> None:
    for person in (cast.ida, cast.noor, cast.karl):
        client.as_(person)
        assert client.get("/admin/stages").status_code == 403
        assert client.get(f"/admin/stages/{stages[0]}").status_code == 403
        for url in ("/admin/stages", f"/admin/stages/{stages[0]}/retire"):
            assert client.send(url, name="Mine", customer_goal="x").status_code == 403


def test_a_stage_that_is_not_there(client: Browser, cast: Cast) -> None:
    assert client.as_(cast.ruth).get("/admin/stages/99").status_code == 404

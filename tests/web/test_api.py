"""The API: who may call it, what is kept of a call, and that nothing is done twice."""

import json
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cxquest.core import clock
from cxquest.core.models import AuditLine
from cxquest.extensions import db
from cxquest.imports import bodies, keys, openapi, records
from cxquest.imports.models import ApiCall, ApiKey
from cxquest.voice.models import Comment, Rating, Submission, SubmissionVersion
from tests.browsing import Browser
from tests.cast import BEGUN, Cast
from tests.conftest import Counted, Transaction

URL = "/api/v1/feedback"
DESCRIBED = openapi.description("1")["paths"][URL]["post"]["responses"]
RATED = {"value": 2, "low": 1, "high": 5, "best": "high"}


def said(text: str = "They came late", **more: object) -> dict[str, object]:
    return {"comments": [{"question": "What?", "text": text}], **more}


class Caller:
    """Another program with its key."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client, self.token = app.test_client(), token

    def send(self, body: bytes | str, **headers: str) -> TestResponse:
        """Send a body as it is; a header's name has _ for -."""
        given = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.post(URL, data=body, headers=given)
        assert str(answer.status_code) in DESCRIBED
        if answer.status_code != 200:
            assert answer.mimetype == "application/problem+json"
            assert answer.get_json()["status"] == answer.status_code
        assert "Set-Cookie" not in answer.headers
        return answer

    def bring(self, *given: object, **headers: str) -> TestResponse:
        """Send records."""
        return self.send(json.dumps({"records": given}), **headers)


@pytest.fixture
def made(transaction: Transaction, cast: Cast) -> tuple[ApiKey, str]:
    with transaction() as session:
        return keys.make(session, "Shop system", "Shop", by=cast.ruth, at=BEGUN)


@pytest.fixture
def caller(app: Flask, made: tuple[ApiKey, str]) -> Caller:
    return Caller(app, made[1])


def counts(answer: TestResponse) -> tuple[int, ...]:
    found = answer.get_json()
    names = ("read", "created", "updated", "unchanged", "rejected")
    assert found["read"] == sum(found[name] for name in names[1:])
    return tuple(found[name] for name in names)


def number_of(transaction: Transaction, model: type) -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer cxq_nothing", "Basic YTpi", "Bearer \xe9"])
def test_without_a_key_nothing_is_told(app: Flask, cast: Cast, given: str) -> None:
    headers = {"Authorization": given} if given else {}
    answer = app.test_client().post(URL, json={"records": [said()]}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.mimetype == "application/problem+json"


def test_a_session_is_no_key(client: Browser, cast: Cast) -> None:
    assert client.as_(cast.ruth).post(URL, json={"records": [said()]}).status_code == 401


def test_a_revoked_key_is_none(
    caller: Caller, made: tuple[ApiKey, str], transaction: Transaction, cast: Cast
) -> None:
    assert caller.bring(said()).status_code == 200
    with transaction() as session:
        keys.revoke(session, session.get_one(ApiKey, made[0].id), by=cast.ruth, at=BEGUN)
    assert caller.bring(said()).status_code == 401


def test_only_the_hash_is_kept_and_use_is_noted(
    caller: Caller, made: tuple[ApiKey, str], transaction: Transaction
) -> None:
    key, token = made
    assert token.startswith("cxq_")
    assert len(token) >= 47
    caller.bring(said())
    with transaction() as session:
        kept = session.get_one(ApiKey, key.id)
        assert token not in repr(vars(kept))
        first = kept.used_at
        assert first
    caller.bring(said("again"))
    with transaction() as session:
        assert session.get_one(ApiKey, key.id).used_at == first


def test_records_are_kept_under_the_source_of_the_key(
    caller: Caller, made: tuple[ApiKey, str], transaction: Transaction
) -> None:
    whole = said(external_id="1", collected_on="2026-03-31", ratings=[RATED], extra={"a": "b"})
    answer = caller.bring(whole, said("No id"))
    assert (answer.status_code, counts(answer)) == (200, (2, 2, 0, 0, 0))
    assert answer.get_json()["errors"] == []
    with transaction() as session:
        first, second = session.scalars(select(Submission).order_by(Submission.id))
        assert {first.source_id, second.source_id} == {made[0].source_id}
        assert (first.identity, first.external_id, first.run_id) == ("id:1", "1", None)
        assert first.original == {"a": "b"}
        rating = session.scalars(select(Rating)).one()
        assert [rating.value, rating.low, rating.high] == [Decimal(2), Decimal(1), Decimal(5)]
        assert rating.best_is_high
        line = session.scalars(select(AuditLine).where(AuditLine.action == "called")).one()
        assert line.facts == {"read": 2, "created": 2, "updated": 0, "unchanged": 0, "rejected": 0}


def test_the_same_is_unchanged_and_an_edited_one_keeps_its_history(
    caller: Caller, transaction: Transaction
) -> None:
    before = said("Late", external_id="1")
    assert counts(caller.bring(before, said("No id"))) == (2, 2, 0, 0, 0)
    assert counts(caller.bring(before, said("No id"), said("No id"))) == (3, 0, 0, 3, 0)
    assert counts(caller.bring(said("Very late", external_id="1"))) == (1, 0, 1, 0, 0)
    assert counts(caller.bring(said("Very late", external_id="1"))) == (1, 0, 0, 1, 0)
    with transaction() as session:
        version = session.scalars(select(SubmissionVersion)).one()
        assert [text for _question, text, _language in version.before["comments"]] == ["Late"]
        texts = session.scalars(select(Comment.text).order_by(Comment.text)).all()
        assert texts == ["No id", "Very late"]


def test_several_comments_on_no_question_are_told_apart(
    caller: Caller, transaction: Transaction
) -> None:
    def texts(*given: str) -> list[str]:
        comments = [{"text": text} for text in given]
        assert caller.bring({"external_id": "1", "comments": comments}).status_code == 200
        with transaction() as session:
            return list(session.scalars(select(Comment.text).order_by(Comment.position)))

    assert texts("one", "two") == ["one", "two"]
    assert texts("one", "three") == ["one", "three"]
    assert texts("one", "three", "four") == ["one", "three", "four"]
    assert texts("five") == ["five"]


def test_bad_records_are_named_and_the_others_kept(
    caller: Caller, transaction: Transaction
) -> None:
    answer = caller.bring(said("Good"), {"stage": "Install"}, said(collected_on="soon"), 7)
    assert (answer.status_code, counts(answer)) == (200, (4, 1, 0, 0, 3))
    found = [(fault["index"], fault["field"]) for fault in answer.get_json()["errors"]]
    assert found == [(1, ""), (2, "collected_on"), (3, "")]
    assert number_of(transaction, Submission) == 1


def test_a_call_of_bad_records_only_is_refused(caller: Caller, transaction: Transaction) -> None:
    answer = caller.bring({}, {"comments": "late"}, Idempotency_Key="a")
    assert (answer.status_code, counts(answer)) == (422, (2, 0, 0, 0, 2))
    assert {fault["index"] for fault in answer.get_json()["errors"]} == {0, 1}
    assert number_of(transaction, Submission) == 0
    assert caller.bring(said(), Idempotency_Key="a").status_code == 200  # mended


def test_doubts_are_told(caller: Caller) -> None:
    answer = caller.bring(said(), said(stage="Nowhere", collected_on="1970-01-01"))
    doubts = [(doubt["index"], doubt["field"]) for doubt in answer.get_json()["doubts"]]
    assert doubts == [(1, "collected_on"), (1, "stage")]


def test_the_same_call_again_gets_the_same_answer(caller: Caller, transaction: Transaction) -> None:
    first = caller.bring(said(), {}, Idempotency_Key="monday-1")
    again = caller.bring(said(), {}, Idempotency_Key="monday-1")
    assert (first.status_code, again.status_code) == (200, 200)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.get_json() == first.get_json()
    other = caller.bring(said("Other"), Idempotency_Key="monday-1")
    assert other.status_code == 422
    assert "Idempotency-Key" in other.get_json()["detail"]
    assert counts(caller.bring(said(), Idempotency_Key="monday-2")) == (1, 0, 0, 1, 0)
    assert number_of(transaction, Submission) == 1


def test_an_answer_is_kept_for_seven_days(
    caller: Caller, app: Flask, transaction: Transaction
) -> None:
    caller.bring(said(), Idempotency_Key="old")
    with transaction() as session:
        session.execute(update(ApiCall).values(at=clock.now() - timedelta(days=7, seconds=1)))
    again = caller.bring(said("Other"), Idempotency_Key="old")
    assert (again.status_code, counts(again)) == (200, (1, 1, 0, 0, 0))
    assert number_of(transaction, ApiCall) == 1


def test_keys_of_two_programs_are_two(
    caller: Caller, app: Flask, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        token = keys.make(session, "Other", "Other", by=cast.ruth, at=BEGUN)[1]
    caller.bring(said(), Idempotency_Key="1")
    other = Caller(app, token).bring(said("Other"), Idempotency_Key="1")
    assert "Idempotency-Replayed" not in other.headers
    assert counts(other) == (1, 1, 0, 0, 0)


@pytest.mark.parametrize("given", ["", "a b", "x" * 201, "\xe9"])
def test_a_key_of_a_call_is_plain(caller: Caller, given: str) -> None:
    assert caller.bring(said(), Idempotency_Key=given).status_code == 400


def test_at_once_a_call_is_done_once(app: Flask, caller: Caller, transaction: Transaction) -> None:
    ready = Barrier(8)
    several = [said(f"Text {number}") for number in range(50)]

    def one(_number: int) -> tuple[int, bool]:
        mine = Caller(app, caller.token)
        ready.wait()
        answer = mine.bring(*several, Idempotency_Key="once")
        return answer.status_code, "Idempotency-Replayed" in answer.headers

    with ThreadPoolExecutor(8) as threads:
        answers = Counter(threads.map(one, range(8)))
    assert answers[200, False] == 1
    assert set(answers) <= {(200, False), (200, True), (409, False)}
    assert number_of(transaction, Submission) == 50
    assert caller.bring(*several, Idempotency_Key="once").headers["Idempotency-Replayed"] == "true"


def test_at_once_the_same_records_are_kept_once(
    app: Flask, caller: Caller, transaction: Transaction
) -> None:
    ready = Barrier(6)

    def one(number: int) -> int:
        order = list(range(40))
        random.Random(number).shuffle(order)
        mine = Caller(app, caller.token)
        ready.wait()
        return mine.bring(*(said(f"{n}", external_id=f"{n}") for n in order)).status_code

    with ThreadPoolExecutor(6) as threads:
        assert Counter(threads.map(one, range(6))) == {200: 6}
    assert number_of(transaction, Submission) == 40


def test_a_thousand_records_take_few_statements(
    caller: Caller, queries: Callable[[], AbstractContextManager[Counted]]
) -> None:
    def thousand(text: str) -> list[dict[str, object]]:
        return [
            said(f"{text} {n}", external_id=f"{n}", ratings=[RATED], stage="Install")
            for n in range(1000)
        ]

    for text, expected in (("Late", (1000, 1000, 0, 0, 0)), ("Later", (1000, 0, 1000, 0, 0))):
        with queries() as counted:
            answer = caller.bring(*thousand(text), Idempotency_Key=text)
        assert counts(answer) == expected
        assert len(counted) <= 40, Counter(one[:60] for one in counted.statements)
    assert caller.bring(*thousand("Late"), said()).status_code == 422


def test_what_is_no_call(caller: Caller) -> None:
    assert caller.send("{").status_code == 400
    assert caller.send("[]").status_code == 422
    assert caller.send(b"[" * 200_000).status_code == 422
    assert caller.send("{}", Content_Type="text/csv").status_code == 415
    assert caller.send("{}", Content_Encoding="gzip").status_code == 415
    assert caller.send(b" " * (bodies.MOST_BYTES + 1)).status_code == 413
    assert caller.bring(said(), Content_Type="application/json; charset=utf-8").status_code == 200


def test_errors_under_the_api_are_problems(client: Browser, cast: Cast) -> None:
    for answer, status in (
        (client.get("/api/v1/nothing"), 404),
        (client.get("/api/v2/feedback"), 404),
        (client.put(URL), 405),
        (client.get(URL), 405),
        (client.get("/api/v1/openapi.json?a=%00"), 400),
    ):
        assert answer.status_code == status
        assert answer.mimetype == "application/problem+json"
        assert answer.get_json()["status"] == status
    assert client.put(URL).headers["Allow"] == "OPTIONS, POST"


def test_the_description_is_open(client: Browser, cast: Cast) -> None:
    found = client.get("/api/v1/openapi.json")
    assert (found.status_code, found.mimetype) == (200, "application/json")
    assert found.get_json() == openapi.description("1")


ODD: list[Any] = [
    None, True, 0, -1, 10**30, 1e308, 4, 1.5, "", " ", "x", "\0", "\ud800", "2026-03-31", "é" * 300,
    "high", [], {}, [[[]]], {"text": "x"}, [{"text": "x"}], [{"text": None}], {"\ud83d": "\0"},
    [RATED], [{**RATED, "value": 99}], [{**RATED, "low": -0.00001}], {"a": "b"},
]  # fmt: skip


def made_up(chance: random.Random) -> object:
    """Return a record that fits here and there, or something else."""
    if chance.random() < 0.1:
        return chance.choice(ODD)
    names = chance.sample([*records.OWN, "new", "\0"], chance.randint(0, 6))
    found: dict[str, object] = {name: chance.choice(ODD) for name in names}
    return {**(said() if chance.random() < 0.6 else {}), **found}


def test_whatever_comes_is_answered(caller: Caller) -> None:
    chance = random.Random(20260331)
    seen: Counter[int] = Counter()
    for number in range(400):
        given: object = [made_up(chance) for _ in range(chance.randint(1, 8))]
        document = {"records": given} if chance.random() < 0.95 else given
        body = json.dumps(document)
        if chance.random() < 0.05:
            body = body[: chance.randint(0, len(body))]
        once = {"Idempotency_Key": f"k{number % 50}"} if chance.random() < 0.3 else {}
        seen[caller.send(body, **once).status_code] += 1
    assert seen[200] > 100
    assert seen[422] > 50
    assert set(seen) <= {200, 400, 422}


def test_an_administrator_makes_and_revokes_keys(
    client: Browser, cast: Cast, app: Flask, transaction: Transaction
) -> None:
    client.as_(cast.ruth)
    assert "No keys yet" in client.get("/admin/api").text
    assert client.send("/admin/api", name="", source="Shop").status_code == 422
    answer = client.send("/admin/api", name="Till", source="Shop")
    assert answer.status_code == 200
    token = answer.text.partition('id="token">')[2].partition("<")[0]
    assert Caller(app, token).bring(said()).status_code == 200
    page = client.get("/admin/api").text
    assert "Till" in page
    assert token not in page
    with transaction() as session:
        key_id = session.scalars(select(ApiKey.id)).one()
    revoke = f"/admin/api/{key_id}/revoke"
    assert client.send(revoke).status_code == 303
    assert client.send(revoke).status_code == 409
    assert Caller(app, token).bring(said()).status_code == 401
    assert client.send("/admin/api/999/revoke").status_code == 404
    with app.app_context(), Session(db.engine) as session:
        lines = select(AuditLine).where(AuditLine.subject_kind == "api_key")
        told = session.scalars(lines.order_by(AuditLine.id)).all()
        assert [line.action for line in told] == ["made", "called", "revoked"]
        assert token not in "".join(f"{line.summary}{line.facts}" for line in told)


def test_keys_are_for_administrators(client: Browser, cast: Cast) -> None:
    for person in (cast.ida, cast.noor, cast.karl):
        client.as_(person)
        assert client.get("/admin/api").status_code == 403
        assert client.send("/admin/api", name="Till", source="Shop").status_code == 403


def test_the_longest_texts_are_kept(caller: Caller, transaction: Transaction) -> None:
    letters = "".join(f"{chr(0x20000 + n % 40_000)} " for n in range(50_000))
    words = "".join(f"{chr(0x1F600 + n % 70)}{n:x} " for n in range(30_000))[:100_000]
    texts = [letters, words, "x" * 100_000, "é" * 99_999 + "\n", "\uffff" * 9, "\u202e\u0301" * 9]
    answer = caller.bring(
        *(said(text, external_id=f"{n}" + "é" * 199) for n, text in enumerate(texts))
    )
    assert counts(answer) == (6, 6, 0, 0, 0)
    with transaction() as session:
        assert session.scalars(select(Comment.text).order_by(Comment.id)).all() == texts

"""The API of readings: whose key it is, what is taken, what is named, and nothing twice."""

import json
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cxquest.core.models import AuditLine
from cxquest.imports import bodies, openapi
from cxquest.imports import keys as api_keys
from cxquest.imports.models import ApiKey
from cxquest.measures import describing, keys, queries
from cxquest.measures.models import Metric, Reading, Via
from cxquest.measures.spc import ChartKind
from tests.browsing import Browser
from tests.cast import BEGUN, Cast
from tests.conftest import Counting, Transaction
from tests.teams import Team, day

FEEDBACK = {"records": [{"comments": [{"text": "They came late"}]}]}
MONDAY = "2026-03-02"


@pytest.fixture
def metric(transaction: Transaction, cast: Cast) -> int:
    """A metric that is read each week; nothing of it is known."""
    with transaction() as session:
        metric = Team(session, cast).sign().define().quest.metric
        assert metric
        return metric.id


class Caller:
    """Another program with its key."""

    def __init__(self, app: Flask, token: str, metric: int) -> None:
        self.client, self.token = app.test_client(), token
        self.url = f"/api/v1/metrics/{metric}/readings"

    def send(self, body: bytes | str, url: str = "", **headers: str) -> TestResponse:
        """Send a body as it is; a header's name has _ for -."""
        given = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.post(url or self.url, data=body, headers=given)
        described = openapi.description("1")["paths"][describing.PATH]["post"]["responses"]
        assert str(answer.status_code) in described
        if answer.status_code != 200:
            assert answer.mimetype == "application/problem+json"
        assert "Set-Cookie" not in answer.headers
        return answer

    def bring(self, *given: object, **headers: str) -> TestResponse:
        """Send readings."""
        return self.send(json.dumps({"readings": given}), **headers)


@pytest.fixture
def caller(app: Flask, metric: int, transaction: Transaction, cast: Cast) -> Caller:
    with transaction() as session:
        known = queries.metric(session, metric)
        assert known
        token = keys.make(session, known, "Planner", by=cast.bram, at=BEGUN)[1]
    return Caller(app, token, metric)


def reading(period: str = MONDAY, value: object = 4.2, **more: object) -> dict[str, object]:
    return {"period": period, "value": value, **more}


def counts(answer: TestResponse) -> tuple[int, ...]:
    found = answer.get_json()
    names = ("read", "created", "corrected", "unchanged", "rejected")
    assert found["read"] == sum(found[name] for name in names[1:])
    return tuple(found[name] for name in names)


def faults(answer: TestResponse) -> list[tuple[int, str]]:
    return [(one["index"], one["field"]) for one in answer.get_json()["errors"]]


def number_of(transaction: Transaction, model: type) -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_readings_are_taken_and_unchanged_when_they_come_again(
    caller: Caller, transaction: Transaction, metric: int
) -> None:
    two = (reading(), reading("2026-03-12", 5, n=120))
    answer = caller.bring(*two)
    assert (answer.status_code, counts(answer)) == (200, (2, 2, 0, 0, 0))
    assert answer.get_json()["errors"] == []
    assert counts(caller.bring(*two)) == (2, 0, 0, 2, 0)
    with transaction() as session:
        first, second = session.scalars(select(Reading).order_by(Reading.period_start)).all()
        assert (first.period_start, first.value, first.via) == (day(0), Decimal("4.2"), Via.API)
        assert (second.period_start, second.n) == (date(2026, 3, 9), 120)
        assert first.recorded_by_id is None
        found = queries.metric(session, metric)
        assert found
        assert found.analysis["n"] == 2
        line = session.scalars(select(AuditLine).where(AuditLine.action == "called")).first()
        assert line
        names = {"read": 2, "created": 2, "corrected": 0, "unchanged": 0, "rejected": 0}
        assert line.facts == names
        on_quest = select(AuditLine).where(AuditLine.action == "readings_sent")
        (told,) = session.scalars(on_quest).all()  # the second call changed nothing
        assert (told.subject_kind, told.facts) == ("quest", {"created": 2, "corrected": 0})


def test_another_value_corrects_and_says_why(caller: Caller, transaction: Transaction) -> None:
    caller.bring(reading())
    without = caller.bring(reading(value=5))
    assert (without.status_code, counts(without)) == (422, (1, 0, 0, 0, 1))
    assert faults(without) == [(0, "reason")]
    assert "4.2" in without.get_json()["errors"][0]["error"]
    assert counts(caller.bring(reading(value=5, reason="Counted twice"))) == (1, 0, 1, 0, 0)
    with transaction() as session:
        rows = session.scalars(select(Reading).order_by(Reading.id)).all()
        assert [(row.value, row.reason) for row in rows] == [
            (Decimal("4.2"), ""),
            (Decimal(5), "Counted twice"),
        ]
        assert rows[1].corrects_id == rows[0].id


def test_while_a_review_waits_new_readings_come_in_and_corrections_do_not(
    app: Flask, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        metric = Team(session, cast).fix().quest.metric
        assert metric
        token = keys.make(session, metric, "Planner", by=cast.bram, at=BEGUN)[1]
    caller = Caller(app, token, metric.id)
    before = number_of(transaction, Reading)
    again = reading(day(3).isoformat(), 11, reason="Counted anew")
    refused = caller.bring(again, reading(day(4).isoformat(), 11), Idempotency_Key="1")
    assert refused.status_code == 409
    assert "A review waits" in refused.get_json()["detail"]
    assert number_of(transaction, Reading) == before
    assert counts(caller.bring(reading(day(4).isoformat(), 11), Idempotency_Key="1"))[1] == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"value": 4}, "period"),
        ({"period": "soon", "value": 4}, "period"),
        ({"period": "2026-02-30", "value": 4}, "period"),
        ({"period": "2199-01-01", "value": 4}, "period"),
        ({"period": "0001-01-01", "value": 4}, "period"),
        ({"period": MONDAY}, ""),
        ({"period": MONDAY, "value": "4"}, "value"),
        ({"period": MONDAY, "value": 10**13}, "value"),
        ({"period": MONDAY, "value": None}, ""),
        ({"period": MONDAY, "value": 4, "count": 4}, ""),
        ({"period": MONDAY, "value": 4, "n": 1.5}, "n"),
        ({"period": MONDAY, "value": 4, "n": 0}, "n"),
        ({"period": MONDAY, "value": 4, "n": -1}, "n"),
        ({"period": MONDAY, "count": 4, "n": 9}, "count"),
        ({"period": MONDAY, "value": 4, "reason": "\0"}, "reason"),
        ({"period": MONDAY, "value": 4, "reason": "x" * 501}, "reason"),
        ({"period": MONDAY, "value": 4, "colour": "red"}, "colour"),
        (7, ""),
    ],
)
def test_each_bad_one_is_named_by_index_and_field(
    caller: Caller, given: object, field: str
) -> None:
    answer = caller.bring(reading("2026-03-09"), given)
    assert (answer.status_code, counts(answer)) == (200, (2, 1, 0, 0, 1))
    assert set(faults(answer)) == {(1, field)}


def test_two_of_one_period_are_both_refused(caller: Caller) -> None:
    answer = caller.bring(reading(), reading("2026-03-09"), reading("2026-03-05", 6))
    assert counts(answer) == (3, 1, 0, 0, 2)
    assert faults(answer) == [(0, "period"), (2, "period")]
    assert "at index 2 too" in answer.get_json()["errors"][0]["error"]


def test_a_share_is_a_count_out_of_so_many(
    caller: Caller, transaction: Transaction, metric: int
) -> None:
    with transaction() as session:
        found = session.get_one(Metric, metric)
        found.chart, found.per = ChartKind.P, 100
    answer = caller.bring(
        {"period": MONDAY, "count": 19, "n": 24},
        reading("2026-03-09", 95.5, n=200),
        reading("2026-03-16", 95.5),
        reading("2026-03-23", 101, n=9),
        {"period": "2026-03-30", "count": 9, "n": 0},
    )
    assert counts(answer) == (5, 2, 0, 0, 3)
    assert faults(answer) == [(2, "n"), (3, "value"), (4, "n")]
    with transaction() as session:
        values = session.scalars(select(Reading.value).order_by(Reading.period_start)).all()
        assert values == [Decimal("79.1667"), Decimal("95.5")]


def test_a_key_is_for_one_metric_and_one_purpose(
    app: Flask, caller: Caller, transaction: Transaction, cast: Cast, metric: int
) -> None:
    with transaction() as session:
        other = Team(session, cast).sign().define().quest.metric_id
        token = api_keys.make(session, "Shop", "Shop", by=cast.ruth, at=BEGUN)[1]
    body = json.dumps({"readings": [reading()]})
    assert caller.send(body, f"/api/v1/metrics/{other}/readings").status_code == 403
    assert caller.send(body, "/api/v1/metrics/99999/readings").status_code == 403
    assert caller.send(json.dumps(FEEDBACK), "/api/v1/feedback").status_code == 403
    assert Caller(app, token, metric).bring(reading()).status_code == 403
    assert Caller(app, "cxq_nothing", metric).bring(reading()).status_code == 401
    assert number_of(transaction, Reading) == 0


def test_a_session_is_no_key(client: Browser, cast: Cast, metric: int) -> None:
    answer = client.as_(cast.bram).post(
        f"/api/v1/metrics/{metric}/readings", json={"readings": [reading()]}
    )
    assert answer.status_code == 401


def test_a_revoked_key_is_none(caller: Caller, transaction: Transaction, cast: Cast) -> None:
    with transaction() as session:
        key = session.scalars(select(ApiKey)).one()
        api_keys.revoke(session, key, by=cast.bram, at=BEGUN)
    assert caller.bring(reading()).status_code == 401


def test_the_same_call_again_gets_the_same_answer(caller: Caller, transaction: Transaction) -> None:
    first = caller.bring(reading(), {}, Idempotency_Key="monday-1")
    again = caller.bring(reading(), {}, Idempotency_Key="monday-1")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.get_json() == first.get_json()
    assert caller.bring(reading(value=9), Idempotency_Key="monday-1").status_code == 422
    assert caller.bring({}, Idempotency_Key="bad").status_code == 422
    assert caller.bring(reading("2026-03-09"), Idempotency_Key="bad").status_code == 200
    assert number_of(transaction, Reading) == 2


def test_at_once_a_period_has_one_reading(
    app: Flask, caller: Caller, transaction: Transaction, metric: int
) -> None:
    ready = Barrier(6)

    def one(number: int) -> tuple[int, tuple[int, ...]]:
        mine = Caller(app, caller.token, metric)
        ready.wait()
        answer = mine.bring(reading(), reading("2026-03-09", number))
        return answer.status_code, counts(answer)

    with ThreadPoolExecutor(6) as threads:
        answers = Counter(threads.map(one, range(6)))
    assert answers == {(200, (2, 2, 0, 0, 0)): 1, (200, (2, 0, 0, 1, 1)): 5}
    assert number_of(transaction, Reading) == 2
    with transaction() as session:
        found = queries.metric(session, metric)
        assert found
        assert found.analysis["n"] == 2


def test_at_once_the_same_call_is_done_once(
    app: Flask, caller: Caller, transaction: Transaction, metric: int
) -> None:
    ready = Barrier(6)

    def one(_number: int) -> tuple[int, bool]:
        mine = Caller(app, caller.token, metric)
        ready.wait()
        answer = mine.bring(reading(), Idempotency_Key="once")
        return answer.status_code, "Idempotency-Replayed" in answer.headers

    with ThreadPoolExecutor(6) as threads:
        answers = Counter(threads.map(one, range(6)))
    assert answers[200, False] == 1
    assert set(answers) <= {(200, False), (200, True), (409, False)}
    assert number_of(transaction, Reading) == 1


def test_a_thousand_readings_take_few_statements(caller: Caller, queries: Counting) -> None:
    def thousand(value: float, **more: object) -> list[dict[str, object]]:
        return [
            reading(
                date.fromordinal(date(1990, 1, 1).toordinal() + 7 * n).isoformat(), value, **more
            )
            for n in range(1000)
        ]

    for value, more, expected in (
        (4, {}, (1000, 1000, 0, 0, 0)),
        (5, {"reason": "Anew"}, (1000, 0, 1000, 0, 0)),
    ):
        with queries() as counted:
            answer = caller.bring(*thousand(value, **more))
        assert counts(answer) == expected
        assert len(counted) <= 40, Counter(one[:60] for one in counted.statements)
    assert caller.bring(*thousand(4), reading()).status_code == 422


def test_what_is_no_call(caller: Caller) -> None:
    assert caller.send("{").status_code == 400
    assert caller.send("[]").status_code == 422
    assert caller.send('{"records": []}').status_code == 422
    assert caller.send('{"readings": []}').status_code == 422
    assert caller.send("{}", Content_Type="text/csv").status_code == 415
    assert caller.send(b" " * (bodies.MOST_BYTES + 1)).status_code == 413


def test_the_description_has_the_path(client: Browser, caller: Caller) -> None:
    whole = client.get("/api/v1/openapi.json").get_json()
    assert whole["paths"][describing.PATH]["post"]["operationId"] == "bringReadings"
    text = json.dumps(whole)
    assert "$defs" not in text
    for place in {part.split('"')[0] for part in text.split('"$ref": "#/')[1:]}:
        found: Any = whole
        for name in place.split("/"):
            found = found[name]
    answer = caller.bring(reading(), {}).get_json()
    described = whole["components"]["schemas"]["ReadingAnswer"]
    assert set(answer) == set(described["properties"]) == set(described["required"])


ODD: list[Any] = [
    None, True, 0, -1, 10**30, 1e308, 4, 1.5, "", " ", "x", "\0", "\ud800", MONDAY, "é" * 300,
    "2026-13-01", "2026-3-1", [], {}, [[[]]], {"value": 4}, {"\ud83d": "\0"},
]  # fmt: skip


def test_whatever_comes_is_answered(caller: Caller) -> None:
    chance = random.Random(20260331)
    seen: Counter[int] = Counter()
    fields = ("period", "value", "count", "n", "reason", "new", "\0")
    for number in range(300):
        given: list[object] = []
        for _ in range(chance.randint(1, 6)):
            odd = {name: chance.choice(ODD) for name in chance.sample(fields, chance.randint(0, 4))}
            week = f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
            base = reading(week, chance.randint(0, 99), reason="Anew")
            given.append({**base, **odd} if chance.random() < 0.6 else chance.choice([odd, base]))
        body = json.dumps({"readings": given} if chance.random() < 0.95 else given)
        if chance.random() < 0.05:
            body = body[: chance.randint(0, len(body))]
        once = {"Idempotency_Key": f"k{number % 50}"} if chance.random() < 0.3 else {}
        seen[caller.send(body, **once).status_code] += 1
    assert seen[200] > 80
    assert set(seen) <= {200, 400, 422}

"""The same headers on every answer, and what the two health pages say."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from cxquest.extensions import db
from cxquest.web.headers import HEADERS
from tests.browsing import Browser
from tests.cast import Cast
from tests.databases import made


def assert_guarded(answer) -> None:
    for name, value in HEADERS:
        assert answer.headers.getlist(name) == [value], name
    assert answer.headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("url", "status"),
    [("/", 200), ("/nowhere", 404), ("/sign-in", 303), ("/admin/people", 403), ("/healthz", 200)],
)
def test_they_are_on_every_kind_of_answer(
    client: Browser, cast: Cast, url: str, status: int
) -> None:
    answer = client.as_(cast.ida).get(url)
    assert answer.status_code == status
    assert_guarded(answer)


def test_they_are_on_refused_posts(client: Browser, cast: Cast) -> None:
    client.as_(cast.ida)
    for answer, status in ((client.post("/sign-out"), 400), (client.put("/sign-out"), 405)):
        assert answer.status_code == status
        assert_guarded(answer)


def test_they_are_on_static_files(app: Flask, client: Browser) -> None:
    answer = client.get(app.jinja_env.globals["asset"]("css/tokens.css"))  # type: ignore[operator]
    answer.close()
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    for name, value in HEADERS:
        assert answer.headers.getlist(name) == [value]


def test_they_are_on_a_broken_page_and_nothing_leaks(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = made(tmp_path)
    app.testing = False
    answer = app.test_client().get("/ticket/secret-token")  # there are no tables
    assert answer.status_code == 500
    assert_guarded(answer)
    assert "Traceback" not in answer.text
    assert "sqlite" not in answer.text.lower()
    assert "Something broke on our side" in answer.text


def test_the_policy_allows_nothing_from_elsewhere_and_nothing_inline() -> None:
    policy = dict(HEADERS)["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    for loophole in ("unsafe", "*", "http", "blob:", "nonce"):
        assert loophole not in policy


def test_https_is_kept_where_it_is_on(tmp_path: Path) -> None:
    client = made(tmp_path, CXQUEST_HTTPS=True).test_client()
    answer = client.get("/healthz")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_a_request_s_id_is_kept_when_it_is_plain(client: Browser) -> None:
    kept = client.get("/healthz", headers={"X-Request-ID": "abcd-1234"})
    assert kept.headers["X-Request-ID"] == "abcd-1234"
    renewed = client.get("/healthz", headers={"X-Request-ID": "a b<c>d e f g"})
    assert len(renewed.headers["X-Request-ID"]) == 16


def test_ready_when_migrated_and_writable(client: Browser) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ready"})


def test_not_ready_without_tables(tmp_path: Path) -> None:
    answer = made(tmp_path).test_client().get("/readyz")
    assert answer.status_code == 503
    assert "flask db upgrade" in answer.get_json()["problem"]


def test_not_ready_when_behind(app: Flask, client: Browser) -> None:
    with app.app_context(), db.engine.begin() as connection:
        head = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        assert client.get("/readyz").status_code == 503
    finally:
        with app.app_context(), db.engine.begin() as connection:
            back = sa.text("UPDATE alembic_version SET version_num = :head")
            connection.execute(back, {"head": head})


def test_not_ready_when_the_database_is_gone(tmp_path: Path) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    client = made(tmp_path, CXQUEST_DATABASE_URL=url).test_client()
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200

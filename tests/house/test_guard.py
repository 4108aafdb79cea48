"""What holds for every route there is, without a list."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask, url_for
from werkzeug.routing import Rule

from cxquest.web.guard import OPEN
from tests.browsing import Browser
from tests.cast import Cast
from tests.databases import made

FILLED = {"gate": "G1", "token": "x", "kind": "theme", "word": "done"}
with TemporaryDirectory() as folder:
    KNOWN = made(Path(folder)).url_map
ROUTES = [rule for rule in KNOWN.iter_rules() if rule.endpoint != "static"]
IDS = [rule.endpoint for rule in ROUTES]
# What asks for a key in a header, which no browser sends of itself, needs no form's token.
BY_KEY = {"api.feedback", "api.readings"}


# A customer has no session; tests/web/test_surveys.py refuses these without their own token.
OWN_TOKEN = {
    "surveys.answer",
    "surveys.answer_once",
    "pains.check",  # whose link itself is the secret, and takes one answer
}


def url_of(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        return url_for(rule.endpoint, **{name: FILLED.get(name, "1") for name in rule.arguments})


@pytest.mark.parametrize("rule", ROUTES, ids=IDS)
def test_a_stranger_is_sent_to_sign_in(app: Flask, client: Browser, rule: Rule) -> None:
    if rule.endpoint in OPEN:
        return
    for method in (rule.methods or set()) & {"GET", "POST"}:
        send = client.get if method == "GET" else client.send
        answer = send(url_of(app, rule))
        assert answer.status_code == 303, method
        assert answer.location.startswith("/sign-in"), method


@pytest.mark.parametrize(
    "rule",
    [r for r in ROUTES if "POST" in (r.methods or ()) and r.endpoint not in BY_KEY],
    ids=lambda r: r.endpoint,
)
def test_a_post_without_its_token_is_refused(
    app: Flask, client: Browser, cast: Cast, rule: Rule
) -> None:
    if rule.endpoint in OWN_TOKEN:
        return
    client.as_(cast.ruth)
    for given in ({}, {"csrf_token": "nonsense"}):
        answer = client.post(url_of(app, rule), data=given)
        assert answer.status_code == 400
        assert "earlier sign-in" in answer.text


def test_routes_change_things_by_post_only() -> None:
    for rule in ROUTES:
        assert (rule.methods or set()) <= {"GET", "HEAD", "OPTIONS", "POST"}, rule


def test_the_open_list_is_short_and_true() -> None:
    assert set(IDS) >= OPEN
    assert len(OPEN) == 13


def test_an_unknown_address_tells_a_stranger_nothing(client: Browser) -> None:
    assert client.get("/no/such/page").status_code == 404

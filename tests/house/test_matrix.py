"""Every route × every role, against tests/house/routes.txt. A route that is not there fails.

A line is an endpoint and, for each method, who gets which answer:

    people.add    GET 200 administrator; POST 422 administrator
    quests.sign   POST 409 executive, 303 lead else 403

`all` is everybody who is signed in; who is not named gets what stands after `else`, or 403.
A stranger and who is deactivated are sent to sign in unless they are named. A POST carries
its token and nothing else, so 422 means "let in, and the form is empty".
"""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, url_for
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from cxquest.extensions import db
from cxquest.people.models import Person
from tests import cast as players
from tests.browsing import Browser
from tests.databases import Sqlite
from tests.house import world

INSIDE = ("outside", "member", "lead", "coach", "executive", "administrator")
ROLES = ("stranger", *INSIDE, "deactivated")
WHO = dict(zip(ROLES, ("", "olaf", "bram", "ida", "noor", "karl", "ruth", "gone"), strict=True))
LINES = Path(__file__).with_name("routes.txt").read_text(encoding="utf-8").splitlines()
PART = re.compile(r"(GET|POST) (.*?)(?: else (\d+))?")
SIGN_IN = 303
# These are asked of a quest that is not signed yet, all others of one that is fixing.
BEFORE_THE_SIGNATURE = {
    f"quests.{name}"
    for name in (
        "add_chair",
        "ask_signature",
        "chair",
        "charter",
        "hours",
        "send_back",
        "sign",
        "size",
    )
}


def read(line: str) -> tuple[str, dict[str, dict[str, int]]]:
    """Return a line's endpoint and, for each method, each role's answer."""
    endpoint, _, rest = line.partition(" ")
    expected = {}
    for part in rest.split(";"):
        found = PART.fullmatch(part.strip())
        assert found, f"cannot read: {line}"
        method, clauses, otherwise = found.groups()
        answers = {role: int(otherwise or 403) for role in INSIDE}
        answers |= dict.fromkeys(("stranger", "deactivated"), SIGN_IN)
        for clause in clauses.split(","):
            status, *who = clause.split()
            named = [r for w in who for r in (INSIDE if w == "all" else (w,))]
            answers |= dict.fromkeys(named, int(status))
        expected[method] = answers
    return endpoint, expected


TABLE = dict(read(line) for line in LINES if line and not line.startswith("#"))


class World:
    """The app, a signed-in cookie and its token for each role, and what fills a URL."""

    def __init__(self, folder: Path) -> None:
        self.server = Sqlite(folder)
        self.app = self.server.app
        self.app.test_client_class = Browser
        with self.app.app_context(), Session(db.engine, expire_on_commit=False) as session:
            people = players.cast(session)
            self.values: dict[str, Any] = world.build(session, people)
            session.commit()
        self.keys = {role: self._key(getattr(people, name, None)) for role, name in WHO.items()}
        self.template = self.server.keep("world.db")
        self.touched = False

    def answer(self, rule: Rule, method: str, role: str) -> int:
        """Return what the role gets, in a world that nobody has changed yet."""
        if self.touched:
            self.server.clean(self.template)
        self.touched = method == "POST"
        cookie, token = self.keys[role]
        client = self.app.test_client()
        client.set_cookie("cxquest", cookie)
        answer = client.open(
            self._url(rule),
            method=method,
            data={"csrf_token": token} if method == "POST" else None,
        )
        answer.close()
        if role in ("stranger", "deactivated") and answer.status_code == SIGN_IN:
            assert answer.location.startswith("/sign-in"), answer.location
        return answer.status_code

    def _url(self, rule: Rule) -> str:
        early = self.values["early"] if rule.endpoint in BEFORE_THE_SIGNATURE else {}
        wanted = {name: (self.values | early)[name] for name in rule.arguments}
        with self.app.test_request_context():
            return url_for(rule.endpoint, **wanted)

    def _key(self, person: Person | None) -> tuple[str, str]:
        client = self.app.test_client()
        assert isinstance(client, Browser)
        token = client.as_(person).token()
        cookie = client.get_cookie("cxquest")
        assert cookie
        return cookie.value, token


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world, made once."""
    return World(tmp_path_factory.mktemp("world"))


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_route_is_listed_and_every_listed_one_is_there(walked: World) -> None:
    routes = {
        (rule.endpoint, method): rule for rule in rules(walked.app) for method in methods(rule)
    }
    listed = {(endpoint, method) for endpoint, asked in TABLE.items() for method in asked}
    new = {routes[key].endpoint: routes[key] for key in routes.keys() - listed}
    suggested = [
        f"{name} {'; '.join(_said(walked, new[name], m) for m in methods(new[name]))}"
        for name in sorted(new)
    ]
    assert not new, "\n".join(["add to tests/house/routes.txt, where it is right so:", *suggested])
    assert listed - routes.keys() == set(), "these are gone from the product"


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


@pytest.mark.parametrize("endpoint", sorted(TABLE))
def test_each_role_gets_its_answer(walked: World, endpoint: str) -> None:
    (rule,) = list(walked.app.url_map.iter_rules(endpoint))
    got = {
        method: {role: walked.answer(rule, method, role) for role in ROLES}
        for method in TABLE[endpoint]
    }
    assert got == TABLE[endpoint]


def _said(walked: World, rule: Rule, method: str) -> str:
    by_status: dict[int, list[str]] = {}
    for role in ROLES:
        status = walked.answer(rule, method, role)
        if role in INSIDE or status != SIGN_IN:
            by_status.setdefault(status, []).append(role)
    parts = []
    for status, who in by_status.items():
        if status == 403:
            continue
        named = ["all", *[w for w in who if w not in INSIDE]] if set(INSIDE) <= set(who) else who
        parts.append(f"{status} {' '.join(named)}")
    return f"{method} {', '.join(parts) or '403 all'}"

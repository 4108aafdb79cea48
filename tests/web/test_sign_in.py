"""Signing in and out, and the links that set a password."""

from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import select

from cxquest.core import clock
from cxquest.core.models import OutboxMessage
from cxquest.people import inviting, keeping
from cxquest.people.models import TicketPurpose
from tests.browsing import Browser
from tests.cast import PASSWORD, Cast
from tests.conftest import Transaction


def sign_in(client: Browser, email: str, password: str = PASSWORD, to: str = ""):
    return client.send(f"/sign-in{to}", email=email, password=password)


def link(transaction: Transaction) -> str:
    with transaction() as session:
        body = session.scalars(select(OutboxMessage.body).order_by(OutboxMessage.id.desc())).first()
    return "/ticket/" + str(body).split("/ticket/")[1].split()[0]


def test_the_right_password_lets_in(client: Browser, cast: Cast) -> None:
    answer = sign_in(client, "IDA@halden.example ")
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/").status_code == 200


def test_a_wrong_one_keeps_the_address(client: Browser, cast: Cast) -> None:
    answer = sign_in(client, cast.ida.email, "wrong")
    assert answer.status_code == 422
    assert f'value="{cast.ida.email}"' in answer.text
    assert "do not go together" in answer.text
    assert "wrong" not in answer.text.replace("went wrong", "")
    assert client.get("/").status_code == 303


def test_an_unknown_address_is_told_the_same(client: Browser, cast: Cast) -> None:
    known, unknown = (sign_in(client, e, "wrong") for e in (cast.ida.email, "x@x.example"))
    assert known.status_code == unknown.status_code == 422
    assert "do not go together" in unknown.text


def test_a_deactivated_person_stays_out(client: Browser, cast: Cast) -> None:
    assert sign_in(client, cast.gone.email).status_code == 422


def test_ten_failures_are_enough(client: Browser, cast: Cast) -> None:
    for _ in range(10):
        assert sign_in(client, cast.ida.email, "wrong").status_code == 422
    answer = sign_in(client, cast.ida.email)
    assert answer.status_code == 429
    assert "quarter of an hour" in answer.text


def test_it_goes_on_to_where_one_wanted_to_go(client: Browser, cast: Cast) -> None:
    wanted = client.get("/pains?stage=2")
    assert wanted.location == "/sign-in?next=/pains?stage%3D2"
    assert sign_in(client, cast.ida.email, to="?next=/pains?stage%3D2").location == "/pains?stage=2"


def test_it_never_goes_on_to_elsewhere(client: Browser, cast: Cast) -> None:
    for elsewhere in (
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "evil",
        "/\t/evil.example",
    ):
        client.as_(None)
        answer = sign_in(client, cast.ida.email, to=f"?next={elsewhere}")
        assert answer.location == "/", elsewhere


def test_signing_in_renews_the_session(client: Browser, cast: Cast) -> None:
    client.get("/sign-in")
    before = client.get_cookie("cxquest")
    sign_in(client, cast.ida.email)
    after = client.get_cookie("cxquest")
    assert before
    assert after
    assert before.value != after.value
    with client.session_transaction() as kept:
        assert set(kept) == {"_permanent", "sign_in"}


def test_a_cookie_from_before_signing_out_is_dead(client: Browser, cast: Cast) -> None:
    sign_in(client, cast.ida.email)
    kept = client.get_cookie("cxquest")
    assert kept
    assert client.send("/sign-out").status_code == 303
    client.set_cookie("cxquest", kept.value)
    assert client.get("/").status_code == 303


def test_signing_out_elsewhere_leaves_this_browser_in(
    app: Flask, client: Browser, cast: Cast
) -> None:
    other = app.test_client()
    assert isinstance(other, Browser)
    client.as_(cast.ida)
    other.as_(cast.ida).send("/sign-out")
    assert client.get("/").status_code == 200


def test_who_is_deactivated_is_out_at_once(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    client.as_(cast.ida)
    with transaction() as session:
        keeping.deactivate(session, session.merge(cast.ida), by=cast.ruth, at=clock.now())
    assert client.get("/").status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts(client: Browser, cast: Cast) -> None:
    header = sign_in(client, cast.ida.email).headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header


def test_a_stranger_s_fragment_sends_the_whole_page_to_sign_in(client: Browser) -> None:
    answer = client.get("/pains", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/sign-in")
    assert answer.text == ""


def test_who_is_in_needs_no_sign_in_page(client: Browser, cast: Cast) -> None:
    assert client.as_(cast.ida).get("/sign-in").location == "/"


# Links that set a password


def test_forgotten_says_the_same_of_known_and_unknown(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    for email in (cast.ida.email, "nobody@x.example", "nonsense"):
        assert client.send("/forgotten", email=email).location == "/sign-in"
        assert "If that address is known here" in client.get("/sign-in").text
    with transaction() as session:
        assert session.scalars(select(OutboxMessage.recipient)).all() == [cast.ida.email]


def test_a_reset_link_sets_the_password_and_lets_in(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    client.send("/forgotten", email=cast.ida.email)
    url = link(transaction)
    assert cast.ida.email in client.get(url).text
    assert client.send(url, password="a new password", again="a new password").location == "/"
    assert client.get("/").status_code == 200
    client.as_(None)
    assert client.get(url).status_code == 409
    assert sign_in(client, cast.ida.email).status_code == 422
    assert sign_in(client, cast.ida.email, "a new password").status_code == 303


def test_looking_at_a_link_does_not_use_it(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    client.send("/forgotten", email=cast.ida.email)
    url = link(transaction)
    assert [client.get(url).status_code for _ in range(3)] == [200, 200, 200]


def test_two_that_differ_or_a_short_one_change_nothing(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    client.send("/forgotten", email=cast.ida.email)
    url = link(transaction)
    differ = client.send(url, password="a new password", again="another one")
    short = client.send(url, password="short", again="short")
    assert (differ.status_code, short.status_code) == (422, 422)
    assert "not the same" in differ.text
    assert "10 characters" in short.text
    assert sign_in(client, cast.ida.email).status_code == 303


def test_an_invitation_ends_after_a_week(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    now = clock.now()
    with transaction() as session:
        inviting.send_link(
            session, cast.ida, TicketPurpose.INVITATION, base_url="http://localhost", at=now
        )
    url = link(transaction)
    with time_machine.travel(now + timedelta(days=6, hours=23), tick=False):
        assert client.get(url).status_code == 200
    with time_machine.travel(now + timedelta(days=7), tick=False):
        answer = client.get(url)
    assert answer.status_code == 409
    assert "Ask for a new one" in answer.text


def test_nonsense_is_no_link(client: Browser) -> None:
    assert client.get("/ticket/nonsense").status_code == 409

"""Input that nobody types by accident gets an answer, never an error of ours."""

import io

import pytest

from cxquest.core import zones
from cxquest.web import filters
from tests.browsing import Browser
from tests.cast import PASSWORD, Cast
from tests.conftest import Transaction
from tests.teams import Team

BIG = "9" * 30
ADDRESSES = [
    f"/quests/{BIG}",
    f"/pains/{BIG}",
    f"/voice/{BIG}",
    f"/quests?stage={BIG}&department={BIG}&pain={BIG}&page={BIG}",
    f"/voice?source={BIG}&theme={BIG}&stage={BIG}&q=%22+AND+NEAR(+*+:+%5E+-",
    f"/pains?stage={BIG}&theme={BIG}",
    "/voice?from=0001-01-01&to=9999-12-31",
    "/quests?search=" + "%25" * 20_000,
    "/pains?search=" + "a" * 60_000,
    "/quests?endpoint=x&_method=FOO&_external=1&_anchor=y",
    "/voice?endpoint=x&_scheme=ftp",
    "/boards/teams?season=" + "x" * 5_000,
    "/pains?search=%ff%fe%ed%a0%80",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_odd_address_is_answered(client: Browser, cast: Cast, address: str) -> None:
    answer = client.as_(cast.ida).get(address)
    assert answer.status_code in (200, 404)
    assert "ftp://" not in answer.text


@pytest.mark.parametrize(
    ("address", "field"),
    [("/sign-in", "email"), ("/voice/heard", "text"), ("/themes", "name"), ("/pains/new", "title")],
)
def test_a_file_in_a_field_of_text_is_no_text(
    client: Browser, cast: Cast, address: str, field: str
) -> None:
    client.as_(cast.ida)
    answer = client.send(address, **{field: (io.BytesIO(b"x"), "x.txt")})
    assert answer.status_code in (303, 422)


@pytest.mark.parametrize("digits", ["9" * 30, "1e30", "1e999", "-1e999"])
def test_a_number_that_nobody_can_read_is_shown_short(digits: str) -> None:
    assert len(filters.number(digits)) < 16


@pytest.mark.parametrize("address", ["/quests?search=%00", "/quests/1/sides/%00", "/voice?q=%00"])
def test_a_nul_is_refused(client: Browser, cast: Cast, address: str) -> None:
    assert client.as_(cast.ida).get(address).status_code in (400, 404)


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example", "//[", "/a%0d%0aX:y", "/\\evil.example", "//℀"],
)
def test_sign_in_leads_nowhere_else(client: Browser, cast: Cast, elsewhere: str) -> None:
    fields = {"email": cast.ida.email, "password": PASSWORD}
    answer = client.send(f"/sign-in?next={elsewhere}", **fields)
    assert (answer.status_code, answer.location) == (303, "/")


@pytest.fixture
def metric(transaction: Transaction, cast: Cast) -> int:
    """The metric of a quest that is fixing."""
    with transaction() as session:
        return Team(session, cast).fix().take_back(5).quest.metric_id or 0


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "1e99999999", "1e-99999999", "9" * 40, ""])
def test_a_figure_that_no_column_holds_is_refused_on_the_form(
    client: Browser, cast: Cast, metric: int, figure: str
) -> None:
    fields = {"day": "2026-04-20", "value": figure, "n": ""}
    answer = client.as_(cast.bram).send(f"/metrics/{metric}", **fields)
    assert answer.status_code == 422
    count = {"day": "2026-04-20", "value": "4", "n": "9" * 30}
    assert client.send(f"/metrics/{metric}", **count).status_code == 422


@pytest.mark.parametrize("zone", ["Factory", "localtime", "Mars/Base", "../etc/passwd"])
def test_only_a_zone_that_everything_knows_is_chosen(
    client: Browser, cast: Cast, zone: str
) -> None:
    assert zone not in zones.names()
    fields = {"name": "Halden", "time_zone": zone, "currency": "EUR"}
    client.as_(cast.ruth)
    assert client.send("/admin/organisation", **fields).status_code == 422
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "content",
    [b"[" * 200_000, b",".join(b"c%d" % n for n in range(20_000)), b"\xff" * 999, b"", b'"' * 99],
    ids=["deep", "wide", "binary", "empty", "quotes"],
)
@pytest.mark.parametrize("page", ["/admin/people/import", "/admin/imports"])
def test_a_strange_file_is_refused_or_read(
    client: Browser, cast: Cast, content: bytes, page: str
) -> None:
    file = (io.BytesIO(content), "strange.csv")
    answer = client.as_(cast.ruth).send(page, file=file, source="Odd")
    assert answer.status_code in (200, 303, 422)


def test_long_digits_in_a_tick_are_passed_over(
    client: Browser, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        fixing = Team(session, cast).fix().take_back(5).id
    fields = {"verdict": "accept", "reason": "x", "counted": ["9" * 5_000]}
    answer = client.as_(cast.noor).send(f"/quests/{fixing}/review/G2", **fields)
    assert answer.status_code == 409

"""Administration of people: pages, forms, import and export."""

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from cxquest.core.models import OutboxMessage
from cxquest.people import organising, queries
from cxquest.people.models import Department, DepartmentKind, Person, Role
from tests.browsing import Browser
from tests.cast import BEGUN, Cast
from tests.cast import person as another
from tests.conftest import Transaction

FIELDS = {"name": "Ada", "email": "ada@x.example", "role": "employee", "department_id": ""}


@pytest.fixture
def ruth(client: Browser, cast: Cast) -> Browser:
    return client.as_(cast.ruth)


def find(transaction: Transaction, email: str) -> Person | None:
    with transaction() as session:
        return session.scalar(select(Person).where(Person.email == email))


def mailed(transaction: Transaction) -> list[str]:
    with transaction() as session:
        return list(session.scalars(select(OutboxMessage.recipient)))


def test_the_list_is_searched_and_filtered(ruth: Browser) -> None:
    assert "bram@halden.example" in ruth.get("/admin/people").text
    found = ruth.get("/admin/people?search=IDA&role=employee&active=yes").text
    assert "ida@halden.example" in found
    assert "bram@halden.example" not in found
    assert "Nobody fits" in ruth.get("/admin/people?search=%25").text


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999999999", "٣"])
def test_a_page_that_is_none_is_no_error(ruth: Browser, page: str) -> None:
    assert ruth.get(f"/admin/people?page={page}").status_code == 200


def test_adding_invites(ruth: Browser, transaction: Transaction) -> None:
    answer = ruth.send("/admin/people/new", **FIELDS, is_coach="y", invite="y")
    assert answer.location == "/admin/people"
    added = find(transaction, "ada@x.example")
    assert added
    assert (added.role, added.is_coach, added.department_id) == (Role.EMPLOYEE, True, None)
    assert mailed(transaction) == ["ada@x.example"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "ida@halden.example", "is here already"),
        ("email", "nonsense", "not an e-mail address"),
        ("name", "  ", "Fill this in"),
        ("role", "boss", "Not a valid choice"),
        ("department_id", "999", "Not a valid choice"),
    ],
)
def test_a_wrong_form_comes_back_as_it_was(
    ruth: Browser, transaction: Transaction, field: str, value: str, said: str
) -> None:
    answer = ruth.send("/admin/people/new", **{**FIELDS, "title": "Plumber", field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Plumber" in answer.text
    assert mailed(transaction) == []


def test_a_person_is_changed(ruth: Browser, cast: Cast, transaction: Transaction) -> None:
    url = f"/admin/people/{cast.bram.id}"
    assert 'value="Bram"' in ruth.get(url).text
    fields = {**FIELDS, "email": cast.bram.email, "department_id": str(cast.care.id)}
    assert ruth.send(url, **fields).status_code == 303
    changed = find(transaction, cast.bram.email)
    assert changed
    assert (changed.name, changed.department_id) == ("Ada", cast.care.id)


def test_the_last_administrator_is_told_on_the_field(ruth: Browser, cast: Cast) -> None:
    fields = {**FIELDS, "email": cast.ruth.email, "role": "employee"}
    answer = ruth.send(f"/admin/people/{cast.ruth.id}", **fields)
    assert answer.status_code == 422
    assert "last administrator" in answer.text


def test_deactivating_and_letting_in_again(
    ruth: Browser, cast: Cast, transaction: Transaction
) -> None:
    url = f"/admin/people/{cast.bram.id}/active"
    for state in (False, True):
        assert ruth.send(url).status_code == 303
        bram = find(transaction, cast.bram.email)
        assert bram
        assert bram.is_active is state
    assert ruth.send(f"/admin/people/{cast.ruth.id}/active").status_code == 409


def test_nobody_there_is_404(ruth: Browser) -> None:
    assert ruth.get("/admin/people/999").status_code == 404
    assert ruth.get("/admin/departments/999").status_code == 404
    assert ruth.send("/admin/people/999/invite").status_code == 404


def test_a_file_is_imported_and_its_faults_are_shown(
    ruth: Browser, transaction: Transaction
) -> None:
    text = "name,email,department\nAda,ada@x.example,Claims\n<b>,nonsense,\n"
    answer = ruth.send(
        "/admin/people/import", file=(io.BytesIO(text.encode()), "p.csv"), invite="y"
    )
    assert answer.status_code == 200
    assert "&lt;b&gt;" in answer.text or "nonsense" in answer.text
    assert "<b>" not in answer.text
    assert find(transaction, "ada@x.example")
    assert mailed(transaction) == ["ada@x.example"]


@pytest.mark.parametrize("content", [b"", b"a,a\n1,2\n", b"\x00\x01\x02", b"name\nAda\n"])
def test_a_file_that_is_none_is_refused(ruth: Browser, content: bytes) -> None:
    answer = ruth.send("/admin/people/import", file=(io.BytesIO(content), "p.csv"))
    assert answer.status_code == 422


def test_no_file_is_refused(ruth: Browser) -> None:
    answer = ruth.send("/admin/people/import")
    assert answer.status_code == 422
    assert "Choose a file" in answer.text


def test_the_export_is_guarded_and_comes_in_again(ruth: Browser, transaction: Transaction) -> None:
    with transaction() as session:
        one = another(session, "Eve", None)
        one.name, one.title = '=HYPERLINK("http://x")', "@SUM(1)"
    answer = ruth.get("/admin/people.csv?search=eve")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="people.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (row["name"], row["title"]) == ('\'=HYPERLINK("http://x")', "'@SUM(1)")
    whole = ruth.get("/admin/people.csv").data
    again = ruth.send("/admin/people/import", file=(io.BytesIO(whole), "p.csv"))
    assert again.status_code == 200


def test_departments_are_added_once_and_renamed(
    ruth: Browser, cast: Cast, transaction: Transaction
) -> None:
    for _ in range(2):
        ruth.send("/admin/departments", name="Haulier", kind="partner")
    with transaction() as session:
        (made,) = session.scalars(select(Department).where(Department.name == "Haulier"))
        assert made.kind is DepartmentKind.PARTNER
    url = f"/admin/departments/{made.id}"
    assert ruth.send(url, name="Carrier", kind="partner").status_code == 303
    assert ruth.send(url, name="care", kind="partner").status_code == 422
    assert "Carrier" in ruth.get("/admin/departments").text


def test_the_organisation_is_described(ruth: Browser, transaction: Transaction) -> None:
    fields = {"name": "Ny", "time_zone": "Asia/Tokyo", "currency": "nok", "fiscal_month": "4"}
    assert ruth.send("/admin/organisation", **fields).status_code == 303
    with transaction() as session:
        known = queries.organisation(session)
        assert known
        assert (known.name, known.time_zone, known.currency) == ("Ny", "Asia/Tokyo", "NOK")
        assert known.fiscal_month == 4
    for wrong in (
        {"time_zone": "Mars/Olympus"},
        {"currency": "N0K"},
        {"currency": "NO"},
        {"fiscal_month": "13"},
    ):
        assert ruth.send("/admin/organisation", **{**fields, **wrong}).status_code == 422


def test_the_first_administrator_describes_it_from_nothing(
    client: Browser, transaction: Transaction
) -> None:
    with transaction() as session:
        rita = another(session, "Rita", None, Role.ADMINISTRATOR)
    client.as_(rita)
    assert client.get("/admin/organisation").status_code == 200
    fields = {"name": "Ny", "time_zone": "UTC", "currency": "EUR", "fiscal_month": "1"}
    assert client.send("/admin/organisation", **fields).status_code == 303


def test_no_list_costs_more_for_more_people(
    ruth: Browser, transaction: Transaction, queries: Callable
) -> None:
    def cost() -> int:
        with queries() as counted:
            assert ruth.get("/admin/people").status_code == 200
        return len(counted)

    before = cost()
    with transaction() as session:
        for n in range(60):
            another(session, f"Extra{n}", None)
        organising.describe(session, name="X", time_zone="UTC", currency="EUR", by=None, at=BEGUN)
    assert cost() == before <= 12


def test_a_department_is_added_once(ruth: Browser) -> None:
    fields = {"name": "Warehouse", "kind": "internal"}
    assert ruth.send("/admin/departments", **fields).status_code == 303
    again = ruth.send("/admin/departments", **{**fields, "name": "warehouse"})
    assert again.status_code == 422
    assert "of that name already" in again.text


def test_an_address_stands_once_in_a_file(ruth: Browser, transaction: Transaction) -> None:
    rows = b"email,name,role\nann@halden.example,Ann,employee\nANN@halden.example,Ann,executive\n"
    answer = ruth.send("/admin/people/import", file=(io.BytesIO(rows), "people.csv"))
    assert "stands on line 2 already" in answer.text
    person = find(transaction, "ann@halden.example")
    assert person is not None
    assert not person.is_executive

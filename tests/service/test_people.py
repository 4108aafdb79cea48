"""Keeping people: adding, importing, inviting, letting in and out."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, Refusal
from cxquest.core.models import AuditLine, OutboxMessage
from cxquest.people import importing, inviting, keeping, queries, signing_in
from cxquest.people.models import Department, Person, Role, Ticket, TicketPurpose
from tests.cast import BEGUN, Cast, person

LATER = BEGUN + timedelta(minutes=1)
FILE = "name,email,department,role,coach\nAda,ADA@x.example,Care,employee,no\n"


def given(one: Person, **changed: object) -> keeping.Particulars:
    known = {
        "email": one.email,
        "name": one.name,
        "title": one.title,
        "department_id": one.department_id,
        "role": one.role,
        "is_coach": one.is_coach,
    }
    return keeping.Particulars(**{**known, **changed})  # type: ignore[arg-type]


def take(session: Session, text: str) -> importing.Outcome:
    return importing.take(session, text.encode(), by=None, at=BEGUN)


def token_of(session: Session) -> str:
    body = session.scalars(select(OutboxMessage.body).order_by(OutboxMessage.id.desc())).first()
    return str(body).split("/ticket/")[1].split()[0]


# Adding and changing


def test_an_address_is_kept_in_lower_case_and_once(session: Session, cast: Cast) -> None:
    with pytest.raises(BadInput, match="is here already"):
        keeping.add(session, keeping.Particulars("IDA@Halden.Example", "X"), by=None, at=BEGUN)


@pytest.mark.parametrize("wrong", ["", "ida", "ida@", "@x.example", "a b@x.example", "a@x@y"])
def test_what_is_no_address_is_refused(session: Session, wrong: str) -> None:
    with pytest.raises(BadInput) as refused:
        keeping.add(session, keeping.Particulars(wrong, "X"), by=None, at=BEGUN)
    assert refused.value.field == "email"


def test_a_change_says_in_the_audit_what_changed(session: Session, cast: Cast) -> None:
    changed = given(cast.ida, title="Lead", is_coach=True)
    assert keeping.change(session, cast.ida, changed, by=cast.ruth, at=LATER)
    assert not keeping.change(session, cast.ida, changed, by=cast.ruth, at=LATER)
    line = session.scalars(select(AuditLine).order_by(AuditLine.id.desc())).first()
    assert line is not None
    assert (line.action, line.summary, line.actor_name) == ("changed", "title, is_coach", "Ruth")


def test_the_last_administrator_stays(session: Session, cast: Cast) -> None:
    demoted = given(cast.ruth, role=Role.EMPLOYEE)
    with pytest.raises(Refusal, match="last administrator"):
        keeping.change(session, cast.ruth, demoted, by=cast.ruth, at=LATER)
    second = person(session, "Rita", None, Role.ADMINISTRATOR)
    keeping.deactivate(session, cast.ruth, by=second, at=LATER)
    with pytest.raises(Refusal, match="deactivate yourself"):
        keeping.deactivate(session, second, by=second, at=LATER)
    with pytest.raises(Refusal, match="last administrator"):
        keeping.deactivate(session, second, by=cast.ruth, at=LATER)


def test_a_department_is_found_whatever_its_case(session: Session, cast: Cast) -> None:
    assert keeping.department(session, " care ", by=None, at=BEGUN).id == cast.care.id
    with pytest.raises(BadInput, match="that name already"):
        keeping.change_department(
            session, cast.field, name="CARE", kind=cast.field.kind, by=cast.ruth, at=LATER
        )


def test_search_takes_its_own_signs_as_letters(session: Session, cast: Cast) -> None:
    names = lambda **asked: [p.name for p in session.scalars(queries.everyone(**asked))]  # noqa: E731
    assert names(search="ID") == ["Ida"]
    assert names(search="%") == []
    assert names(search="_") == []
    assert names(role="coach") == ["Noor"]
    assert names(active="no") == ["Gone"]
    assert names(role="nonsense") == names()


# Importing


def test_the_same_file_twice_creates_nothing(session: Session) -> None:
    first, second = take(session, FILE), take(session, FILE)
    assert (first.read, first.created) == (1, 1)
    assert (second.read, second.created, second.unchanged) == (1, 0, 1)


def test_every_row_is_accounted_for(session: Session) -> None:
    outcome = take(
        session,
        FILE + "Bo,not an address,Care,employee,no\n,bo@x.example,,,\nCy,cy@x.example,,boss,\n"
        "Di,di@x.example,,,perhaps\nEd,ed@x.example,Field,executive,yes\nAda B,ada@x.example\n",
    )
    assert outcome.read == 7
    assert (outcome.created, outcome.updated, outcome.unchanged) == (2, 0, 0)
    assert [(r.line, r.column, r.value) for r in outcome.rejected] == [
        (3, "email", "not an address"),
        (4, "name", ""),
        (5, "role", "boss"),
        (6, "coach", "perhaps"),
        (8, "email", "ada@x.example"),
    ]


def test_a_column_that_is_not_there_changes_nothing(session: Session, cast: Cast) -> None:
    take(session, f"email,name\n{cast.noor.email},Noor B\n")
    assert (cast.noor.name, cast.noor.is_coach, cast.noor.department_id) == (
        "Noor B",
        True,
        cast.billing.id,
    )


def test_a_file_never_takes_the_last_administrator_away(session: Session, cast: Cast) -> None:
    outcome = take(session, f"email,name,role\n{cast.ruth.email},Ruth,employee\n")
    assert outcome.rejected[0].column == "role"
    assert cast.ruth.role is Role.ADMINISTRATOR


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "no rows"), ("name\nAda\n", "no column “email”"), ("email\na@x\n", "no column “name”")],
)
def test_a_file_that_cannot_be_read_says_why(session: Session, text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        take(session, text)


def test_a_windows_file_with_semicolons_is_read(session: Session) -> None:
    content = "name;email;department\nJosé Nuñez;jose@x.example;Atención\n".encode("cp1252")
    assert importing.take(session, content, by=None, at=BEGUN).created == 1
    assert session.scalar(select(Person.name)) == "José Nuñez"
    assert session.scalar(select(Department.name)) == "Atención"


def test_the_company_of_107_comes_in_whole(session: Session, shared_data: Path) -> None:
    content = (shared_data / "org" / "org_oracle_hr_107.csv").read_bytes()
    outcome = importing.take(session, content, by=None, at=BEGUN)
    assert (outcome.read, outcome.created, outcome.rejected) == (107, 107, [])
    assert session.scalar(select(func.count(Department.id))) == 11
    without = select(func.count(Person.id)).where(Person.department_id.is_(None))
    assert session.scalar(without) == 1
    assert importing.take(session, content, by=None, at=LATER).unchanged == 107


# Invitations and resets


def test_a_link_works_once(session: Session, cast: Cast) -> None:
    inviting.send_link(session, cast.ida, TicketPurpose.INVITATION, base_url="http://x", at=BEGUN)
    token = token_of(session)
    assert inviting.set_password(session, token, "ten letters", at=LATER).id == cast.ida.id
    with pytest.raises(Refusal, match="used or is too old"):
        inviting.set_password(session, token, "ten letters", at=LATER)


@pytest.mark.parametrize("purpose", list(TicketPurpose))
def test_a_link_ends_to_the_minute(session: Session, cast: Cast, purpose: TicketPurpose) -> None:
    ticket = inviting.send_link(session, cast.ida, purpose, base_url="http://x", at=BEGUN)
    token = token_of(session)
    inviting.ticket_of(session, token, ticket.expires_at - timedelta(seconds=1))
    with pytest.raises(Refusal):
        inviting.ticket_of(session, token, ticket.expires_at)


def test_a_new_link_ends_the_earlier_one(session: Session, cast: Cast) -> None:
    for _ in range(2):
        inviting.reset(session, cast.ida.email.upper(), base_url="http://x", at=BEGUN)
    unused = session.scalars(select(Ticket).where(Ticket.used_at.is_(None))).all()
    assert len(unused) == 1


def test_only_the_hash_of_a_link_is_kept(session: Session, cast: Cast) -> None:
    inviting.reset(session, cast.ida.email, base_url="http://x", at=BEGUN)
    assert session.scalars(select(Ticket)).one().token_hash != token_of(session)


@pytest.mark.parametrize("who", ["gone@halden.example", "nobody@x.example"])
def test_nothing_is_sent_to_who_cannot_come_in(session: Session, cast: Cast, who: str) -> None:
    inviting.reset(session, who, base_url="http://x", at=BEGUN)
    assert session.scalars(select(OutboxMessage)).all() == []


def test_a_new_password_ends_every_session(session: Session, cast: Cast) -> None:
    before = signing_in.open_session(session, cast.ida, at=BEGUN, days=1)
    inviting.reset(session, cast.ida.email, base_url="http://x", at=BEGUN)
    inviting.set_password(session, token_of(session), "ten letters", at=LATER)
    assert signing_in.person_of(session, before, LATER) is None


def test_a_short_password_leaves_the_link_usable(session: Session, cast: Cast) -> None:
    inviting.reset(session, cast.ida.email, base_url="http://x", at=BEGUN)
    token = token_of(session)
    with pytest.raises(BadInput, match="10 characters"):
        inviting.set_password(session, token, "short", at=LATER)
    assert inviting.set_password(session, token, "ten letters", at=LATER)


# Signing in


def test_ten_failures_close_an_address_for_a_while(session: Session, cast: Cast) -> None:
    email = cast.ida.email
    for _ in range(signing_in.FAILURES):
        assert signing_in.known_hash(session, email, at=BEGUN) == cast.ida.password_hash
        assert signing_in.sign_in(session, email, right=False, at=BEGUN, days=1) is None
        session.flush()
    with pytest.raises(signing_in.TooMany):
        signing_in.known_hash(session, email.upper(), at=LATER)
    assert signing_in.known_hash(session, cast.bram.email, at=LATER)
    after = BEGUN + signing_in.WINDOW
    assert signing_in.known_hash(session, email, at=after)
    assert signing_in.sign_in(session, email, right=True, at=after, days=1)


def test_a_session_ends_by_itself(session: Session, cast: Cast) -> None:
    token = signing_in.open_session(session, cast.ida, at=BEGUN, days=1)
    assert signing_in.person_of(session, token, BEGUN + timedelta(hours=23)) is cast.ida
    assert signing_in.person_of(session, token, BEGUN + timedelta(days=1)) is None


def test_who_is_deactivated_is_out_at_once(session: Session, cast: Cast) -> None:
    token = signing_in.open_session(session, cast.ida, at=BEGUN, days=1)
    keeping.deactivate(session, cast.ida, by=cast.ruth, at=LATER)
    assert signing_in.person_of(session, token, LATER) is None
    assert signing_in.known_hash(session, cast.ida.email, at=LATER) is None

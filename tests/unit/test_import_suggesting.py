"""What is chosen beforehand: contact data is not kept, and the only free text is the comment."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.imports.found import Contact, Found
from cxquest.imports.mapping import Role
from cxquest.imports.suggesting import Origin, Proposal, proposal, wordiest
from cxquest.tables import inspecting, reading

WORDS = "The fitter came late for the %d. time and nobody rang to say so beforehand"


def found(content: bytes) -> tuple[list[dict[str, str]], dict[str, object]]:
    file = io.BytesIO(content)
    table = reading.opened(file, reading.guess(file))
    about = inspecting.inspect(table).as_json()
    return [{"name": c.name, "title": c.title} for c in table.columns], about


def column(name: str, *cells: str) -> Found:
    rows = "".join(f'{n},"{cell}"\n' for n, cell in enumerate(cells))
    return Found(*found(f"nr,{name}\n{rows}".encode()))


def proposed(content: bytes) -> Proposal:
    return proposal(*found(content), {}, None)


def roles(made: Proposal) -> dict[str, Role]:
    return {one.name: one.role for one in made.mapping.columns}


@pytest.mark.parametrize(
    ("name", "cells", "contact"),
    [
        ("who", ["a@b.example", "c@d.example"], Contact.EMAIL),
        ("who", ["Ada Lee <a@b.example>", "Bo Ek <c@d.example>"], Contact.EMAIL),
        ("who", ["a@b.example", "none", "unknown"], None),
        ("who", ["+47 22 33 44 55", "+47 22 33 44 56"], Contact.PHONE),
        ("who", ["212-555-1234", "212-555-1235", "212-555-1236"] * 3, Contact.PHONE),
        ("order", ["2125551234", "2125551235", "2125551236"], None),
        ("mobile_number", ["2125551234", "2125551235", "2125551236"], Contact.PHONE),
        ("hotel", ["2125551234", "2125551235", "2125551236"], None),
        ("phone", ["1", "2", "3"], None),
        ("day", ["2026-01-31", "2026-02-01", "2026-02-02"], None),
        ("said", ["I wrote to a@b.example twice last week", "Late, late, late again"], None),
        ("said", ["Ring me on +47 22 33 44 55 after five, please do"] * 2, None),
        ("empty", ["", ""], None),
    ],
)
def test_contact_data_is_told_by_most_examples(
    name: str, cells: list[str], contact: Contact | None
) -> None:
    assert column(name, *cells).contact(name) is contact


@given(st.lists(st.text(alphabet="abcdefghijklmnop", min_size=1, max_size=9), min_size=1))
def test_a_column_of_addresses_is_never_kept_by_itself(names: list[str]) -> None:
    rows = "".join(f"{n},{name}@mail.example\n" for n, name in enumerate(names))
    assert roles(proposed(f"nr,reach\n{rows}".encode()))["reach"] is Role.CONTACT


def test_the_only_free_text_is_the_comment() -> None:
    rows = "".join(f"{n},{WORDS % n},c{n}@d.example\n" for n in range(20))
    made = proposed(f"nr,said,reach\n{rows}".encode())
    assert made.origin is Origin.FILE
    assert roles(made) == {"said": Role.COMMENT, "reach": Role.CONTACT}
    assert made.has_answers


def test_of_two_free_texts_the_one_with_the_longest_is_named_and_none_chosen() -> None:
    rows = "".join(f"Heading number {n} of all,{WORDS % n} {n}\n" for n in range(20))
    content = f"head,said\n{rows}".encode()
    assert roles(proposed(content)) == {}
    assert not proposed(content).has_answers
    assert wordiest(Found(*found(content))) == "said"
    assert wordiest(Found([], {})) == ""


def test_a_known_layout_is_guarded_and_what_it_says_stands(shared_data: Path) -> None:
    made = proposed((shared_data / "layouts" / "zendesk" / "ticket_data.csv").read_bytes())
    assert made.origin is Origin.LAYOUT
    contacts = {name for name, role in roles(made).items() if role is Role.CONTACT}
    assert {"recipient", "via_source_to_address", "via_source_from_address"} <= contacts
    assert roles(made)["id"] is Role.EXTERNAL_ID
    header = b"Respondent ID,Collector ID,Start Date,End Date,Write to\n"
    row = b"114290000%d,1,01/31/2026,01/31/2026,a%d@b.example\n"
    made = proposed(header + b"".join(row % (n, n) for n in range(9)))
    assert made.layout == "SurveyMonkey"
    assert roles(made)["Write to"] is Role.CONTACT
    assert roles(made)["Respondent ID"] is Role.EXTERNAL_ID
    assert "Collector ID" not in roles(made)
    assert not made.has_answers

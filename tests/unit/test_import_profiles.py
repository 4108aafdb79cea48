"""Known layouts: recognised by their exact header, and mapped as their tools mean them."""

import io
import json
from collections.abc import Mapping as Pairs
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.core.errors import BadInput
from cxquest.imports import profiles
from cxquest.imports.mapping import Mapping, Role, checked
from cxquest.imports.profiles import Profile, asks_who
from cxquest.tables import inspecting, reading
from cxquest.tables.dates import DateOrder

QUALTRICS_TOOLS = "qualtrics/QualtricsTools"
PLAY = (
    "Package Name,App Version Code,App Version Name,Reviewer Language,Device,"
    "Review Submit Date and Time,Review Submit Millis Since Epoch,"
    "Review Last Update Date and Time,Review Last Update Millis Since Epoch,Star Rating,"
    "Review Title,Review Text,Developer Reply Date and Time,Developer Reply Millis Since Epoch,"
    "Developer Reply Text,Review Link\n"
)
ZENDESK = (
    "Summation column,Id,Requester,Requester id,Requester external id,Requester email,"
    "Requester domain,Submitter,Assignee,Group,Subject,Tags,Status,Priority,Via,Ticket type,"
    "Created at,Updated at,Assigned at,Organization,Due date,Initially assigned at,Solved at,"
    "Resolution time,Satisfaction Score,Group stations,Assignee stations,Reopens,Replies,"
    "First reply time in minutes,Reason [list]\n"
)
CHATWOOT = (
    "Agent Name,Rating,Feedback Comment,Contact Name,Contact Email Address,"
    "Contact Phone Number,Link to the conversation,Recorded date\n"
)


def opened(content: bytes) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """Return what an import run keeps of a file: its columns and what was found in them."""
    file = io.BytesIO(content)
    table = reading.opened(file, reading.guess(file))
    found = inspecting.inspect(table).as_json()
    return [{"name": c.name, "title": c.title} for c in table.columns], found


def taken(content: bytes) -> tuple[str, Mapping]:
    """Return the name of the layout that a file is, and its mapping."""
    columns, found = opened(content)
    profile = profiles.recognised(columns, found)
    return (profile.name, profile.mapping(columns, found)) if profile else ("", Mapping())


def roles(mapping: Mapping) -> dict[str, Role]:
    return {column.name: column.role for column in mapping.columns}


@pytest.mark.parametrize(
    ("file", "name", "comments"),
    [
        ("qualtrics/ropensci_sample.csv", "qualtrics", ["Q2"]),
        ("qualtrics/ropensci_sample_legacy.csv", "qualtrics_legacy", ["Q2"]),
        (
            f"{QUALTRICS_TOOLS}/Better Sample Survey/Better_Sample_Survey.csv",
            "qualtrics",
            ["q5_position"],
        ),
        (
            f"{QUALTRICS_TOOLS}/Comment Coding/Test_Survey_for_Coded_Comments.csv",
            "qualtrics",
            ["Q1_TEXT", "Q2"],
        ),
        (
            f"{QUALTRICS_TOOLS}/No Basis for Evaluation/No_Basis_for_Evaluation (Legacy).csv",
            "qualtrics_legacy",
            [],
        ),
        ("surveymonkey/StarWars.csv", "surveymonkey", []),
        ("surveymonkey/steak-risk-survey.csv", "surveymonkey", []),
        ("surveymonkey/NFL_fandom_data-surveymonkey.csv", "", []),
        (
            "google_forms/Customer feedback (Responses) - Form Responses 1.csv",
            "google_forms",
            ["What could we do better?"],
        ),
        ("zendesk/ticket_data.csv", "zendesk_tickets", ["description", "subject"]),
        ("zendesk/user_data.csv", "", []),
        ("zendesk/ticket_comment_data.csv", "", []),
    ],
)
def test_genuine_exports_are_told_by_their_header(
    shared_data: Path, file: str, name: str, comments: list[str]
) -> None:
    found, mapping = taken((shared_data / "layouts" / file).read_bytes())
    assert found == name
    assert [column.name for column in mapping.of(Role.COMMENT)] == comments


def test_qualtrics_has_each_question_text_and_keeps_no_addresses(shared_data: Path) -> None:
    folder = shared_data / "layouts" / "qualtrics"
    _name, mapping = taken((folder / "ropensci_sample.csv").read_bytes())
    (comment,) = mapping.of(Role.COMMENT)
    assert comment.asked == "This is a free text question."
    assert [column.name for column in mapping.of(Role.CONTACT)] == [
        *("IPAddress", "RecipientLastName", "RecipientFirstName", "RecipientEmail")
    ]
    date, own_id = mapping.one(Role.DATE), mapping.one(Role.EXTERNAL_ID)
    assert date
    assert own_id
    assert (date.name, date.order, own_id.name) == ("RecordedDate", DateOrder.YMD, "ResponseId")
    _name, legacy = taken((folder / "ropensci_sample_legacy.csv").read_bytes())
    assert roles(legacy) == {
        "V1": Role.EXTERNAL_ID,
        "V3": Role.CONTACT,
        "V5": Role.CONTACT,
        "V6": Role.CONTACT,
        "V9": Role.DATE,
        "Q2": Role.COMMENT,
    }


def test_an_export_that_a_spreadsheet_rewrote_is_dated_as_the_file_allows(
    shared_data: Path,
) -> None:
    folder = shared_data / "layouts" / QUALTRICS_TOOLS / "Better Sample Survey"
    _name, mapping = taken((folder / "Better_Sample_Survey_split.csv").read_bytes())
    date = mapping.one(Role.DATE)
    assert date
    assert date.order is DateOrder.MDY


def test_every_layout_file_is_mapped_so_that_it_fits_or_lacks_only_words(
    shared_data: Path,
) -> None:
    for file in sorted((shared_data / "layouts").rglob("*.csv")):
        columns, found = opened(file.read_bytes())
        profile = profiles.recognised(columns, found)
        if profile is None:
            continue
        mapping = profile.mapping(columns, found)
        assert {c.name for c in mapping.columns} <= {one["name"] for one in columns}, file
        if mapping.of(Role.COMMENT, Role.RATING):
            assert checked(mapping, [one["name"] for one in columns]), file


def test_google_play_in_utf_16() -> None:
    rows = (
        "com.x,1,1.0,de,a06,2026-01-05T14:40:32Z,1,2026-02-13T13:02:47Z,2,2,,Stürzt ab,,,,"
        "http://play.google.com/x?reviewId=d2b0\n"
        "com.x,1,1.0,en,a06,2026-01-06T14:40:32Z,1,2026-01-06T13:02:47Z,2,5,,,,,,\n"
    )
    name, mapping = taken((PLAY + rows).encode("utf-16"))
    assert name == "google_play"
    assert roles(mapping) == {
        "Reviewer Language": Role.LANGUAGE,
        "Review Last Update Date and Time": Role.DATE,
        "Star Rating": Role.RATING,
        "Review Title": Role.COMMENT,
        "Review Text": Role.COMMENT,
        "Review Link": Role.EXTERNAL_ID,
    }
    (stars,) = mapping.of(Role.RATING)
    assert stars.scale
    assert (stars.scale.low, stars.scale.high) == (Decimal(1), Decimal(5))
    assert stars.scale.best_is_high


def test_zendesk_view_keeps_no_names() -> None:
    row = (
        "1,77,Ada,5,,ada@x.example,x.example,Ada,Bo,Care,It hums,,Closed,Normal,Mail,Incident,"
        "2026-04-08 20:52,2026-04-09 10:28,,,,,,1604,Good,1,1,0,2,173,Noise\n"
    )
    name, mapping = taken((ZENDESK + row).encode())
    assert name == "zendesk_view"
    who = {column.name for column in mapping.of(Role.CONTACT)}
    assert who == {"Requester", "Requester email", "Submitter", "Assignee"}
    assert roles(mapping)["Subject"] is Role.COMMENT
    assert roles(mapping)["Id"] is Role.EXTERNAL_ID


def test_chatwoot_keeps_no_colleague_and_no_customer() -> None:
    row = (
        "Bo (bo@x.example),2,Too slow,Ada,ada@y.example,+4712345678,"
        "https://x.example/1,2026-05-01 12:00:00 UTC\n"
    )
    name, mapping = taken((CHATWOOT + row).encode())
    assert name == "chatwoot_csat"
    assert [column.name for column in mapping.of(Role.COMMENT)] == ["Feedback Comment"]
    assert {column.name for column in mapping.of(Role.CONTACT)} == {
        *("Agent Name", "Contact Name", "Contact Email Address", "Contact Phone Number")
    }


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (
            {
                "id": "1",
                "rating": 2,
                "title": "Hums",
                "body": "It hums",
                "reviewerNickname": "ada",
                "createdDate": "2026-02-01T10:00:00-08:00",
                "territory": "NOR",
            },
            "app_store",
        ),
        (
            {
                "type": "customerReviews",
                "id": "1",
                "attributes": {
                    "rating": 2,
                    "title": "Hums",
                    "body": "It hums",
                    "reviewerNickname": "ada",
                    "createdDate": "2026-02-01T10:00:00-08:00",
                    "territory": "NOR",
                },
            },
            "app_store_connect",
        ),
        (
            {
                "author": {"name": {"label": "ada"}, "uri": {"label": "https://x.example"}},
                "updated": {"label": "2026-02-01T10:00:00-07:00"},
                "im:rating": {"label": "2"},
                "im:version": {"label": "1.2"},
                "id": {"label": "1"},
                "title": {"label": "Hums"},
                "content": {"label": "It hums"},
            },
            "app_store_feed",
        ),
    ],
)
def test_app_store_json(record: Pairs[str, Any], name: str) -> None:
    lines = "\n".join(json.dumps(record) for _again in range(2))
    found, mapping = taken(lines.encode())
    assert found == name
    assert {column.role for column in mapping.columns} == {
        *(Role.EXTERNAL_ID, Role.DATE, Role.RATING, Role.COMMENT, Role.CONTACT)
    }
    assert len(mapping.of(Role.COMMENT)) == 2
    date = mapping.one(Role.DATE)
    assert date
    assert date.order is DateOrder.YMD


def test_google_forms_leaves_an_unclear_order_to_the_person() -> None:
    clear = b"Timestamp,What?\n3/9/2026 0:00:00,It hums all night\n6/13/2026 2:11:59,I am cold\n"
    unclear = b"Timestamp,What?\n3/9/2026 0:00:00,It hums all night\n6/3/2026 2:11:59,I am cold\n"
    orders = [taken(content)[1].one(Role.DATE) for content in (clear, unclear)]
    assert [date and date.order for date in orders] == [DateOrder.MDY, None]


def test_our_template_is_recognised_and_complete() -> None:
    header = ",".join(column.name for column in profiles.TEMPLATE)
    name, mapping = taken(f"{header}\n1,2026-02-01,Use,It hums,2,en,a@x.example,yes\n".encode())
    assert name == "template"
    assert mapping.columns == profiles.TEMPLATE
    assert checked(mapping, header.split(",")) == mapping


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Please tell us how to reach you - Name:", True),
        ("Email", True),
        ("Telefonnummer", True),
        ("Contact-Mailing Address:", True),
        ("What is the name of the product?", False),
        ("How did you hear about us?", False),
        ("", False),
    ],
)
def test_a_question_that_asks_who_somebody_is_becomes_no_comment(question: str, asks: bool) -> None:
    assert asks_who(question) is asks


@pytest.mark.parametrize("profile", profiles.PROFILES, ids=lambda one: one.name)
def test_a_layout_is_found_by_its_name(profile: Profile) -> None:
    assert profiles.named(profile.name) is profile


def test_a_layout_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(BadInput, match="qualtrics_legacy"):
        profiles.named("klingon")


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8, unique=True))
def test_no_other_header_is_taken_for_a_known_layout(names: list[str]) -> None:
    columns = [{"name": name, "title": name} for name in names]
    assert profiles.recognised(columns, {}) is None

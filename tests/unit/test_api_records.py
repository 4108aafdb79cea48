"""What a call of the API comes to: read strictly, the same as a row of a file, never an error."""

import contextlib
import json
import string
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.core.errors import BadInput, Refusal
from cxquest.imports import bodies, contacts, intake, openapi, receiving, records
from cxquest.imports.intake import Record, Terms
from cxquest.imports.mapping import Column, Mapping, Role, Scale
from cxquest.tables.dates import DateOrder
from cxquest.tables.reading import Row

TERMS = Terms({"install": 7}, date(2026, 4, 1), contacts.keyed("a secret"))
SAID = {"comments": [{"text": "They came late"}]}
RATED = {"value": 4, "low": 1, "high": 5, "best": "high"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(records.OWN) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


def came_to(*given: object) -> list[Record | list[records.Fault]]:
    listed = bodies.listed(json.dumps({"records": given}).encode())
    return list(receiving.received(listed, TERMS))


def one(**changed: object) -> Record:
    (found,) = came_to({**SAID, **changed})
    assert isinstance(found, Record), found
    return found


def faults(**changed: object) -> list[tuple[str, str]]:
    (found,) = came_to({**SAID, **changed})
    assert isinstance(found, list), found
    return [(fault.field, fault.error) for fault in found]


def test_a_whole_record() -> None:
    found = one(
        external_id=" case-1 ",
        collected_on="2026-03-31T23:30:00-05:00",
        stage="Install",
        language="pt-BR",
        ratings=[{"question": "How?", **RATED, "value": 4.25, "best": "low"}],
        extra={"shop": "Oslo"},
    )
    assert found.identity == "id:case-1"
    assert (found.collected_on, found.collected_raw) == (
        date(2026, 3, 31),
        "2026-03-31T23:30:00-05:00",
    )
    assert (found.stage_id, found.unknown_stage, found.language) == (7, "", "pt")
    assert found.comments == (("", "They came late"),)
    (rated,) = found.ratings
    assert (rated.question, rated.value, rated.raw) == ("How?", Decimal("4.2500"), "4.25")
    assert rated.scale == Scale(Decimal(1), Decimal(5), best_is_high=False)
    assert found.original == {"shop": "Oslo", "stage": "Install", "language": "pt-BR"}
    assert found.doubts == ()


def test_it_is_the_same_record_as_the_row_of_a_file() -> None:
    mapping = Mapping(
        (
            Column("id", Role.EXTERNAL_ID),
            Column("day", Role.DATE, order=DateOrder.YMD),
            Column("said", Role.COMMENT),
            Column("rated", Role.RATING, scale=Scale(Decimal(1), Decimal(5))),
            Column("address", Role.CONTACT),
            Column("consent", Role.CONSENT),
        )
    )
    header = ["id", "day", "said", "rated", "address", "consent"]
    row = Row(2, ["c1", "2026-03-31", "Late", "4", "Ada@x.example", "yes"])
    (from_file,) = intake.records([row], header, mapping, TERMS)
    from_call = one(
        external_id="c1",
        collected_on="2026-03-31",
        comments=[{"question": "said", "text": "Late"}],
        ratings=[{"question": "rated", **RATED}],
        contact="ada@X.example ",
        consent=True,
    )
    assert isinstance(from_file, Record)
    assert from_call._replace(line=2) == from_file


@pytest.mark.parametrize("consent", [None, False])
def test_contact_data_is_dropped_without_consent(consent: bool | None) -> None:
    found = one(contact="ada@x.example", consent=consent)
    assert found.contact == ""
    assert "ada" not in repr(found)


def test_contact_data_is_hashed_with_consent() -> None:
    found = one(contact="ada@x.example", consent=True)
    assert found.contact == TERMS.keyed("ada@x.example")
    assert "ada" not in repr(found)


def test_without_an_id_it_is_the_same_while_its_content_is() -> None:
    same = [one(), one(), one(external_id=None, extra={})]
    others = [one(collected_on="2026-03-01"), one(extra={"a": "b"}), one(ratings=[RATED])]
    assert {record.identity for record in same} == {one().identity}
    assert len({record.identity for record in [*same, *others]}) == 4
    assert one(ratings=[RATED]) == one(ratings=[{**RATED, "value": 4.0, "low": 1.00, "high": 5e0}])


def test_an_id_that_a_spreadsheet_ate_identifies_nothing() -> None:
    first, second = one(external_id="5.70E+17"), one(external_id="5.70E+17", stage="Install")
    assert first.identity != second.identity
    assert [doubt.column for doubt in first.doubts] == ["external_id"]


def test_within_a_call() -> None:
    (first, again, other, no_id, no_id_again) = came_to(
        {**SAID, "external_id": "1"},
        {**SAID, "external_id": "1"},
        {"external_id": "1", "comments": [{"text": "Other"}]},
        SAID,
        SAID,
    )
    assert isinstance(first, Record)
    assert isinstance(again, Record)
    assert (first.again, again.again) == (False, True)
    assert other == [records.Fault(2, "external_id", receiving.ID_AGAIN)]
    assert isinstance(no_id, Record)
    assert isinstance(no_id_again, Record)
    assert (no_id.again, no_id_again.again) == (False, True)


@pytest.mark.parametrize(
    ("day", "on"),
    [
        ("2026-03-31", date(2026, 3, 31)),
        ("2026-03-31T09:30Z", date(2026, 3, 31)),
        ("2026-03-31 09:30:59.123456789+02:00", date(2026, 3, 31)),
        ("2026-03-31t23:59:60z", date(2026, 3, 31)),
    ],
)
def test_a_day_or_an_instant(day: str, on: date) -> None:
    assert one(collected_on=day).collected_on == on


@pytest.mark.parametrize(
    "day", ["2026-02-30", "31.3.2026", "2026-3-1", "", "0000-01-01", "２026-01-01"]
)
def test_no_day(day: str) -> None:
    assert [field for field, _error in faults(collected_on=day)] == ["collected_on"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("collected_on", "1970-01-01"), ("stage", "Nowhere"), ("collected_on", "2099-01-01")],
)
def test_what_is_doubtful_is_kept_and_named(field: str, value: str) -> None:
    found = one(**{field: value})
    assert [doubt.column for doubt in found.doubts] == [field]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"comments": []}, ""),
        ({"comments": [{"text": " \n"}]}, "comments.0.text"),
        ({"comments": [{"text": "x" * 100_001}]}, "comments.0.text"),
        ({"comments": [{"text": "a\0b"}]}, "comments.0.text"),
        ({"comments": [{"text": "\ud800"}]}, "comments.0.text"),
        ({"comments": [{"text": "a", "by": "b"}]}, "comments.0.by"),
        ({"comments": [{"text": 5}]}, "comments.0.text"),
        ({"comments": [{}]}, "comments.0.text"),
        ({"comments": [{"text": "a"}] * 101}, "comments"),
        ({"comments": None}, "comments"),
        ({"external_id": 5}, "external_id"),
        ({"external_id": "x" * 201}, "external_id"),
        ({"consent": "yes"}, "consent"),
        ({"consent": 1}, "consent"),
        ({"language": "in German"}, "language"),
        ({"new": 1}, "new"),
        ({"\ud800": 1}, ""),
        ({"extra": {"a": 1}}, "extra.a"),
        ({"extra": {"a": "\0"}}, "extra.a"),
        ({"extra": {"contact": "ada@x.example"}}, "extra.contact"),
        ({"extra": {"\ud800": "x"}}, "extra.\ufffd\ufffd\ufffd"),
        ({"ratings": [{**RATED, "value": "4"}]}, "ratings.0.value"),
        ({"ratings": [{**RATED, "value": True}]}, "ratings.0.value"),
        ({"ratings": [{**RATED, "value": float("nan")}]}, "ratings.0.value"),
        ({"ratings": [{**RATED, "value": 10**500}]}, "ratings.0.value"),
        ({"ratings": [{**RATED, "high": 1e308}]}, "ratings.0.high"),
        ({"ratings": [{**RATED, "value": 6}]}, "ratings.0"),
        ({"ratings": [{**RATED, "low": 5}]}, "ratings.0"),
        ({"ratings": [{**RATED, "best": "High"}]}, "ratings.0.best"),
        ({"ratings": [{"value": 4}]}, "ratings.0.low"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_named(changed: dict[str, object], field: str) -> None:
    found = faults(**changed)
    assert found[0][0] == field
    assert all(error for _field, error in found)
    assert "\\u0000" not in json.dumps(found)


@pytest.mark.parametrize("given", [None, 5, "a", [], [SAID], True])
def test_no_object(given: object) -> None:
    assert came_to(given) == [[records.Fault(0, "", "Write an object.")]]


def test_of_a_record_the_first_faults_are_named() -> None:
    assert len(faults(**{f"f{number}": 1 for number in range(99)})) == records.MOST_FAULTS


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b'{"records": [}', 400),
        (b"[]", 422),
        (b"null", 422),
        (b"{}", 422),
        (b'{"records": {}}', 422),
        (b'{"records": []}', 422),
        (b'{"records": [1], "more": 1}', 422),
        (b'{"records": [' + b"1," * 1000 + b"1]}", 422),
        (b"[" * 100_000, 422),
        (b'{"a":' * 100_000, 422),
        (b"{" + b",".join(b'"%d":1' % n for n in range(201)) + b"}", 422),
    ],
    ids=range(14),
)
def test_a_body_that_is_no_call(body: bytes, status: int) -> None:
    with pytest.raises(Refusal) as refused:
        bodies.listed(body)
    assert refused.value.status == status


def test_numbers_are_read_exactly_and_within_bounds() -> None:
    body = b'{"records": [0.1, 1e999999, 1e99999999999999999999, NaN, %s]}' % (b"9" * 5000)
    tenth, large, *none = bodies.listed(body)
    assert (tenth, large) == (Decimal("0.1"), Decimal("1E+999999"))
    assert all(isinstance(one, Decimal) and one.is_nan() for one in none)


@given(st.lists(JSON, min_size=1, max_size=5))
def test_any_json_is_answered(given: list[object]) -> None:
    found = came_to(*given)
    assert len(found) == len(given)
    for place, one in enumerate(found):
        if isinstance(one, list):
            assert one
            assert {fault.index for fault in one} == {place}
            json.dumps([fault.as_json() for fault in one]).encode()


@given(st.binary(max_size=200) | st.text(string.printable).map(str.encode))
def test_any_bytes_are_answered(body: bytes) -> None:
    with contextlib.suppress(BadInput, bodies.Unreadable):
        assert bodies.listed(body)


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
    st.decimals(-10, 10, places=6),
)
def test_text_and_number_are_kept_as_they_came(text: str, value: Decimal) -> None:
    rating = {"value": float(value), "low": -10, "high": 10, "best": "high"}
    (found,) = came_to({"comments": [{"text": text}], "ratings": [rating]})
    if not text.strip():
        assert isinstance(found, list)
        return
    assert isinstance(found, Record)
    assert found.comments == (("", text),)
    assert Decimal(found.ratings[0].raw) == Decimal(str(float(value)))
    assert abs(found.ratings[0].value - value) <= Decimal("0.00005")


def test_the_description_holds_together() -> None:
    whole = openapi.description("1")
    text = json.dumps(whole)
    for place in {part.split('"')[0] for part in text.split('"$ref": "#/')[1:]}:
        found: object = whole
        for name in place.split("/"):
            assert isinstance(found, dict)
            found = found[name]
    assert whole["openapi"] == "3.1.0"
    assert "$defs" not in text
    assert set(records.FeedbackRecord.model_fields) == set(records.OWN)
    given = whole["components"]["schemas"]["FeedbackRecord"]["properties"]
    assert set(given) == set(records.OWN)

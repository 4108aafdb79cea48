"""What a row of feedback comes to: nothing lost, nothing invented, nothing guessed."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.core.errors import BadInput
from cxquest.imports import contacts, intake, mapping
from cxquest.imports.intake import Record, Rejection, Terms
from cxquest.imports.mapping import Column, Mapping, Role, Scale, mapped
from cxquest.imports.outcome import Outcome, sort_out
from cxquest.tables.dates import DateOrder
from cxquest.tables.row import Row

HEADER = ["id", "day", "said", "more", "rated", "where", "shop"]
FIVE = Scale(Decimal(1), Decimal(5))
WHOLE = mapped(
    comments=("said", "more"),
    external_id="id",
    date="day",
    order=DateOrder.DMY,
    ratings=("rated",),
    scale=FIVE,
    stage="where",
)
TERMS = Terms({"delivery": 7}, date(2026, 3, 2), contacts.keyed("a secret"))


def read(*rows: list[str], by: Mapping = WHOLE) -> list[Record | Rejection]:
    numbered = (Row(line, cells) for line, cells in enumerate(rows, start=2))
    return list(intake.records(numbered, HEADER, by, TERMS))


def record(cells: list[str], by: Mapping = WHOLE) -> Record:
    (found,) = read(cells, by=by)
    assert isinstance(found, Record)
    return found


def rejection(cells: list[str]) -> Rejection:
    (found,) = read(cells)
    assert isinstance(found, Rejection)
    return found


def test_a_row_is_kept_whole() -> None:
    found = record(["A1", "1.2.2026", " Too late. ", "", "2", "Delivery", "Oslo"])
    assert found.comments == (("said", " Too late. "),)
    assert (found.external_id, found.identity) == ("A1", "id:A1")
    assert (found.collected_on, found.collected_raw) == (date(2026, 2, 1), "1.2.2026")
    assert [(one.value, one.raw) for one in found.ratings] == [(Decimal(2), "2")]
    assert found.stage_id == 7
    assert found.original == {"where": "Delivery", "shop": "Oslo"}


def test_a_row_without_a_comment_is_still_an_answer() -> None:
    assert record(["A1", "", " ", "", "", "", ""]).comments == ()


def test_cells_past_the_header_are_kept() -> None:
    found = record(["A1", "", "x", "", "", "", "", "", "extra"])
    assert found.original == {"Column 9": "extra"}


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (1, "2015-10-01", "day, month, year"),
        (2, "x" * 100_001, "100,000"),
    ],
)
def test_a_row_that_cannot_be_kept_is_named(place: int, value: str, reason: str) -> None:
    cells = ["A1", "1.2.2026", "said", "", "2", "", ""]
    cells[place] = value
    found = rejection(cells)
    assert (found.line, found.column) == (2, HEADER[place])
    assert reason in found.reason
    assert found.cells == cells


@pytest.mark.parametrize(
    ("value", "reason"),
    [("good", "not a number"), ("nan", "not a number"), ("-o", "not a number"), ("6", "scale")],
)
def test_a_number_that_is_none_is_kept_as_text_and_doubted(value: str, reason: str) -> None:
    found = record(["A1", "1.2.2026", "said", "", value, "", ""])
    assert found.ratings == ()
    assert found.original == {"rated": value}
    assert [(doubt.column, doubt.value) for doubt in found.doubts] == [("rated", value)]
    assert reason in found.doubts[0].reason


@pytest.mark.parametrize("day", ["1.1.1970", "3.4.2026"])
def test_a_day_that_nobody_can_mean_is_kept_and_doubted(day: str) -> None:
    found = record(["A1", day, "said", "", "2", "", ""])
    assert found.collected_raw == day
    assert found.collected_on is not None
    assert [doubt.column for doubt in found.doubts] == ["day"]


def test_a_row_that_the_end_of_the_file_cut_is_rejected() -> None:
    row = Row(9, ["A1", "", "Half a sen"], incomplete=True)
    (found,) = intake.records([row], HEADER, WHOLE, TERMS)
    assert isinstance(found, Rejection)
    assert (found.line, found.cells) == (9, ["A1", "", "Half a sen"])


def test_bytes_that_could_not_be_read_are_doubted_and_kept() -> None:
    row = Row(3, ["A1", "", "sm\ufffdr", "", "", "", ""], damaged=(2,))
    (found,) = intake.records([row], HEADER, WHOLE, TERMS)
    assert isinstance(found, Record)
    assert found.comments == (("said", "sm\ufffdr"),)
    assert [doubt.column for doubt in found.doubts] == ["said"]


ADDRESSED = Mapping(
    (
        Column("said", Role.COMMENT, question="What happened?"),
        Column("where", Role.CONSENT),
        Column("shop", Role.CONTACT),
    )
)


def test_an_id_that_is_too_long_still_tells_rows_apart() -> None:
    long = "x" * 201
    told = ((long, "a"), (long + "y", "b"), (long, "c"))
    first, second, again = read(*([own_id, "", said, *[""] * 4] for own_id, said in told))
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert first.identity != second.identity
    assert (first.external_id, first.original) == ("", {"id": long})
    assert isinstance(again, Rejection)


def test_the_address_among_contact_data_is_the_one_that_is_hashed() -> None:
    both = Mapping((*ADDRESSED.columns, Column("more", Role.CONTACT)))
    found = record(["", "", "Late", "Eva Holm", "", "yes", "eva@example.com"], both)
    assert found.contact == contacts.keyed("a secret")("eva@example.com")


def test_contact_data_goes_unless_its_customer_agreed() -> None:
    silent = record(["", "", "Late", "", "", "no", "eva@example.com"], ADDRESSED)
    assert silent.contact == ""
    assert "eva" not in repr(silent)
    agreed = record(["", "", "Late", "", "", "Yes", "Eva@example.com"], ADDRESSED)
    assert agreed.contact == contacts.keyed("a secret")("eva@example.com")
    assert agreed.contact != contacts.keyed("another")("eva@example.com")
    assert "example" not in repr(agreed)
    assert agreed.comments == (("What happened?", "Late"),)


def test_a_rejected_row_does_not_keep_contact_data_either() -> None:
    both = Mapping((*ADDRESSED.columns, Column("day", Role.DATE, order=DateOrder.DMY)))
    (found,) = read(["", "soon", "Late", "", "", "no", "eva@example.com"], by=both)
    assert isinstance(found, Rejection)
    assert "eva" not in repr(found)


def test_each_rating_has_its_own_scale_and_decimal_sign() -> None:
    ten = Scale(Decimal(0), Decimal(10), best_is_high=False)
    several = Mapping(
        (
            Column("rated", Role.RATING, scale=FIVE),
            Column("more", Role.RATING, scale=ten, decimal=","),
        )
    )
    found = record(["", "", "", "7,5", "3", "", ""], several)
    assert [(one.question, one.value, one.scale) for one in found.ratings] == [
        ("rated", Decimal(3), FIVE),
        ("more", Decimal("7.5"), ten),
    ]


def test_its_neighbours_are_taken() -> None:
    found = read(["1", "?", "a", *[""] * 4], ["2", "1.1.2026", "b", *[""] * 4])
    assert [type(one) for one in found] == [Rejection, Record]


def test_an_id_that_comes_again_with_other_content_is_rejected() -> None:
    found = read(["1", "", "a", *[""] * 4], ["1", "", "b", *[""] * 4], ["1", "", "a", *[""] * 4])
    assert [type(one) for one in found] == [Record, Rejection, Record]
    assert isinstance(found[1], Rejection)
    assert (found[1].column, found[1].value) == ("id", "1")


def test_ids_that_a_spreadsheet_shortened_identify_nothing() -> None:
    found = read(["5.70E+17", "", "a", *[""] * 4], ["5.70E+17", "", "b", *[""] * 4])
    assert all(isinstance(one, Record) and one.doubts for one in found)
    assert len({one.identity for one in found if isinstance(one, Record)}) == 2


def test_rows_without_an_id_are_told_apart_by_content_and_count() -> None:
    cells = ["", "", "same", *[""] * 4]
    first, second = read(cells, cells, by=mapped(comments=["said"]))
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert first.identity.removesuffix(":0") == second.identity.removesuffix(":1")
    assert first.fingerprint == second.fingerprint
    assert first.content == second.content


def test_the_same_cells_under_another_header_are_another_answer() -> None:
    row = Row(2, ["good", "5"])
    by = mapped(comments=["Delivery"])
    told = [
        next(intake.records([row], [head, "Score"], by_header, TERMS))
        for head, by_header in (("Delivery", by), ("Service", mapped(comments=["Service"])))
    ]
    first, second = told
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert first.identity != second.identity


def test_ids_that_are_not_sound_tell_no_rows_apart() -> None:
    unsound = Mapping(WHOLE.columns, by_id=False)
    found = read(["1", "", "a", *[""] * 4], ["1", "", "b", *[""] * 4], by=unsound)
    assert [one.external_id for one in found if isinstance(one, Record)] == ["1", "1"]
    assert len({one.identity for one in found if isinstance(one, Record)}) == 2


@pytest.mark.parametrize(
    ("chosen", "words", "field"),
    [
        (mapped(comments=["nope"]), "Its columns are: id, day", "columns"),
        (mapped(comments=["said", "said"]), "mapped twice", "columns"),
        (mapped(external_id="id"), "customers' words", "columns"),
        (mapped(comments=["said"], date="day"), "order", "order:day"),
        (mapped(ratings=["rated"]), "lowest and the highest", "low:rated"),
        (
            Mapping((Column("id", Role.EXTERNAL_ID), Column("day", Role.EXTERNAL_ID))),
            "chosen for one thing",
            "role:day",
        ),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(chosen: Mapping, words: str, field: str) -> None:
    with pytest.raises(BadInput, match=words) as refused:
        mapping.checked(chosen, HEADER)
    assert refused.value.field == field


def test_a_column_is_found_whatever_its_line_breaks() -> None:
    found = mapping.checked(mapped(comments=["Which areas (several)"]), ["Which areas\n(several)"])
    assert [column.name for column in found.columns] == ["Which areas\n(several)"]


@pytest.mark.parametrize(
    ("text", "ends"), [("1-5", (1, 5)), ("0 to 10", (0, 10)), ("-5..5", (-5, 5)), ("-5-5", (-5, 5))]
)
def test_a_scale_is_read(text: str, ends: tuple[int, int]) -> None:
    found = mapping.scale(text)
    assert (int(found.low), int(found.high)) == ends


@pytest.mark.parametrize("text", ["", "5", "5-1", "a-b", "1-1", "..-5", "1-99999999999"])
def test_what_is_no_scale_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not a scale"):
        mapping.scale(text)


def test_a_mapping_survives_being_kept() -> None:
    assert Mapping.from_json(WHOLE.as_json()) == WHOLE
    assert Mapping.from_json(ADDRESSED.as_json()) == ADDRESSED
    assert Mapping.from_json({}) == Mapping()


cells = st.text(max_size=12) | st.sampled_from(["1", "2", "1.2.2026", "3/3/26", "A", "Delivery"])
files = st.lists(st.lists(cells, min_size=1, max_size=9), max_size=12)


@given(files)
def test_no_text_is_lost(rows: list[list[str]]) -> None:
    for given_cells, found in zip(rows, read(*rows), strict=True):
        kept = (
            "".join(found.cells)
            if isinstance(found, Rejection)
            else "".join(
                [
                    found.external_id,
                    found.collected_raw,
                    *(text for _, text in found.comments),
                    *(one.raw for one in found.ratings),
                    *found.original.values(),
                ]
            )
        )
        expected = "".join(given_cells).replace("\x00", "\ufffd")
        assert sorted("".join(kept.split())) == sorted("".join(expected.split()))


@given(files, files)
def test_every_row_is_accounted_for(earlier: list[list[str]], later: list[list[str]]) -> None:
    known: dict[str, tuple[int, str]] = {}
    for rows in (earlier, later, later):
        outcome = Outcome()
        found = read(*rows)
        for one in found:
            if isinstance(one, Rejection):
                outcome.reject(one, "day")
        taken = [one for one in found if isinstance(one, Record)]
        fresh, changed = sort_out(taken, known, outcome)
        for kept in [*fresh, *(one for _, one in changed)]:
            known[kept.identity] = (1, kept.fingerprint)
        assert outcome.read == len(rows)
        assert outcome.read == (
            outcome.created + outcome.updated + outcome.unchanged + outcome.rejected
        )
        assert (outcome.created, outcome.updated) == (len(fresh), len(changed))
    assert outcome.created == outcome.updated == 0

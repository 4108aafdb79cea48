"""What a row of feedback comes to: nothing lost, nothing invented, nothing guessed."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.core.csvfile import Row
from cxquest.core.errors import BadInput
from cxquest.voice import dates, intake
from cxquest.voice.dates import DateOrder
from cxquest.voice.intake import Mapping, Record, Rejection, Scale
from cxquest.voice.outcome import Outcome, sort_out

HEADER = ["id", "day", "said", "more", "rated", "where", "shop"]
FIVE = Scale(Decimal(1), Decimal(5))
WHOLE = Mapping(
    comments=("said", "more"),
    external_id="id",
    collected_at="day",
    date_order=DateOrder.DMY,
    ratings=("rated",),
    scale=FIVE,
    stage="where",
)
STAGES = {"delivery": 7}


def read(*rows: list[str], mapping: Mapping = WHOLE) -> list[Record | Rejection]:
    numbered = (Row(line, cells) for line, cells in enumerate(rows, start=2))
    return list(intake.records(numbered, HEADER, mapping, STAGES))


def record(cells: list[str], mapping: Mapping = WHOLE) -> Record:
    (found,) = read(cells, mapping=mapping)
    assert isinstance(found, Record)
    return found


def rejection(cells: list[str]) -> Rejection:
    (found,) = read(cells)
    assert isinstance(found, Rejection)
    return found


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2015/10/1", "ymd", date(2015, 10, 1)),
        ("2015-10-01", "ymd", date(2015, 10, 1)),
        ("2015-10-01T23:59:00Z", "ymd", date(2015, 10, 1)),
        ("2020-03-20 02:32:49.426", "ymd", date(2020, 3, 20)),
        ("1.10.2015", "dmy", date(2015, 10, 1)),
        ("10/1/2015", "mdy", date(2015, 10, 1)),
        ("3/9/2014 0:00:00", "mdy", date(2014, 3, 9)),
        ("1.10.15", "dmy", date(2015, 10, 1)),
        ("2015-10-01", "dmy", None),
        ("31/12/2015", "mdy", None),
        ("2015-02-30", "ymd", None),
        ("15-10-01", "ymd", None),
        ("1.10-2015", "dmy", None),
        ("yesterday", "dmy", None),
        ("٢٠١٥-10-01", "ymd", None),
    ],
)
def test_a_date_is_read_in_the_order_that_was_chosen(
    text: str, order: str, day: date | None
) -> None:
    assert dates.parsed(text, DateOrder(order)) == day


def test_the_preview_counts_each_order_and_what_is_ambiguous() -> None:
    ymd, dmy, mdy = dates.readings(["3/4/2015", "4/4/2015", "13/4/2015", "4/13/2015", "?"])
    assert (ymd.parsed, ymd.ambiguous) == (0, 0)
    assert (dmy.parsed, dmy.ambiguous) == (3, 1)
    assert (mdy.parsed, mdy.ambiguous, mdy.latest) == (3, 1, date(2015, 4, 13))


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
        (4, "good", "not a number"),
        (4, "nan", "not a number"),
        (4, "6", "not on the scale"),
        (0, "x" * 201, "too long"),
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
    assert all(isinstance(one, Record) and one.eaten_id for one in found)
    assert len({one.identity for one in found if isinstance(one, Record)}) == 2


def test_rows_without_an_id_are_told_apart_by_content_and_count() -> None:
    mapping = Mapping(comments=("said",))
    cells = ["", "", "same", *[""] * 4]
    first, second = read(cells, cells, mapping=mapping)
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert first.identity.removesuffix(":0") == second.identity.removesuffix(":1")
    assert first.fingerprint == second.fingerprint


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        (Mapping(comments=("nope",)), "Its columns are: id, day"),
        (Mapping(comments=("said", "said")), "mapped twice"),
        (Mapping(external_id="id"), "customers' words"),
        (Mapping(comments=("said",), collected_at="day"), "order"),
        (Mapping(ratings=("rated",)), "lowest and the highest"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(mapping: Mapping, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        intake.checked(mapping, HEADER)


def test_a_column_is_found_whatever_its_line_breaks() -> None:
    found = intake.checked(Mapping(comments=("Which areas (several)",)), ["Which areas\n(several)"])
    assert found.comments == ("Which areas\n(several)",)


@pytest.mark.parametrize(
    ("text", "ends"), [("1-5", (1, 5)), ("0 to 10", (0, 10)), ("-5..5", (-5, 5)), ("-5-5", (-5, 5))]
)
def test_a_scale_is_read(text: str, ends: tuple[int, int]) -> None:
    found = intake.scale(text)
    assert (int(found.low), int(found.high)) == ends


@pytest.mark.parametrize("text", ["", "5", "5-1", "a-b", "1-1", "..-5", "1-99999999999"])
def test_what_is_no_scale_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not a scale"):
        intake.scale(text)


def test_a_mapping_survives_being_kept() -> None:
    assert Mapping.from_json(WHOLE.as_json()) == WHOLE
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

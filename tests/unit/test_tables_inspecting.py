"""What is found in a table before anything of it is taken."""

import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cxquest.tables import ids, inspecting, reading
from cxquest.tables.columns import ColumnKind, Found
from cxquest.tables.ids import Ids
from cxquest.tables.inspecting import Inspection
from cxquest.tables.scales import Part, scales


def inspected(content: bytes, **chosen: Any) -> Inspection:
    file = io.BytesIO(content)
    return inspecting.inspect(reading.opened(file, reading.guess(file)), **chosen)


def example(shared_data: Path, name: str) -> dict[str, Found]:
    content = (shared_data / "feedback" / name).read_bytes()
    found = inspected(content, today=date(2026, 3, 5))
    json.dumps(found.as_json())
    return {column.name: column for column in found.columns}


def column_of(cells: list[str]) -> Ids:
    column = Ids()
    for cell in cells:
        column.add(cell)
    return column


def test_sound_ids_are_sound() -> None:
    column = column_of([f"R-{n}" for n in range(500)])
    assert (column.sound, column.reasons, column.distinct) == (True, [], 500)


def test_ids_in_scientific_notation_are_eaten() -> None:
    column = column_of([str(n) for n in range(50)] + ["5.70E+17"])
    assert not column.sound
    assert column.reasons == [ids.EATEN]
    assert column_of(["5,70E+17", "5,71E+17"]).reasons == [ids.EATEN]


def test_long_ids_that_end_in_noughts_are_rounded() -> None:
    rounded = column_of([f"{570301234567890 + n}000" for n in range(50)])
    assert (rounded.sound, rounded.reasons) == (False, [ids.ROUNDED])
    assert column_of([str(570301234567890123 + n) for n in range(50)]).sound


def test_far_fewer_ids_than_rows_are_no_ids() -> None:
    assert column_of(["a", "b"] * 40).reasons == [ids.REPEATED]
    some = column_of([f"x{n}" for n in range(40)] + ["x1", "", " "])
    assert some.sound
    assert some.reasons == [ids.BLANK, ids.REPEATED_SOME]
    assert column_of(["", ""]).reasons == [ids.NONE]


@given(st.lists(st.integers(0, 300), max_size=400))
def test_different_ids_are_counted_exactly(numbers: list[int]) -> None:
    assert column_of([f"id{n}" for n in numbers]).distinct == len(set(numbers))


def test_many_ids_are_counted_exactly() -> None:
    assert column_of([str(n % 150_000) for n in range(200_000)]).distinct == 150_000


def test_scales_tell_two_that_were_mixed() -> None:
    stars = {Decimal(n): 400 for n in range(1, 6)}
    tens = {Decimal(n): 12 for n in range(6, 11)}
    assert scales(stars) == [Part(Decimal(1), Decimal(5), 2000)]
    assert scales({**stars, **tens}) == [
        Part(Decimal(1), Decimal(5), 2000),
        Part(Decimal(1), Decimal(10), 60),
    ]
    ten = {Decimal(n): 100 + 10 * n for n in range(11)}
    assert scales(ten) == [Part(Decimal(0), Decimal(10), sum(ten.values()))]
    assert scales({Decimal(-3): 5, Decimal(4): 1}) == []
    assert scales({}) == []


def test_kinds_of_columns_are_told() -> None:
    comments = ["good", "the queue was long", "nobody helped me", "fine", "very slow today"]
    lines = [
        f"R_{n:x}a{n},{n % 5 + 1},2026-03-{n % 28 + 1:02},{('web', 'shop')[n % 2]},"
        f"{comments[n % 5]} {n // 3},,0{n % 7}1\n"
        for n in range(60)
    ]
    found = inspected(("key,rating,when,channel,comment,nothing,zip\n" + "".join(lines)).encode())
    kinds = {column.name: column.kind for column in found.columns}
    assert kinds == {
        "key": ColumnKind.ID,
        "rating": ColumnKind.NUMBER,
        "when": ColumnKind.DATE,
        "channel": ColumnKind.CHOICE,
        "comment": ColumnKind.TEXT,
        "nothing": ColumnKind.EMPTY,
        "zip": ColumnKind.CHOICE,
    }
    assert (found.rows, found.complete, found.repeated_rows) == (60, True, 0)


def test_repeats_damage_and_a_cut_are_counted() -> None:
    body = b"".join(b"%d,the queue was much too long today\n" % (n % 2) for n in range(6))
    found = inspected("id,größe äöüß\n".encode() + body + b'7,bad \xff byte\n9,"cut in the mid')
    assert found.rows == 8
    assert found.repeated_rows == 4
    assert found.columns[1].repeats == 5
    assert (found.undecodable_cells, found.undecodable_lines) == (1, [8])
    assert found.incomplete_lines == [9]


def test_only_the_first_rows_may_be_asked_for() -> None:
    content = b"id,text\n" + b"".join(b"%d,x\n" % n for n in range(50))
    assert (inspected(content, most=10).rows, inspected(content, most=10).complete) == (10, False)
    assert (inspected(content, most=50).rows, inspected(content, most=50).complete) == (50, True)


def test_a_column_that_shows_itself_late_is_listed() -> None:
    content = b"id,text\n" + b"1,x\n" * 3000 + b"2,y,late\n"
    found = inspected(content)
    assert found.width == 3
    assert (found.columns[2].name, found.columns[2].filled) == ("Column 3", 1)


def test_numbers_take_the_decimal_sign_that_fits() -> None:
    found = inspected(b"n;m\n4,5;1\n3,2;x\n1.234,5;2\n2,0;3\n").columns
    assert found[0].numbers is not None
    assert (found[0].numbers.decimal, found[0].numbers.high) == (",", Decimal("1234.5"))
    assert found[1].numbers is not None
    assert (found[1].numbers.no_numbers, found[1].numbers.examples) == (1, ["x"])


def test_skytrax_mixes_two_scales(shared_data: Path) -> None:
    lounge = example(shared_data, "skytrax_lounge.csv")
    rating = lounge["overall_rating"].numbers
    assert rating is not None
    assert [(int(part.high), part.count) for part in rating.scales] == [(5, 2192), (10, 67)]
    comfort = lounge["comfort_rating"].numbers
    assert comfort is not None
    assert len(comfort.scales) == 1
    orders = {found["order"]: found for found in lounge["date_visit"].dates}
    assert (orders["dmy"]["parsed"], orders["dmy"]["ambiguous"]) == (99, 28)
    assert orders["mdy"]["impossible"] == 65


def test_skytrax_has_dates_of_1970(shared_data: Path) -> None:
    doubtful = example(shared_data, "skytrax_seat.csv")["date"].doubtful
    assert list(doubtful.values()) == [26]
    assert "programs write" in next(iter(doubtful))


def test_nhs_repeats_and_dirty_numbers(shared_data: Path) -> None:
    found = example(shared_data, "nhs_comments.csv")
    assert found["feedback"].repeats == 1526
    assert found["label"].kind is ColumnKind.CHOICE
    assert found["label"].distinct == 9
    rating = found["criticality"].numbers
    assert rating is not None
    assert {"-o", "SS", "NA"} <= set(rating.examples)
    assert rating.count + rating.no_numbers == 10_334


def test_cfpb_is_read_right(shared_data: Path) -> None:
    found = example(shared_data, "cfpb_complaints.csv")
    ymd, dmy, mdy = found["Date received"].dates
    assert (ymd["parsed"], ymd["ambiguous"], dmy["parsed"], mdy["parsed"]) == (6623, 0, 0, 0)
    assert found["Consumer complaint narrative"].filled == 1532
    assert found["Complaint ID"].kind is ColumnKind.ID
    assert found["Complaint ID"].id_reasons == []

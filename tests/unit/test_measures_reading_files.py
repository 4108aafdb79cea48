"""Files of readings: periods as people write them, what columns are, what each row comes to."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.core.errors import BadInput
from cxquest.measures import columns, period_cells, reading_files, shares
from cxquest.measures.columns import Columns
from cxquest.measures.offers import Offered, Refused
from cxquest.measures.reading_files import Asked, Cells
from cxquest.tables.dates import DateOrder

YMD, DMY, MDY = DateOrder
DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1))


@pytest.mark.parametrize(
    ("text", "period", "found"),
    [
        ("2026-03", "month", date(2026, 3, 1)),
        ("202603", "month", date(2026, 3, 1)),
        ("2026M3", "month", date(2026, 3, 1)),
        ("03/2026", "month", date(2026, 3, 1)),
        ("3.2026", "month", date(2026, 3, 1)),
        ("March 2026", "month", date(2026, 3, 1)),
        ("Mär. 2026", "month", date(2026, 3, 1)),
        ("maart 2026", "month", date(2026, 3, 1)),
        ("2026-W10", "week", date(2026, 3, 2)),
        ("2026 KW 1", "week", date(2025, 12, 29)),
        ("KW 10/2026", "week", date(2026, 3, 2)),
        ("2026-W60", "week", None),
        ("2026-03", "week", None),
        ("2026-W10", "month", None),
        ("2026-03", "day", None),
        ("0000-03", "month", None),
        ("2026-13", "month", None),
    ],
)
def test_a_period_is_read_as_it_is_named(text: str, period: str, found: date | None) -> None:
    assert period_cells.whole(text, period) == found


@given(DAYS, st.sampled_from(["day", "week", "month"]))
def test_a_day_is_read_in_its_order(day: date, period: str) -> None:
    for order, shape in ((YMD, "%Y-%m-%d"), (DMY, "%d.%m.%Y"), (MDY, "%m/%d/%Y")):
        assert period_cells.day(day.strftime(shape), order, period) == day


@given(st.lists(DAYS, min_size=1, max_size=30))
def test_an_order_is_left_open_only_where_days_differ(days: list[date]) -> None:
    texts = [day.strftime("%d/%m/%Y") for day in days]
    found = period_cells.orders(texts, "day")
    assert DMY in found or all(day.day == day.month for day in days)
    told = any(day.day > 12 for day in days)
    if told:
        assert found == [DMY]
    elif any(day.day != day.month for day in days):
        assert set(found) == {DMY, MDY}
    else:
        assert len(found) == 1


def test_months_and_iso_days_leave_no_order_open() -> None:
    assert period_cells.orders(["2026-03", "2026-04"], "month") == [YMD]
    assert period_cells.orders(["2026-03-04"], "day") == [YMD]
    assert period_cells.orders([], "day") == [YMD]
    assert len(period_cells.orders(["04/03/2026", "05/03/2026"], "day")) == 2


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.sampled_from([1, 100, 1000]))
def test_a_count_comes_back_from_its_share(count: int, n: int, per: int) -> None:
    count = min(count, n)
    value = shares.value_of(count, n, per)
    assert 0 <= value <= per
    assert abs(shares.count_of(value, n, per) - count) <= max(1, n // (20_000 * per) + 1)
    if n <= 5_000 * per:
        assert shares.count_of(value, n, per) == count


def looked(**given: list[str]) -> list[dict[str, object]]:
    return [columns.looked_at(name, cells, "month") for name, cells in given.items()]


def test_columns_are_proposed_by_their_names_and_what_they_hold() -> None:
    found = looked(Monat=["2026-01", "2026-02"], Anzahl=["95", "96"], Gesamt=["100", "99"])
    assert columns.proposed(found, sized=True) == {
        "day": "Monat",
        "figure": "Anzahl",
        "n": "Gesamt",
        "figure_is": "count",
    }
    assert columns.proposed(found, sized=False) == {"day": "Monat", "figure": "Anzahl"}
    odd = looked(a=["2026-01-01", "2026-02-01"], b=["4,5", "5,5"], c=["x", "y"])
    assert columns.proposed(odd, sized=False) == {"day": "a", "figure": "b"}
    assert odd[1]["decimals"] == [","]
    assert columns.proposed(looked(c=["x", "y"]), sized=False) == {}


def test_a_decimal_sign_is_left_open_only_where_it_matters() -> None:
    assert looked(y=["1,234", "2,345"])[0]["decimals"] == [".", ","]
    assert looked(y=["1,234", "2,34"])[0]["decimals"] == [","]
    assert looked(y=["12", "13"])[0]["decimals"] == ["."]
    assert looked(y=["1.5", "13"])[0]["decimals"] == ["."]


WANTED = Columns("x", "y", "n")


def row(x: str, y: str, n: str = "", **asked: object) -> Offered | Refused:
    counted = bool(asked.pop("counted", False))
    wanted = Columns("x", "y", "n", counted=counted)
    known = Asked(**{"period": "month", "counted": counted, **asked})  # type: ignore[arg-type]
    return reading_files.came_to(7, Cells(x, y, n), wanted, known, "")


def test_a_row_comes_to_a_reading() -> None:
    found = row("2026-03-15", "4.25", "40")
    assert isinstance(found, Offered)
    assert (found.place, found.given.day, found.given.value) == (
        7,
        date(2026, 3, 15),
        Decimal("4.2500"),
    )
    assert found.given.n == 40
    share = row("2026-03", "95", "120", counted=True, per=100)
    assert isinstance(share, Offered)
    assert share.given.value == Decimal("79.1667")


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        (("soon", "4"), "day"),
        (("", "4"), "day"),
        (("2026-03-15", ""), "value"),
        (("2026-03-15", "n/a"), "value"),
        (("2026-03-15", "1e99"), "value"),
        (("2026-03-15", "4", "0"), "n"),
        (("2026-03-15", "4", "1.5"), "n"),
        (("2026-03-15", "4", "some"), "n"),
    ],
)
def test_a_row_that_cannot_be_read_says_where(cells: tuple[str, ...], field: str) -> None:
    found = row(*cells)
    assert isinstance(found, Refused)
    assert (found.place, found.field) == (7, field)


def test_counts_are_whole_and_need_what_they_are_counted_out_of() -> None:
    for cells in (("2026-03", "1.5", "10"), ("2026-03", "-1", "10")):
        found = row(*cells, counted=True, per=100)
        assert isinstance(found, Refused)
        assert found.field == "value"
    without = row("2026-03", "5", "", counted=True, per=100)
    assert isinstance(without, Refused)
    assert without.field == "n"


def test_a_file_is_looked_through() -> None:
    how, found = reading_files.begun(b"period;value\n2026-01;4,5\n2026-02;5,5\n", "a.csv", "month")
    assert how.delimiter == ";"
    assert [one["name"] for one in found] == ["period", "value"]
    assert found[1]["decimals"] == [","]
    assert found[0]["periods"] == 2


def test_what_is_no_file_of_readings_is_refused() -> None:
    for content in (b"", b'[{"period": "2026-01", "value": 4}]', b"\x00\x01\xff" * 99):
        with pytest.raises(BadInput):
            reading_files.begun(content, "a.csv", "month")
    many = b"period,value\n" + b"2026-01,4\n" * (reading_files.MOST_ROWS + 1)
    with pytest.raises(BadInput, match="20,000 rows"):
        reading_files.begun(many, "a.csv", "month")
    with pytest.raises(BadInput, match="5 MB"):
        reading_files.begun(b"x" * (reading_files.MOST_BYTES + 1), "a.csv", "month")


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.booleans())
def test_whatever_stands_in_a_row_it_is_read_or_refused(
    x: str, y: str, n: str, counted: bool
) -> None:
    assert isinstance(row(x, y, n, counted=counted, per=100), Offered | Refused)


def test_columns_survive_being_kept() -> None:
    one = Columns("x", "y", "n", DMY, ",", counted=True)
    assert Columns.from_json(one.as_json()) == one
    assert WANTED.order is YMD

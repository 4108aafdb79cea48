"""Run charts, sparklines and shares: every place lies within its drawing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.web import charts

NUMBERS = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))
VALUES = st.lists(st.none() | NUMBERS, min_size=1, max_size=40).filter(
    lambda values: any(v is not None for v in values)
)


@given(NUMBERS, NUMBERS)
def test_ticks_are_few_and_enclose_what_is_shown(one: float, other: float) -> None:
    low, high = sorted((one, other))
    ticks = charts.nice_ticks(low, high)
    assert 2 <= len(ticks) <= 7
    assert ticks[0] <= low + 1e-6
    assert ticks[-1] >= high - 1e-6


@given(VALUES)
def test_a_run_chart_stays_within_its_frame(values: list[float | None]) -> None:
    readings = [charts.Reading(str(n), value) for n, value in enumerate(values)]
    chart = charts.run_chart(readings)
    assert [row.value == "" for row in chart.rows] == [value is None for value in values]
    for drawing in (chart.wide, chart.narrow):
        frame = drawing.frame
        assert len(drawing.dots) == sum(value is not None for value in values)
        for dot in drawing.dots:
            assert frame.left <= dot.x <= frame.end
            assert frame.top - 0.1 <= dot.y <= frame.floor + 0.1


def test_missing_values_break_the_line() -> None:
    readings = [charts.Reading(str(n), v) for n, v in enumerate([1.0, 2.0, None, 3.0, 4.0])]
    assert charts.run_chart(readings).wide.path.count("M") == 2


def test_no_value_is_no_chart() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        charts.run_chart([charts.Reading("May", None)])


@given(VALUES)
def test_a_sparkline_ends_at_its_last_value(values: list[float | None]) -> None:
    line = charts.sparkline(values)
    assert 0 < line.x < line.width
    assert 0 < line.y < line.height
    assert re.search(rf"{line.x:g} {line.y:g}$", line.path)


def test_shares_are_drawn_against_the_largest() -> None:
    bars = charts.share_bars(
        [charts.Share("a", 1, 4), charts.Share("b", 1, 2), charts.Share("c", 0, 0)]
    )
    assert [(bar.width, bar.share) for bar in bars] == [(50, "25"), (100, "50"), (0, "0")]

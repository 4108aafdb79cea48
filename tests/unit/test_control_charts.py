"""Control charts: places within the frame, limits in steps, segments that break, words that fit."""

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.web.charts import Change, ControlChart, ControlDrawing, ControlPoint, control_chart

KINDS = ("common", "improvement", "concern", "neutral")
NUMBERS = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))
LEVELS = st.none() | NUMBERS
WORDS = st.text(min_size=1, max_size=40)


@st.composite
def series(draw: st.DrawFn) -> list[ControlPoint]:
    """Points of up to three segments, one of them with a value."""
    points = draw(
        st.lists(
            st.builds(
                ControlPoint, WORDS, LEVELS, LEVELS, LEVELS, LEVELS, st.sampled_from(KINDS), WORDS
            ),
            min_size=1,
            max_size=130,
        )
    )
    return [*points, ControlPoint("last", draw(NUMBERS), None, None, None, segment=1)]


def steady(n: int, kind: str = "common", segment: int = 0, level: float = 5) -> list[ControlPoint]:
    """Points at one level."""
    return [
        ControlPoint(f"{i} May", level, level, level - 2, level + 2, kind, segment=segment)
        for i in range(n)
    ]


def plain(points: Sequence[ControlPoint], *changes: Change) -> ControlChart:
    """A chart of nothing but points and changes."""
    return control_chart(points, baseline=None, target=None, changes=changes)


def places(path: str) -> list[tuple[float, float]]:
    """Return the corners of a path of absolute M, L, H and V."""
    found: list[tuple[float, float]] = []
    for letter, numbers in re.findall(r"([MLHV])([-\d. e+]+)", path):
        figures = [float(number) for number in numbers.split()]
        x, y = found[-1] if found else (0.0, 0.0)
        found.append(
            (figures[0], y)
            if letter == "H"
            else (x, figures[0])
            if letter == "V"
            else (figures[0], figures[1])
        )
    return found


def within(drawing: ControlDrawing, x: float, y: float) -> bool:
    frame = drawing.frame
    return frame.left - 0.1 <= x <= frame.end + 0.1 and frame.top - 0.1 <= y <= frame.floor + 0.1


@given(series(), LEVELS, LEVELS, st.lists(st.builds(Change, st.integers(-2, 140), WORDS)))
def test_everything_stands_within_the_frame(
    points: list[ControlPoint], target: float | None, red: float | None, changes: list[Change]
) -> None:
    baseline = (0, len(points) // 2)
    chart = control_chart(points, baseline=baseline, target=target, red=red, changes=changes)
    for drawing in (chart.wide, chart.narrow):
        corners = [
            p for path in (drawing.path, drawing.means, drawing.limits) for p in places(path)
        ]
        assert all(within(drawing, x, y) for x, y in corners)
        assert all(within(drawing, sign.x, sign.y) for sign in drawing.signs)
        assert all(0 <= r.y <= drawing.frame.height for r in drawing.readouts)
        assert all(later.y - one.y >= 14.9 for one, later in pairwise(drawing.readouts))
        for aim in (drawing.target, drawing.red):
            assert aim is None or within(drawing, aim.text_x, aim.y)
        for moment in drawing.moments:
            assert drawing.frame.left <= moment.x <= drawing.frame.end
            assert moment.text_y > 8
        assert drawing.band
        assert drawing.band.x + drawing.band.width <= drawing.frame.end + 0.1


@given(series())
def test_every_point_is_in_the_table_and_under_the_keys(points: list[ControlPoint]) -> None:
    chart = plain(points)
    assert [row.label for row in chart.rows] == [point.label for point in points]
    for drawing in (chart.wide, chart.narrow):
        spots = [spot.split(" ") for spot in drawing.places.split(",")]
        assert [len(spot) == 2 for spot in spots] == [p.value is not None for p in points]
        xs = [float(spot[0]) for spot in spots]
        assert xs == sorted(xs)
        assert all(drawing.frame.left <= x <= drawing.frame.end for x in xs)


@given(series())
def test_a_special_point_is_never_left_out(points: list[ControlPoint]) -> None:
    special = [p.kind for p in points if p.value is not None and p.kind != "common"]
    for drawing in (plain(points).wide, plain(points).narrow):
        assert [sign.kind for sign in drawing.signs if sign.path] == special


def test_special_points_are_drawn_however_many_points_there_are() -> None:
    points = [*steady(100), *steady(40, "improvement")]
    assert len(plain(points).narrow.signs) == 40


def test_each_kind_has_a_shape_of_its_own() -> None:
    points = [p for kind in KINDS for p in steady(1, kind)]
    shapes = {re.sub(r"[-\d. ]+", "", sign.path) for sign in plain(points).wide.signs}
    assert shapes == {"", "MlhZ", "MlZ", "MhvhZ"}


def test_many_common_points_are_told_by_the_line_but_lone_ones_are_drawn() -> None:
    points = steady(80)
    assert plain(points[:60]).wide.signs
    assert not plain(points).wide.signs
    gap = ControlPoint("gap", None, 5, 3, 7)
    lone = [*points[:40], gap, points[0], gap, *points[:40]]
    assert len(plain(lone).wide.signs) == 1
    assert len(plain([points[0], gap, *points]).wide.signs) == 1


def test_steady_limits_are_one_straight_line_each() -> None:
    drawing = plain(steady(24)).wide
    assert drawing.means.count("M") == drawing.means.count("H") == 1
    assert drawing.limits.count("M") == drawing.limits.count("H") == 2
    assert "V" not in drawing.means + drawing.limits


def test_limits_go_in_steps_where_the_number_of_cases_differs() -> None:
    points = [ControlPoint(str(i), 5, 5, 5 - w, 5 + w) for i, w in enumerate((1, 2, 2, 3))]
    drawing = plain(points).wide
    assert drawing.limits.count("M") == 2
    assert drawing.limits.count("V") == 4
    width = (drawing.frame.end - drawing.frame.left) / 4
    corners = [x for x, _y in places(drawing.limits)[:6]]
    edges = [drawing.frame.left + width * n for n in (0, 1, 1, 3, 3, 4)]
    assert corners == pytest.approx(edges, abs=0.1)


def test_a_rebase_breaks_the_mean_and_the_limits_not_the_values() -> None:
    drawing = plain(steady(6) + steady(6, segment=1, level=9)).wide
    assert drawing.means.count("M") == 2
    assert drawing.limits.count("M") == 4
    assert drawing.path.count("M") == 1
    middle = (drawing.frame.left + drawing.frame.end) / 2
    assert [x for x, _y in places(drawing.means)[1:3]] == pytest.approx([middle, middle], abs=0.1)


def test_a_point_without_limits_breaks_them() -> None:
    points = [*steady(3), ControlPoint("new", 5, None, None, None), *steady(3)]
    assert plain(points).wide.means.count("M") == 2


def test_missing_values_break_the_line_not_the_limits() -> None:
    points = [*steady(3), ControlPoint("gap", None, 5, 3, 7), *steady(3)]
    drawing = plain(points).wide
    assert drawing.path.count("M") == 2
    assert drawing.means.count("M") == 1


def test_the_legend_names_what_occurs_and_nothing_else() -> None:
    bare = plain([ControlPoint("May", 3, None, None, None)])
    assert [entry.sign for entry in bare.legend] == ["value"]
    points = [p for kind in KINDS for p in steady(1, kind)]
    full = control_chart(points, baseline=(0, 1), target=4, red=8, changes=[Change(2, "x")])
    assert {entry.sign for entry in full.legend} == {
        "value",
        *KINDS[1:],
        *("mean", "limit", "baseline", "target", "red", "moment"),
    }


def test_words_stand_at_their_marks_while_there_is_room() -> None:
    chart = plain(steady(24), Change(3, "Checklist"), Change(18, "Training"))
    assert chart.moments == ()
    assert [m.label for m in chart.narrow.moments] == ["Checklist", "Training"]


def test_words_of_near_marks_stand_in_two_lines() -> None:
    chart = plain(steady(24), Change(3, "Checklist"), Change(4, "Training"))
    for drawing in (chart.wide, chart.narrow):
        assert len({moment.text_y for moment in drawing.moments}) == 2


def test_numbers_of_levels_near_the_ground_stay_above_the_days() -> None:
    points = [ControlPoint(str(n), value, 0.2, 0, 0.4) for n, value in enumerate((0, 100))]
    drawing = plain(points).wide
    assert [readout.number for readout in drawing.readouts] == ["0.4", "0.2", "0"]
    assert drawing.readouts[-1].y <= drawing.frame.floor + 4.1


def test_without_room_numbers_stand_for_words_that_a_list_gives_in_full() -> None:
    words = [f"A countermeasure with a long name, number {n}" for n in range(5)]
    chart = plain(steady(24), *(Change(12 + n, said) for n, said in reversed([*enumerate(words)])))
    assert list(chart.moments) == words
    assert [m.label for m in chart.narrow.moments] == ["1", "2", "3", "4", "5"]


def test_changes_of_one_moment_share_a_mark() -> None:
    chart = plain(steady(24), Change(12, "One"), Change(12, "Two"))
    assert [m.label for m in chart.wide.moments] == ["One · Two"]


def test_target_and_red_limit_do_not_write_over_each_other() -> None:
    for red in (4.0, 4.1, 5.0, 9.0):
        chart = control_chart(steady(24), baseline=None, target=4, red=red)
        for drawing in (chart.wide, chart.narrow):
            assert drawing.target
            assert drawing.red
            apart = abs(drawing.target.text_y - drawing.red.text_y)
            assert apart >= 15 or drawing.target.anchor != drawing.red.anchor


def test_words_of_a_limit_cover_no_special_point() -> None:
    points = [*steady(3, "concern", level=8), *steady(20)]
    chart = control_chart(points, baseline=None, target=None, red=7.5)
    assert chart.wide.red
    assert chart.wide.red.anchor == "end" or chart.wide.red.text_y > chart.wide.red.y


def test_words_of_a_limit_rather_cover_two_common_points_than_a_special_one() -> None:
    levels = (8, 7.2, 7.2, *[5] * 17, 8, 8, 7.2, 7.2)
    points = [
        ControlPoint(str(n), level, 5, 0, 10, KINDS[2] if n == 0 else KINDS[0])
        for n, level in enumerate(levels)
    ]
    red = control_chart(points, baseline=None, target=None, red=7.5).wide.red
    assert red
    assert (red.anchor, red.text_y > red.y) != ("start", False)


def test_no_value_is_no_chart() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        plain([ControlPoint("May", None, 1, 0, 2)])


def test_numbers_are_written_in_the_readers_language() -> None:
    chart = control_chart(
        steady(3), baseline=None, target=4.5, red=9, form=lambda n: f"{n:.1f}".replace(".", ",")
    )
    assert (chart.target, chart.red, chart.rows[0].upper) == ("4,5", "9,0", "7,0")

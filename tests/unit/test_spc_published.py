"""Control charts agree with those that others published: every limit, every point's type."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cxquest.measures import limits, spc
from cxquest.measures.spc import Chart, ChartKind, Improvement, Observation

Rows = list[dict[str, str]]
NO_NUMBER = ("", "NA", "NaN")
EPOCH = date(1970, 1, 1)
NHSR_POINTS, QIC_POINTS = 1164, 556

# Montgomery, Introduction to Statistical Quality Control, example 7.1: of 50 cans each.
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22]
CANS += [8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]

# qicharts2 takes 3 standard deviations, the mean moving range over 1.128, where the rule that is
# charted here says 2.66: half a chart's width differs by 0.016 %, in every case but the flat ones,
# which have no limits. Both leave large moving ranges out; it matters in these cases.
QIC_FACTOR = 3 / 1.128
SCREENED = {"i_dip": 2, "i_ramp": 1, "i_spike": 2, "i_step_down": 1}


@cache
def rows(file: Path) -> Rows:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def by_case(file: Path) -> dict[str, Rows]:
    found = defaultdict(list)
    for row in rows(file):
        found[row["case_id"]].append(row)
    return found


def agrees(found: float | None, published: str) -> bool:
    """Say whether two limits agree to 1e-6: closer where they are small, relatively where huge."""
    if published in NO_NUMBER or found is None:
        return (published in NO_NUMBER) == (found is None)
    wanted = float(published)
    close = max(1e-12, 1e-6 * min(1.0, abs(wanted)))
    return found == pytest.approx(wanted, rel=1e-12, abs=close)


def asked(case: dict[str, str], points: Rows) -> dict[str, Any]:
    """Return what a case of NHSRplotthedots was asked for, in our words."""
    params = case["params"]
    found: dict[str, Any] = {"screen": "screen_outliers=FALSE" not in params}
    fixed = re.search(r"fix_after_n_points=([0-9]+)", params)
    if fixed:
        found["fix_after"] = int(fixed[1])
    if "rebase" in params:
        days = re.findall(r"[0-9]{4,}", params)
        dates = [(EPOCH + timedelta(int(day))).isoformat() for day in days]
        found["rebase"] = [place for place, row in enumerate(points) if row["x"] in dates]
    return found


def drawn(case: dict[str, str], points: Rows, **more: Any) -> Chart:
    return spc.chart(
        [Observation(row["x"], float(row["y"])) for row in points],
        improvement=Improvement(case["improvement_direction"]),
        **{**asked(case, points), **more},
    )


def differences(chart: Chart, points: Rows) -> Iterator[str]:
    for point, row in zip(chart.points, points, strict=True):
        lines = (point.mean, point.lower, point.upper)
        alike = [agrees(a, row[b]) for a, b in zip(lines, ("mean_col", "lpl", "upl"), strict=True)]
        if not all(alike) or point.type.value != row["point_type"]:
            yield f"{row['case_id']} {row['x']}: {point} {row}"


def test_every_point_agrees_with_nhsr_plot_the_dots(shared_data: Path) -> None:
    points = by_case(shared_data / "spc" / "nhsr_plotthedots_points.csv")
    cases = rows(shared_data / "spc" / "nhsr_plotthedots_cases.csv")
    assert sum(map(len, points.values())) == NHSR_POINTS
    differing: list[str] = []
    for case in cases:
        own = points[case["case_id"]]
        differing += differences(drawn(case, own), own)
    assert differing == []


def test_the_first_rule_is_the_one_that_it_names(shared_data: Path) -> None:
    named = {"Above": "", "Below": "", "7 Point T": "trend", "2 in 3": "two_in_three"}
    named |= {"7 Points": "one_side", "Above UCL": "outside_limits", "Below LCL": "outside_limits"}
    points = by_case(shared_data / "spc" / "nhsr_plotthedots_points.csv")
    for case in rows(shared_data / "spc" / "nhsr_plotthedots_cases.csv"):
        own = points[case["case_id"]]
        for point, row in zip(drawn(case, own).points, own, strict=True):
            said = row["special_cause_type"]
            found = max((name for name in named if said.startswith(name)), key=len, default=None)
            assert list(point.rules[:1]) == ([named[found]] if found else []), row


def test_a_baseline_of_so_many_points_is_the_same_as_fixing_after_them(shared_data: Path) -> None:
    points = by_case(shared_data / "spc" / "nhsr_plotthedots_points.csv")
    cases = [
        c for c in rows(shared_data / "spc" / "nhsr_plotthedots_cases.csv") if "fix" in c["params"]
    ]
    assert len(cases) >= 4
    for case in cases:
        own = points[case["case_id"]]
        assert list(differences(drawn(case, own, fix_after=None, baseline=(0, 11)), own)) == []


def test_targets_are_reached_as_nhsr_says(shared_data: Path) -> None:
    points = by_case(shared_data / "spc" / "nhsr_plotthedots_points.csv")
    found = {}
    for case in rows(shared_data / "spc" / "nhsr_plotthedots_cases.csv"):
        if case["assurance_type"] not in NO_NUMBER:
            target = re.search(r"target=([0-9.]+)", case["params"])
            assert target
            said = spc.assurance(drawn(case, points[case["case_id"]]), float(target[1]))
            found[case["case_id"]] = (said, case["assurance_type"])
    assert len(found) >= 5
    assert [said for said in found.items() if said[1][0] != said[1][1]] == []


def qic_cases(folder: Path) -> Iterator[tuple[str, list[float], Rows, Chart, dict[str, Any]]]:
    """Yield the charts of individual values that qicharts2 drew, and ours."""
    points = by_case(folder / "spc" / "qicharts2_points.csv")
    for case in rows(folder / "spc" / "qicharts2_cases.csv"):
        if 'chart=""i""' in case["call"] or 'chart="i"' in case["call"]:
            own = points[case["case_id"]]
            values = [float(row["y"]) for row in own]
            frozen = re.search(r"freeze=([0-9]+)", case["call"])
            parts = re.search(r"part=([0-9]+)", case["call"])
            more: dict[str, Any] = {"fix_after": int(frozen[1])} if frozen else {}
            more |= {"rebase": [int(parts[1])]} if parts else {}
            seen = [Observation(row["x"], float(row["y"])) for row in own]
            chart = spc.chart(seen, improvement=Improvement.NEUTRAL, **more)
            yield case["case_id"], values, own, chart, more


def test_limits_of_individual_values_agree_with_qicharts2(shared_data: Path) -> None:
    """The same centre and the same mean moving range, to 1e-6, in every case that both draw."""
    compared, wide = 0, set()
    for name, _values, own, chart, _more in qic_cases(shared_data):
        for point, row in zip(chart.points, own, strict=True):
            compared += 1
            assert agrees(point.mean, row["cl"]), (name, point)
            for limit, published in ((point.lower, row["lcl"]), (point.upper, row["ucl"])):
                half = None if limit is None else (limit - point.mean) / limits.FACTOR
                theirs = None if half is None else point.mean + QIC_FACTOR * half
                assert agrees(theirs, published), (name, point)
            wide.add(name if point.upper is not None else "")
    assert compared == QIC_POINTS
    assert len(wide - {""}) == 22


def test_both_leave_out_large_moving_ranges(shared_data: Path) -> None:
    found = {}
    for name, values, own, _chart, more in qic_cases(shared_data):
        base = values[: more.get("fix_after", more.get("rebase", [len(values)])[0])]
        if own[0]["ucl"] in NO_NUMBER:
            continue
        ranges = [abs(b - a) for a, b in pairwise(base)]
        left_out = sum(one >= 3.267 * sum(ranges) / len(ranges) for one in ranges)
        if left_out:
            found[name] = left_out
    assert found == SCREENED


def test_shares_of_cans_agree_with_montgomery() -> None:
    seen = spc.of_counts(Observation(str(n), count, 50) for n, count in enumerate(CANS, 1))
    chart = spc.chart(seen, improvement=Improvement.DECREASE, kind=ChartKind.P)
    lines = {point[3:6] for point in chart.points}
    assert len(lines) == 1
    assert lines.pop() == pytest.approx((0.2313, 0.0524, 0.4102), abs=5e-5)
    outside = [p.x for p in chart.points if "outside_limits" in p.rules]
    assert outside == ["15", "23"]


def test_the_example_of_the_deviations_vignette() -> None:
    """One spike: screened limits −0.72 and 4.6 around 1.94."""
    values = [1, 2, 1, 2, 10, *[1, 2] * 6, 1]
    seen = [Observation(str(place), value) for place, value in enumerate(values)]
    chart = spc.chart(seen, improvement=Improvement.INCREASE)
    assert chart.points[0][3:6] == pytest.approx((1.94, -0.72, 4.6), abs=0.006)
    assert [p.x for p in chart.points if p.rules] == ["4"]

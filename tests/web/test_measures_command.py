"""`flask measures chart`: a table of x and y in, what each point is out."""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

TWELVE = [50, 52, 49, 51, 50, 53, 48, 51, 50, 52, 49, 50]
STEP = [*TWELVE, *(value + 12 for value in TWELVE)]
DEVICES = {
    "a spreadsheet": "\ufeffX;Y\r\n01.01.2026;5,5\r\n02.01.2026;6,25\r\n15.01.2026;7\r\n",
    "tabs": "y\tWhere\tx\n5.5\tOslo\t2026-01-01\n6.25\tOslo\t2026-01-02\n7\tOslo\t2026-01-15\n",
    "quotes": '"x","y","n"\n"2026-01-01","5.5","a"\n"2026-01-02","6.25","b"\n"2026-01-15","7",""\n',
    "a title": "Calls\n\nx,y\n2026-01-01,5.5\n\n2026-01-02,6.25\n2026-01-15,7\n",
    "two bytes a letter": "x,y\n2026-01-01,5.5\n2026-01-02,6.25\n2026-01-15,7\n",
}


def run(app: Flask, *arguments: str, way: str = "increase") -> tuple[int, dict[str, Any]]:
    command = ["measures", "chart", "--improvement", way, "--json", *arguments]
    result = app.test_cli_runner().invoke(args=command)
    return result.exit_code, json.loads(result.stdout)


def saved(folder: Path, text: str, encoding: str = "utf-8") -> str:
    file = folder / "series.csv"
    file.write_bytes(text.encode(encoding))
    return str(file)


def months(folder: Path, values: Sequence[float], begin: int = 2024) -> str:
    rows = [f"{begin + n // 12}-{n % 12 + 1:02}-01,{value}" for n, value in enumerate(values)]
    return saved(folder, "\n".join(["x,y", *rows, ""]))


def types(answer: dict[str, Any]) -> list[str]:
    return [point["type"] for point in answer["points"]]


def test_a_chart_says_all_that_it_promises(app: Flask, tmp_path: Path) -> None:
    code, answer = run(app, months(tmp_path, STEP), "--fix-after", "12", "--target", "40")
    assert code == 0
    assert set(answer["points"][0]) == {"x", "y", "mean", "lower", "upper", "rules", "type"}
    assert types(answer) == ["common_cause"] * 12 + ["special_cause_improvement"] * 12
    assert answer["points"][-1]["rules"] == ["outside_limits", "one_side"]
    assert {name: answer[name] for name in ("kind", "enough", "target", "assurance")} == {
        "kind": "xmr",
        "enough": True,
        "target": 40,
        "assurance": "consistent_pass",
    }
    assert "7 points" in answer["rule_set"]
    assert "2.66" in answer["limits"]
    assert answer["stretches"] == [
        {"first": "2024-01-01", "last": "2025-12-01", "limits_rest_on": 12}
    ]


def test_people_get_a_table(app: Flask, tmp_path: Path) -> None:
    file = months(tmp_path, TWELVE[:5])
    command = ["measures", "chart", file, "--improvement", "decrease", "--target", "10"]
    result = app.test_cli_runner().invoke(args=command)
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0].split() == ["x", "y", "mean", "lower", "upper", "type", "rules"]
    assert lines[1].split()[:3] == ["2024-01-01", "50", "50.4"]
    assert lines[-1].startswith("Not enough data: a chart needs 12 points")
    assert "target 10: consistent fail" in lines


def test_limits_are_worked_out_anew_from_a_day_on(app: Flask, tmp_path: Path) -> None:
    file = months(tmp_path, STEP)
    exact, later = (run(app, file, "--rebase", day) for day in ("2025-01-01", "2024-12-15"))
    assert exact == later
    _code, answer = exact
    assert types(answer) == ["common_cause"] * 24
    assert [answer["points"][place]["mean"] for place in (11, 12)] == pytest.approx(
        [sum(TWELVE) / 12, sum(TWELVE) / 12 + 12]
    )
    _code, twice = run(app, file, "--rebase", "2025-01-01", "--rebase", "2025-10-01")
    assert [one["limits_rest_on"] for one in twice["stretches"]] == [12, 9, 3]
    assert ["2025-01-01" in twice["notes"][0], "2025-10-01" in twice["notes"][1]] == [True] * 2


@pytest.mark.parametrize("device", list(DEVICES))
def test_a_file_is_read_as_spreadsheets_write_it(app: Flask, tmp_path: Path, device: str) -> None:
    encoding = "utf-16" if device == "two bytes a letter" else "utf-8"
    code, answer = run(app, saved(tmp_path, DEVICES[device], encoding))
    assert (code, [point["y"] for point in answer["points"]]) == (0, [5.5, 6.25, 7])
    assert {point["mean"] for point in answer["points"]} == {6.25}


def test_rows_are_put_in_the_order_of_dates_and_numbers(app: Flask, tmp_path: Path) -> None:
    newest_first = saved(tmp_path, "x,y\n03/01/2026,3\n02/01/2026,2\n01/01/2026,1\n")
    _code, answer = run(app, newest_first)
    assert [point["y"] for point in answer["points"]] == [1, 2, 3]
    assert answer["notes"][0] == "The rows were put in the order of x."
    _code, answer = run(app, saved(tmp_path, "x,y\n10,3\n9,2\n1,1\n"))
    assert [point["x"] for point in answer["points"]] == ["1", "9", "10"]
    _code, answer = run(app, saved(tmp_path, "x,y\nweek 9,1\nweek 10,2\nweek 9,3\n"))
    assert [point["y"] for point in answer["points"]] == [1, 2, 3]
    code, answer = run(app, saved(tmp_path, "x,y\n03/01/2026,3\n05/01/2026,2\n04/02/2026,1\n"))
    assert (code, [point["y"] for point in answer["points"]]) == (0, [3, 2, 1])
    code, answer = run(app, saved(tmp_path, "x,y\n03/04/2026,3\n04/03/2026,2\n02/05/2026,1\n"))
    assert (code, "two ways" in answer["error"]) == (1, True)


@pytest.mark.parametrize(
    ("first", "second", "third", "when"),
    [
        ("2026-01", "2026-02", "2026-03", "2026-02-01"),
        ("Jan 2026", "Feb 2026", "Mar 2026", "2026-01-15"),
        ("31.01.2026", "28.02.2026", "31.03.2026", "2026-02-01"),
        ("1/2/2026", "2/2/2026", "3/2/2026", "2/2/2026"),
        ("1969", "1969.08333333333", "1969.16666666667", "1969.05"),
        ("2026-01-01 08:00", "2026-01-01 09:00", "2026-01-01 10:00", "2026-01-01T08:30"),
        ("week 1", "week 2", "week 3", "week 2"),
    ],
)
def test_a_day_is_found_however_the_file_writes_them(
    app: Flask, tmp_path: Path, first: str, second: str, third: str, when: str
) -> None:
    file = saved(tmp_path, f"x,y\n{first},1\n{second},2\n{third},4\n")
    code, answer = run(app, file, "--rebase", when)
    assert (code, [point["x"] for point in answer["points"]]) == (0, [first, second, third])
    assert [one["first"] for one in answer["stretches"]] == [first, second]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rebase", "soon"], "“soon” is not among the x"),
        (["--rebase", "2027-01-01"], "No point is at 2027-01-01 or later"),
        (["--fix-after", "1"], "--fix-after"),
        (["--kind", "c"], "--kind"),
        (["--target", "nan"], "--target"),
        (["--target", "high"], "--target"),
    ],
)
def test_arguments_that_do_not_fit_are_bad_usage(
    app: Flask, tmp_path: Path, arguments: list[str], said: str
) -> None:
    file = months(tmp_path, TWELVE)
    code, answer = run(app, file, *arguments)
    assert (code, said in answer["error"]) == (2, True)
    command = ["measures", "chart", "--improvement", "increase", file, *arguments]
    result = app.test_cli_runner().invoke(args=command)
    assert (result.exit_code, result.stdout, said in result.stderr) == (2, "", True)


def test_a_date_that_can_be_read_two_ways_does_not_rebase(app: Flask, tmp_path: Path) -> None:
    file = saved(tmp_path, "x,y\n01/02/2026,1\n02/02/2026,2\n03/02/2026,4\n")
    code, answer = run(app, file, "--rebase", "2026-02-15")
    assert (code, "two ways" in answer["error"]) == (2, True)


def test_every_bad_row_is_named(app: Flask, tmp_path: Path) -> None:
    text = "x,y\n2026-01-01,5\n2026-01-02,abc\n2026-01-03,\n2026-01-04,nan\n2026-01-05,inf\n"
    text += "2026-01-06,1e999\n2026-01-01,4\n,7\n2026-02-30,8\n"
    text += "".join(f"2026-03-{day:02},5\n" for day in range(1, 29))
    code, answer = run(app, saved(tmp_path, text))
    lines = answer["error"].splitlines()
    assert code == 1
    assert lines[0].startswith("8 of the 37 rows of series.csv cannot be charted.")
    named = [line.strip().partition(":")[0] for line in lines[1:]]
    assert named == [f"line {number}" for number in range(3, 11)]
    assert lines[1].strip() == "line 3: y is “abc”, no number."
    assert lines[6].strip() == "line 8: x is 2026-01-01, as on line 2. Leave one of them out."
    assert lines[8].strip() == "line 10: x is “2026-02-30”, no date or number like the others."


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("x,y\n1,2\n", "xmr", "fewer than two points"),
        ("x,y\n", "xmr", "no rows"),
        ("", "xmr", "empty"),
        ("day,calls\n1,2\n2,3\n", "xmr", "has no column “x”"),
        ("1,2\n2,3\n3,4\n", "xmr", "has no column “x”"),
        ("x,y\n1,2\n2,3\n", "p", "has no column “n”"),
        ("x,y,n\n1,2,10\n2,3,0\n3,3,\n4,11,10\n", "p", "line 3: n is 0."),
        (
            "x,y,n\n1,2,10\n2,3,-1\n3,3,\n4,11,10\n",
            "p",
            "line 5: y is 11, more than n, which is 10.",
        ),
        ("x,y,n\n1,0.2,10\n2,95,10\n", "p_prime", "line 3: y is 95. A share lies between 0 and 1"),
        ("x,y,n\n1,2,10\n2,-1,10\n", "u", "line 3: y is -1."),
        ("x\ty\n1\t1,234\n2\t2,345\n", "xmr", "decimal sign"),
    ],
)
def test_a_file_that_is_no_series_is_refused(
    app: Flask, tmp_path: Path, text: str, kind: str, said: str
) -> None:
    code, answer = run(app, saved(tmp_path, text), "--kind", kind)
    assert (code, answer["error"] if said not in answer["error"] else "") == (1, "")


def test_the_decimal_sign_can_be_said(app: Flask, tmp_path: Path) -> None:
    file = saved(tmp_path, "x\ty\n1\t1,234\n2\t2,345\n")
    for sign, wanted in (",", [1.234, 2.345]), (".", [1234, 2345]):
        _code, answer = run(app, file, "--decimal", sign)
        assert [point["y"] for point in answer["points"]] == wanted


def test_counts_become_shares_and_rates(app: Flask, tmp_path: Path) -> None:
    counts = [(12, 50), (15, 100), (8, 50), (10, 80)]
    rows = [f"{n},{y},{size}" for n, (y, size) in enumerate(counts, 1)]
    counted = saved(tmp_path, "\n".join(["x,y,n", *rows, ""]))
    whole, size = 45, 280
    for kind in ("p", "u", "p_prime", "u_prime"):
        _code, answer = run(app, counted, "--kind", kind)
        assert [p["y"] for p in answer["points"]] == [y / n for y, n in counts]
        assert answer["points"][0]["mean"] == pytest.approx(whole / size)
    _code, answer = run(app, counted, "--kind", "p")
    centre = whole / size
    for point, (_y, n) in zip(answer["points"], counts, strict=True):
        width = 3 * (centre * (1 - centre) / n) ** 0.5
        assert point["upper"] == pytest.approx(centre + width)
        assert point["lower"] == pytest.approx(max(0, centre - width))
    rows = [f"{n},{y / size},{size}" for n, (y, size) in enumerate(counts, 1)]
    shares = saved(tmp_path, "\n".join(["x,y,n", *rows, ""]))
    _code, again = run(app, shares, "--kind", "p")
    for one, other in zip(answer["points"], again["points"], strict=True):
        assert one["upper"] == pytest.approx(other["upper"], abs=1e-12)


def test_the_command_agrees_with_published_charts(
    app: Flask, tmp_path: Path, shared_data: Path
) -> None:
    folder = shared_data / "spc"
    points = defaultdict(list)
    with (folder / "nhsr_plotthedots_points.csv").open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            points[row["case_id"]].append(row)
    with (folder / "nhsr_plotthedots_cases.csv").open(encoding="utf-8", newline="") as opened:
        cases = [
            case for case in csv.DictReader(opened) if case["params"] or "_4hr" in case["case_id"]
        ]
    assert len(cases) >= 12
    for case in cases:
        own = points[case["case_id"]]
        file = saved(tmp_path, "\n".join(["x,y", *(f"{r['x']},{r['y']}" for r in own), ""]))
        code, answer = run(app, file, *options(case["params"]), way=case["improvement_direction"])
        assert code == 0
        assert types(answer) == [row["point_type"] for row in own], case
        for point, row in zip(answer["points"], own, strict=True):
            assert point["x"] == row["x"]
            for name, theirs in (("mean", "mean_col"), ("lower", "lpl"), ("upper", "upl")):
                assert point[name] == pytest.approx(float(row[theirs]), rel=1e-12, abs=1e-6)
        if case["assurance_type"]:
            assert answer["assurance"] == case["assurance_type"]


def options(params: str) -> list[str]:
    fixed = re.search(r"fix_after_n_points=([0-9]+)", params)
    target = re.search(r"target=([0-9.]+)", params)
    rebase = re.search(r"rebase=structure\(([0-9]+)", params)
    found = ["--fix-after", fixed[1]] if fixed else []
    found += ["--target", target[1]] if target else []
    if rebase:
        found += ["--rebase", (date(1970, 1, 1) + timedelta(int(rebase[1]))).isoformat()]
    return found + (["--no-screen"] if "screen_outliers=FALSE" in params else [])

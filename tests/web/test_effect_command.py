"""`flask measures effect`: a table of x and y and a day in, what the change did out."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask

LEVEL = [50, 52, 49, 51, 50, 53, 48, 51, 50, 52, 49, 50]
STEP = [*LEVEL, *(value + 12 for value in reversed(LEVEL))]
PROMISED = {
    "estimate",
    "interval",
    "trend",
    "verdict",
    "sentence",
    "n_before",
    "n_after",
    "autocorrelation",
    "method",
    "season",
    "change",
}


def run(app: Flask, *arguments: str) -> tuple[int, dict[str, Any]]:
    result = app.test_cli_runner().invoke(args=["measures", "effect", "--json", *arguments])
    return result.exit_code, json.loads(result.stdout)


def saved(folder: Path, text: str) -> str:
    file = folder / "series.csv"
    file.write_text(text, encoding="utf-8")
    return str(file)


def months(folder: Path, values: Sequence[float], begin: int = 2024) -> str:
    rows = [f"{begin + n // 12}-{n % 12 + 1:02}-01,{value}" for n, value in enumerate(values)]
    return saved(folder, "\n".join(["x,y", *rows, ""]))


def test_a_step_is_an_improvement(app: Flask, tmp_path: Path) -> None:
    code, answer = run(app, months(tmp_path, STEP), "--change", "2025-01-01")
    assert (code, answer["verdict"]) == (0, "improved")
    assert set(answer) >= PROMISED
    low, high = answer["interval"]
    assert 0 < low < answer["estimate"] < high
    assert 9 < answer["estimate"] < 15
    assert (answer["n_before"], answer["n_after"], answer["change"]) == (12, 12, "2025-01-01")
    assert set(answer["trend"]) == {"slope", "interval", "found"}
    assert answer["trend"]["found"] is False
    assert answer["sentence"].startswith("Improved: since the change the values lie ")


@pytest.mark.parametrize(
    ("way", "verdict"),
    [("increase", "improved"), ("decrease", "worsened"), ("neutral", "rose")],
)
def test_the_way_that_is_better_is_asked_for(
    app: Flask, tmp_path: Path, way: str, verdict: str
) -> None:
    file = months(tmp_path, STEP)
    code, answer = run(app, file, "--change", "2025-01", "--improvement", way)
    assert (code, answer["verdict"]) == (0, verdict)


@pytest.mark.parametrize(
    ("values", "verdict", "words"),
    [
        ([50] * 12 + [62] * 12, "improved", "lie 12 higher"),
        ([50] * 24, "no_effect", "The difference of 0 may be chance"),
        ([50 + 2 * n for n in range(24)], "trend_before", "already rising before it, by 2 a"),
        ([*LEVEL, *LEVEL], "no_effect", "No effect found"),
        (STEP[5:16], "not_enough_data", "there are 7 readings before the change and 4 since"),
    ],
)
def test_sentences(
    app: Flask, tmp_path: Path, values: list[float], verdict: str, words: str
) -> None:
    change = "2025-01" if len(values) == 24 else "2024-08"
    code, answer = run(app, months(tmp_path, values), "--change", change)
    assert (code, answer["verdict"]) == (0, verdict)
    assert words in answer["sentence"]


def test_a_step_on_a_trend_says_both(app: Flask, tmp_path: Path) -> None:
    values = [value + 3 * n for n, value in enumerate(STEP)]
    code, answer = run(app, months(tmp_path, values), "--change", "2025-01")
    assert (code, answer["verdict"], answer["trend"]["found"]) == (0, "improved", True)
    assert "already rising before the change, by 2.95 a period" in answer["sentence"]


def test_too_little_is_an_answer_without_figures(app: Flask, tmp_path: Path) -> None:
    code, answer = run(app, months(tmp_path, STEP), "--change", "2025-11")
    assert (code, answer["verdict"]) == (0, "not_enough_data")
    assert "22 readings before the change and 2 since" in answer["sentence"]
    assert [answer[name] for name in ("estimate", "interval", "trend")] == [None] * 3
    assert set(answer) >= PROMISED


def test_a_season_needs_two_whole_ones_before(app: Flask, tmp_path: Path) -> None:
    wave = [50 + 8 * np.sin(n * np.pi / 6) + n % 5 / 5 for n in range(48)]
    file = months(tmp_path, wave)
    code, answer = run(app, file, "--change", "2026-07", "--season", "12")
    assert (code, answer["verdict"], answer["season"]) == (0, "no_effect", 12)
    code, answer = run(app, file, "--change", "2025-12", "--season", "12")
    assert (code, answer["verdict"]) == (0, "not_enough_data")
    assert "At least 24 before" in answer["sentence"]


def test_an_outlier_is_named(app: Flask, tmp_path: Path) -> None:
    values = [*STEP]
    values[3] += 70
    code, answer = run(app, months(tmp_path, values), "--change", "2025-01")
    assert (code, answer["verdict"], answer["outliers"]) == (0, "improved", ["2024-04-01"])
    assert "the readings of 2024-04-01. Check them." in answer["sentence"]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffX;Y\r\n" + "".join(f"{n:02}.03.2026;{v},5\r\n" for n, v in enumerate(STEP, 1)),
        "y,x\n" + "".join(f"{v}.5,2026-03-{n:02}\n" for n, v in reversed([*enumerate(STEP, 1)])),
        "x,y\n" + "".join(f"2026-03-{n:02}T09:30,{v}.5\n" for n, v in enumerate(STEP, 1)),
    ],
)
def test_tables_come_in_many_ways(app: Flask, tmp_path: Path, text: str) -> None:
    """As a spreadsheet writes them, from new to old, and with the time of day."""
    code, answer = run(app, saved(tmp_path, text), "--change", "2026-03-13")
    assert (code, answer["verdict"], answer["n_before"]) == (0, "improved", 12), answer


@pytest.mark.parametrize(
    ("shown", "change"),
    [
        (lambda n: f"{2020 + n // 12}-{n % 12 + 1:02}", "2021-01"),
        (lambda n: f"{1990 + n}", "2002"),
        (lambda n: repr(1990 + n / 12), "1991-01-01"),
        (lambda n: repr(1990 + n / 12), "1991"),
        (lambda n: repr(1990 + n / 52), "1990-03-25"),
    ],
)
def test_months_and_years_are_days_too(app: Flask, tmp_path: Path, shown: Any, change: str) -> None:
    rows = [f"{shown(n)},{value}" for n, value in enumerate(STEP)]
    code, answer = run(app, saved(tmp_path, "\n".join(["x,y", *rows])), "--change", change)
    assert (code, answer["verdict"], answer["n_before"]) == (0, "improved", 12), answer


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x,z\n2026-01-01,5\n2026-01-02,6\n", "no column “y”"),
        ("x,y\n2026-01-01,5\n2026-01-02,six\n2026-01-03,6\n", "line 3: y is “six”, no number"),
        ("x,y\nMon,5\nTue,6\n", "x is “Mon”, which is no day"),
        ("x,y\n1,5\n2,6\n", "x is “1”, which is no day"),
        ("x,y\n2026-01-01T09:00,5\n2026-01-01T10:00,6\n", "are of one day"),
        ("", "has no rows"),
    ],
)
def test_a_bad_file_is_refused_in_words(app: Flask, tmp_path: Path, text: str, words: str) -> None:
    code, answer = run(app, saved(tmp_path, text), "--change", "2026-01-02")
    assert code == 1
    assert words in answer["error"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ([], "Missing option '--change'"),
        (["--change", "soon"], "“soon” is no day. Write 2026-01-31"),
        (["--change", "13"], "“13” is no day"),
        (["--change", "2030-01"], "is not within the series, which runs from 2024-01-01 to"),
        (["--change", "2024-01"], "There have to be readings before it"),
        (["--change", "2025-01", "--season", "1"], "1 is not in the range x>=2"),
        (["--change", "2025-01", "--improvement", "up"], "'up' is not one of"),
    ],
)
def test_bad_usage_is_said(app: Flask, tmp_path: Path, more: list[str], words: str) -> None:
    code, answer = run(app, months(tmp_path, STEP), *more)
    assert code == 2
    assert words in answer["error"]


def test_people_read_the_sentence_first(app: Flask, tmp_path: Path) -> None:
    file = months(tmp_path, STEP)
    command = ["measures", "effect", file, "--change", "2025-01"]
    lines = app.test_cli_runner().invoke(args=command).stdout.splitlines()
    assert lines[0].startswith("Improved: since the change")
    assert "readings: 12 before 2025-01-01, 12 after" in lines
    assert any(line.startswith("trend before, a period: ") for line in lines)


def test_the_published_series(app: Flask, tmp_path: Path, shared_data: Path) -> None:
    belts = (shared_data / "spc" / "R_Seatbelts.csv").read_text().replace('"time"', "x")
    file = saved(tmp_path, belts.replace('"drivers"', "y"))
    more = ["--change", "1983-02", "--season", "12", "--improvement", "decrease"]
    code, answer = run(app, file, *more)
    assert (code, answer["verdict"], answer["n_before"]) == (0, "improved", 169)
    nile = (shared_data / "spc" / "R_Nile.csv").read_text().replace('"time","value"', "x,y")
    code, answer = run(app, saved(tmp_path, nile), "--change", "1899", "--improvement", "neutral")
    assert (code, answer["verdict"]) == (0, "fell")

"""`flask feedback import`: the same import from the command line."""

import json
from pathlib import Path

import pytest
from flask import Flask

FILE = (
    b"id,day,said,rate,shop\r\n"
    b"1,2026/1/31,Nobody called me,1,Oslo\r\n"
    b"2,2026/2/1,=cmd,5,Oslo\r\n"
    b"3,1.2.2026,Late,2,Bergen\r\n"
)
COUNTS = ("read", "created", "updated", "unchanged", "rejected", "comments", "dates")
COUNTS += ("encoding", "delimiter")
COMMAND = ["feedback", "import", "--source", "Survey", "--map", "external_id=id"]
COMMAND += ["--map", "comment=said", "--map", "collected_at=day", "--date-order", "ymd", "--json"]


def run_command(app: Flask, *arguments: str) -> tuple[int, dict[str, object]]:
    result = app.test_cli_runner().invoke(args=list(arguments))
    return result.exit_code, json.loads(result.output.splitlines()[-1])


def without_run(answered: tuple[int, dict[str, object]]) -> dict[str, object]:
    return {name: value for name, value in answered[1].items() if name != "run"}


def test_the_command_does_the_same(app: Flask, tmp_path: Path) -> None:
    file, errors = tmp_path / "s.csv", tmp_path / "errors.csv"
    file.write_bytes(FILE)
    tried = run_command(app, *COMMAND, str(file), "--dry-run", "--errors", str(errors))
    first = run_command(app, *COMMAND, str(file))
    assert (first[0], without_run(first)) == (0, without_run(tried))
    answer = first[1]
    assert {name: answer[name] for name in COUNTS} == {
        "read": 3,
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "rejected": 1,
        "comments": 2,
        "dates": {"parsed": 2, "empty": 0, "rejected": 1},
        "encoding": "utf-8",
        "delimiter": ",",
    }
    assert errors.read_text(encoding="utf-8-sig").splitlines()[1].startswith("4,day,1.2.2026,")
    code, again = run_command(app, "feedback", "import", str(file), "--source", "survey", "--json")
    assert (code, again["created"], again["unchanged"]) == (0, 0, 2)


def test_a_run_is_undone_by_its_number(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    file.write_bytes(FILE)
    _code, done = run_command(app, *COMMAND, str(file))
    number = str(done["run"])
    code, undone = run_command(app, "feedback", "undo", number, "--json")
    assert (code, undone) == (0, {"run": done["run"], "removed": 2, "restored": 0, "kept": 0})
    code, again = run_command(app, "feedback", "undo", number, "--json")
    assert (code, "Only a run that has taken rows" in str(again["error"])) == (1, True)
    code, unknown = run_command(app, "feedback", "undo", "999", "--json")
    assert (code, "no import run 999" in str(unknown["error"])) == (1, True)


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (["--map", "comment=nope"], "Its columns are: id, day, said, rate, shop"),
        (["--map", "colour=said"], "The file's columns are: id, day, said, rate, shop"),
        (["--map", "external_id=shop"], "chosen for one thing"),
        (["--map", "rating=rate"], "lowest and the highest"),
        (["--map", "rating=rate", "--scale", "five"], "not a scale"),
        (["--errors", "/nowhere/at/all.csv"], "cannot be written"),
    ],
)
def test_the_command_refuses_in_words(
    app: Flask, tmp_path: Path, extra: list[str], words: str
) -> None:
    file = tmp_path / "s.csv"
    file.write_bytes(FILE)
    code, answer = run_command(app, *COMMAND, str(file), *extra)
    assert code == 1
    assert words in str(answer["error"])

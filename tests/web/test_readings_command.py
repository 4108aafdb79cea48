"""`flask measures import`: a file of readings from a shell."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from cxquest.core.models import AuditLine
from cxquest.measures.models import Reading, ReadingRun
from tests.cast import Cast
from tests.conftest import Transaction
from tests.teams import Team, day


@pytest.fixture
def metric(transaction: Transaction, cast: Cast) -> int:
    with transaction() as session:
        return Team(session, cast).sign().define().quest.metric_id or 0


def run(app: Flask, *args: str, code: int = 0) -> dict[str, Any]:
    done = app.test_cli_runner().invoke(args=["measures", "import", *args, "--json"])
    assert done.exit_code == code, done.output
    found: dict[str, Any] = json.loads(done.output.splitlines()[-1])
    return found


def counts(found: dict[str, Any]) -> list[int]:
    assert found["read"] == sum(
        found[name] for name in ("created", "corrected", "unchanged", "rejected")
    )
    names = ("read", "created", "corrected", "unchanged", "rejected")
    return [found[name] for name in names]


def number_of(transaction: Transaction, model: type) -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_file_is_previewed_taken_and_corrected(
    app: Flask, cast: Cast, metric: int, transaction: Transaction, tmp_path: Path
) -> None:
    file = tmp_path / "weeks.csv"
    file.write_text("period;value\n2026-01-05;4,5\n2026-01-12;5,25\nsoon;6,5\n", encoding="utf-8")
    known = (str(file), "--metric", str(metric), "--by", "Bram@halden.example")
    assert counts(run(app, *known, "--preview")) == [3, 2, 0, 0, 1]
    assert number_of(transaction, Reading) == number_of(transaction, ReadingRun) == 0
    found = run(app, *known)
    assert counts(found) == [3, 2, 0, 0, 1]
    assert [(one["line"], one["column"]) for one in found["rejections"]] == [(4, "period")]
    assert counts(run(app, *known)) == [3, 0, 0, 2, 1]
    file.write_text("period;value\n2026-01-05;5\n", encoding="utf-8")
    assert "No row" in run(app, *known, code=1)["error"]
    assert counts(run(app, *known, "--reason", "Counted anew")) == [1, 0, 1, 0, 0]


def test_what_is_under_review_is_not_corrected_and_the_quest_tells_of_the_file(
    app: Flask, cast: Cast, transaction: Transaction, tmp_path: Path
) -> None:
    with transaction() as session:
        quest = Team(session, cast).fix().quest
    file = tmp_path / "weeks.csv"
    known = (str(file), "--metric", str(quest.metric_id), "--by", "bram@halden.example")
    file.write_text(f"period,value\n{day(3)},11\n", encoding="utf-8")
    assert "A review waits" in run(app, *known, "--reason", "Counted anew", code=1)["error"]
    file.write_text(f"period,value\n{day(4)},11\n", encoding="utf-8")
    assert counts(run(app, *known)) == [1, 1, 0, 0, 0]
    with transaction() as session:
        line = session.scalars(select(AuditLine).where(AuditLine.action == "readings_loaded")).one()
        assert (line.subject_kind, line.subject_id) == ("quest", quest.id)
        assert line.summary == "Late moves: weeks.csv"


def test_what_only_a_person_can_tell_is_asked_for(
    app: Flask, cast: Cast, metric: int, tmp_path: Path
) -> None:
    file = tmp_path / "weeks.csv"
    file.write_text("day,value\n05/01/2026,4.5\n12/01/2026,5\n", encoding="utf-8")
    known = (str(file), "--metric", str(metric), "--by", "bram@halden.example", "--preview")
    assert "--order" in run(app, *known, code=1)["error"]
    assert counts(run(app, *known, "--order", "dmy")) == [2, 2, 0, 0, 0]
    assert "no column" in run(app, *known, "--value", "weight", code=1)["error"]
    nobody = (*known[:3], "--by", "nobody@halden.example")
    assert "let in" in run(app, str(file), *known[1:3], *nobody[3:], code=1)["error"]
    other = (str(file), "--metric", "999", *known[3:])
    assert "no metric 999" in run(app, *other, code=1)["error"]

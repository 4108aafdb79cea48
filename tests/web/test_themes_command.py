"""`flask themes …`: learning, proposing, and agreement on any labelled file."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, func, select

from cxquest.themes.models import ThemeLearning
from cxquest.voice.models import CommentTheme, Origin
from tests.cast import Cast
from tests.conftest import Transaction
from tests.themes import spoken, voices


def run_command(app: Flask, *arguments: str) -> tuple[int, dict[str, Any]]:
    result = app.test_cli_runner().invoke(args=["themes", *arguments, "--json"])
    return result.exit_code, json.loads(result.output.splitlines()[-1])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Sixty labelled texts, one without a label and one without a text."""
    return written(tmp_path / "texts.csv", seed=1)


def written(file: Path, seed: int) -> Path:
    texts, labels = spoken("English", 20, seed=seed)
    rows = [f"{text};{label}" for text, (label,) in zip(texts, labels, strict=True)]
    file.write_text("\n".join(["said;about", *rows, "unlabelled;", ";billing"]), encoding="utf-8")
    return file


def test_learn_tells_labels_agreement_and_what_it_abstains_on(
    app: Flask, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        voices(session, cast, tagged=12, others=10)
    code, found = run_command(app, "learn", "--confidence", "0.5")
    assert code == 0
    assert {one["name"]: one["n"] for one in found["labels"]} == {
        "billing": 12,
        "parking": 12,
        "waiting": 12,
    }
    assert found["agreement"]["n"] == 36
    assert set(found["abstained"]) == {"confidence", "coverage", "accuracy"}
    with transaction() as session:
        assert session.scalar(select(ThemeLearning.state)) == "done"
        assert session.scalar(programs()) == 0


def test_apply_proposes(app: Flask, transaction: Transaction, cast: Cast) -> None:
    with transaction() as session:
        voices(session, cast, tagged=12, others=10)
    code, found = run_command(app, "apply", "--confidence", "0.5")
    assert (code, found["comments"], found["problem"]) == (0, 30, "")
    with transaction() as session:
        assert session.scalar(programs()) == found["proposed"]
    assert found["proposed"] >= 25


def programs() -> Select[int]:
    return select(func.count(CommentTheme.comment_id.distinct())).where(
        CommentTheme.origin == Origin.LEARNED
    )


def test_learn_refuses_without_tags(app: Flask, cast: Cast) -> None:
    code, found = run_command(app, "learn")
    assert code == 1
    assert "too little to learn from" in str(found["error"])


def test_evaluate_tries_in_folds(app: Flask, file: Path) -> None:
    code, found = run_command(app, "evaluate", str(file), "--text", "said", "--label", "about")
    assert (code, found["n"]) == (0, 60)
    assert found["accuracy"] >= 0.9
    assert found["macro_f1"] >= 0.9
    assert found["majority_baseline"] == pytest.approx(1 / 3)
    assert found["abstained"]["coverage"] == pytest.approx(0.8)


def test_evaluate_tries_another_file(app: Flask, file: Path, tmp_path: Path) -> None:
    columns = ["--text", "said", "--label", "about", "--test", str(written(tmp_path / "t.csv", 5))]
    code, found = run_command(app, "evaluate", str(file), *columns, "--abstain", "0.5")
    assert (code, found["n"], found["learned_from"]) == (0, 60, 60)
    assert found["abstained"]["coverage"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (["--text", "nope", "--label", "about"], "no column “nope”. Its columns are: said, about."),
        (["--text", "said", "--label", "Column 9"], "no column “Column 9”"),
        (["--text", "said", "--label", "said"], "too little to learn from"),
    ],
)
def test_evaluate_refuses_in_words(app: Flask, file: Path, columns: list[str], words: str) -> None:
    code, found = run_command(app, "evaluate", str(file), *columns)
    assert code == 1
    assert words in str(found["error"])


def test_evaluate_refuses_a_file_that_is_none(app: Flask, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    code, found = run_command(app, "evaluate", str(empty), "--text", "a", "--label", "b")
    assert code == 1
    assert "no rows" in str(found["error"])

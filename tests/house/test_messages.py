"""Sentences for people can be collected for translation, wherever they are written."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAID = {
    "a service": "A team never reviews itself: a gate is judged by a coach outside the team.",
    "a pure module": "Members from at least two departments",
    "a form": "What the team promises",
    "a view": "Propose a quest",
    "a template": "What the next step needs",
    "a label": "Root cause",
}


def test_every_kind_of_module_gives_its_sentences(tmp_path: Path) -> None:
    file = tmp_path / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract"]
    options = ["-F", "pyproject.toml", "-k", "_l", "-k", "_m", "--no-wrap", "-o", str(file), "."]
    subprocess.run([*command, *options], cwd=ROOT, check=True)
    found = file.read_text(encoding="utf-8")
    missing = [place for place, text in SAID.items() if f'msgid "{text}"' not in found]
    assert missing == []

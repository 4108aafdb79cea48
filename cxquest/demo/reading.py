"""Reads the content of the demo company."""

import csv
import tomllib
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file of the content."""
    with (CONTENT / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def document(name: str) -> dict[str, Any]:
    """Return a TOML file of the content."""
    return tomllib.loads((CONTENT / f"{name}.toml").read_text(encoding="utf-8"))

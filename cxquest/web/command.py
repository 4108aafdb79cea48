"""How commands speak: words for people, one JSON object for programs, errors as both."""

import functools
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from cxquest.core.errors import Missing, Refusal
from cxquest.extensions import db

Answer = Mapping[str, Any]


def speaking(command: Callable[..., Answer]) -> Callable[..., None]:
    """Add --json to a command that returns its answer, and say refusals with exit code 1.

    The command's work is one transaction: committed when it answers, rolled back otherwise.
    """

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    @functools.wraps(command)
    def wrapped(*args: Any, as_json: bool, **kwargs: Any) -> None:
        try:
            answer = command(*args, **kwargs)
            db.session.commit()
        except Refusal as refusal:
            db.session.rollback()
            _fail(refusal, as_json)
        else:
            _say(answer, as_json)

    return wrapped


def _say(answer: Answer, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer, default=str, ensure_ascii=False))
        return
    for name, value in answer.items():
        if isinstance(value, list):
            for row in value:
                click.echo("  ".join(str(cell) for cell in row.values()) if isinstance(row, dict) else row)
        else:
            click.echo(f"{name.replace('_', ' ')}: {value}")


def _fail(refusal: Refusal, as_json: bool) -> None:
    missing = [_plain(item) for item in refusal.missing if not item.done]
    if as_json:
        click.echo(json.dumps({"error": str(refusal), "missing": missing}, ensure_ascii=False))
    else:
        click.echo("\n".join([str(refusal), *(f"  missing: {item}" for item in missing)]), err=True)
    sys.exit(1)


def _plain(item: Missing) -> str:
    return f"{item.text} ({item.who})"

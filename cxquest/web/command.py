"""How commands speak: words for people, one JSON object for programs, errors as both."""

import functools
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from cxquest.core.errors import Missing, Refusal
from cxquest.core.errors import marked as _
from cxquest.extensions import db

Answer = Mapping[str, Any]


class Worded(dict[str, Any]):
    """An answer that people are told in its own `words`, line by line."""

    words: Sequence[str] = ()


class Faulty(dict[str, Any]):
    """An answer that says what is wrong: told like any other, and the program ends with code 1."""


UNREADY = _("The database does not answer, or is not migrated. Run `flask db upgrade` first.")


class Command(click.Command):
    """A command that says what is wrong with its arguments as JSON too, where that is asked."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Read the arguments. Ends the program with code 2 when they do not fit."""
        as_json = "--json" in args
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            if not as_json:
                raise
            _tell(error.format_message())
            sys.exit(2)

    def invoke(self, ctx: click.Context) -> Any:
        """Do the work. Ends the program with code 2 when it finds that the arguments do not fit."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            if not ctx.params.get("as_json"):
                raise
            _tell(error.format_message())
            sys.exit(2)


class Commands(AppGroup):
    """A room's group of commands."""

    command_class = Command


def at_start(problem: str) -> None:
    """Say why the program does not start: to people, and to programs that asked for JSON."""
    click.echo(problem, err=True)
    if "--json" in sys.argv:
        _tell(problem)


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
        except (OperationalError, ProgrammingError):
            db.session.rollback()
            _fail(Refusal(UNREADY), as_json)
        else:
            _say(answer, as_json)
            if isinstance(answer, Faulty):
                sys.exit(1)

    return wrapped


def _say(answer: Answer, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer, default=str, ensure_ascii=False))
        return
    if isinstance(answer, Worded):
        click.echo("\n".join(answer.words))
        return
    for name, value in answer.items():
        if isinstance(value, list):
            for row in value:
                click.echo(
                    "  ".join(str(cell) for cell in row.values()) if isinstance(row, dict) else row
                )
        else:
            click.echo(f"{name.replace('_', ' ')}: {value}")


def _fail(refusal: Refusal, as_json: bool) -> None:
    missing = [_plain(item) for item in refusal.missing if not item.done]
    if as_json:
        _tell(str(refusal), missing=missing)
    else:
        click.echo("\n".join([str(refusal), *(f"  missing: {item}" for item in missing)]), err=True)
    sys.exit(1)


def _tell(problem: str, **more: object) -> None:
    click.echo(json.dumps({"error": problem, **more}, ensure_ascii=False))


def _plain(item: Missing) -> str:
    return f"{item.text} ({item.who})"

"""The `flask` commands of every room, hung on the app."""

from typing import Any

import click
from flask import Flask
from flask.cli import with_appcontext

from cxquest.config import Settings
from cxquest.people.commands import people
from cxquest.web.command import speaking


@click.command("settings")
@with_appcontext
@speaking
def settings() -> dict[str, Any]:
    """List every setting with its default and what it is for."""
    return {
        name: f"[{field.default}] {field.description}"
        for name, field in Settings.model_fields.items()
    }


def init_app(app: Flask) -> None:
    """Add the commands."""
    for command in (settings, people):
        app.cli.add_command(command)

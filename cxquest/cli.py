"""The `flask` commands of every room, hung on the app."""

from typing import Any

import click
from flask import Flask
from flask.cli import with_appcontext

from cxquest.boards.commands import season_group
from cxquest.config import Settings
from cxquest.demo.commands import demo
from cxquest.imports.commands import feedback
from cxquest.measures.reading_commands import measures
from cxquest.people.commands import people
from cxquest.rewards.commands import ledger_group, rewards_group
from cxquest.serving import serve, tick, work
from cxquest.themes.commands import themes
from cxquest.web.command import Command, speaking


@click.command("settings", cls=Command)
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
    for command in (
        settings,
        people,
        feedback,
        themes,
        measures,
        ledger_group,
        rewards_group,
        season_group,
        tick,
        demo,
        serve,
        work,
    ):
        app.cli.add_command(command)

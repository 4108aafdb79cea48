"""`flask tick`"""

from datetime import UTC, datetime
from typing import Any

import click
from flask.cli import with_appcontext

from cxquest.core import clock
from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.extensions import db
from cxquest.quests import ticking
from cxquest.web.command import speaking


@click.command("tick")
@click.option(
    "--at", "instant", default="", help="ISO time to take for now, such as 2026-03-01T09:00Z."
)
@with_appcontext
@speaking
def tick(instant: str) -> dict[str, Any]:
    """Do once what the days ask for: check what holds, close what has held."""
    return ticking.tick(db.session, _read(instant) if instant else clock.now())


def _read(instant: str) -> datetime:
    try:
        at = datetime.fromisoformat(instant)
    except ValueError as error:
        raise BadInput(_("“%(given)s” is not an ISO time."), field="at", given=instant) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)

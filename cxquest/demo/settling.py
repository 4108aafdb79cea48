"""What the days of the demo company bring: quests that hold are looked at, seasons are sealed."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from cxquest.boards import closing, opting
from cxquest.demo import reading
from cxquest.demo.world import Act, World
from cxquest.quests import ticking

MORNING, NIGHT = 5, 100


def acts(days: int) -> Iterator[Act]:
    """Yield the worker's look at each of the last `days`, and who shows their points since when."""
    for days_ago in range(days):
        yield Act(days_ago, NIGHT, look)
    for row in reading.table("people"):
        if row["near_days_ago"]:
            yield Act(int(row["near_days_ago"]), MORNING, partial(_opt_in, row["email"]))


def look(world: World, at: datetime) -> None:
    """Do what the worker does when a day has come."""
    for quest_id in ticking.due(world.session, at):
        ticking.look(world.session, quest_id, at)
    for season_id in closing.due(world.session, at):
        closing.close_due(world.session, season_id, at)


def _opt_in(email: str, world: World, at: datetime) -> None:
    opting.opt_in(world.session, by=world.people[email], at=at)

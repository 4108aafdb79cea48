"""What the story's acts share: the session, the clock, and everybody and everything by name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from cxquest.journey.models import Stage
from cxquest.people.models import Department, Person
from cxquest.quests import queries as quests
from cxquest.quests.models import Quest
from cxquest.voice.models import Theme


@dataclass
class World:
    """The company while its story is played. `today` is when the story ends."""

    session: Session
    today: datetime
    people: dict[str, Person] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    themes: dict[str, Theme] = field(default_factory=dict)
    pains: dict[str, int] = field(default_factory=dict)
    quests: dict[str, int] = field(default_factory=dict)

    def day(self, days_ago: int) -> date:
        """Return the day that lies so many days before the story's end."""
        return (self.today - timedelta(days=days_ago)).date()

    def quest(self, key: str) -> Quest:
        """Return a quest, loaded whole."""
        found = quests.whole(self.session, self.quests[key])
        if found is None:
            raise LookupError(key)
        return found


@dataclass(frozen=True, order=True)
class Act:
    """Something that happens so many days before the end, in the order of `turn` on that day."""

    days_ago: int
    turn: int
    do: Callable[[World, datetime], object] = field(compare=False)


def play(world: World, acts: list[Act]) -> None:
    """Do every act at its moment, the oldest first."""
    for number, act in enumerate(sorted(acts, key=lambda act: (-act.days_ago, act.turn))):
        moment = world.today - timedelta(days=act.days_ago)
        at = min(
            moment.replace(hour=6, minute=0, second=0, microsecond=0)
            + timedelta(minutes=8 * act.turn, milliseconds=number),
            world.today,
        )
        act.do(world, at)
        world.session.flush()

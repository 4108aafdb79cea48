"""How people at the demo company thank one another: kudos, and sponsors' words to their teams."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from cxquest.demo import reading
from cxquest.demo.story import Story
from cxquest.demo.world import Act, World
from cxquest.people.models import Person
from cxquest.quests.models import Quest
from cxquest.recognition import giving, queries, thanking
from cxquest.recognition.models import Behaviour, Kudos
from cxquest.rewards import seasons

NOON = 45
EVENING = 80


def acts(today: datetime, zone: ZoneInfo) -> Iterator[Act]:
    """Yield all thanks; what was said this week stays in the week of `today`, whatever its day."""
    content = reading.document("recognition")
    monday = seasons.week_of(today, zone).starts_at
    since = (today.astimezone(zone).date() - monday.astimezone(zone).date()).days
    for story in content["kudos"]:
        least = monday if story.get("this_week") else None
        day = min(story["days_ago"], since) if least else story["days_ago"]
        yield from _kudos(story, day, least)
    for story in content["thanks"]:
        yield Act(story["days_ago"], NOON, partial(_thank, story))


def _kudos(story: Story, day: int, least: datetime | None) -> Iterator[Act]:
    given: list[Kudos] = []

    def give(world: World, at: datetime) -> None:
        given.append(_give(story, world, max(at, least or at)))

    def retract(world: World, at: datetime) -> None:
        giving.retract(world.session, given.pop(), by=world.people[story["by"]], at=at)

    taken_back = story.get("retracted", False)
    yield Act(day, NOON if taken_back else EVENING, give)
    if taken_back:
        yield Act(day, NOON + 1, retract)


def _give(story: Story, world: World, at: datetime) -> Kudos:
    return giving.give(
        world.session,
        _receiver(story, world),
        behaviour=Behaviour(story["behaviour"]),
        reason=story["reason"],
        by=world.people[story["by"]],
        at=at,
    )


def _receiver(story: Story, world: World) -> Person | Quest:
    if "to" in story:
        return world.people[story["to"]]
    team = queries.team(world.session, world.quests[story["quest"]])
    if team is None:
        raise LookupError(story["quest"])
    return team


def _thank(story: Story, world: World, at: datetime) -> None:
    quest = world.quest(story["quest"])
    if quest.sponsor is None:
        raise LookupError(story["quest"])
    thanking.thank(world.session, quest, story["text"], by=quest.sponsor, at=at)

"""What the demo company's teams change: countermeasures, the tasks they take, what stays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from cxquest.demo.story import Story, accepted, act_on
from cxquest.demo.world import Act, World
from cxquest.people import queries as people
from cxquest.quests import fixing, tasks
from cxquest.quests.fixing import Change
from cxquest.quests.models import Quest
from cxquest.quests.work import Countermeasure, StandardKind
from cxquest.rewards.rulebook import Work


def fixed(story: Story) -> Iterator[Act]:
    """Yield what a team did about its root cause, from the plan to what is in place."""
    root_cause = accepted(story, "G1")
    if root_cause is None:
        return
    begun = max(root_cause - 2, 0)
    standards = story["proof"]["standards"]
    for place, measure in enumerate(story.get("countermeasures", ())):
        kept = standards[place] if place < len(standards) else {}
        yield act_on(story, begun, 50, _plan, measure, kept)
        placed = measure.get("in_place_days_ago")
        if placed is not None:
            yield act_on(story, min(placed, begun), 52, _put_in_place, measure, kept)
    for task in story["proof"]["tasks"]:
        yield act_on(story, begun, 51, _add_task, task)
        if "done_days_ago" in task:
            yield act_on(story, min(task["done_days_ago"], begun), 53, _tick, task)


def _plan(
    world: World, quest: Quest, story: Story, at: datetime, measure: Story, kept: Story
) -> None:
    given = _change(world, quest, at, measure, kept)
    planned = replace(given, in_place_on=None)
    fixing.add(world.session, quest, planned, by=world.people[story["lead"]], at=at)


def _put_in_place(
    world: World, quest: Quest, story: Story, at: datetime, measure: Story, kept: Story
) -> None:
    known = next(c for c in quest.countermeasures if c.title == measure["title"])
    given = _change(world, quest, at, measure, kept)
    fixing.change(world.session, quest, known, given, by=world.people[story["lead"]], at=at)


def _change(world: World, quest: Quest, at: datetime, measure: Story, kept: Story) -> Change:
    placed, kind = measure.get("in_place_days_ago"), measure.get("standard_kind")
    return Change(
        why_id=next(why.id for why in quest.whys if why.is_root),
        title=measure["title"],
        work=Work(measure["work"]),
        description=measure["description"],
        in_place_on=None if placed is None else world.day(placed),
        standard_kind=StandardKind(kind) if kind else None,
        standard=measure.get("standard", ""),
        no_standard_reason=measure.get("no_standard_reason", ""),
        standard_version=kept.get("version", ""),
        standard_owner_id=world.people[kept["owner"]].id if kept else None,
        review_on=world.day(-kept["review_in_days"]) if kept else None,
        affected_roles=kept.get("roles", ""),
    )


def _add_task(world: World, quest: Quest, story: Story, at: datetime, task: Story) -> None:
    today = people.today(world.session, at)
    tasks.add(
        world.session,
        quest,
        _measure_of(quest, task),
        text=task["text"],
        person_id=world.people[task["by"]].id,
        due_on=max(world.day(task["due_days_ago"]), today + timedelta(days=1)),
        by=world.people[story["lead"]],
        at=at,
    )


def _tick(world: World, quest: Quest, _story: Story, at: datetime, task: Story) -> None:
    known = next(t for t in _measure_of(quest, task).tasks if t.text == task["text"])
    tasks.tick(world.session, quest, known, done=True, by=world.people[task["by"]], at=at)


def _measure_of(quest: Quest, task: Story) -> Countermeasure:
    return quest.countermeasures[task["of"]]

"""The quests of the demo company, from the first why to the proof, each deed at its day."""

from collections.abc import Iterator
from datetime import datetime

from cxquest.demo import reading
from cxquest.demo.chartering import chartered
from cxquest.demo.measuring import measured
from cxquest.demo.story import Story, accepted, act_on, asked
from cxquest.demo.world import Act, World
from cxquest.quests import (
    contributing,
    diagnosing,
    fixing,
    reviewing,
    stopping,
)
from cxquest.quests.fixing import Change
from cxquest.quests.models import Communication, Quest
from cxquest.quests.work import StandardKind, Verdict
from cxquest.rewards.rulebook import Cause, Gate, Work

LADDER = list(Work)


def acts() -> Iterator[Act]:
    """Yield everything that the teams did."""
    for story in reading.document("quests")["quest"]:
        yield from chartered(story)
        yield from _diagnose(story)
        yield from _fix(story)
        yield from measured(story)
        yield from _work(story)
        yield from _judge(story)
        yield from _end(story)


def _diagnose(story: Story) -> Iterator[Act]:
    """Spread the whys between the signature and the first request for a review."""
    signed = story.get("signed_days_ago")
    if signed is None:
        return
    first = asked(story, "G1")
    end = story["stop"]["days_ago"] if story.get("stop") else 0
    until = (end if first is None else first) + 1
    ids: dict[str, int] = {}
    for number, why in enumerate(story["whys"], start=1):
        day = signed - (signed - until) * number // (len(story["whys"]) + 1)
        yield act_on(story, day, 20 + number, _add_why, why, ids)
    for unit in story["departments"]:
        if unit.get("heard"):
            yield act_on(story, until, 30, _hear, unit)
    if story.get("root"):
        yield act_on(story, until, 31, _mark_root, ids)
    if story.get("communication"):
        yield act_on(story, until, 32, _communicate)


def _add_why(
    world: World, quest: Quest, story: Story, at: datetime, why: Story, ids: dict[str, int]
) -> None:
    made = diagnosing.add_why(
        world.session,
        quest,
        parent_id=ids.get(why["parent"]),
        text=why["text"],
        evidence=why["evidence"],
        by=world.people[story["lead"]],
        at=at,
    )
    ids[why["key"]] = made.id


def _hear(world: World, quest: Quest, story: Story, at: datetime, unit: Story) -> None:
    department = world.departments[unit["department"]]
    chair = next(c for c in quest.chairs if c.department_id == department.id)
    by = world.people[story["lead"]]
    diagnosing.hear(world.session, quest, chair, unit["heard"], by=by, at=at)


def _mark_root(world: World, quest: Quest, story: Story, at: datetime, ids: dict[str, int]) -> None:
    root = story["root"]
    why = next(why for why in quest.whys if why.id == ids[root["why"]])
    diagnosing.mark_root(
        world.session,
        quest,
        why,
        level=Cause(root["level"]),
        without_it=root["without_it"],
        fixed_stops=root["fixed_stops"],
        by=world.people[story["lead"]],
        at=at,
    )


def _communicate(world: World, quest: Quest, story: Story, at: datetime) -> None:
    answer = story["communication"]
    works = [Work(c["work"]) for c in story.get("countermeasures", ())] or [Work.PREVENTION]
    diagnosing.answer_communication(
        world.session,
        quest,
        Communication(answer["kind"]),
        answer["note"],
        max(works, key=LADDER.index),
        by=world.people[story["lead"]],
        at=at,
    )


def _fix(story: Story) -> Iterator[Act]:
    root_cause = accepted(story, "G1")
    if root_cause is None:
        return
    for measure in story.get("countermeasures", ()):
        placed = measure.get("in_place_days_ago")
        day = root_cause - 2 if placed is None else min(placed, root_cause - 1)
        yield act_on(story, max(day, 0), 50, _countermeasure, measure)


def _countermeasure(world: World, quest: Quest, story: Story, at: datetime, measure: Story) -> None:
    placed = measure.get("in_place_days_ago")
    kind = measure.get("standard_kind")
    given = Change(
        why_id=next(why.id for why in quest.whys if why.is_root),
        title=measure["title"],
        work=Work(measure["work"]),
        description=measure["description"],
        in_place_on=None if placed is None else world.day(placed),
        standard_kind=StandardKind(kind) if kind else None,
        standard=measure.get("standard", ""),
        no_standard_reason=measure.get("no_standard_reason", ""),
    )
    fixing.add(world.session, quest, given, by=world.people[story["lead"]], at=at)


def _work(story: Story) -> Iterator[Act]:
    for done in story["contributions"]:
        yield act_on(story, done["days_ago"], 40, _contribute, done)
    for message in story["messages"]:
        yield act_on(story, message["days_ago"], 41, _say, message)


def _contribute(world: World, quest: Quest, story: Story, at: datetime, done: Story) -> None:
    by = world.people[done["by"]]
    contributing.contribute(world.session, quest, done["what"], done["size"], by=by, at=at)


def _say(world: World, quest: Quest, story: Story, at: datetime, message: Story) -> None:
    by = world.people[message["by"]]
    contributing.say(world.session, quest, message["text"], by=by, at=at)


def _judge(story: Story) -> Iterator[Act]:
    for review in story["reviews"]:
        yield act_on(story, review["asked_days_ago"], 60, _ask)
        yield act_on(story, review["days_ago"], 61, _give_verdict, review)


def _ask(world: World, quest: Quest, story: Story, at: datetime) -> None:
    reviewing.ask(world.session, quest, by=world.people[story["lead"]], at=at)


def _give_verdict(world: World, quest: Quest, story: Story, at: datetime, review: Story) -> None:
    reviewing.judge(
        world.session,
        quest,
        gate=Gate(review["gate"]),
        verdict=Verdict(review["verdict"]),
        reason=review["reason"],
        by=world.people[review["reviewer"]],
        at=at,
    )


def _end(story: Story) -> Iterator[Act]:
    if story.get("stop"):
        yield act_on(story, story["stop"]["days_ago"], 70, _stop)
    proven = accepted(story, "G3")
    if story.get("lesson") and proven is not None:
        yield act_on(story, max(proven - 91, 0), 71, _learn)


def _stop(world: World, quest: Quest, story: Story, at: datetime) -> None:
    stop, sponsor = story["stop"], world.people[story["sponsor"]]
    stopping.stop(
        world.session, quest, reason=stop["reason"], lesson=stop["lesson"], by=sponsor, at=at
    )


def _learn(world: World, quest: Quest, story: Story, at: datetime) -> None:
    stopping.learn(world.session, quest, story["lesson"], by=world.people[story["lead"]], at=at)

"""The quests of the demo company, from the first why to the proof, each deed at its day."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from cxquest.demo import reading
from cxquest.demo.chartering import chartered
from cxquest.demo.fixing import fixed
from cxquest.demo.measuring import measured
from cxquest.demo.spreading import spread
from cxquest.demo.story import Story, accepted, act_on, asked
from cxquest.demo.world import Act, World
from cxquest.pains.models import PainEvidence
from cxquest.quests import (
    contributing,
    diagnosing,
    learning,
    reviewing,
    stopping,
    voicing,
)
from cxquest.quests.learning import Words
from cxquest.quests.models import Communication, Quest
from cxquest.quests.work import Verdict
from cxquest.rewards.rulebook import Cause, Gate, Work

LADDER = list(Work)


def acts() -> Iterator[Act]:
    """Yield everything that the teams did."""
    proof = reading.document("proof")
    for story in reading.document("quests")["quest"]:
        story["proof"] = proof.get(story["key"], {"standards": (), "tasks": ()})
        yield from chartered(story)
        yield from _diagnose(story)
        yield from fixed(story)
        yield from measured(story)
        yield from _work(story)
        yield from _judge(story)
        yield from _end(story)
        yield from spread(story)


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
    if story["whys"]:
        yield act_on(story, until, 29, _show_by_voice, ids)
    for unit in story["departments"]:
        if unit.get("heard"):
            yield act_on(story, until, 30, _hear, unit)
    if story.get("root"):
        yield act_on(story, until, 31, _mark_root, ids)
    if story.get("communication"):
        yield act_on(story, until, 32, _communicate)
    if story["proof"].get("unnoticed"):
        yield act_on(story, until, 33, _say_why_unnoticed)


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


def _show_by_voice(
    world: World, quest: Quest, story: Story, at: datetime, ids: dict[str, int]
) -> None:
    """Put two customers' comments under the first why, as what shows it."""
    first = next(why for why in quest.whys if why.id == ids[story["whys"][0]["key"]])
    shown = select(PainEvidence.comment_id).where(PainEvidence.pain_id == quest.pain_id)
    chosen = world.session.scalars(shown.order_by(PainEvidence.comment_id).limit(2)).all()
    by = world.people[story["lead"]]
    voicing.choose(world.session, quest, first, chosen, offered=chosen, by=by, at=at)


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


def _say_why_unnoticed(world: World, quest: Quest, story: Story, at: datetime) -> None:
    proof, by = story["proof"], world.people[story["lead"]]
    said, shown = proof["unnoticed"], proof["unnoticed_evidence"]
    diagnosing.answer_unnoticed(world.session, quest, said, shown, by=by, at=at)


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
    if "waiting" in story["proof"]:
        yield act_on(story, story["proof"]["waiting"]["days_ago"], 62, _ask)


def _ask(world: World, quest: Quest, story: Story, at: datetime) -> None:
    reviewing.ask(world.session, quest, by=world.people[story["lead"]], at=at)


def _give_verdict(world: World, quest: Quest, story: Story, at: datetime, review: Story) -> None:
    proof = story["proof"]
    reviewing.judge(
        world.session,
        quest,
        gate=Gate(review["gate"]),
        verdict=Verdict(review["verdict"]),
        reason=review["reason"],
        judgement=proof.get("judgement", "") if review["gate"] == "G3" else "",
        next_step=proof.get("next_steps", {}).get(review["gate"], ""),
        by=world.people[review["reviewer"]],
        at=at,
    )


def _end(story: Story) -> Iterator[Act]:
    if story.get("stop"):
        yield act_on(story, story["stop"]["days_ago"], 70, _stop)
    proven = accepted(story, "G3")
    if story["proof"].get("lesson_worked") and proven is not None:
        yield act_on(story, max(proven - 91, 0), 71, _learn)


def _stop(world: World, quest: Quest, story: Story, at: datetime) -> None:
    stop, sponsor = story["stop"], world.people[story["sponsor"]]
    stopping.stop(
        world.session, quest, reason=stop["reason"], lesson=stop["lesson"], by=sponsor, at=at
    )


def _learn(world: World, quest: Quest, story: Story, at: datetime) -> None:
    proof = story["proof"]
    said = Words(
        useful_when=proof["lesson_useful"],
        worked=proof["lesson_worked"],
        did_not=proof["lesson_did_not"],
        got_wrong=proof["lesson_got_wrong"],
    )
    learning.write(world.session, quest, said, by=world.people[story["lead"]], at=at)

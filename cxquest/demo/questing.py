"""The quests of the demo company, from proposal to proof, each deed at its day."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from cxquest.demo import reading
from cxquest.demo.world import Act, World
from cxquest.measures.models import Direction, Period, SideKind
from cxquest.measures.recording import Definition
from cxquest.pains import queries as pains
from cxquest.quests import (
    chartering,
    contributing,
    diagnosing,
    fixing,
    measuring,
    reviewing,
    starting,
    stopping,
    ticking,
)
from cxquest.quests.chartering import Charter
from cxquest.quests.fixing import Change
from cxquest.quests.models import Communication, Quest, Size, ValueKind
from cxquest.quests.work import StandardKind, Verdict
from cxquest.rewards.rulebook import Cause, Gate, Work

Story = dict[str, Any]
Deed = Callable[[World, Quest, datetime], object]
LADDER = list(Work)


def acts() -> Iterator[Act]:
    """Yield everything that the teams did, and the program's daily look at what holds."""
    for story in reading.document("quests")["quest"]:
        yield from _start(story)
        yield from _charter(story)
        yield from _diagnose(story)
        yield from _fix(story)
        yield from _measure(story)
        yield from _work(story)
        yield from _judge(story)
        yield from _end(story)
    for days_ago in range(180):
        yield Act(days_ago, 100, lambda world, at: ticking.tick(world.session, at))


def _act(story: Story, days_ago: int, turn: int, deed: Deed) -> Act:
    return Act(days_ago, turn, lambda world, at: deed(world, world.quest(story["key"]), at))


def _start(story: Story) -> Iterator[Act]:
    yield Act(story["proposed_days_ago"], 10, lambda world, at: _propose(world, story, at))
    for member in story["members"]:
        if member["email"] != story["lead"]:
            yield _act(
                story,
                member["joined_days_ago"],
                11,
                lambda world, quest, at, m=member: starting.join(  # type: ignore[misc]
                    world.session, quest, by=world.people[m["email"]], at=at
                ),
            )


def _propose(world: World, story: Story, at: datetime) -> None:
    pain = pains.pain(world.session, world.pains[story["pain"]])
    if pain is None:
        raise LookupError(story["pain"])
    lead = world.people[story["lead"]]
    quest = starting.propose(world.session, pain, story["title"], by=lead, at=at)
    world.quests[story["key"]] = quest.id


def _charter(story: Story) -> Iterator[Act]:
    if story["end_state"] == "proposed":
        return
    signed = story.get("signed_days_ago")
    joined = min(m["joined_days_ago"] for m in story["members"])
    written = joined - 1 if signed is None else min(joined, signed + 3)
    yield _act(story, written, 12, lambda w, q, at: _write_charter(w, q, story, at))
    if story.get("size") and story.get("size_coach"):
        yield _act(story, written, 13, lambda w, q, at: _agree_size(w, q, story, at))
    if signed is not None:
        yield _act(story, signed, 14, lambda w, q, at: _ask_signature(w, q, story, at))
        yield _act(story, signed, 15, lambda w, q, at: _sign(w, q, story, at))


def _write_charter(world: World, quest: Quest, story: Story, at: datetime) -> None:
    lead = world.people[story["lead"]]
    sponsor = world.people.get(story["sponsor"])
    given = Charter(
        title=story["title"],
        shared_goal=story["shared_goal"],
        customer_change=story["customers_do_differently"],
        value_kind=ValueKind(story["value_kind"]) if story.get("value_kind") else None,
        value_amount=Decimal(str(story["value_amount"])) if story.get("value_amount") else None,
        value_reason=story.get("value_reason", ""),
        sponsor_id=sponsor.id if sponsor else None,
    )
    chartering.write(world.session, quest, given, sponsor, by=lead, at=at)
    quest = world.quest(story["key"])
    hours = {
        membership.id: Decimal(str(member["hours_per_week"]))
        for membership in quest.team
        for member in story["members"]
        if world.people[member["email"]].id == membership.person_id
    }
    chartering.set_hours(world.session, quest, hours, by=lead, at=at)
    for unit in story["departments"]:
        chair = starting.add_chair(world.session, quest, world.departments[unit["department"]].id)
        chartering.set_goals(
            world.session,
            quest,
            chair,
            own_goal=unit["own_goal"],
            conflict=unit["conflict"],
            by=lead,
        )


def _agree_size(world: World, quest: Quest, story: Story, at: datetime) -> None:
    coach = world.people[story["size_coach"]]
    chartering.agree_size(world.session, quest, Size(story["size"]), by=coach, at=at)


def _ask_signature(world: World, quest: Quest, story: Story, at: datetime) -> None:
    chartering.ask_signature(world.session, quest, by=world.people[story["lead"]], at=at)


def _sign(world: World, quest: Quest, story: Story, at: datetime) -> None:
    chartering.sign(world.session, quest, by=world.people[story["sponsor"]], at=at)


def _diagnose(story: Story) -> Iterator[Act]:
    """Spread the whys between the signature and the first request for a review."""
    signed = story.get("signed_days_ago")
    if signed is None:
        return
    asked = [r["asked_days_ago"] for r in story["reviews"] if r["gate"] == "G1"]
    until = max(asked) + 1 if asked else (story.get("stop") or {"days_ago": 0})["days_ago"] + 1
    ids: dict[str, int] = {}
    for number, why in enumerate(story["whys"], start=1):
        day = signed - (signed - until) * number // (len(story["whys"]) + 1)
        yield _act(
            story,
            day,
            20 + number,
            lambda w, q, at, why=why: _add_why(w, q, story, why, ids, at),  # type: ignore[misc]
        )
    for unit in story["departments"]:
        if unit.get("heard"):
            yield _act(
                story,
                until,
                30,
                lambda w, q, at, unit=unit: _hear(w, q, story, unit, at),  # type: ignore[misc]
            )
    if story.get("root"):
        yield _act(story, until, 31, lambda w, q, at: _mark_root(w, q, story, ids, at))
    if story.get("communication"):
        yield _act(story, until, 32, lambda w, q, at: _communicate(w, q, story, at))


def _add_why(
    world: World, quest: Quest, story: Story, why: Story, ids: dict[str, int], at: datetime
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


def _hear(world: World, quest: Quest, story: Story, unit: Story, at: datetime) -> None:
    department = world.departments[unit["department"]]
    chair = next(c for c in quest.chairs if c.department_id == department.id)
    by = world.people[story["lead"]]
    diagnosing.hear(world.session, quest, chair, unit["heard"], by=by, at=at)


def _mark_root(world: World, quest: Quest, story: Story, ids: dict[str, int], at: datetime) -> None:
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


def _accepted(story: Story, gate: str) -> int | None:
    """Return how many days ago a gate was accepted; None if it was not."""
    return next(
        (r["days_ago"] for r in story["reviews"] if (r["gate"], r["verdict"]) == (gate, "accept")),
        None,
    )


def _fix(story: Story) -> Iterator[Act]:
    root_cause = _accepted(story, "G1")
    if root_cause is None:
        return
    for measure in story.get("countermeasures", ()):
        placed = measure.get("in_place_days_ago")
        day = root_cause - 2 if placed is None else min(placed, root_cause - 1)
        yield _act(
            story,
            max(day, 0),
            50,
            lambda w, q, at, measure=measure: _countermeasure(w, q, story, measure, at),  # type: ignore[misc]
        )


def _countermeasure(world: World, quest: Quest, story: Story, measure: Story, at: datetime) -> None:
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


def _measure(story: Story) -> Iterator[Act]:
    metric = story.get("metric")
    if not metric:
        return
    defined = story["signed_days_ago"]
    yield _act(story, defined, 16, lambda w, q, at: _define(w, q, story, at))
    for reading_ in story["readings"]:
        yield _act(
            story,
            min(reading_["days_ago"], defined),
            17,
            lambda w, q, at, r=reading_: _read(w, q, story, r, at),  # type: ignore[misc]
        )
    if _accepted(story, "G1") is not None:
        frozen = min(metric["baseline_to_days_ago"], defined) - 1
        yield _act(story, frozen, 18, lambda w, q, at: _freeze(w, q, story, at))
    asked = [r["asked_days_ago"] for r in story["reviews"] if r["gate"] == "G3"]
    if asked:
        yield _act(story, max(asked), 19, lambda w, q, at: _observe(w, q, story, at))


def _define(world: World, quest: Quest, story: Story, at: datetime) -> None:
    metric, lead = story["metric"], world.people[story["lead"]]
    days = timedelta(days=metric["target_in_days"])
    given = Definition(
        name=metric["name"],
        definition=metric["definition"],
        unit=metric["unit"],
        direction=Direction(metric["direction"]),
        period=Period(metric["period"]),
        data_source=metric["source"],
        owner_id=world.people[metric["owner"]].id,
        target=Decimal(str(metric["target"])),
        target_on=(at + days).date(),
    )
    measuring.define(world.session, quest, given, by=lead, at=at)
    for side in story.get("sides", ()):
        measuring.declare(
            world.session,
            world.quest(story["key"]),
            SideKind(side["kind"]),
            label=side["label"],
            baseline=Decimal(str(side["baseline"])),
            target=Decimal(str(side["target"])),
            by=lead,
            at=at,
        )


def _read(world: World, quest: Quest, story: Story, reading_: Story, at: datetime) -> None:
    measuring.read(
        world.session,
        quest,
        day=world.day(reading_["days_ago"]),
        value=Decimal(str(reading_["value"])),
        n=reading_.get("n"),
        by=world.people[story["metric"]["owner"]],
        at=at,
    )


def _freeze(world: World, quest: Quest, story: Story, at: datetime) -> None:
    metric = story["metric"]
    measuring.freeze(
        world.session,
        quest,
        first=world.day(metric["baseline_from_days_ago"] + 6),
        last=world.day(metric["baseline_to_days_ago"]),
        by=world.people[metric["owner"]],
        at=at,
    )


def _observe(world: World, quest: Quest, story: Story, at: datetime) -> None:
    by = world.people[story["metric"]["owner"]]
    for side in story.get("sides", ()):
        known = (
            next(s for s in quest.metric.sides if s.kind == side["kind"]) if quest.metric else None
        )
        if known and side.get("observed") is not None:
            measuring.observe(
                world.session,
                quest,
                known,
                observed=Decimal(str(side["observed"])),
                n=side["n"],
                by=by,
                at=at,
            )
    measuring.tell_customers(world.session, quest, story["customers_told"], by=by, at=at)


def _work(story: Story) -> Iterator[Act]:
    for done in story["contributions"]:
        yield _act(
            story,
            done["days_ago"],
            40,
            lambda w, q, at, done=done: contributing.contribute(  # type: ignore[misc]
                w.session, q, done["what"], done["size"], by=w.people[done["by"]], at=at
            ),
        )
    for message in story["messages"]:
        yield _act(
            story,
            message["days_ago"],
            41,
            lambda w, q, at, message=message: contributing.say(  # type: ignore[misc]
                w.session, q, message["text"], by=w.people[message["by"]], at=at
            ),
        )


def _judge(story: Story) -> Iterator[Act]:
    for review in story["reviews"]:
        yield _act(
            story,
            review["asked_days_ago"],
            60,
            lambda w, q, at: reviewing.ask(w.session, q, by=w.people[story["lead"]], at=at),
        )
        yield _act(
            story,
            review["days_ago"],
            61,
            lambda w, q, at, review=review: reviewing.judge(  # type: ignore[misc]
                w.session,
                q,
                gate=Gate(review["gate"]),
                verdict=Verdict(review["verdict"]),
                reason=review["reason"],
                by=w.people[review["reviewer"]],
                at=at,
            ),
        )


def _end(story: Story) -> Iterator[Act]:
    stop = story.get("stop")
    if stop:
        yield _act(
            story,
            stop["days_ago"],
            70,
            lambda w, q, at: stopping.stop(
                w.session,
                q,
                reason=stop["reason"],
                lesson=stop["lesson"],
                by=w.people[story["sponsor"]],
                at=at,
            ),
        )
    proven = _accepted(story, "G3")
    if story.get("lesson") and proven is not None:
        yield _act(
            story,
            max(proven - 91, 0),
            71,
            lambda w, q, at: stopping.learn(
                w.session, q, story["lesson"], by=w.people[story["lead"]], at=at
            ),
        )

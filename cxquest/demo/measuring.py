"""How the demo company's teams measure: metrics, readings, baselines, what customers were told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from cxquest.demo.story import Story, accepted, act_on, asked
from cxquest.demo.world import Act, World
from cxquest.measures import recording
from cxquest.measures.defining import Definition
from cxquest.measures.models import Direction, Period, SideKind
from cxquest.measures.offers import Given
from cxquest.measures.periods import start_of
from cxquest.measures.recording import Origin
from cxquest.quests import declaring, measuring
from cxquest.quests.models import Quest


def measured(story: Story) -> Iterator[Act]:
    """Yield the acts of measuring; figures from before the charter are written down with it."""
    metric = story.get("metric")
    if not metric:
        return
    defined = story["signed_days_ago"]
    yield act_on(story, defined, 16, _define)
    for figure in story["readings"]:
        yield Act(min(figure["days_ago"], defined), 17, partial(_read, story, figure))
    if "beside" in story["proof"]:
        yield act_on(story, 0, 1, _read_beside)
    root_cause = accepted(story, "G1")
    if root_cause is not None:
        frozen = min(metric["baseline_to_days_ago"], root_cause) - 1
        yield act_on(story, frozen, 18, _freeze)
    first = asked(story, "G3")
    if "waiting" in story["proof"]:
        first = story["proof"]["waiting"]["days_ago"]
    if first is not None:
        yield act_on(story, first, 19, _observe)


def _define(world: World, quest: Quest, story: Story, at: datetime) -> None:
    metric, proof, lead = story["metric"], story["proof"], world.people[story["lead"]]
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
        red_limit=Decimal(str(proof["red_limit"])),
        reaction=proof["reaction"],
        reaction_by_id=world.people[proof["reaction_by"]].id,
        reaction_hours=proof["reaction_hours"],
    )
    measuring.define(world.session, quest, given, by=lead, at=at)
    quest = world.quest(story["key"])
    movers = {c.department_id: c.person_id for c in quest.chairs if c.person_id}
    measuring.name_movers(world.session, quest, movers, by=lead, at=at)
    for side in story.get("sides", ()):
        declaring.declare(
            world.session,
            world.quest(story["key"]),
            SideKind(side["kind"]),
            label=side["label"],
            baseline=Decimal(str(side["baseline"])),
            target=Decimal(str(side["target"])),
            by=lead,
            at=at,
        )


def _read(story: Story, figure: Story, world: World, at: datetime) -> None:
    measuring.read(
        world.session,
        _with_metric(world, story["key"]),
        day=world.day(figure["days_ago"]),
        value=Decimal(str(figure["value"])),
        n=figure.get("n"),
        by=world.people[story["metric"]["owner"]],
        at=at,
    )


def _read_beside(world: World, quest: Quest, story: Story, at: datetime) -> None:
    """Name a series that the change should not move, and take its figures of the same weeks."""
    beside, by = story["proof"]["beside"], world.people[story["metric"]["owner"]]
    series = measuring.name_neighbour(world.session, quest, beside["name"], by=by, at=at)
    days = [world.day(figure["days_ago"]) for figure in story["readings"]]
    given = [
        Given(start_of(day, series.period), Decimal(str(value)))
        for day, value in zip(days, beside["values"], strict=True)
    ]
    recording.take(world.session, series, given, origin=Origin(by), at=at)


def _with_metric(world: World, key: str) -> Quest:
    """Return a quest with what a reading needs and no more: there are many readings."""
    wanted = select(Quest).where(Quest.id == world.quests[key])
    found = wanted.options(joinedload(Quest.metric), selectinload(Quest.members))
    return world.session.scalars(found).one()


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
            declaring.observe(
                world.session,
                quest,
                known,
                observed=Decimal(str(side["observed"])),
                n=side["n"],
                by=by,
                at=at,
            )
    measuring.tell_customers(world.session, quest, story["customers_told"], by=by, at=at)

"""How the demo company's quests begin: proposed, joined, chartered, signed by their sponsor."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from cxquest.demo.story import Story, act_on
from cxquest.demo.world import Act, World
from cxquest.pains import queries as pains
from cxquest.quests import chartering, starting
from cxquest.quests.chartering import Charter
from cxquest.quests.models import Quest, Size, ValueKind


def chartered(story: Story) -> Iterator[Act]:
    """Yield the acts until the charter is signed, and the places taken later."""
    yield Act(story["proposed_days_ago"], 10, lambda world, at: _propose(world, story, at))
    for member in story["members"]:
        if member["email"] != story["lead"]:
            yield act_on(story, member["joined_days_ago"], 11, _join, member["email"])
    yield from _charter(story)


def _join(world: World, quest: Quest, story: Story, at: datetime, email: str) -> None:
    starting.join(world.session, quest, by=world.people[email], at=at)


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
    signed = story.get("signed_days_ago", 0)
    at_first = [m["joined_days_ago"] for m in story["members"] if m["joined_days_ago"] > signed]
    asked = story.get("asked", [{"days_ago": signed}] if signed else [])
    written = min(at_first) - 1
    if asked:
        written = max(min(written, signed + 3), asked[0]["days_ago"])
    yield act_on(story, written, 12, _write_charter)
    if story.get("size") and story.get("size_coach"):
        yield act_on(story, written, 13, _agree_size)
    yield from _signature(story, asked)


def _signature(story: Story, asked: list[Story]) -> Iterator[Act]:
    """Yield what the sponsor was asked, what was sent back, and the signature."""
    for number, one in enumerate(asked):
        if number:
            yield act_on(story, one["days_ago"], 13, _promise)
        yield act_on(story, one["days_ago"], 14, _ask_signature)
        if one.get("sent_back_days_ago"):
            yield act_on(story, one["sent_back_days_ago"], 15, _send_back, one["reason"])
    if asked:
        yield act_on(story, story["signed_days_ago"], 15, _sign)


def _promise(world: World, quest: Quest, story: Story, at: datetime, reason: str = "") -> None:
    """Write what the charter promises; `reason` is what the value was reasoned with at first."""
    sponsor = world.people.get(story["sponsor"])
    given = Charter(
        title=story["title"],
        shared_goal=story["shared_goal"],
        customer_change=story["customers_do_differently"],
        value_kind=ValueKind(story["value_kind"]) if story.get("value_kind") else None,
        value_amount=Decimal(str(story["value_amount"])) if story.get("value_amount") else None,
        value_reason=reason or story.get("value_reason", ""),
        sponsor_id=sponsor.id if sponsor else None,
    )
    lead = world.people[story["lead"]]
    chartering.write(world.session, quest, given, sponsor, by=lead, at=at)


def _write_charter(world: World, quest: Quest, story: Story, at: datetime) -> None:
    lead = world.people[story["lead"]]
    _promise(world, quest, story, at, story.get("first_value_reason", ""))
    quest = world.quest(story["key"])
    hours = {
        membership.id: Decimal(str(member["hours_per_week"]))
        for membership in quest.team
        for member in story["members"]
        if world.people[member["email"]].id == membership.person_id
    }
    chartering.set_hours(world.session, quest, hours, by=lead, at=at)
    for unit in story["departments"]:
        chair = starting.add_chair(
            world.session, quest, world.departments[unit["department"]], by=lead, at=at
        )
        chartering.set_goals(
            world.session,
            quest,
            chair,
            own_goal=unit["own_goal"],
            conflict=unit["conflict"],
            by=lead,
            at=at,
        )


def _agree_size(world: World, quest: Quest, story: Story, at: datetime) -> None:
    coach = world.people[story["size_coach"]]
    chartering.agree_size(world.session, quest, Size(story["size"]), by=coach, at=at)


def _ask_signature(world: World, quest: Quest, story: Story, at: datetime) -> None:
    chartering.ask_signature(world.session, quest, by=world.people[story["lead"]], at=at)


def _sign(world: World, quest: Quest, story: Story, at: datetime) -> None:
    chartering.sign(world.session, quest, by=world.people[story["sponsor"]], at=at)


def _send_back(world: World, quest: Quest, story: Story, at: datetime, reason: str) -> None:
    sponsor = world.people[story["sponsor"]]
    chartering.send_back(world.session, quest, reason, by=sponsor, at=at)

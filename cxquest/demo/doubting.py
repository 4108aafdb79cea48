"""What members of the demo company doubt about their points, and who answers them."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import Row, select

from cxquest.demo import reading
from cxquest.demo.story import Story
from cxquest.demo.world import Act, World
from cxquest.quests import concerning
from cxquest.rewards import disputing, line_queries
from cxquest.rewards import queries as rewards
from cxquest.rewards.models import Account, Decision, Dispute, DisputeVerdict, RewardEvent

AFTERNOON = 70


def acts() -> Iterator[Act]:
    """Yield each dispute and its answer."""
    for story in reading.document("disputes")["dispute"]:
        yield Act(story["days_ago"], AFTERNOON, partial(_dispute, story))
        if "answer" in story:
            yield Act(story["answer"]["days_ago"], AFTERNOON, partial(_answer, story))


def _dispute(story: Story, world: World, at: datetime) -> None:
    decision, account, decided_at = _decided(story, world)
    disputing.begin(
        world.session,
        decision,
        story["text"],
        account=account,
        decided_at=decided_at,
        team=concerning.team_of(world.session, account),
        outside=concerning.answerers,
        by=world.people[story["by"]],
        at=at,
    )


def _answer(story: Story, world: World, at: datetime) -> None:
    decision, given = _decided(story, world)[0], story["answer"]
    disputing.answer(
        world.session,
        _raised(world, decision),
        DisputeVerdict(given["verdict"]),
        given["reason"],
        component=decision.component,
        outside=concerning.answerers,
        by=world.people[given["by"]],
        at=at,
    )


def _decided(story: Story, world: World) -> Row[Decision, Account, datetime]:
    """Return what was decided of a member's share in a gate's award."""
    key = f"quest:{world.quests[story['quest']]}:{story['gate']}"
    event_id = world.session.scalars(select(RewardEvent.id).where(RewardEvent.key == key)).one()
    account_id = rewards.account_of_person(world.session, world.people[story["by"]].id) or 0
    rule = f"gate_{story['gate']}"
    found = line_queries.decision_at(world.session, event_id, rule, account_id)
    if found is None:
        raise LookupError(key)
    return found


def _raised(world: World, decision: Decision) -> Dispute:
    place = (decision.event_id, decision.rule, decision.account_id)
    known = disputing.of_place(world.session, *place)
    found = concerning.dispute(world.session, known.id) if known else None
    if found is None:
        raise LookupError(place)
    return found[0]

"""A quest's story as it is written down, and how its deeds become acts."""

from collections.abc import Callable
from typing import Any

from cxquest.demo.world import Act, World

Story = dict[str, Any]


def act_on(story: Story, days_ago: int, turn: int, deed: Callable[..., object], *more: Any) -> Act:
    """Return the act of `deed` on the story's quest, called with world, quest, story, at, more."""

    def do(world: World, at: Any) -> object:
        return deed(world, world.quest(story["key"]), story, at, *more)

    return Act(days_ago, turn, do)


def accepted(story: Story, gate: str) -> int | None:
    """Return how many days ago a gate was accepted; None if it was not."""
    return next(
        (r["days_ago"] for r in story["reviews"] if (r["gate"], r["verdict"]) == (gate, "accept")),
        None,
    )


def asked(story: Story, gate: str) -> int | None:
    """Return how many days ago a gate was first asked for; None if it was not."""
    return max((r["asked_days_ago"] for r in story["reviews"] if r["gate"] == gate), default=None)

"""How the demo company's reward rules changed: written, simulated, approved, in force."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from cxquest.demo import reading
from cxquest.demo.story import Story
from cxquest.demo.world import Act, World
from cxquest.people import queries as people
from cxquest.rewards import documents, publishing, seasons, simulating
from cxquest.rewards.models import RulebookVersion
from cxquest.rewards.versions import rulebook_at

LATE_MORNING = 35


def acts() -> Iterator[Act]:
    """Yield the life of each version as far as it went."""
    for story in reading.document("rulebook")["version"]:
        yield from _Life(story).acts()


class _Life:
    """One version's way, from the draft to the day on which it counts."""

    version: RulebookVersion

    def __init__(self, story: Story) -> None:
        self.story = story

    def acts(self) -> Iterator[Act]:
        """Yield what was done with the version; a proposal stays a draft."""
        yield Act(self.story["written_days_ago"], LATE_MORNING, self._draft)
        if "seasons" in self.story:
            yield Act(self.story["written_days_ago"], LATE_MORNING + 1, self._simulate)
            yield Act(self.story["approved_days_ago"], LATE_MORNING, self._approve)
            yield Act(self.story["scheduled_days_ago"], LATE_MORNING, self._schedule)

    def _draft(self, world: World, at: datetime) -> None:
        document = documents.document_of(rulebook_at(world.session, at))
        _change(document["formula"], self.story.get("formula", {}))
        for rule in document["rules"]:
            rule.update(self.story.get("rules", {}).get(rule["id"], {}))
        by = world.people[self.story["by"]]
        self.version = publishing.draft(world.session, document, self.story["why"], by=by, at=at)

    def _simulate(self, world: World, at: datetime) -> None:
        by = world.people[self.story["by"]]
        simulating.run_now(world.session, self.version, seasons=self.story["seasons"], by=by, at=at)

    def _approve(self, world: World, at: datetime) -> None:
        by = world.people[self.story["approved_by"]]
        publishing.approve(world.session, self.version, by=by, at=at)

    def _schedule(self, world: World, at: datetime) -> None:
        zone = people.zone(world.session)
        since = seasons.midnight(world.day(self.story["effective_days_ago"]), zone)
        by = world.people[self.story["by"]]
        publishing.schedule(world.session, self.version, since, by=by, at=at, base_url="")


def _change(table: dict[str, Any], by: Mapping[str, Any]) -> None:
    """Change what `by` names, also within tables of the table."""
    for name, value in by.items():
        if isinstance(value, Mapping):
            _change(table[name], value)
        else:
            table[name] = value

"""Gathers what pages show of a team's work: seats, the chain read upward, standards to look at."""

from typing import Any

from cxquest.people.models import Person
from cxquest.quests import seating, standards, whys
from cxquest.quests.models import Quest


def shown(quest: Quest, reader: Person) -> dict[str, Any]:
    """Return what the quest's page and its review show beside the quest itself."""
    end = whys.deepest(quest.whys)
    return {
        "seats": [(chair, seating.sits(chair)) for chair in quest.chairs],
        "upward": whys.therefore(quest.whys, end.id, quest.pain.title) if end else [],
        "reviews_standard": lambda measure: standards.may_review(reader, quest, measure),
    }

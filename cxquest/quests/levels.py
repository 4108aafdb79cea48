"""Where a quest's metric stands: one number, the same on every page that shows it."""

from dataclasses import dataclass
from decimal import Decimal

from cxquest.measures import attainment
from cxquest.quests.models import Quest


@dataclass(frozen=True)
class Level:
    """Where a metric stands: the mean of its last `mean_of` readings.

    `readings` were made since the change.
    """

    value: Decimal
    mean_of: int
    readings: int


def level(quest: Quest) -> Level | None:
    """Return the mean of the last readings since the change; before four of them, the last one."""
    stands = quest.metric.standing if quest.metric else None
    if stands is None or stands.last is None:
        return None
    if stands.observed is not None:
        return Level(stands.observed, attainment.FRESH_READINGS, stands.fresh)
    return Level(stands.last, 1, stands.fresh)

"""Where a quest's metric stands: one number, the same on every page that shows it."""

from dataclasses import dataclass
from decimal import Decimal

from cxquest.measures import attainment
from cxquest.measures import queries as measures
from cxquest.quests import facts
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
    """Return the mean of the last readings since the change; before four of them, the last one.

    The quest needs its metric with the readings, and its countermeasures.
    """
    values = measures.values_of(quest.metric.readings) if quest.metric else []
    changed = facts.changed_on(quest)
    fresh = attainment.fresh(values, changed) if changed else []
    observed = facts.observed_of(values, changed)
    if observed is not None:
        return Level(observed, attainment.FRESH_READINGS, len(fresh))
    return Level(values[-1].value, 1, len(fresh)) if values else None

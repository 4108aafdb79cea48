"""The journey as a map: stations with their pains, the quests round them, and their metrics."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cxquest.journey import queries as journey
from cxquest.measures import queries as measures
from cxquest.pains import queries as pains
from cxquest.quests import queries as quests
from cxquest.quests.lifecycle import State
from cxquest.web.filters import number
from cxquest.web.labels import label, tone

# Where a quest stands, the most advanced first: the map draws one way round in its tone.
ORDER = (
    State.HOLDING,
    State.PROVING,
    State.FIXING,
    State.DIAGNOSING,
    State.CHARTERING,
    State.PROPOSED,
    State.CLOSED,
)


@dataclass
class Station:
    """A stage on the map."""

    name: str
    url: str
    goal: str
    success: str
    pains: list[dict[str, Any]] = field(default_factory=list)
    quests: list[dict[str, Any]] = field(default_factory=list)
    metrics: list[dict[str, Any]] = field(default_factory=list)


def stations(session: Session) -> list[Station]:
    """Return the map, in five queries whatever its size."""
    known = {
        stage.id: Station(
            stage.name,
            url_for("pains.index", stage=stage.id),
            stage.customer_goal,
            stage.success_means,
        )
        for stage in journey.stages(session)
    }
    marks = pains.by_stage(session)
    most = max((mark.reach_per_month for mark in marks), default=0)
    for mark in marks:
        if mark.stage_id in known:
            known[mark.stage_id].pains.append(_pain(mark, most))
    now = measures.latest(session)
    for row in sorted(quests.by_stage(session), key=lambda row: ORDER.index(row.state)):
        if row.stage_id in known:
            known[row.stage_id].quests.append(_quest(row))
            if row.metric and row.metric_id in now and row.state is not State.CLOSED:
                known[row.stage_id].metrics.append(_metric(row, now[row.metric_id]))
    return list(known.values())


def _pain(mark: Any, most: int) -> dict[str, Any]:
    """Return a pain's mark; its size says into which third of the largest reach it falls."""
    size = 1 + min(2, 3 * mark.reach_per_month // most) if most else 1
    return {
        "title": mark.title,
        "url": url_for("pains.show", pain_id=mark.id),
        "size": size,
        "hunch": mark.hunch,
    }


def _quest(row: Any) -> dict[str, Any]:
    return {
        "title": row.title,
        "url": url_for("quests.show", quest_id=row.id),
        "state": row.state,
        "state_label": label(row.state),
        "tone": tone(row.state),
    }


def _metric(row: Any, value: Decimal) -> dict[str, Any]:
    note = _("%(unit)s, target %(target)s", unit=row.unit, target=number(row.target))
    return {"name": row.metric, "value": number(value), "note": note}

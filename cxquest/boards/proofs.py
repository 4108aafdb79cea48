"""The journey's board: the verified change of each metric, by stage. Not points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from cxquest.journey.models import Stage
from cxquest.pains.lifecycle import PainState
from cxquest.pains.models import PainPoint
from cxquest.quests import facts, levels
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Quest

PROVEN = (State.HOLDING, State.CLOSED)
OPEN = (PainState.OPEN, PainState.ACCEPTED, PainState.IN_QUEST, PainState.REOPENED)


@dataclass(frozen=True)
class Change:
    """A metric that a quest moved: `reached` is the part of the way to its target."""

    quest_id: int
    title: str
    state: State
    stage: Stage | None
    metric: str
    unit: str
    baseline: Decimal | None
    now: Decimal | None
    reached: Fraction | None
    held_since: datetime | None


def proven(stage: int | None) -> Select[Quest]:
    """Return the quests whose outcome was proven and stands, by stage, the latest first."""
    quests = (
        select(Quest)
        .join(PainPoint, PainPoint.id == Quest.pain_id)
        .join(Stage, Stage.id == PainPoint.stage_id)
        .where(Quest.outcome_at.is_not(None), Quest.state.in_(PROVEN))
    )
    if stage is not None:
        quests = quests.where(Stage.id == stage)
    return quests.options(
        joinedload(Quest.pain).joinedload(PainPoint.stage),
        joinedload(Quest.metric),
        selectinload(Quest.countermeasures),
    ).order_by(Stage.position, Stage.id, Quest.outcome_at.desc(), Quest.id)


def changes(quests: Sequence[Quest]) -> list[Change]:
    """Return what each quest changed; what it needs is loaded with `proven`."""
    return [_change(quest) for quest in quests]


def _change(quest: Quest) -> Change:
    metric = quest.metric
    level = levels.level(quest)
    now = level.value if level else None
    return Change(
        quest_id=quest.id,
        title=quest.title,
        state=quest.state,
        stage=quest.pain.stage,
        metric=metric.name if metric else "",
        unit=metric.unit if metric else "",
        baseline=metric.baseline if metric else None,
        now=now,
        reached=facts.reached_by(metric, now) if metric else None,
        held_since=quest.outcome_at,
    )


def open_pains(session: Session) -> dict[int, int]:
    """Return how many pain points of each stage are open."""
    counted = (
        select(PainPoint.stage_id, func.count())
        .where(PainPoint.state.in_(OPEN), PainPoint.stage_id.is_not(None))
        .group_by(PainPoint.stage_id)
    )
    return {stage_id: n for stage_id, n in session.execute(counted) if stage_id is not None}

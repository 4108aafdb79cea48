"""Keeping the stages of the journey: add, change, move, retire."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.audit import Actor
from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.journey import queries
from cxquest.journey.models import Stage


def add(
    session: Session,
    *,
    name: str,
    customer_goal: str,
    success_means: str,
    by: Actor | None,
    at: datetime,
) -> Stage:
    """Add a stage at the end of the journey. Raises BadInput for a taken name."""
    _refuse_taken(session, name)
    last = session.scalar(select(func.max(Stage.position))) or 0
    stage = Stage(
        position=last + 1, name=name, customer_goal=customer_goal, success_means=success_means
    )
    session.add(stage)
    session.flush()
    audit.record(session, "added", stage, by=by, at=at, summary=name)
    return stage


def change(
    session: Session,
    stage: Stage,
    *,
    name: str,
    customer_goal: str,
    success_means: str,
    by: Actor,
    at: datetime,
) -> None:
    """Write a stage down anew. Raises BadInput for a taken name."""
    _refuse_taken(session, name, stage)
    stage.name = name
    stage.customer_goal, stage.success_means = customer_goal, success_means
    audit.record(session, "changed", stage, by=by, at=at, summary=name)
    session.flush()


def move(session: Session, stage: Stage, step: int, *, by: Actor, at: datetime) -> bool:
    """Move a stage one place earlier (-1) or later (+1); return whether there was room."""
    line = list(queries.stages(session))
    if stage not in line or not 0 <= line.index(stage) + step < len(line):
        return False
    place = line.index(stage)
    line.insert(place + step, line.pop(place))
    for position, one in enumerate(line, start=1):
        one.position = position
    audit.record(session, "moved", stage, by=by, at=at, summary=stage.name)
    session.flush()
    return True


def retire(session: Session, stage: Stage, *, by: Actor, at: datetime) -> None:
    """Take a stage off the journey; what is known of it stays."""
    stage.retired = True
    audit.record(session, "retired", stage, by=by, at=at, summary=stage.name)
    session.flush()


def restore(session: Session, stage: Stage, *, by: Actor, at: datetime) -> None:
    """Put a retired stage back at the end of the journey."""
    last = session.scalar(select(func.max(Stage.position))) or 0
    stage.retired, stage.position = False, last + 1
    audit.record(session, "restored", stage, by=by, at=at, summary=stage.name)
    session.flush()


def _refuse_taken(session: Session, name: str, stage: Stage | None = None) -> None:
    found = queries.stage_named(session, name)
    if found is not None and found is not stage:
        raise BadInput(_("There is a stage of that name already."), field="name")

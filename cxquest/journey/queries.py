"""What pages ask about the stages of the journey."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from cxquest.journey.models import Stage


def _in_order() -> Select[Stage]:
    return select(Stage).order_by(Stage.position, Stage.id)


def stages(session: Session) -> Sequence[Stage]:
    """Return the stages in the customer's order, without the retired ones."""
    return session.scalars(_in_order().where(Stage.retired.is_(False))).all()


def every_stage(session: Session) -> Sequence[Stage]:
    """Return all stages in order, the retired ones last."""
    return sorted(session.scalars(_in_order()), key=lambda stage: stage.retired)


def stage(session: Session, stage_id: int) -> Stage | None:
    """Return a stage by id, retired or not."""
    return session.get(Stage, stage_id)


def stage_named(session: Session, name: str) -> Stage | None:
    """Return the stage of this name, whatever its capitals."""
    return session.scalar(select(Stage).where(func.lower(Stage.name) == name.strip().lower()))

"""What pages ask about the metric of a quest, without all that hangs on the quest."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, case, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from cxquest.core.waiting import of_kind
from cxquest.measures.models import Metric, Period, Reading
from cxquest.people.models import Person
from cxquest.quests.lifecycle import ACTIVE
from cxquest.quests.models import Membership, Quest

PERIODS = tuple(Period)


def quest_of(session: Session, metric_id: int) -> Quest | None:
    """Return the quest of a metric or of the series beside it, with team, reviews and metric."""
    found = _of(metric_id).options(
        joinedload(Quest.metric).options(
            joinedload(Metric.neighbour),
            joinedload(Metric.owner),
            joinedload(Metric.reaction_by),
        ),
        selectinload(Quest.members).joinedload(Membership.person),
    )
    return session.scalars(found.execution_options(populate_existing=True)).one_or_none()


def keeper(session: Session, metric: Metric) -> Quest | None:
    """Return the quest of a metric, or of the series beside one, with its team and reviews."""
    return session.scalars(_of(metric.id)).one_or_none()


def _of(metric_id: int) -> Select[Quest]:
    beside = select(Metric.id).where(Metric.neighbour_id == metric_id)
    mine = or_(Quest.metric_id == metric_id, Quest.metric_id.in_(beside))
    newest = select(Quest).where(mine).order_by(Quest.id.desc()).limit(1)
    return newest.options(selectinload(Quest.reviews), selectinload(Quest.members))


def replaced(session: Session, ids: Sequence[int]) -> set[int]:
    """Return which of these readings another row stands in for."""
    found = session.scalars(select(Reading.corrects_id).where(Reading.corrects_id.in_(ids)))
    return {one for one in found if one is not None}


def everything(metric_id: int) -> Select[Reading, int, str]:
    """Return every row of a metric, the row that stands in for it, and who entered it."""
    later = aliased(Reading)
    return (
        select(Reading, later.id, Person.name)
        .outerjoin(later, later.corrects_id == Reading.id)
        .outerjoin(Person, Person.id == Reading.recorded_by_id)
        .where(Reading.metric_id == metric_id)
        .order_by(Reading.period_start.desc(), Reading.id.desc())
    )


def names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of people by id."""
    wanted = {one for one in ids if one is not None}
    found = session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {one.id: one.name for one in found}


def owned(person: Person) -> Select[Any]:
    """Return the metrics of a person on active quests, as what may wait for a reading.

    `detail` is the last period that has one, `part` the place of its kind in PERIODS.
    """
    found = of_kind(
        "metric",
        key=Metric.id,
        part=case(*((Metric.period == kind, place) for place, kind in enumerate(PERIODS))),
        title=Metric.name,
        detail=Metric.analysis["last_on"].as_string(),
    )
    found = found.select_from(Metric).join(Quest, Quest.metric_id == Metric.id)
    return found.where(Metric.owner_id == person.id, Quest.state.in_(ACTIVE))

"""Working out what the readings of an earlier version say, which pages read off the metric."""

from collections.abc import Callable

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from cxquest.measures import analysing
from cxquest.measures.models import Metric, Reading


def work(session: Session, interrupted: Callable[[], bool] = lambda: False) -> bool:
    """Analyse each metric that has readings and no analysis, each committed; say if all are."""
    while not interrupted():
        metric = session.scalar(_waiting())
        if metric is None:
            return True
        analysing.refresh(session, metric)
        session.commit()
    return False


def _waiting() -> Select[Metric]:
    """Return a metric with readings that count, and no analysis of them."""
    later = aliased(Reading)
    counts = exists().where(
        Reading.metric_id == Metric.id,
        Reading.withdrawn.is_(False),
        ~exists().where(later.corrects_id == Reading.id),
    )
    unknown = Metric.analysis["last"].as_string().is_(None)
    return select(Metric).where(counts, unknown).order_by(Metric.id).limit(1)

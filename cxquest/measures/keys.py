"""Keys of the API with which other programs bring the readings of one metric."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from cxquest.core.audit import Actor
from cxquest.imports import keys
from cxquest.imports.models import ApiKey
from cxquest.measures.models import Metric, MetricKey


def make(
    session: Session, metric: Metric, name: str, *, by: Actor, at: datetime
) -> tuple[ApiKey, str]:
    """Return a new key of a metric, and its token, which nobody can read again. Raises BadInput."""
    key, token = keys.issue(session, name, None, by=by, at=at, metric=metric.id)
    session.add(MetricKey(key_id=key.id, metric_id=metric.id))
    session.flush()
    return key, token


def opens(session: Session, key: ApiKey, metric_id: int) -> bool:
    """Whether a key brings the readings of this metric."""
    found = session.get(MetricKey, key.id)
    return found is not None and found.metric_id == metric_id


def listed(metric_id: int) -> Select[ApiKey]:
    """Return the keys of a metric: those in force first, then the newest."""
    mine = select(ApiKey).join(MetricKey, MetricKey.key_id == ApiKey.id)
    whole = mine.where(MetricKey.metric_id == metric_id).options(joinedload(ApiKey.made_by))
    return whole.order_by(ApiKey.revoked_at.is_not(None), ApiKey.id.desc())


def key(session: Session, metric_id: int, key_id: int) -> ApiKey | None:
    """Return a key of this metric."""
    return session.scalar(listed(metric_id).where(ApiKey.id == key_id))

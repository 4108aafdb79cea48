"""What stands beside the metric: measures that are declared early, and observed later."""

from decimal import Decimal

from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.measures import queries
from cxquest.measures.models import Metric, SideKind, SideMeasure


def declare(
    session: Session,
    metric: Metric,
    kind: SideKind,
    *,
    label: str,
    baseline: Decimal,
    target: Decimal,
) -> SideMeasure:
    """Declare a measure that counts beside the action metric. Raises BadInput if it cannot move."""
    better = target < baseline if kind is SideKind.THEME else target > baseline
    if not better:
        raise BadInput(
            _("The target %(target)s is not better than the baseline %(level)s."),
            field="target",
            target=target.normalize(),
            level=baseline.normalize(),
        )
    known = queries.side(session, metric, kind)
    if known is None:
        known = SideMeasure(metric_id=metric.id, kind=kind)
        session.add(known)
    known.label, known.baseline, known.target = label, baseline, target
    session.flush()
    return known


def observe(session: Session, side: SideMeasure, *, observed: Decimal, n: int) -> None:
    """Write down where a side measure stands, and on how many observations that rests."""
    side.observed, side.n = observed, n
    session.flush()

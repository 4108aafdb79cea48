"""What a metric belongs to, above this room: who is asked before a known reading changes.

A room above says it here, by its name: `before_change` raises Refusal where what is known must
stay as it is, `subject_of` returns the record on whose history deeds about the metric stand.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from cxquest.measures.models import Metric
from cxquest.people.models import Person

before_change: dict[str, Callable[[Session, Metric, Person | None], None]] = {}
subject_of: dict[str, Callable[[Session, Metric], Any]] = {}


def check(session: Session, metric: Metric, by: Person | None) -> None:
    """Raise Refusal where `by`, or a program, must leave the known readings of a metric alone."""
    for refuse in before_change.values():
        refuse(session, metric, by)


def subject(session: Session, metric: Metric) -> Any:
    """Return the record that a metric belongs to; without one, the metric."""
    found = (of(session, metric) for of in subject_of.values())
    return next((one for one in found if one is not None), metric)

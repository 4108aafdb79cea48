"""The life of a rulebook version: how far it is at an instant, and what its next step needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cxquest.core.errors import Missing
from cxquest.core.errors import marked as _

DAY = timedelta(days=1)
NOTICE = 7 * DAY

WRITER = _("an administrator, in the editor")
ANYONE = _("any administrator, on this page")
SECOND = _("an administrator who has not written on it")


class Stage(StrEnum):
    """How far a version is; the clock makes the last steps."""

    DRAFT = "draft"
    SIMULATED = "simulated"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"


def stage_of(
    state: str, since: datetime | None, instants: Iterable[datetime], at: datetime
) -> Stage:
    """Return how far a version is at an instant.

    `instants` are those from which scheduled versions count; without `since` the version
    counts from the beginning.
    """
    if state != Stage.SCHEDULED:
        return Stage(state)
    if since is not None and since > at:
        return Stage.SCHEDULED
    later = any((since is None or one > since) and one <= at for one in instants)
    return Stage.RETIRED if later else Stage.IN_FORCE


def days_of_notice(effective_from: datetime, at: datetime) -> int:
    """Return the whole days between an instant and the one from which a version counts."""
    return (effective_from - at) // DAY


@dataclass(frozen=True)
class Facts:
    """What is known of a version: whether it is lawful, simulated, approved and scheduled."""

    breaches: int
    faults: int
    simulated: bool
    approved: bool
    scheduled: bool


def steps(facts: Facts) -> Sequence[Missing]:
    """Return the steps from a draft to a rulebook that counts, in order."""
    return (
        Missing(
            _("It breaks no article of the constitution"),
            WRITER,
            "constitution",
            done=not facts.breaches,
        ),
        Missing(_("Each rule makes sense by the catalogue"), WRITER, "faults", not facts.faults),
        Missing(
            _("A simulation of exactly this document is attached"),
            ANYONE,
            "simulation",
            done=facts.simulated,
        ),
        Missing(_("A second administrator approves it"), SECOND, "life", done=facts.approved),
        Missing(_("It is scheduled, at least 7 days ahead"), ANYONE, "life", facts.scheduled),
    )


def before_approval(facts: Facts) -> Sequence[Missing]:
    """Return what has to be there before somebody approves a version."""
    return steps(facts)[:3]

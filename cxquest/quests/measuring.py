"""Measuring a quest: its one action metric, readings, measures beside it, telling customers."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed
from cxquest.core.errors import marked as _
from cxquest.measures import recording
from cxquest.measures.models import Metric, Reading, SideKind, SideMeasure
from cxquest.measures.recording import Definition
from cxquest.people.models import Person
from cxquest.quests import policy
from cxquest.quests.models import Quest
from cxquest.quests.moving import work_on


def define(
    session: Session, quest: Quest, given: Definition, *, by: Person, at: datetime
) -> Metric:
    """Define the quest's action metric, or change what may still change of it."""
    _may_define(quest, by)
    if given.owner_id is not None and given.owner_id not in {m.person_id for m in quest.team}:
        raise BadInput(_("The owner is a member of the team."), field="owner_id")
    metric = recording.define(session, given, quest.metric, at=at)
    quest.metric = metric
    audit.record(session, "metric_defined", quest, by=by, at=at, summary=given.name)
    session.flush()
    return metric


def freeze(
    session: Session, quest: Quest, *, first: date, last: date, by: Person, at: datetime
) -> Decimal:
    """Freeze the baseline. Raises BadInput when the window reaches into the time of a change."""
    _may_define(quest, by)
    metric = _metric(quest, by)
    changes = [c.in_place_on for c in quest.countermeasures if c.in_place_on]
    if changes and last >= min(changes):
        raise BadInput(
            _("The first change was in place on %(day)s; the baseline ends before that."),
            field="baseline_to",
            day=min(changes).isoformat(),
        )
    level = recording.freeze(session, metric, first=first, last=last, at=at)
    audit.record(session, "baseline_frozen", quest, by=by, at=at, summary=str(level.normalize()))
    return level


def read(
    session: Session,
    quest: Quest,
    *,
    day: date,
    value: Decimal,
    n: int | None,
    by: Person,
    at: datetime,
) -> Reading:
    """Add a reading."""
    reading = recording.read(session, _metric(quest, by), day=day, value=value, n=n, by=by, at=at)
    audit.record(session, "reading_added", quest, by=by, at=at, summary=f"{day}: {value}")
    return reading


def correct(
    session: Session,
    quest: Quest,
    reading: Reading,
    *,
    value: Decimal,
    n: int | None,
    reason: str,
    by: Person,
    at: datetime,
) -> Reading:
    """Correct a reading by a new row, with the reason."""
    _metric(quest, by)
    work_on(quest)
    row = recording.correct(session, reading, value=value, n=n, reason=reason, by=by, at=at)
    said = f"{reading.period_start}: {reading.value} → {value}. {reason}"
    audit.record(session, "reading_corrected", quest, by=by, at=at, summary=said)
    return row


def declare(
    session: Session,
    quest: Quest,
    kind: SideKind,
    *,
    label: str,
    baseline: Decimal,
    target: Decimal,
    by: Person,
    at: datetime,
) -> SideMeasure:
    """Declare a measure beside the action metric. Raises BadInput once the root cause is found."""
    _may_define(quest, by)
    metric = _metric(quest, by)
    if quest.root_cause_at is not None:
        raise BadInput(_("Measures are declared before the root cause is accepted."), field="kind")
    side = recording.declare(session, metric, kind, label=label, baseline=baseline, target=target)
    audit.record(session, "side_declared", quest, by=by, at=at, summary=label)
    return side


def observe(
    session: Session,
    quest: Quest,
    side: SideMeasure,
    *,
    observed: Decimal,
    n: int,
    by: Person,
    at: datetime,
) -> None:
    """Write down where a declared measure stands."""
    _metric(quest, by)
    work_on(quest)
    recording.observe(session, side, observed=observed, n=n)
    said = f"{side.label}: {observed} (n {n})"
    audit.record(session, "side_observed", quest, by=by, at=at, summary=said)


def tell_customers(session: Session, quest: Quest, how: str, *, by: Person, at: datetime) -> None:
    """Write down how customers were told what changed."""
    _may_measure(quest, by)
    quest.customers_told = how
    audit.record(session, "customers_told", quest, by=by, at=at, summary=how[:200])
    session.flush()


def _metric(quest: Quest, by: Person) -> Metric:
    _may_measure(quest, by)
    if quest.metric is None:
        raise BadInput(_("Define the metric first."))
    return quest.metric


def _may_measure(quest: Quest, by: Person) -> None:
    if not policy.may_measure(by, quest):
        raise NotAllowed(_("Only the team and the metric's owner measure a quest."))


def _may_define(quest: Quest, by: Person) -> None:
    if not policy.may_work_on(by, quest):
        raise NotAllowed(_("Only members of the team work on its quest."))
    work_on(quest)

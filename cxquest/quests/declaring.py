"""Measures beside a quest's metric: declared before the root cause, read by hand or by itself."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.measures import beside, secondary
from cxquest.measures.models import Metric, SideKind, SideMeasure, SideOrigin
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests.measuring import PROVEN, may_define, may_measure, metric_of
from cxquest.quests.models import Quest
from cxquest.quests.moving import work_on

LABELS = {
    SideKind.THEME: _("Negative share of the theme, in 28 days"),
    SideKind.SURVEY: _("Support of the customer's goal, 1 to 7"),
}


def declare(
    session: Session,
    quest: Quest,
    kind: SideKind,
    *,
    label: str,
    baseline: Decimal | None,
    target: Decimal,
    by: Person,
    at: datetime,
) -> SideMeasure:
    """Declare a measure that the team reads by hand. Raises BadInput.

    Namely without its name or its level before, and once the root cause is found.
    """
    metric = _early(quest, by)
    if not label:
        raise BadInput(_("Give it a name, where the team reads it by hand."), field="label")
    if baseline is None:
        raise BadInput(_("Say where it stood before."), field="baseline")
    known = next((side for side in metric.sides if side.kind is kind), None)
    if known is not None and known.origin is not SideOrigin.HAND:
        raise BadInput(_("A measure of this kind is declared already."), field="kind")
    side = beside.declare(session, metric, kind, label=label, baseline=baseline, target=target)
    audit.record(session, "side_declared", quest, by=by, at=at, summary=label)
    return side


def declare_read(
    session: Session, quest: Quest, kind: SideKind, target: Decimal, *, by: Person, at: datetime
) -> SideMeasure:
    """Declare a measure that the program reads: the theme's share, or the goal's support.

    Raises BadInput where the pain point has no theme or stage, and where a baseline is missing.
    """
    metric = _early(quest, by)
    pain = quest.pain
    about = pain.theme_id if kind is SideKind.THEME else pain.stage_id
    if about is None:
        raise BadInput(
            _("The pain point has no theme or stage to read it from. Give it one."), field="kind"
        )
    if any(side.kind is kind for side in metric.sides):
        raise BadInput(_("A measure of this kind is declared already."), field="kind")
    label = LABELS[kind]
    today = people.today(session, at)
    side = secondary.declare(session, metric, kind, about, label, target=target, today=today)
    audit.record(session, "side_declared", quest, by=by, at=at, summary=label)
    return side


def look(session: Session, quest: Quest, at: datetime) -> None:
    """Read the measures beside the metric that the program reads, as of today."""
    if quest.metric:
        secondary.look(session, quest.metric.sides, people.today(session, at))


def _early(quest: Quest, by: Person) -> Metric:
    may_define(quest, by)
    metric = metric_of(quest)
    if quest.root_cause_at is not None:
        raise BadInput(_("Measures are declared before the root cause is accepted."), field="kind")
    return metric


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
    """Write down where a declared measure stands. Raises Refusal for what the program reads."""
    may_measure(quest, by)
    if side.origin is not SideOrigin.HAND:
        raise Refusal(_("The program reads this measure itself, from what customers say."))
    if quest.state in PROVEN:
        raise Refusal(_("The outcome is proven on what was written down; it stays as it is."))
    work_on(quest)
    beside.observe(session, side, observed=observed, n=n)
    said = f"{side.label}: {observed} (n {n})"
    audit.record(session, "side_observed", quest, by=by, at=at, summary=said)

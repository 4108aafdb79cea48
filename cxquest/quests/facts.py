"""Reads the facts that gates are judged by off a quest that `queries.whole` has loaded."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cxquest.measures import attainment
from cxquest.measures.models import Metric
from cxquest.pains.models import PainClass
from cxquest.quests import whys
from cxquest.quests.lifecycle import Facts
from cxquest.quests.models import Quest, ValueKind
from cxquest.rewards.engine import Measure, attained


@dataclass(frozen=True)
class Heard:
    """Whether customers were told of the outcome by a note, and whether they recognise it."""

    told: bool = False
    recognised: bool = False


def of(quest: Quest, names: Iterable[str] = (), heard: Heard | None = None) -> Facts:
    """Return the quest's facts; `names` are the people whom no cause may name."""
    return Facts(
        **_charter(quest),
        **_root_cause(quest, names),
        **_countermeasures(quest),
        **_metric(quest),
        **_told(quest, heard or Heard()),
    )


def _charter(quest: Quest) -> dict[str, Any]:
    team = quest.team
    departments = {m.department_id for m in team if m.department_id}
    without = [
        chair.department.name for chair in quest.chairs if not (chair.own_goal and chair.conflict)
    ]
    return {
        "departments": len(departments),
        "shared_goal": bool(quest.shared_goal),
        "chairs_without_goal": tuple(without),
        "customer_change": bool(quest.customer_change),
        "value": _has_value(quest),
        "members_without_hours": tuple(m.person.name for m in team if not m.hours_per_week),
        "size_agreed": quest.size is not None and quest.size_by_id is not None,
        "sponsor": quest.sponsor.name if quest.sponsor else "",
    }


def _has_value(quest: Quest) -> bool:
    if quest.value_kind is ValueKind.EXEMPT:
        return bool(quest.value_reason)
    return quest.value_kind is not None and bool(quest.value_amount)


def _root_cause(quest: Quest, names: Iterable[str]) -> dict[str, Any]:
    texts = [f"{why.text}\n{why.without_it}\n{why.fixed_stops}" for why in quest.whys]
    texts.append(quest.why_unnoticed)
    return {
        "whys": len(quest.whys),
        "whys_without_evidence": sum(not (why.evidence or why.comments) for why in quest.whys),
        "chairs_empty": tuple(c.department.name for c in quest.chairs if not c.is_filled),
        "unnoticed": bool(quest.why_unnoticed and quest.why_unnoticed_evidence),
        "communication": quest.communication is not None and bool(quest.communication_note),
        "chairs_not_heard": tuple(c.department.name for c in quest.chairs if not c.heard),
        "roots": sum(why.is_root for why in quest.whys),
        "aim": quest.aim is not None,
        "people_named": tuple(whys.people_named(texts, names)),
    }


def _countermeasures(quest: Quest) -> dict[str, Any]:
    roots = {why.id for why in quest.whys if why.is_root}
    chosen = quest.countermeasures
    return {
        "roots_without_countermeasure": len(roots - {c.why_id for c in chosen}),
        "countermeasures_not_in_place": sum(c.in_place_on is None for c in chosen) + (not chosen),
        "countermeasures_without_standard": sum(
            not ((c.standard_kind and c.standard) or c.no_standard_reason) for c in chosen
        )
        + (not chosen),
        "standards_incomplete": tuple(c.title for c in chosen if c.standard and not c.is_kept),
        "returned": quest.returned is not None,
        "changed_since_return": _changed_since_return(quest),
    }


def _changed_since_return(quest: Quest) -> bool:
    """Whether a countermeasure came into place on the day of the return or after it."""
    back = quest.returned
    if back is None or back.decided_at is None:
        return False
    since = back.decided_at.date()
    return any(c.in_place_on and c.in_place_on >= since for c in quest.countermeasures)


def _metric(quest: Quest) -> dict[str, Any]:
    metric = quest.metric
    if metric is None:
        return {}
    stands = metric.standing
    reached = reached_by(metric, stands.observed)
    return {
        "metric": bool(metric.name and metric.definition and metric.unit and metric.data_source),
        "baseline_frozen": metric.baseline_frozen_at is not None,
        "target": metric.target is not None and metric.target_on is not None,
        "owner_apart": metric.owner_id is not None and metric.owner_id != quest.lead_id,
        "without_mover": tuple(_unmoved(quest, metric)),
        "reaction": metric.red_limit is not None
        and bool(metric.reaction and metric.reaction_by_id and metric.reaction_hours),
        "fresh_readings": stands.fresh,
        "fresh_needed": attainment.FRESH_READINGS,
        "half_way": reached is not None and reached >= Fraction(1, 2),
    }


def _told(quest: Quest, heard: Heard) -> dict[str, Any]:
    return {
        "customers_told": bool(quest.customers_told) or heard.told,
        "recognition_needed": quest.pain.pain_class is PainClass.DIFFERENTIATOR,
        "recognised": heard.recognised,
        "hold_checks_passed": _held(quest),
    }


def _unmoved(quest: Quest, metric: Metric) -> list[str]:
    """Return the departments at the table of which nobody is named who moves the metric."""
    named = {mover.department_id for mover in metric.movers}
    return sorted(c.department.name for c in quest.chairs if c.department_id not in named)


def _held(quest: Quest) -> bool:
    """Whether the last three checks, those since the outcome was verified, all passed."""
    since = quest.outcome_at
    current = [c for c in quest.hold_checks if since and c.due_on > since.date()]
    return len(current) == 3 and all(check.state == "passed" for check in current)


def reached_by(metric: Metric, observed: Decimal | None) -> Fraction | None:
    """Return how much of the way to the target the action metric has gone; None if unknown."""
    measure = measure_of(metric.baseline, metric.target, observed)
    return attained(measure) if measure else None


def measure_of(
    baseline: Decimal | None, target: Decimal | None, observed: Decimal | None
) -> Measure | None:
    """Return the engine's measure of three figures; None while one is missing or all are one."""
    if baseline is None or target is None or observed is None or baseline == target:
        return None
    return Measure(Fraction(baseline), Fraction(target), Fraction(observed))

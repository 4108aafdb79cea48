"""Describes to the points engine what a team did. The engine has never heard of a quest."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from cxquest.measures import queries as measures
from cxquest.measures.attainment import SIDE_OBSERVATIONS
from cxquest.quests import eligibility, facts
from cxquest.quests.eligibility import Stay
from cxquest.quests.models import Quest
from cxquest.quests.work import Why
from cxquest.rewards.deciding import Member
from cxquest.rewards.engine import Deed, Measure
from cxquest.rewards.rulebook import Cause, Gate, Impact, MeasureKind, Rulebook, Work

DEPTH = list(Cause)
LADDER = list(Work)


def deed_for(quest: Quest, gate: Gate, *, pending: bool = False) -> Deed:
    """Return the quest as the engine scores it at `gate`. Raises ValueError before that can be.

    With `pending` it is what would count if every contribution were accepted.
    The cause is the deepest accepted root; the work is the strongest countermeasure on a root
    of that depth, and at the first gate the work that is aimed at.
    """
    cause = deepest(quest)
    if quest.size is None or cause is None:
        raise ValueError("a deed needs an agreed size and a root cause")
    return Deed(
        Impact(quest.size.value),
        work_of(quest, gate),
        cause,
        shares(quest, pending=pending),
        measured(quest) if gate in (Gate.G3, Gate.G4) else {},
    )


def roots(quest: Quest) -> list[Why]:
    """Return the whys that are root causes."""
    return [why for why in quest.whys if why.is_root]


def deepest(quest: Quest) -> Cause | None:
    """Return the level of the deepest root cause."""
    levels = [why.level for why in roots(quest) if why.level]
    return max(levels, key=DEPTH.index) if levels else None


def work_of(quest: Quest, gate: Gate) -> Work:
    """Return the kind of work that counts at a gate. Raises ValueError while there is none."""
    if gate is Gate.G1:
        if quest.aim is None:
            raise ValueError("the first gate needs the work that is aimed at")
        return quest.aim
    if not answers(quest):
        raise ValueError("later gates need a countermeasure on the deepest root")
    return max(answers(quest), key=LADDER.index)


def answers(quest: Quest) -> list[Work]:
    """Return the kinds of work of the countermeasures on the deepest root causes."""
    level = deepest(quest)
    deep = {why.id for why in roots(quest) if why.level is level}
    return [c.work for c in quest.countermeasures if c.why_id in deep]


def rung(quest: Quest) -> Work | None:
    """Return the rung of the ladder of work that a quest stands on, or else aims for."""
    return max(answers(quest), key=LADDER.index, default=quest.aim)


def shares(quest: Quest, *, pending: bool = False) -> dict[str, Fraction]:
    """Return the weight of accepted contributions by department; with `pending`, of all."""
    names = {m.department_id: m.department.name for m in quest.members if m.department}
    weights: dict[str, Fraction] = defaultdict(Fraction)
    for contribution in quest.contributions:
        counts = pending or contribution.accepted_at is not None
        if counts and contribution.department_id in names:
            weights[names[contribution.department_id]] += contribution.size
    return dict(weights)


def measured(quest: Quest) -> dict[MeasureKind, Measure]:
    """Return the measures that count: the action metric, and those observed often enough."""
    metric = quest.metric
    if metric is None:
        return {}
    observed = facts.observed_of(measures.values_of(metric.readings), facts.changed_on(quest))
    found = {MeasureKind.ACTION: facts.measure_of(metric.baseline, metric.target, observed)}
    for side in metric.sides:
        if side.n is not None and side.n >= SIDE_OBSERVATIONS:
            kind = MeasureKind(side.kind.value)
            found[kind] = facts.measure_of(side.baseline, side.target, side.observed)
    return {kind: measure for kind, measure in found.items() if measure}


def sharers(
    quest: Quest,
    accounts: Mapping[int, int],
    *,
    gate: Gate,
    at: datetime,
    earlier: Mapping[int, int],
    rules: Rulebook,
) -> list[Member]:
    """Return everyone who was on the team since the previous gate, and whether they share.

    `accounts` maps persons to accounts, `earlier` to the active quests they joined before.
    """
    since = previous_gate(quest, gate)
    stays: dict[int, list[Stay]] = defaultdict(list)
    for member in quest.members:
        if member.left_at is None or member.left_at > since:
            stays[member.person_id].append(Stay(member.joined_at, member.left_at))
    accepted: dict[int, int] = defaultdict(int)
    for contribution in quest.contributions:
        accepted[contribution.person_id] += contribution.accepted_at is not None
    return [
        _member(accounts[person_id], reason)
        for person_id, spans in stays.items()
        for reason in [
            eligibility.judge(
                spans,
                since=since,
                until=at,
                accepted=accepted[person_id],
                earlier_quests=earlier.get(person_id, 0),
                most_quests=rules.active_quests,
            )
        ]
    ]


def _member(account_id: int, reason: str) -> Member:
    return Member(account_id, eligible=not reason, reason=reason)


def previous_gate(quest: Quest, gate: Gate) -> datetime:
    """Return the instant of the gate before `gate`; of the signed charter before the first."""
    passed = {
        Gate.G1: quest.charter_signed_at,
        Gate.G2: quest.root_cause_at,
        Gate.G3: quest.in_place_at,
        Gate.G4: quest.outcome_at,
    }
    return passed[gate] or quest.proposed_at

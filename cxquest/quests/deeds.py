"""Describes to the points engine what a team did. The engine has never heard of a quest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction

from cxquest.measures import secondary
from cxquest.quests import eligibility, facts
from cxquest.quests.eligibility import Stay
from cxquest.quests.models import Quest
from cxquest.rewards.engine import Deed, Measure
from cxquest.rewards.happening import Member
from cxquest.rewards.rulebook import Cause, Gate, Impact, MeasureKind, Rulebook, Work

# A root cause's depth, and the kind of work that answers it, if any does.
Root = tuple[Cause, Work | None]
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


def roots_of(quest: Quest) -> list[Root]:
    """Return the depth of each root cause, once for every kind of work that answers it."""
    works: dict[int, list[Work | None]] = defaultdict(list)
    for countermeasure in quest.countermeasures:
        works[countermeasure.why_id].append(countermeasure.work)
    return [
        (why.level, work)
        for why in quest.whys
        if why.is_root and why.level
        for work in works.get(why.id) or [None]
    ]


def depth(roots: Iterable[Root]) -> Cause | None:
    """Return the level of the deepest root cause."""
    return max((level for level, _ in roots), key=DEPTH.index, default=None)


def strongest(roots: Iterable[Root], aim: Work | None) -> Work | None:
    """Return the strongest work on a root of the greatest depth, or else the aim."""
    roots = list(roots)
    deepest = depth(roots)
    works = [work for level, work in roots if level is deepest and work]
    return max(works, key=LADDER.index, default=aim)


def deepest(quest: Quest) -> Cause | None:
    """Return the level of the quest's deepest root cause."""
    return depth(roots_of(quest))


def rung(quest: Quest) -> Work | None:
    """Return the rung of the ladder of work that a quest stands on, or else aims for."""
    return strongest(roots_of(quest), quest.aim)


def work_of(quest: Quest, gate: Gate) -> Work:
    """Return the kind of work that counts at a gate. Raises ValueError while there is none."""
    if gate is Gate.G1:
        if quest.aim is None:
            raise ValueError("the first gate needs the work that is aimed at")
        return quest.aim
    work = strongest(roots_of(quest), None)
    if work is None:
        raise ValueError("later gates need a countermeasure on the deepest root")
    return work


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
    observed = metric.standing.observed
    found = {MeasureKind.ACTION: facts.measure_of(metric.baseline, metric.target, observed)}
    for side in metric.sides:
        if secondary.counts(side):
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

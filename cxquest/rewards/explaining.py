"""What would have led to other points than a decision gave: under the same rulebook. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from math import ceil, prod
from typing import Any

from cxquest.core.errors import marked as _
from cxquest.rewards import deciding, limiting
from cxquest.rewards.catalogue import CATALOGUE
from cxquest.rewards.engine import (
    ATTAINED_GATES,
    Deed,
    Factor,
    allowance,
    points_of,
    score,
    taken_back,
)
from cxquest.rewards.event_rules import Condition, EventRule, Joint, Window, holds
from cxquest.rewards.happening import Happened, deed_of
from cxquest.rewards.rulebook import Cause, Gate, Rulebook, Work
from cxquest.rewards.seasons import day_of, week_of

CAP = "individual_cap"
LATER = 30  # days by which a return is thought later

BETTER = _("The next better kind of work: %(work)s")
DEEPER = _("The next deeper cause: %(cause)s")
WIDER = _("One more department with an equal share of the work")
REACHED = _("Every declared measure all the way to its target")
ELIGIBLE = _(
    "Whoever is on the team for at least half of the time since the previous gate, has an "
    "accepted contribution, and earns from no more than %(most)s active quests, gets the team's "
    "number in full"
)
CHANGED_ITSELF = _("Nothing. What a team's own change has caused pays at the first gate only.")
NOT_LATER = _("Nothing. A gate that was cancelled is not paid later.")
MOST = _("Nothing. It is the most that this gate pays for a quest of size %(impact)s.")
ANEW = _("The same from %(day)s on, when the limit begins anew")
NEVER_ANEW = _("Nothing. This limit does not begin anew.")
COOLED = _("The same from %(day)s on, when the cooling time is over")
SOMEBODY_ELSE = _("Somebody else's approval than one's own")
AS_ASKED = _("An event for which “%(field)s” is as the rule asks")
AS_RULED = _("An event that is as the rule “%(rule)s” asks")
IN_FULL = _("Nothing. The rule “%(rule)s” has paid in full what it pays for one such event.")
TOLD_FIRST = _("The team saying it first")
COME_LATER = _("The problem coming back %(days)s days later")
ALL_LEFT = _("Nothing. No more is taken back than this.")
FINAL = _("Nothing. The answer to a dispute is final.")
RELEASE = _("%(more)s more points from teams in this season, which release all that is held back")
NEVER = _("Nothing: under these rules own awards count up to %(allowance)s points.")
RELEASED = _("Nothing. None of it is held back any more.")


@dataclass(frozen=True)
class Product:
    """Factors, their exact product, and the whole number that it is rounded to, half up."""

    factors: tuple[Factor, ...]
    exact: Fraction
    points: int


@dataclass(frozen=True)
class Way:
    """Something else that could have been, and the points that it would have given, if known."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    points: int | None = None


@dataclass(frozen=True)
class Case:
    """A decision with what was known when it was made.

    `award` is what a taking back was worked out from, `season_ends` where the season of the
    event ends; `individual` and `team` are a person's own awards and team part in that season.
    """

    event: Happened
    account_id: int
    rule: str
    component: str
    points: int
    asked: int
    reason: str
    values: Mapping[str, Any]
    season_ends: datetime
    award: int = 0
    individual: int = 0
    team: int = 0


def gate_product(facts: Mapping[str, Any], rules: Rulebook) -> Product:
    """Return what a gate is worth to the team, with each factor and the unrounded product."""
    worked = score(Gate(facts["gate"]), deed_of(facts), rules)
    exact = prod((factor.value for factor in worked.factors), start=Fraction(1))
    return Product(worked.factors, exact, worked.points)


def return_product(award: int, facts: Mapping[str, Any], rules: Rulebook) -> Product:
    """Return what a returned problem takes back of an award (0 or less), by its factors."""
    days, first = int(facts["days"]), bool(facts["self_reported"])
    left = min(Fraction(days, rules.recurrence_window) - 1, Fraction(0))
    note = f"−(1 − {days}/{rules.recurrence_window})"
    factors = [Factor("award", Fraction(award)), Factor("left_of_window", left, note)]
    if first:
        factors.append(Factor("told_first", Fraction(1, 2)))
    exact = prod((factor.value for factor in factors), start=Fraction(1))
    return Product(tuple(factors), exact, -taken_back(award, days, rules, self_reported=first))


def ways(case: Case, rules: Rulebook) -> list[Way]:
    """Return what would have changed a decision; one sentence that begins so where nothing."""
    if case.rule == CAP:
        return [_release(case, rules)]
    if case.rule.startswith("rule_"):
        return list(_of_rule(case, rules))
    if case.event.kind == deciding.PROBLEM_RETURNED:
        return _of_return(case, rules)
    if case.event.kind == deciding.GATE_CANCELLED:
        return [Way(NOT_LATER)]
    if case.event.kind == deciding.GATE_PASSED:
        return _of_gate(case, rules)
    return [Way(FINAL)]


def is_eligible(facts: Mapping[str, Any], account_id: int) -> bool:
    """Whether an account shares in a gate: the team itself does, and every eligible member."""
    members = facts.get("members", ())
    return all(one["eligible"] for one in members if one["account_id"] == account_id)


def _of_gate(case: Case, rules: Rulebook) -> list[Way]:
    facts = case.event.facts
    if not is_eligible(facts, case.account_id):
        return [Way(ELIGIBLE, {"most": rules.active_quests}, case.asked)]
    if case.reason == deciding.OWN_CHANGE:
        return [Way(CHANGED_ITSELF)]
    gate, deed = Gate(facts["gate"]), deed_of(facts)
    earned = int(case.values.get("points", 0)) if case.reason == deciding.EARNED else 0
    found = [
        replace(way, points=max(0, points_of(gate, other, rules) - earned))
        for way, other in _others(gate, deed)
    ]
    better = [way for way in found if way.points is not None and way.points > case.points]
    return better or [Way(MOST, {"impact": deed.impact.value})]


def _others(gate: Gate, deed: Deed) -> Iterator[tuple[Way, Deed]]:
    """Yield deeds that are better in one respect, each with the words for it."""
    for work, better in pairwise(Work):
        if work is deed.work:
            yield Way(BETTER, {"work": better}), replace(deed, work=better)
    for cause, deeper in pairwise(Cause):
        if cause is deed.cause:
            yield Way(DEEPER, {"cause": deeper}), replace(deed, cause=deeper)
    shares = {name: weight for name, weight in deed.contributions.items() if weight}
    if shares:
        equal = sum(shares.values(), Fraction(0)) / len(shares)
        yield Way(WIDER), replace(deed, contributions={**shares, "": equal})
    if gate in ATTAINED_GATES:
        there = {kind: replace(m, observed=m.target) for kind, m in deed.measures.items()}
        yield Way(REACHED), replace(deed, measures=there)


def _of_return(case: Case, rules: Rulebook) -> list[Way]:
    days, first = int(case.event.facts["days"]), bool(case.event.facts["self_reported"])
    told = taken_back(case.award, days, rules, self_reported=True)
    later = taken_back(case.award, days + LATER, rules, self_reported=first)
    found = [
        Way(COME_LATER, {"days": LATER}, -later),
        *([] if first else [Way(TOLD_FIRST, {}, -told)]),
    ]
    less = [way for way in found if way.points is not None and way.points > case.points]
    return less or [Way(ALL_LEFT)]


def _of_rule(case: Case, rules: Rulebook) -> Iterator[Way]:
    rule = next((one for one in rules.rules if f"rule_{one.id}" == case.rule), None)
    name, values = rule.name if rule else case.rule, case.values
    if case.reason in (limiting.FULL, limiting.CLIPPED):
        begins = _anew(case)
        day = {"day": begins.astimezone(case.event.zone).date()} if begins else {}
        yield Way(ANEW, day, case.asked) if begins else Way(NEVER_ANEW)
    elif case.reason == limiting.COOLING:
        last = date.fromisoformat(values["last"])
        yield Way(COOLED, {"day": last + timedelta(days=int(values["days"]))}, case.asked)
    elif case.reason == limiting.OWN_APPROVAL:
        yield Way(SOMEBODY_ELSE, {}, case.asked)
    elif case.reason == limiting.NOT_MET and rule:
        yield from _unmet(case.event, rule)
    else:
        yield Way(IN_FULL, {"rule": name})


def _anew(case: Case) -> datetime | None:
    """Return when the limit that clipped a case begins anew; None for one that never does."""
    window, event = Window(case.values["window"]), case.event
    if window is Window.DAY:
        return day_of(event.at, event.zone).ends_at
    if window is Window.WEEK:
        return week_of(event.at, event.zone).ends_at
    return case.season_ends if window is Window.SEASON else None


def _unmet(event: Happened, rule: EventRule) -> Sequence[Way]:
    """Return the conditions that an event does not meet, where all of them have to hold."""
    kind = CATALOGUE[event.kind]
    found, parts = kind.values(event.facts), rule.only_if.parts
    plain = rule.only_if.joint is Joint.ALL and all(isinstance(p, Condition) for p in parts)
    names = [p.field for p in parts if isinstance(p, Condition) and not holds(p, found)]
    fields = [known for name in names if (known := kind.field(name))]
    if not plain or not fields:
        return [Way(AS_RULED, {"rule": rule.name}, rule.give)]
    points = rule.give if len(fields) == 1 else None
    return [Way(AS_ASKED, {"field": one.meaning}, points) for one in fields]


def _release(case: Case, rules: Rulebook) -> Way:
    """Return how many team points it takes until nothing of one's own awards is held back."""
    held = case.individual - allowance(case.team, rules)
    if held <= 0:
        return Way(RELEASED)
    if not rules.individual_part:
        return Way(NEVER, {"allowance": rules.starter_allowance})
    wanted = ceil(case.individual / rules.individual_part)
    return Way(RELEASE, {"more": wanted - case.team}, held)

"""The constitution: what no rulebook may break, whoever writes it. See docs/points.md.

The tables are compared number by number. Event rules are judged by what they make of a quest:
the formula and the rules together, on every deed that a rule can tell from another.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from cxquest.core.errors import marked as _
from cxquest.rewards import bonuses, law
from cxquest.rewards.catalogue import CATALOGUE, Kind
from cxquest.rewards.event_rules import (
    ORDERED,
    Condition,
    EventRule,
    Limit,
    Unit,
    Window,
    conditions_of,
)
from cxquest.rewards.law import Breach
from cxquest.rewards.rulebook import Cause, Gate, Impact, MeasureKind, Rulebook, Work

# The articles as a page shows them.
ARTICLES = {
    "C1": _("Prevention ≥ 1.5 × resolution; recovery < resolution < detection ≤ prevention."),
    "C2": _("Systemic ≥ 2 × symptom; symptom < contributing < systemic."),
    "C3": _("G3 and G4 are at least 60 % of a quest's value; the four shares add to 100 %."),
    "C4": _("The action metric weighs at least 50 %; action > theme > survey > 0."),
    "C5": _("The individual part of a score is at most 20 % above the starter allowance."),
    "C6": _("The product of the largest multipliers is at most 5."),
    "C7": _("Kudos carry no ranked points."),
    "C8": _("The catalogue of zero-point events is closed: no rule may pay for them."),
    "C9": _("The base of the next size is more than 2 × that of this one."),
    "C10": _(
        "Whoever writes a version does not approve it; at least 7 days' notice; never "
        "retroactive; a simulation is attached."
    ),
    "C11": _("What a person could earn in a season with no team outcome counts at most 50."),
}


Check = tuple[str, str, bool, Fraction | int, Fraction | int]


def breaches(rules: Rulebook) -> list[Breach]:
    """Return every article of the constitution that `rules` break, its tables first.

    What rules add is judged once the tables stand, since it is measured against them.
    """
    checks = (_work, _cause, _shares, _weights, _people, _multipliers, _bases)
    found = [
        Breach(article, text, Fraction(number), Fraction(limit))
        for check in checks
        for article, text, holds, number, limit in check(rules)
        if not holds
    ]
    found += [breach for rule in rules.rules for breach in _paid_for(rule)]
    if not found:
        found += bonuses.breaches(rules)
    return found


def _work(rules: Rulebook) -> Iterator[Check]:
    recovery, resolution, detection, prevention = (rules.work[w] for w in Work)
    yield (
        "C1",
        _("prevention is at least 1.5 × resolution"),
        prevention >= resolution * law.PREVENTION,
        prevention,
        resolution * law.PREVENTION,
    )
    yield "C1", _("recovery is above 0"), recovery > 0, recovery, 0
    yield "C1", _("recovery is below resolution"), recovery < resolution, recovery, resolution
    yield "C1", _("resolution is below detection"), resolution < detection, resolution, detection
    yield (
        "C1",
        _("detection is at most prevention"),
        detection <= prevention,
        detection,
        prevention,
    )


def _cause(rules: Rulebook) -> Iterator[Check]:
    symptom, contributing, systemic = (rules.cause[c] for c in Cause)
    yield (
        "C2",
        _("systemic is at least 2 × symptom"),
        systemic >= law.SYSTEMIC * symptom,
        systemic,
        law.SYSTEMIC * symptom,
    )
    yield "C2", _("symptom is above 0"), symptom > 0, symptom, 0
    yield "C2", _("symptom is below contributing"), symptom < contributing, symptom, contributing
    yield (
        "C2",
        _("contributing is below systemic"),
        contributing < systemic,
        contributing,
        systemic,
    )


def _shares(rules: Rulebook) -> Iterator[Check]:
    proven = rules.share[Gate.G3] + rules.share[Gate.G4]
    total = sum(rules.share.values(), Fraction(0))
    yield "C3", _("G3 and G4 are at least 60 %"), proven >= law.PROVEN, proven, law.PROVEN
    yield "C3", _("the four shares add to 100 %"), total == 1, total, 1
    lowest = min(rules.share.values())
    yield "C3", _("no share is below 0"), lowest >= 0, lowest, 0


def _weights(rules: Rulebook) -> Iterator[Check]:
    action, theme, survey = (rules.weight[m] for m in MeasureKind)
    half = law.ACTION * (action + theme + survey)
    yield "C4", _("the action metric weighs at least 50 %"), action >= half, action, half
    yield "C4", _("the action metric outweighs the theme"), action > theme, action, theme
    yield "C4", _("the theme outweighs the survey"), theme > survey, theme, survey
    yield "C4", _("the survey weighs more than 0"), survey > 0, survey, 0
    floor = rules.attainment_floor
    yield "C4", _("the floor of the attainment is above 0"), floor > 0, floor, 0
    yield "C4", _("the floor of the attainment is at most 1"), floor <= 1, floor, 1


def _people(rules: Rulebook) -> Iterator[Check]:
    part = rules.individual_part / (1 + rules.individual_part)
    text = _("the individual part is at most 20 % of a score")
    yield "C5", text, part <= law.OWN, part, law.OWN
    allowance = rules.starter_allowance
    yield (
        "C11",
        _("with no team outcome at most 50 points count"),
        allowance <= law.WITHOUT_A_TEAM,
        allowance,
        law.WITHOUT_A_TEAM,
    )


def _multipliers(rules: Rulebook) -> Iterator[Check]:
    product = max(rules.work.values()) * max(rules.cause.values()) * rules.bridge_limit
    yield (
        "C6",
        _("the largest multipliers give at most 5 together"),
        product <= law.MULTIPLIED,
        product,
        law.MULTIPLIED,
    )


def _bases(rules: Rulebook) -> Iterator[Check]:
    sizes = list(Impact)
    yield "C9", _("the base of S is above 0"), rules.base[sizes[0]] > 0, rules.base[sizes[0]], 0
    for size, bigger in pairwise(sizes):
        base, following = rules.base[size], rules.base[bigger]
        text = BASES[(size, bigger)]
        limit = law.NEXT_SIZE * base
        yield "C9", text, following > limit, following, limit


BASES = {
    (Impact.S, Impact.M): _("the base of M is more than 2 × that of S"),
    (Impact.M, Impact.L): _("the base of L is more than 2 × that of M"),
    (Impact.L, Impact.XL): _("the base of XL is more than 2 × that of L"),
}


def _paid_for(rule: EventRule) -> Iterator[Breach]:
    """Yield the article that forbids a rule to pay for its event at all."""
    kind = CATALOGUE.get(rule.when)
    if kind is None or kind.is_payable or not rule.give:
        return
    article = "C7" if rule.when == "kudos_given" else "C8"
    text = _("kudos carry no points") if article == "C7" else _("no rule pays for this event")
    yield Breach(article, text, Fraction(rule.give), Fraction(0), rule.name)


@dataclass(frozen=True)
class Fault:
    """Something in a rule that makes no sense, and where: no article, but not publishable."""

    place: str
    text: str


def faults(rules: Rulebook) -> list[Fault]:
    """Return what is wrong with the event rules besides the constitution's articles."""
    found: list[Fault] = []
    pools: dict[str, Limit] = {}
    ids: set[str] = set()
    for number, rule in enumerate(rules.rules, start=1):
        place = f"rules.{number}"
        if rule.id in ids:
            found.append(Fault(place, _("Another rule has the same id.")))
        ids.add(rule.id)
        found += [Fault(place, text) for text in _senseless(rule)]
        for limit in rule.at_most:
            if pools.setdefault(limit.pool, limit) != limit:
                text = _("Limits that are counted together have to be the same.")
                found.append(Fault(place, text))
    return found


def _senseless(rule: EventRule) -> Iterator[str]:
    kind = CATALOGUE.get(rule.when)
    if kind is None:
        yield _("The catalogue has no such event.")
        return
    if kind.is_payable and rule.to not in {one.name for one in kind.recipients}:
        yield _("The event names nobody of that kind to pay.")
    if any(limit.per not in kind.limits for limit in rule.at_most):
        yield _("The event names no pair or no theme that a limit could be counted for.")
    for condition in conditions_of(rule.only_if):
        field = kind.field(condition.field)
        if field is None:
            yield _("A condition reads a field that the event does not declare.")
        elif not _fits(condition, field.kind, field.choices):
            yield _("A condition compares a field with something that it can never be.")


def _fits(condition: Condition, kind: Kind, choices: tuple[str, ...]) -> bool:
    if kind is Kind.NUMBER:
        return isinstance(condition.value, Fraction)
    if condition.comparison in ORDERED:
        return False
    if kind is Kind.YES_NO:
        return isinstance(condition.value, bool)
    return condition.value in choices


WEEKS, DAYS = 14, 92  # the most that a quarter touches


def most_without_a_team(rules: Rulebook) -> tuple[int | None, int]:
    """Return the most that a person's own awards could come to in a season, and what counts.

    None stands for no limit; what counts is at most the starter allowance.
    """
    most: int | None = 0
    pools: dict[str, int] = {}
    for rule in rules.rules:
        if rule.to in ("team", "members"):
            continue
        bounds = [(bound, limit.pool) for limit in rule.at_most if (bound := _bound(limit, rule))]
        if not bounds:
            most = None
            break
        bound, pool = min(bounds)
        pools[pool] = max(pools.get(pool, 0), bound)
    if most is not None:
        most = sum(pools.values())
    counts = rules.starter_allowance if most is None else min(most, rules.starter_allowance)
    return most, counts


def _bound(limit: Limit, rule: EventRule) -> int | None:
    """Return the most points in a season that a limit lets a rule give one person."""
    if limit.per != "account":
        return None
    times = {Window.DAY: DAYS, Window.WEEK: WEEKS, Window.SEASON: 1, Window.EVER: 1}[limit.window]
    return times * limit.amount * (rule.give if limit.unit is Unit.TIMES else 1)

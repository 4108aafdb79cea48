"""The life of a quest as one table: its steps, who takes them, and what each one needs."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from cxquest.core.errors import Missing, Refusal
from cxquest.core.errors import marked as _
from cxquest.rewards.rulebook import Gate

MAX_TEAM = 9
HOLD_DAYS = (30, 60, 90)


class State(StrEnum):
    """Where a quest stands."""

    PROPOSED = "proposed"
    CHARTERING = "chartering"
    DIAGNOSING = "diagnosing"
    FIXING = "fixing"
    PROVING = "proving"
    HOLDING = "holding"
    CLOSED = "closed"
    STOPPED = "stopped"


RETURNING = frozenset({State.PROVING, State.HOLDING, State.CLOSED})
ACTIVE = frozenset(State) - {State.CLOSED, State.STOPPED}


@dataclass(frozen=True)
class Facts:
    """What the needs of the steps are judged by; `quests.facts` reads it off a quest."""

    departments: int = 0
    shared_goal: bool = False
    chairs_without_goal: tuple[str, ...] = ()
    customer_change: bool = False
    value: bool = False
    members_without_hours: tuple[str, ...] = ()
    size_agreed: bool = False
    sponsor: str = ""
    chairs_empty: tuple[str, ...] = ()
    whys: int = 0
    whys_without_evidence: int = 0
    unnoticed: bool = False
    communication: bool = False
    chairs_not_heard: tuple[str, ...] = ()
    roots: int = 0
    people_named: tuple[str, ...] = ()
    aim: bool = False
    roots_without_countermeasure: int = 0
    countermeasures_not_in_place: int = 0
    countermeasures_without_standard: int = 0
    standards_incomplete: tuple[str, ...] = ()
    returned: bool = False
    changed_since_return: bool = False
    metric: bool = False
    baseline_frozen: bool = False
    target: bool = False
    owner_apart: bool = False
    without_mover: tuple[str, ...] = ()
    reaction: bool = False
    fresh_readings: int = 0
    fresh_needed: int = 4
    half_way: bool = False
    customers_told: bool = False
    recognition_needed: bool = False
    recognised: bool = False
    hold_checks_passed: bool = False


LEAD, TEAM, SPONSOR = _("the lead"), _("the team"), _("the sponsor")
COACH, REVIEWER = (
    _("a coach outside the team"),
    _("a coach outside the team, not the metric's owner"),
)
PROGRAM, OWNER = _("the program, on the day"), _("the metric's owner")


@dataclass(frozen=True)
class Need:
    """One line of a gate's checklist, for the quests that it applies to."""

    text: str
    who: str
    anchor: str
    met: Callable[[Facts], bool]
    lacking: Callable[[Facts], tuple[str, ...]] = lambda _facts: ()
    applies: Callable[[Facts], bool] = lambda _facts: True


@dataclass(frozen=True)
class Step:
    """A way from one state to the next."""

    name: str
    sources: frozenset[State]
    target: State
    taken_by: str
    needs: tuple[Need, ...] = ()
    gate: Gate | None = None


CHARTER = (
    Need(_("Members from at least two departments"), LEAD, "team", lambda f: f.departments >= 2),
    Need(
        _("Hours a week for every member"),
        LEAD,
        "team",
        lambda f: not f.members_without_hours,
        lambda f: f.members_without_hours,
    ),
    Need(
        _("One customer goal that all departments share"), LEAD, "charter", lambda f: f.shared_goal
    ),
    Need(_("What customers will do differently"), LEAD, "charter", lambda f: f.customer_change),
    Need(
        _("Each department's own goal, and where goals conflict"),
        LEAD,
        "chairs",
        lambda f: not f.chairs_without_goal and f.departments > 0,
        lambda f: f.chairs_without_goal,
    ),
    Need(
        _("What it is worth: money made or saved, or an exemption with its reason"),
        LEAD,
        "charter",
        lambda f: f.value,
    ),
    Need(
        _("A sponsor: an executive who is not on the team"),
        LEAD,
        "charter",
        lambda f: bool(f.sponsor),
    ),
    Need(_("The size, agreed by a coach outside the team"), COACH, "size", lambda f: f.size_agreed),
)

ROOT_CAUSE = (
    Need(
        _("Somebody in every chair at the table"),
        TEAM,
        "chairs",
        lambda f: not f.chairs_empty,
        lambda f: f.chairs_empty,
    ),
    Need(_("A chain of whys"), TEAM, "whys", lambda f: f.whys > 0),
    Need(
        _("Evidence on every why"),
        TEAM,
        "whys",
        lambda f: f.whys > 0 and not f.whys_without_evidence,
    ),
    Need(_("The communication branch answered"), TEAM, "communication", lambda f: f.communication),
    Need(_("Why nobody noticed it, and what shows that"), TEAM, "unnoticed", lambda f: f.unnoticed),
    Need(
        _("Every department at the table heard"),
        TEAM,
        "chairs",
        lambda f: not f.chairs_not_heard,
        lambda f: f.chairs_not_heard,
    ),
    Need(
        _("A root cause: without it this would not have happened, and with it fixed it stops"),
        TEAM,
        "whys",
        lambda f: f.roots > 0,
    ),
    Need(_("The kind of work that is aimed at"), TEAM, "communication", lambda f: f.aim),
    Need(
        _("No person named as a cause"),
        TEAM,
        "whys",
        lambda f: not f.people_named,
        lambda f: f.people_named,
    ),
)

APART = Need(
    _("An owner of the metric who is not the lead"), LEAD, "metric", lambda f: f.owner_apart
)

COUNTERMEASURE = (
    Need(
        _("Something in place since the problem came back"),
        TEAM,
        "countermeasures",
        lambda f: f.changed_since_return,
        applies=lambda f: f.returned,
    ),
    Need(
        _("A countermeasure for each root cause"),
        TEAM,
        "countermeasures",
        lambda f: f.roots > 0 and not f.roots_without_countermeasure,
    ),
    Need(
        _("Every countermeasure in place"),
        TEAM,
        "countermeasures",
        lambda f: f.roots > 0 and not f.countermeasures_not_in_place,
    ),
    Need(
        _("A standard that stays, or the reason why none"),
        TEAM,
        "countermeasures",
        lambda f: f.roots > 0 and not f.countermeasures_without_standard,
    ),
    Need(
        _("Every standard with its owner, version, day of review and the roles it concerns"),
        TEAM,
        "countermeasures",
        lambda f: f.roots > 0 and not f.standards_incomplete,
        lambda f: f.standards_incomplete,
    ),
    Need(
        _("An action metric with unit, source and definition"), TEAM, "metric", lambda f: f.metric
    ),
    Need(_("A baseline, frozen"), TEAM, "metric", lambda f: f.baseline_frozen),
    Need(_("A target and its day"), TEAM, "metric", lambda f: f.target),
    Need(
        _("Somebody of each department who can move the metric this month"),
        TEAM,
        "movers",
        lambda f: f.metric and not f.without_mover,
        lambda f: f.without_mover,
    ),
    Need(
        _("A red limit, and who does what within how many hours when it is reached"),
        TEAM,
        "metric",
        lambda f: f.reaction,
    ),
    APART,
)

OUTCOME = (
    APART,
    Need(
        _("At least four fresh readings after the change"),
        OWNER,
        "metric",
        lambda f: f.fresh_readings >= f.fresh_needed,
    ),
    Need(
        _("The metric at least half of the way to its target"), TEAM, "metric", lambda f: f.half_way
    ),
    Need(_("Customers told what changed"), TEAM, "customers-told", lambda f: f.customers_told),
    Need(
        _("Customers who say that it is better (a differentiator lives by their recognition)"),
        TEAM,
        "customers-told",
        lambda f: f.recognised,
        applies=lambda f: f.recognition_needed,
    ),
)

HELD = (
    Need(
        _("The checks after 30, 60 and 90 days passed"),
        OWNER,
        "holding",
        lambda f: f.hold_checks_passed,
    ),
)


def _step(
    name: str,
    source: State,
    target: State,
    by: str,
    needs: tuple[Need, ...] = (),
    gate: Gate | None = None,
) -> Step:
    return Step(name, frozenset({source}), target, by, needs, gate)


STEPS = {
    step.name: step
    for step in (
        _step("open_charter", State.PROPOSED, State.CHARTERING, LEAD),
        _step("sign", State.CHARTERING, State.DIAGNOSING, SPONSOR, CHARTER),
        _step("G1", State.DIAGNOSING, State.FIXING, COACH, ROOT_CAUSE, Gate.G1),
        _step("G2", State.FIXING, State.PROVING, COACH, COUNTERMEASURE, Gate.G2),
        _step("G3", State.PROVING, State.HOLDING, REVIEWER, OUTCOME, Gate.G3),
        _step("G4", State.HOLDING, State.CLOSED, PROGRAM, HELD, Gate.G4),
        _step("slip", State.HOLDING, State.PROVING, PROGRAM),
        Step("recur", RETURNING, State.FIXING, COACH),
        Step("stop", ACTIVE, State.STOPPED, SPONSOR),
    )
}

NEXT = {
    State.PROPOSED: "open_charter",
    State.CHARTERING: "sign",
    State.DIAGNOSING: "G1",
    State.FIXING: "G2",
    State.PROVING: "G3",
    State.HOLDING: "G4",
}


def next_step(state: State) -> Step | None:
    """Return the step that leads on from `state`; None where the way ends."""
    name = NEXT.get(state)
    return STEPS[name] if name else None


def checklist(step: Step, facts: Facts) -> list[Missing]:
    """Return every need of `step` that applies, met or not, in the order of the table."""
    return [
        Missing(n.text, n.who, n.anchor, n.met(facts), ", ".join(n.lacking(facts)))
        for n in step.needs
        if n.applies(facts)
    ]


def take(name: str, state: State, facts: Facts | None = None) -> State:
    """Return the state after the step `name`.

    Raises Refusal when `state` is not where the step starts, or with the list of what is
    missing when `facts` do not meet its needs.
    """
    step = STEPS[name]
    if state not in step.sources:
        raise Refusal(
            _("This quest is %(state)s now; the step belongs to another moment."), state=state.value
        )
    missing = [need for need in checklist(step, facts or Facts()) if not need.done]
    if missing:
        raise Refusal(_("Something is still missing for this step."), missing=missing)
    return step.target

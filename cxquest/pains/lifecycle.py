"""The life of a pain point: its steps as one table, what acceptance needs, what it is worth."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum

from cxquest.core.errors import BadInput, Missing, Refusal
from cxquest.core.errors import marked as _

EVIDENCE_COMMENTS = 5
EVIDENCE_SUBMISSIONS = 3
EVIDENCE_INTERVIEWS = 3
DECISIVE = 3  # the importance of a comment that is why its customer left

AUTHOR, ANYONE = _("whoever wrote it, or a coach"), _("anyone who heard a customer")
ANY_COACH = _("a coach")
COACH, PROGRAM = _("a coach who did not write it"), _("its quest")

RANGES = {
    "severity": (1, 5),
    "value": (1, 5),
    "confidence": (1, 5),
    "effort": (1, 5),
    "interviews": (0, 10_000),
    "reach_per_month": (0, 10_000_000),
    "importance": (0, 3),
}


class PainState(StrEnum):
    """Where a pain point stands; product words, in the order of its life."""

    DRAFT = "draft"
    OPEN = "open"
    ACCEPTED = "accepted"
    IN_QUEST = "in_quest"
    RESOLVED = "resolved"
    DECLINED = "declined"
    REOPENED = "reopened"
    MERGED = "merged"


@dataclass(frozen=True)
class Step:
    """A way from one state to the next, and who takes it."""

    name: str
    sources: frozenset[PainState]
    target: PainState
    taken_by: str


# A pain point that came back is reopened until its quest takes it up again.
AT_WORK = frozenset({PainState.IN_QUEST, PainState.REOPENED})
# What no quest has taken up may become part of another pain point, and go back to what it was.
MERGEABLE = (PainState.DRAFT, PainState.OPEN, PainState.ACCEPTED, PainState.DECLINED)


def _step(name: str, sources: Set[PainState], target: PainState, by: str) -> Step:
    return Step(name, frozenset(sources), target, by)


STEPS = {
    step.name: step
    for step in (
        _step("open", {PainState.DRAFT}, PainState.OPEN, AUTHOR),
        _step("accept", {PainState.OPEN}, PainState.ACCEPTED, COACH),
        _step("decline", {PainState.OPEN}, PainState.DECLINED, COACH),
        _step("reopen", {PainState.DECLINED}, PainState.OPEN, AUTHOR),
        _step(
            "enter_quest",
            {PainState.ACCEPTED, PainState.REOPENED},
            PainState.IN_QUEST,
            PROGRAM,
        ),
        _step("resolve", AT_WORK, PainState.RESOLVED, PROGRAM),
        _step("give_back", AT_WORK, PainState.ACCEPTED, PROGRAM),
        _step(
            "come_back",
            {PainState.RESOLVED, PainState.IN_QUEST},
            PainState.REOPENED,
            PROGRAM,
        ),
        _step("merge", set(MERGEABLE), PainState.MERGED, ANY_COACH),
        *(
            _step(f"unmerge_to_{state.value}", {PainState.MERGED}, state, ANY_COACH)
            for state in MERGEABLE
        ),
    )
}

# Its own author still writes it; once a coach has accepted it, only coaches do.
BY_AUTHOR = frozenset({PainState.DRAFT, PainState.OPEN, PainState.DECLINED})
BY_COACH = BY_AUTHOR | {PainState.ACCEPTED, PainState.REOPENED}
# What a coach accepted stays complete, whoever changes it later.
STANDING = frozenset({PainState.ACCEPTED, PainState.REOPENED, PainState.IN_QUEST})
LIVE = STANDING | {PainState.OPEN}
READY_FOR_QUEST = STEPS["enter_quest"].sources


def take(name: str, state: PainState) -> PainState:
    """Return the state after the step `name`. Raises Refusal when it does not start at `state`."""
    step = STEPS[name]
    if state not in step.sources:
        raise Refusal(
            _("This pain point is %(state)s now; the step belongs to another moment."),
            state=state.value.replace("_", " "),
        )
    return step.target


@dataclass(frozen=True)
class Facts:
    """What acceptance is judged by."""

    stage: bool
    expected: bool
    experienced: bool
    consequence: bool
    pain_class: bool
    comments: int
    submissions: int
    interviews: int


def enough_evidence(facts: Facts) -> bool:
    """Whether there are 5 comments from 3 submissions, or 3 observed interviews."""
    written = facts.comments >= EVIDENCE_COMMENTS and facts.submissions >= EVIDENCE_SUBMISSIONS
    return written or facts.interviews >= EVIDENCE_INTERVIEWS


def checklist(facts: Facts) -> list[Missing]:
    """Return what acceptance needs, met or not."""
    return [
        Missing(_("The stage of the journey"), AUTHOR, "words", facts.stage),
        Missing(_("What the customer expected"), AUTHOR, "words", facts.expected),
        Missing(_("What the customer experienced"), AUTHOR, "words", facts.experienced),
        Missing(_("What it led to"), AUTHOR, "words", facts.consequence),
        Missing(_("Table stake, performance or differentiator"), AUTHOR, "words", facts.pain_class),
        Missing(
            _("Five comments from three submissions, or three observed interviews"),
            ANYONE,
            "evidence",
            enough_evidence(facts),
        ),
    ]


def check_whole(facts: Facts) -> None:
    """Raise Refusal with the checklist when something that acceptance needs is missing."""
    needs = checklist(facts)
    if all(need.done for need in needs):
        return
    only_evidence = all(need.done for need in needs if need.anchor != "evidence")
    raise Refusal(
        _("There is too little evidence yet, so it stays open as a hunch.")
        if only_evidence
        else _("Something is still missing for a coach's acceptance."),
        missing=needs,
    )


def check_numbers(given: Mapping[str, object]) -> None:
    """Raise BadInput for a factor outside of its range, naming the field."""
    for name, (least, most) in RANGES.items():
        value = given.get(name, least)
        if not isinstance(value, int) or not least <= value <= most:
            raise BadInput(
                _("Choose a whole number from %(least)s to %(most)s."),
                field=name,
                least=least,
                most=most,
            )


def opportunity(
    reach_per_month: int, severity: int, value: int, confidence: int, effort: int
) -> int:
    """Return (customers a month × severity × value × confidence) / effort, rounded down.

    Severity, value, confidence and effort are 1 to 5; the larger the result, the more a quest
    on this pain point would give for what it takes.
    """
    return reach_per_month * severity * value * confidence // max(effort, 1)

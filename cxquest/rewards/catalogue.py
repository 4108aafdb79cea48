"""The event catalogue: every type of event that exists, its fields, and whether it can pay.

The list is closed. Rules read declared fields only, and pay only for what says so here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from cxquest.core.errors import marked as _
from cxquest.rewards.event_rules import Per, Value
from cxquest.rewards.rulebook import Cause, Gate, Impact, Work

Facts = Mapping[str, Any]


class Kind(StrEnum):
    """What the values of a field are."""

    CHOICE = "choice"
    NUMBER = "number"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Field:
    """A fact that rules may read; `unit` belongs to numbers, `choices` to choices."""

    name: str
    meaning: str
    kind: Kind
    unit: str = ""
    choices: tuple[str, ...] = ()
    read: Callable[[Facts], Any] | None = None

    def value(self, facts: Facts) -> Value | None:
        """Return the field's value in an event's facts; None where the event has none."""
        found = self.read(facts) if self.read else facts.get(self.name)
        if found is None:
            return None
        if self.kind is Kind.NUMBER:
            return Fraction(found)
        return bool(found) if self.kind is Kind.YES_NO else str(found)


class Pays(StrEnum):
    """What can pay for an event: the quest formula, rules, both, or nothing at all."""

    FORMULA = "formula"
    RULES = "rules"
    BOTH = "both"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Recipient:
    """Somebody whom an event names and a rule can give points to."""

    name: str
    meaning: str
    is_team: bool = False


@dataclass(frozen=True)
class EventType:
    """A type of event: what it says, who causes it, what rules may read and whom they may pay."""

    name: str
    title: str
    meaning: str
    caused_by: str
    pays: Pays
    fields: tuple[Field, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    limits: frozenset[Per] = frozenset({Per.ACCOUNT, Per.OBJECT})

    @property
    def is_payable(self) -> bool:
        """Whether rules may pay for it."""
        return self.pays in (Pays.RULES, Pays.BOTH)

    def field(self, name: str) -> Field | None:
        """Return a declared field by name."""
        return next((one for one in self.fields if one.name == name), None)

    def values(self, facts: Facts) -> dict[str, Value]:
        """Return the declared fields that the facts have."""
        found = ((one.name, one.value(facts)) for one in self.fields)
        return {name: value for name, value in found if value is not None}

    def accounts(self, facts: Facts, recipient: str) -> list[int]:
        """Return the accounts behind a recipient's name in an event's facts."""
        if recipient == "members":
            return [one["account_id"] for one in facts["members"] if one["eligible"]]
        found = facts.get(recipient)
        return [int(found)] if found is not None else []


MANY = 10  # stands for ten and more, so that rules can be judged on every number there is


def _departments(facts: Facts) -> int:
    there = sum(1 for weight in facts["contributions"].values() if Fraction(weight) > 0)
    return min(there, MANY)


def _eligible(facts: Facts) -> int:
    return min(sum(1 for member in facts["members"] if member["eligible"]), MANY)


GATE = Field("gate", _("The gate"), Kind.CHOICE, choices=tuple(Gate))
DEED = (
    GATE,
    Field("impact", _("The agreed size"), Kind.CHOICE, choices=tuple(Impact)),
    Field("work", _("The kind of work"), Kind.CHOICE, choices=tuple(Work)),
    Field("cause", _("The depth of the cause"), Kind.CHOICE, choices=tuple(Cause)),
    Field(
        "departments",
        _("Departments with accepted contributions"),
        Kind.NUMBER,
        _("departments"),
        read=_departments,
    ),
    Field("people", _("Members who share in it"), Kind.NUMBER, _("people"), read=_eligible),
)
CLASSES = ("table_stake", "performance", "differentiator")

GATE_PASSED = EventType(
    "gate_passed",
    _("A gate was passed"),
    _("Someone outside the team accepted the proof of a gate, or the program saw it hold."),
    _("a coach outside the team; the last gate by the program"),
    Pays.BOTH,
    DEED,
    (Recipient("team", _("the team"), is_team=True), Recipient("members", _("each member"))),
    frozenset(Per) - {Per.PAIR},
)
GATE_CANCELLED = EventType(
    "gate_cancelled",
    _("A gate was cancelled"),
    _("The problem came back before the last gate was reached."),
    _("whoever reported the return"),
    Pays.FORMULA,
)
PROBLEM_RETURNED = EventType(
    "problem_returned",
    _("The problem came back"),
    _("Part of what the outcome and its holding paid is taken back."),
    _("a coach, the team itself, or the metric's watch"),
    Pays.FORMULA,
    (
        Field("days", _("Days since the outcome was verified"), Kind.NUMBER, _("days")),
        Field("self_reported", _("The team said it first"), Kind.YES_NO),
    ),
)
DISPUTE_UPHELD = EventType(
    "dispute_upheld",
    _("A dispute was upheld"),
    _("Somebody outside the team found a decision to be wrong; it is put right."),
    _("a coach or an administrator outside the team"),
    Pays.FORMULA,
)
PAIN_ACCEPTED = EventType(
    "pain_accepted",
    _("A pain point was accepted"),
    _("A coach found it whole and shown by evidence."),
    _("a coach other than its author"),
    Pays.RULES,
    (
        Field("pain_class", _("Its class"), Kind.CHOICE, choices=CLASSES),
        Field("comments", _("Comments that show it"), Kind.NUMBER, _("comments")),
        Field("interviews", _("Observed interviews"), Kind.NUMBER, _("interviews")),
        Field("supporters", _("Colleagues who support it"), Kind.NUMBER, _("people")),
    ),
    (Recipient("finder", _("who wrote it")),),
    frozenset(Per),
)
EVIDENCE_ACCEPTED = EventType(
    "evidence_accepted",
    _("Customer evidence was accepted"),
    _("A pain point was accepted on comments that this person brought."),
    _("the coach who accepts the pain point"),
    Pays.RULES,
    (Field("comments", _("Comments brought"), Kind.NUMBER, _("comments")),),
    (Recipient("contributor", _("who brought it")),),
    frozenset(Per),
)
REVIEW_COMPLETED = EventType(
    "review_completed",
    _("An independent review was completed"),
    _("Someone outside the team looked at a gate and gave a verdict with its reason."),
    _("the reviewer; paid the same whatever the verdict"),
    Pays.RULES,
    (
        GATE,
        Field("days", _("Days that the team waited"), Kind.NUMBER, _("days")),
    ),
    (Recipient("reviewer", _("the reviewer")),),
    frozenset(Per),
)
LESSON_ADOPTED = EventType(
    "lesson_adopted",
    _("A lesson was adopted"),
    _("Another department works by what this quest learned."),
    _("a coach outside the quest, once another department says so"),
    Pays.RULES,
    (Field("across", _("It is another department than the author's"), Kind.YES_NO),),
    (Recipient("author", _("who wrote it down")),),
)


def _nothing(name: str, title: str, meaning: str, caused_by: str) -> EventType:
    return EventType(name, title, meaning, caused_by, Pays.NOTHING)


CATALOGUE: Mapping[str, EventType] = {
    one.name: one
    for one in (
        GATE_PASSED,
        GATE_CANCELLED,
        PROBLEM_RETURNED,
        DISPUTE_UPHELD,
        PAIN_ACCEPTED,
        EVIDENCE_ACCEPTED,
        REVIEW_COMPLETED,
        LESSON_ADOPTED,
        _nothing(
            "blocker_cleared",
            _("A blocker was cleared"),
            _("What was in a team's way is gone. Sponsors earn recognition for it, never points."),
            _("the sponsor"),
        ),
        _nothing(
            "quest_joined",
            _("Somebody joined a quest"),
            _("A place on a team was taken."),
            _("the member"),
        ),
        _nothing(
            "contribution_accepted",
            _("A contribution was accepted"),
            _("It counts in the bridge and makes a member eligible; by itself it pays nothing."),
            _("the reviewer of the gate"),
        ),
        _nothing(
            "hold_check_passed",
            _("A hold check was passed"),
            _("The metric still stood after 30, 60 or 90 days."),
            _("the program"),
        ),
        _nothing(
            "kudos_given",
            _("Kudos were given"),
            _("Thanks with a reason. Worth recognition, no ranked points."),
            _("any colleague"),
        ),
        _nothing(
            "signed_in",
            _("Somebody signed in"),
            _("Kept as a session, and worth nothing."),
            _("anyone"),
        ),
        _nothing(
            "comment_added",
            _("A customer's words were written down"),
            _("Kept with their source; what counts is a pain point that is accepted."),
            _("anyone"),
        ),
        _nothing(
            "message_posted",
            _("A message was posted"),
            _("Kept in the quest's conversation."),
            _("anyone"),
        ),
        _nothing(
            "reading_recorded",
            _("A reading was recorded"),
            _("Kept with the metric, corrections beside it."),
            _("the metric's owner or the team"),
        ),
    )
}

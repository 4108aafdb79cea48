"""The line of proof: which of the four seals a quest has, which is next, what each is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cxquest.quests.lifecycle import State, next_step
from cxquest.quests.models import Quest
from cxquest.quests.work import Verdict
from cxquest.rewards.rulebook import Gate


@dataclass(frozen=True)
class Seal:
    """One of the four proofs.

    `kind` is done, next, declined or open. `points` are those paid for a gate that was passed
    (`paid` is True), or those that it would pay as things stand; None where that cannot be said.
    """

    gate: Gate
    kind: str
    at: datetime | None
    points: int | None
    paid: bool


def passed(quest: Quest) -> dict[Gate, datetime | None]:
    """Return when each gate was passed, None for those that were not."""
    return {
        Gate.G1: quest.root_cause_at,
        Gate.G2: quest.in_place_at,
        Gate.G3: quest.outcome_at,
        Gate.G4: quest.closed_at,
    }


def declined(quest: Quest) -> bool:
    """Whether the last verdict on the gate that is next declined it."""
    step = next_step(quest.state)
    decided = [r for r in quest.reviews if step and r.gate is step.gate and r.verdict]
    return bool(decided) and decided[-1].verdict is Verdict.DECLINE


def line(
    state: State,
    *,
    passed: Mapping[Gate, datetime | None],
    paid: Mapping[Gate, int],
    would_pay: Mapping[Gate, int | None],
    declined: bool,
) -> list[Seal]:
    """Return the four seals of a quest in `state`.

    A gate that lies ahead again, because the quest slipped or its problem returned, is open
    again; what was paid for it stays paid and is not paid a second time.
    """
    step = next_step(state)
    following = step.gate if step else None
    gates = list(Gate)
    ahead = gates.index(following) if following else (0 if step else len(gates))
    seals = []
    for place, gate in enumerate(gates):
        at = passed.get(gate)
        if at and place < ahead:
            seals.append(Seal(gate, "done", at, paid.get(gate, 0), paid=True))
            continue
        kind = "open"
        if gate is following:
            kind = "declined" if declined else "next"
        if gate in paid:
            seals.append(Seal(gate, kind, None, paid[gate], paid=True))
        else:
            seals.append(Seal(gate, kind, None, would_pay.get(gate), paid=False))
    return seals

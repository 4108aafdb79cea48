"""The line of proof: which of the four seals a quest has, which is next, what each is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cxquest.quests.lifecycle import State, next_step
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

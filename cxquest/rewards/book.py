"""What a decision may ask about everything decided before it, and one such book in memory.

A decision on an event looks only at events before it in canonical order (by instant, then by
key). The ledger answers from the database (`history.History`), `Memory` while history is replayed.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

VESTING = ("G3", "G4")


@dataclass(frozen=True)
class Slot:
    """The place of one decision's points: an event, a rule, an account and a component."""

    event_key: str
    rule: str
    account_id: int
    component: str


@dataclass(frozen=True)
class Vested:
    """Points of a gate that may be taken back: what was awarded, and what is left of it."""

    slot: Slot
    gate: str
    awarded: int
    left: int


@dataclass(frozen=True)
class Asked:
    """What a rule would have paid into a slot, what it paid, and what is left of that."""

    asked: int
    paid: int
    left: int


NOTHING_ASKED = Asked(0, 0, 0)


class Book(Protocol):
    """Everything that was decided on earlier events, as later decisions need it."""

    def used(self, key: str, since: datetime | None) -> tuple[int, int]:
        """Return times and points that a limit's key was used since an instant, or ever."""
        ...

    def last_paid(self, key: str) -> datetime | None:
        """Return when a cooling key was paid for last."""
        ...

    def earned(self, chain: str, before: str, gate: str) -> int:
        """Return what earlier quests of a chain than `before` keep for a gate."""
        ...

    def vested(self, subject: str) -> Sequence[Vested]:
        """Return the slots of a subject's G3 and G4, in the order in which they were paid."""
        ...

    def asked(self, event_key: str, rule: str, account_id: int) -> Asked:
        """Return what a decision asked for, paid and still leaves."""
        ...


@dataclass
class _Kept:
    """A slot while history is replayed."""

    slot: Slot
    subject: str
    chain: str
    gate: str
    asked: int
    paid: int
    left: int
    reverses: Slot | None = None


@dataclass
class Memory:
    """A book that is filled while events are replayed in canonical order.

    Later events come back only to what it `watches`: the `subjects`, the `chains` and the events
    in `disputed`, or everything where `subjects` is None. Of a limit it keeps the latest window.
    """

    subjects: Collection[str] | None = None
    chains: Collection[str] | None = None
    disputed: Collection[str] | None = None
    _uses: dict[str, tuple[datetime | None, int, int]] = field(default_factory=dict)
    _last: dict[str, datetime] = field(default_factory=dict)
    _slots: dict[Slot, _Kept] = field(default_factory=dict)
    _of_subject: dict[str, list[Slot]] = field(default_factory=dict)
    _of_chain: dict[str, list[Slot]] = field(default_factory=dict)

    def used(self, key: str, since: datetime | None) -> tuple[int, int]:
        """Return times and points used in the window that began at `since`."""
        begun, times, points = self._uses.get(key, (since, 0, 0))
        return (times, points) if begun == since else (0, 0)

    def last_paid(self, key: str) -> datetime | None:
        """Return when a cooling key was paid for last."""
        return self._last.get(key)

    def earned(self, chain: str, before: str, gate: str) -> int:
        """Return what other quests of a chain keep of a gate."""
        kept = (self._slots[slot] for slot in self._of_chain.get(chain, ()))
        return sum(
            one.left
            for one in kept
            if one.gate == gate and one.subject != before and one.slot.component == "team_outcome"
        )

    def vested(self, subject: str) -> list[Vested]:
        """Return what a subject's G3 and G4 paid and what is left of it."""
        kept = (self._slots[slot] for slot in self._of_subject.get(subject, ()))
        return [
            Vested(one.slot, one.gate, one.paid, one.left)
            for one in kept
            if one.gate in VESTING and one.paid > 0
        ]

    def asked(self, event_key: str, rule: str, account_id: int) -> Asked:
        """Return what a decision asked for, paid and still leaves."""
        for component in ("team_part", "individual", "team_outcome", "team_award"):
            one = self._slots.get(Slot(event_key, rule, account_id, component))
            if one:
                return Asked(one.asked, one.paid, one.left)
        return NOTHING_ASKED

    def use(self, keys: Iterable[tuple[str, datetime | None]], points: int, at: datetime) -> None:
        """Note that an award used its limits up by so many points."""
        for key, since in keys:
            times, used = self.used(key, since)
            self._uses[key] = (since, times + 1, used + points)
            self._last[key] = at

    def keep(
        self,
        slot: Slot,
        *,
        subject: str,
        chain: str,
        gate: str,
        asked: int,
        points: int,
        reverses: Slot | None = None,
    ) -> None:
        """Keep a slot that a later event may come back to."""
        self._slots[slot] = _Kept(slot, subject, chain, gate, asked, points, points, reverses)
        if gate:
            self._of_subject.setdefault(subject, []).append(slot)
            self._of_chain.setdefault(chain, []).append(slot)

    def reverse(self, slot: Slot, points: int) -> None:
        """Take points off what is left of a slot, and off the slot that this one took back."""
        kept = self._slots.get(slot)
        if kept:
            kept.left += points
            if kept.reverses:
                self.reverse(kept.reverses, points)

    def watches(self, event_key: str, subject: str, chain: str) -> bool:
        """Whether a later event may come back to the slots of this one."""
        return (
            self.subjects is None
            or subject in self.subjects
            or chain in (self.chains or ())
            or event_key in (self.disputed or ())
        )

    def copy(self) -> "Memory":
        """Return a book that says the same and is filled apart from this one."""
        return Memory(
            self.subjects,
            self.chains,
            self.disputed,
            dict(self._uses),
            dict(self._last),
            {slot: replace(kept) for slot, kept in self._slots.items()},
            {subject: list(slots) for subject, slots in self._of_subject.items()},
            {chain: list(slots) for chain, slots in self._of_chain.items()},
        )

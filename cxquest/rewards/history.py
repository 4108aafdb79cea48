"""The book as the database keeps it: what was decided on the events before one of them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from cxquest.rewards.book import NOTHING_ASKED, VESTING, Asked, Slot, Vested
from cxquest.rewards.models import Component, Decision, LedgerEntry, LimitUse, RewardEvent

TAKING_BACK = ("return", "undone")  # rules whose lines reverse what other events paid
Place = tuple[int, str, int, Component]  # event, rule, account, component


class History:
    """Answers from the ledger about everything before `event` in canonical order."""

    def __init__(self, session: Session, event: RewardEvent) -> None:
        self.session, self.event = session, event

    def used(self, key: str, since: datetime | None) -> tuple[int, int]:
        """Return times and points that a limit's key was used since an instant, or ever."""
        uses = select(
            func.coalesce(func.sum(LimitUse.times), 0), func.coalesce(func.sum(LimitUse.points), 0)
        ).where(LimitUse.key == key, self._before(LimitUse.occurred_at, LimitUse.event_key))
        if since is not None:
            uses = uses.where(LimitUse.occurred_at >= since)
        times, points = self.session.execute(uses).one()
        return int(times), int(points)

    def last_paid(self, key: str) -> datetime | None:
        """Return when a cooling key was paid for last."""
        found = self.session.execute(
            select(LimitUse.occurred_at)
            .where(LimitUse.key == key, self._before(LimitUse.occurred_at, LimitUse.event_key))
            .group_by(LimitUse.event_id, LimitUse.occurred_at)
            .having(func.sum(LimitUse.times) > 0)
            .order_by(LimitUse.occurred_at.desc())
            .limit(1)
        ).first()
        return found[0] if found else None

    def earned(self, chain: str, before: str, gate: str) -> int:
        """Return what earlier quests of a chain than `before` keep for a gate."""
        return self.earned_by_gate(chain, before).get(gate, 0)

    def earned_by_gate(self, chain: str, before: str) -> dict[str, int]:
        """Return what earlier quests of a chain than `before` keep, by gate."""
        earned: dict[str, int] = defaultdict(int)
        for one in self._kept(RewardEvent.chain == chain, RewardEvent.subject != before):
            if one.slot.component == Component.TEAM_OUTCOME:
                earned[one.gate] += one.left
        return earned

    def vested(self, subject: str) -> list[Vested]:
        """Return the slots of a subject's G3 and G4, in the order in which they were paid."""
        kept = self._kept(RewardEvent.subject == subject)
        return [one for one in kept if one.gate in VESTING and one.awarded > 0]

    def asked(self, event_key: str, rule: str, account_id: int) -> Asked:
        """Return what a decision asked for, paid and still leaves."""
        decision = self.session.scalar(
            select(Decision)
            .join(RewardEvent, RewardEvent.id == Decision.event_id)
            .where(
                RewardEvent.key == event_key,
                Decision.rule == rule,
                Decision.account_id == account_id,
                self._before(RewardEvent.occurred_at, RewardEvent.key),
            )
            .order_by(Decision.id.desc())
            .limit(1)
        )
        if decision is None:
            return NOTHING_ASKED
        kept = self._kept(
            RewardEvent.key == event_key,
            LedgerEntry.rule == rule,
            LedgerEntry.account_id == account_id,
            with_returns=True,
        )
        paid = sum(one.awarded for one in kept)
        return Asked(decision.asked, paid, sum(one.left for one in kept))

    def _kept(self, *which: Any, with_returns: bool = False) -> list[Vested]:
        """Return slots of gates with what was paid into each and what later events left of it.

        Lines of the slot's own event and rule make what was awarded; lines of other events
        that reverse one of those are what was taken back.
        """
        entry, event = LedgerEntry, RewardEvent
        own = (
            select(
                entry.event_id,
                event.key,
                event.facts,
                entry.rule,
                entry.account_id,
                entry.component,
                func.sum(entry.points).label("awarded"),
                func.min(entry.id).label("first"),
            )
            .join(event, event.id == entry.event_id)
            .where(*which, self._before(event.occurred_at, event.key))
            .where(entry.component != Component.HELD)
            .group_by(
                entry.event_id, event.key, event.id, entry.rule, entry.account_id, entry.component
            )
            .order_by(func.min(entry.id))
        )
        if not with_returns:
            own = own.where(and_(*(~entry.rule.startswith(word) for word in TAKING_BACK)))
        rows = self.session.execute(own).all()
        back = self._taken_back([row.event_id for row in rows])
        return [
            Vested(
                Slot(row.key, row.rule, row.account_id, row.component.value),
                row.facts.get("gate", ""),
                int(row.awarded),
                int(row.awarded)
                + back.get((row.event_id, row.rule, row.account_id, row.component), 0),
            )
            for row in rows
        ]

    def _taken_back(self, event_ids: Collection[int]) -> dict[Place, int]:
        """Return what other events took of each slot of these events; 0 or less.

        A decision of another event that reverses a slot counts with all of its lines, less what
        was given back of it in turn.
        """
        found = self.session.execute(self._reversals(event_ids)).all()
        deeper = self._taken_back({row.by_event for row in found}) if found else {}
        back: dict[Place, int] = defaultdict(int)
        for row in found:
            given = deeper.get((row.by_event, row.by_rule, row.account_id, row.component), 0)
            slot = (row.event_id, row.rule, row.account_id, row.component)
            back[slot] += int(row.points) + given
        return back

    def _reversals(self, event_ids: Collection[int]) -> Select[Any]:
        """Return the decisions of other events that reverse slots of these, with their points."""
        taken, reversal, reversed_ = aliased(LedgerEntry), aliased(LedgerEntry), LedgerEntry
        which = (
            select(
                reversed_.event_id,
                reversed_.rule,
                reversed_.account_id,
                reversed_.component,
                reversal.event_id.label("by_event"),
                reversal.rule.label("by_rule"),
            )
            .join(reversal, reversal.reverses_id == reversed_.id)
            .join(RewardEvent, RewardEvent.id == reversal.event_id)
            .where(
                reversed_.event_id.in_(event_ids),
                reversal.event_id != reversed_.event_id,
                self._before(RewardEvent.occurred_at, RewardEvent.key),
            )
            .distinct()
            .subquery()
        )
        return (
            select(*which.c, func.sum(taken.points).label("points"))
            .join(
                taken,
                (taken.event_id == which.c.by_event)
                & (taken.rule == which.c.by_rule)
                & (taken.account_id == which.c.account_id)
                & (taken.component == which.c.component),
            )
            .group_by(*which.c)
        )

    def _before(self, at: Any, key: Any) -> Any:
        when = self.event.occurred_at
        return or_(at < when, and_(at == when, key < self.event.key))

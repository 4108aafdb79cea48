"""Entering decisions: what is new becomes a line, what changed a line that corrects another."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.rewards import deciding
from cxquest.rewards.book import Slot
from cxquest.rewards.happening import Line
from cxquest.rewards.models import (
    Component,
    Decision,
    LedgerEntry,
    LimitUse,
    Outcome,
    RewardEvent,
)

Place = tuple[str, int, str]  # rule, account, component


@dataclass
class Left:
    """A line of the ledger and how many of its points no later line has taken back."""

    entry: LedgerEntry
    left: int


def enter(
    session: Session,
    event: RewardEvent,
    cause: RewardEvent,
    season_id: int,
    version: int,
    lines: Sequence[Line],
) -> list[LedgerEntry]:
    """Bring what is entered for an event to what `lines` decide, and return the new entries."""
    again = event.id != cause.id
    known = _known(session, event) if again else {}
    said = _said(session, event) if again else {}
    wanted = {(line.rule, line.account_id, line.component): line for line in lines}
    entries: list[LedgerEntry] = []
    for place, line in _with_gone(wanted, known).items():
        net = sum(one.entry.points for one in known.get(place, ()))
        if not again or said.get(place) != (line.points, line.asked, line.reason):
            session.add(_decision(event, cause, version, line))
        for points, reverses in _moves(session, line, line.points - net, known.get(place, [])):
            entries.append(_entry(event, cause, season_id, version, line, points, reverses))
    session.add_all(entries)
    _use(session, event, lines, again=again)
    session.flush()
    return entries


def _said(session: Session, event: RewardEvent) -> dict[Place, tuple[int, int, str]]:
    """Return what was decided last for each place of an event: points, asked, reason."""
    found = session.scalars(
        select(Decision).where(Decision.event_id == event.id).order_by(Decision.id)
    )
    return {
        (one.rule, one.account_id, one.component.value): (one.points, one.asked, one.reason)
        for one in found
    }


def _with_gone(
    wanted: Mapping[Place, Line], known: Mapping[Place, Sequence[Left]]
) -> dict[Place, Line]:
    """Return the wanted lines, and one of nothing for each place that is no longer wanted."""
    gone = {
        (rule, account_id, component): Line(account_id, rule, component, 0)
        for rule, account_id, component in known
        if (rule, account_id, component) not in wanted
    }
    return {**wanted, **gone}


def _decision(event: RewardEvent, cause: RewardEvent, version: int, line: Line) -> Decision:
    return Decision(
        event_id=event.id,
        cause_id=cause.id,
        rule=line.rule,
        account_id=line.account_id,
        component=Component(line.component),
        outcome=_outcome(line),
        asked=line.asked,
        points=line.points,
        reason=line.reason,
        reason_values=dict(line.values),
        rulebook_version=version,
    )


def _outcome(line: Line) -> Outcome:
    if not line.points:
        return Outcome.SKIPPED
    return Outcome.CLIPPED if abs(line.points) < abs(line.asked) else Outcome.AWARDED


def _entry(
    event: RewardEvent,
    cause: RewardEvent,
    season_id: int,
    version: int,
    line: Line,
    points: int,
    reverses: LedgerEntry | None,
) -> LedgerEntry:
    return LedgerEntry(
        event_id=event.id,
        cause_id=cause.id,
        rule=line.rule,
        account_id=line.account_id,
        season_id=season_id,
        component=Component(line.component),
        points=points,
        label=event.label,
        explanation=deciding.explained(line.factors),
        reverses_id=reverses.id if reverses else None,
        rulebook_version=version,
        at=event.occurred_at,
    )


def _moves(
    session: Session, line: Line, change: int, known: Sequence[Left]
) -> list[tuple[int, LedgerEntry | None]]:
    """Return the lines that move a place by `change`: points, and the line that each corrects.

    Lines of the same place that went the other way are taken back first, the latest first; a
    taking back then goes to the lines of the slot that it reverses. Where a later taking back
    has emptied that slot already, the line still points at it: the later one is decided again
    and gives its part back.
    """
    open_ = [one for one in reversed(known) if one.left * change < 0]
    last: LedgerEntry | None = None
    if line.reverses is not None and change * line.points > 0:
        lines = [one for one in left_of(session, line.reverses) if one.entry.points * change < 0]
        open_ += [one for one in reversed(lines) if one.left * change < 0]
        last = lines[-1].entry if lines else None
    moves: dict[LedgerEntry | None, int] = {}
    for one in open_:
        if not change:
            break
        part = max(change, -one.left) if change < 0 else min(change, -one.left)
        moves[one.entry] = part
        change -= part
    if change:
        moves[last] = moves.get(last, 0) + change
    return [(points, reverses) for reverses, points in moves.items()]


def left_of(session: Session, slot: Slot) -> list[Left]:
    """Return the lines of a slot with what is left of each, in the order entered.

    What is left of a line is its points and what is left of every line that reverses it.
    """
    lines = session.scalars(
        select(LedgerEntry)
        .join(RewardEvent, RewardEvent.id == LedgerEntry.event_id)
        .where(
            RewardEvent.key == slot.event_key,
            LedgerEntry.rule == slot.rule,
            LedgerEntry.account_id == slot.account_id,
            LedgerEntry.component == slot.component,
        )
        .order_by(LedgerEntry.id)
    ).all()
    family, newest = list(lines), list(lines)
    while newest:
        ids = [line.id for line in newest]
        newest = list(session.scalars(select(LedgerEntry).where(LedgerEntry.reverses_id.in_(ids))))
        family += newest
    return [one for one in _left(family) if one.entry in lines]


def _known(session: Session, event: RewardEvent) -> dict[Place, list[Left]]:
    """Return the lines entered for an event by their place, each with what is left of it there.

    What other events took back is left out: those are decided again after this one.
    """
    found = session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.event_id == event.id, LedgerEntry.component != Component.HELD)
        .order_by(LedgerEntry.id)
    ).all()
    known: dict[Place, list[Left]] = defaultdict(list)
    for one in _left(found):
        entry = one.entry
        known[(entry.rule, entry.account_id, entry.component.value)].append(one)
    return known


def _left(lines: Sequence[LedgerEntry]) -> list[Left]:
    """Return each line with what the lines that reverse it leave, all of them being in `lines`."""
    by_reversed: dict[int, list[LedgerEntry]] = defaultdict(list)
    for line in lines:
        if line.reverses_id is not None:
            by_reversed[line.reverses_id].append(line)
    left: dict[int, int] = {}
    for line in sorted(lines, key=lambda one: one.id, reverse=True):  # the latest reverse others
        left[line.id] = line.points + sum(left[one.id] for one in by_reversed[line.id])
    return [Left(line, left[line.id]) for line in dict.fromkeys(lines)]


def _use(session: Session, event: RewardEvent, lines: Sequence[Line], *, again: bool) -> None:
    """Note how much of its limits each award uses; decided again, only the difference."""
    wanted: dict[tuple[str, str, int], tuple[int, int]] = {
        (key, line.rule, line.account_id): (1, line.points)
        for line in lines
        for key, _since in line.uses
    }
    known = _uses_of(session, event) if again else {}
    for place in {**wanted, **known}:
        key, rule, account_id = place
        times, points = wanted.get(place, (0, 0))
        had_times, had_points = known.get(place, (0, 0))
        if (times, points) != (had_times, had_points):
            session.add(
                LimitUse(
                    key=key,
                    event_id=event.id,
                    occurred_at=event.occurred_at,
                    event_key=event.key,
                    rule=rule,
                    account_id=account_id,
                    times=times - had_times,
                    points=points - had_points,
                )
            )


def _uses_of(session: Session, event: RewardEvent) -> dict[tuple[str, str, int], tuple[int, int]]:
    found = session.execute(
        select(
            LimitUse.key,
            LimitUse.rule,
            LimitUse.account_id,
            func.sum(LimitUse.times),
            func.sum(LimitUse.points),
        )
        .where(LimitUse.event_id == event.id)
        .group_by(LimitUse.key, LimitUse.rule, LimitUse.account_id)
    )
    return {(key, rule, who): (int(times), int(points)) for key, rule, who, times, points in found}

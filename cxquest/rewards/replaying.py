"""Replaying history on an empty ledger in memory, and comparing it with the ledger that is."""

from collections import defaultdict
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from cxquest.rewards import capping
from cxquest.rewards.book import Memory, Slot
from cxquest.rewards.catalogue import CATALOGUE, Pays
from cxquest.rewards.deciding import decide, remember
from cxquest.rewards.happening import HELD, INDIVIDUAL, Happened, Line
from cxquest.rewards.models import Component, LedgerEntry, RewardEvent, Season, Standing
from cxquest.rewards.versions import rules_at, timeline

BATCH = 1_000  # rows in memory at a time


@dataclass(frozen=True)
class Spans:
    """The stored seasons, to find the one of an instant."""

    spans: tuple[tuple[datetime, datetime, int], ...]

    def at(self, at: datetime) -> tuple[int, datetime]:
        """Return id and beginning of the season of an instant. Raises LookupError for none."""
        for begins, ends, season_id in self.spans:
            if begins <= at < ends:
                return season_id, begins
        raise LookupError(f"no season is stored for {at}")


def spans(session: Session) -> Spans:
    """Return the stored seasons, the latest first."""
    found = session.execute(
        select(Season.starts_at, Season.ends_at, Season.id).order_by(Season.starts_at.desc())
    )
    return Spans(tuple((row.starts_at, row.ends_at, row.id) for row in found))


def read(session: Session) -> Generator[Row[Any], None, None]:
    """Return every event in canonical order, a batch at a time."""
    found = session.execute(
        select(
            RewardEvent.key,
            RewardEvent.type,
            RewardEvent.subject,
            RewardEvent.chain,
            RewardEvent.facts,
            RewardEvent.occurred_at,
            RewardEvent.zone,
            RewardEvent.label,
        ).order_by(RewardEvent.occurred_at, RewardEvent.key),
        execution_options={"yield_per": BATCH},
    )
    with closing(found):  # a cursor of the server stays open otherwise, where reading stops early
        yield from found


def happened(row: Row[Any], season_start: datetime) -> Happened:
    """Return an event that was read as decisions see it."""
    key, kind, subject, chain, facts, at, zone, _label = tuple(row)
    return Happened(key, kind, subject, chain, facts, at, ZoneInfo(zone), season_start)


@dataclass
class Replayed:
    """What an empty ledger would hold: points of each slot and season, and what is held back."""

    events: int = 0
    slots: dict[tuple[Slot, int], int] = field(default_factory=lambda: defaultdict(int))
    individual: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    team: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))

    def enter(self, event: Happened, season_id: int, lines: Sequence[Line]) -> None:
        """Count the decisions on an event."""
        self.events += 1
        for line in lines:
            if not line.points:
                continue
            slot = Slot(event.key, line.rule, line.account_id, line.component)
            self.slots[(slot, season_id)] += line.points
            of = self.individual if line.component == INDIVIDUAL else self.team
            of[(line.account_id, season_id)] += line.points


def replay(session: Session) -> Replayed:
    """Decide on every event anew, in canonical order, on a book in memory."""
    rules, known = timeline(session), spans(session)
    book, replayed = Memory(), Replayed()
    for row in read(session):
        if CATALOGUE[row.type].pays is Pays.NOTHING:
            replayed.events += 1
            continue
        season_id, begins = known.at(row.occurred_at)
        event = happened(row, begins)
        lines = decide(event, rules_at(rules, event.at), book, explain=False)
        remember(book, event, lines)
        replayed.enter(event, season_id, lines)
    return replayed


def compare(session: Session) -> dict[str, Any]:
    """Replay history and return how many events and entries there are and what differs."""
    replayed = replay(session)
    wanted: dict[tuple[Any, ...], int] = {
        (*_named(slot), season_id): points for (slot, season_id), points in replayed.slots.items()
    }
    wanted |= _held(session, replayed)
    kept = _kept(session)
    faults = [
        {"slot": " · ".join(map(str, place)), "replayed": wanted.get(place, 0), "kept": found}
        for place in wanted.keys() | kept.keys()
        if (found := kept.get(place, 0)) != wanted.get(place, 0)
    ]
    faults += _standings(session, replayed)
    entries = session.scalar(select(func.count()).select_from(LedgerEntry)) or 0
    return {
        "events": replayed.events,
        "entries": entries,
        "differences": len(faults),
        "first_differences": sorted(faults, key=lambda one: str(one["slot"]))[:10],
    }


def _named(slot: Slot) -> tuple[str, str, int, str]:
    return slot.event_key, slot.rule, slot.account_id, slot.component


def _held(session: Session, replayed: Replayed) -> dict[tuple[Any, ...], int]:
    """Return what is held back of each account in each season."""
    starts = {season_id: begins for begins, _ends, season_id in spans(session).spans}
    books = timeline(session)
    rules = {season_id: rules_at(books, begins) for season_id, begins in starts.items()}
    held = {
        ("", capping.RULE, account_id, HELD, season_id): capping.held_of(
            individual, replayed.team[(account_id, season_id)], rules[season_id]
        )
        for (account_id, season_id), individual in replayed.individual.items()
    }
    return {place: points for place, points in held.items() if points}


def _kept(session: Session) -> dict[tuple[Any, ...], int]:
    """Return what the ledger holds by event, rule, account, component and season."""
    entry, held = LedgerEntry, LedgerEntry.component == Component.HELD
    found = session.execute(
        select(
            RewardEvent.key,
            entry.rule,
            entry.account_id,
            entry.component,
            entry.season_id,
            func.sum(entry.points),
        )
        .join(RewardEvent, RewardEvent.id == entry.event_id)
        .where(~held)
        .group_by(RewardEvent.key, entry.rule, entry.account_id, entry.component, entry.season_id)
    ).all()
    kept: dict[tuple[Any, ...], int] = {
        (key, rule, account_id, component.value, season_id): int(points)
        for key, rule, account_id, component, season_id, points in found
    }
    back = session.execute(
        select(entry.account_id, entry.season_id, func.sum(entry.points))
        .where(held)
        .group_by(entry.account_id, entry.season_id)
    )
    for account_id, season_id, points in back:
        kept[("", capping.RULE, account_id, HELD, season_id)] = int(points)
    return {place: points for place, points in kept.items() if points}


def _standings(session: Session, replayed: Replayed) -> list[dict[str, Any]]:
    """Return every standing that is not what the replayed events come to."""
    places = replayed.individual.keys() | replayed.team.keys()
    held = {(place[2], place[4]): points for place, points in _held(session, replayed).items()}
    wanted = {
        place: replayed.individual.get(place, 0) + replayed.team.get(place, 0) + held.get(place, 0)
        for place in places
    }
    kept = {
        (row.account_id, row.season_id): row.points
        for row in session.execute(select(Standing.account_id, Standing.season_id, Standing.points))
    }
    return [
        {
            "slot": f"standing of {place[0]} in season {place[1]}",
            "replayed": wanted.get(place, 0),
            "kept": kept.get(place, 0),
        }
        for place in sorted(wanted.keys() | kept.keys())
        if wanted.get(place, 0) != kept.get(place, 0)
    ]

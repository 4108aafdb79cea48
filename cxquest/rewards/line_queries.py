"""What pages ask of lines and decisions: one account's, one of them, and what belongs to it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased, joinedload

from cxquest.rewards.models import (
    Account,
    Component,
    Decision,
    Dispute,
    LedgerEntry,
    RewardEvent,
    Season,
    Standing,
)


@dataclass(frozen=True)
class Which:
    """Which of an account's lines are asked for: of a season, of a component, or all."""

    season: Season | None = None
    component: Component | None = None


@dataclass(frozen=True)
class Held:
    """What a person's own awards come to in a season, and what of it is held back."""

    season: str
    points: int = 0
    individual: int = 0
    held: int = 0
    since: datetime | None = None

    @property
    def team(self) -> int:
        """What came from teams."""
        return self.points - self.individual - self.held


class PutRight(NamedTuple):
    """What an upheld dispute entered for an account, and when: the first line of it."""

    dispute_id: int
    entry_id: int
    points: int
    at: datetime


EVERY = Which()
OF_GATE = ("gate_", "return_", "dispute_", "undone_")  # rules that name their gate


def lines(account_id: int, which: Which = EVERY) -> Select[LedgerEntry]:
    """Return an account's lines with their events, the latest first."""
    found = select(LedgerEntry).where(*_of(account_id, which))
    newest = (LedgerEntry.at.desc(), LedgerEntry.id.desc())
    return found.options(joinedload(LedgerEntry.event)).order_by(*newest)


def total(session: Session, account_id: int, which: Which) -> int:
    """Return the sum of an account's lines; of a whole season it is the standing."""
    found = select(func.coalesce(func.sum(LedgerEntry.points), 0)).where(*_of(account_id, which))
    return int(session.scalars(found).one())


def _of(account_id: int, which: Which) -> list[ColumnElement[bool]]:
    wanted = [LedgerEntry.account_id == account_id]
    if which.season is not None:
        wanted.append(LedgerEntry.season_id == which.season.id)
    if which.component is not None:
        wanted.append(LedgerEntry.component == which.component)
    return wanted


def unpaid(account_id: int, which: Which = EVERY) -> Select[Decision]:
    """Return the last decisions that paid an account less than was asked, or nothing.

    What the cap holds back is left out: that is a sum over a season, not one decision.
    """
    last = (
        select(func.max(Decision.id))
        .where(Decision.account_id == account_id, Decision.component != Component.HELD)
        .group_by(Decision.event_id, Decision.rule)
    )
    less = or_(Decision.points == 0, Decision.points < Decision.asked)
    found = select(Decision).join(RewardEvent, RewardEvent.id == Decision.event_id)
    found = found.where(Decision.id.in_(last), less)
    if which.component is not None:
        found = found.where(Decision.component == which.component)
    if which.season is not None:
        at = RewardEvent.occurred_at
        found = found.where(at >= which.season.starts_at, at < which.season.ends_at)
    newest = (RewardEvent.occurred_at.desc(), Decision.id.desc())
    return found.options(joinedload(Decision.event)).order_by(*newest)


def missing(session: Session, account_id: int, which: Which) -> int:
    """Return the points that an account was not paid, over all decisions of `unpaid`."""
    decided = unpaid(account_id, which).order_by(None).subquery()
    found = select(func.coalesce(func.sum(decided.c.asked - decided.c.points), 0))
    return int(session.scalars(found).one())


def trend(session: Session, account_id: int) -> Sequence[Held]:
    """Return what an account has in each season, the earliest first."""
    found = session.execute(
        select(Season.name, Standing.points, Standing.individual, Standing.held, Season.starts_at)
        .join(Season, Season.id == Standing.season_id)
        .where(Standing.account_id == account_id)
        .order_by(Season.starts_at)
    )
    return [Held(*row) for row in found]


def standing_of(session: Session, account_id: int, season_id: int) -> Held:
    """Return the three numbers of an account in a season."""
    row = session.get(Standing, (account_id, season_id))
    return Held("", row.points, row.individual, row.held) if row else Held("")


def gates(session: Session, account_id: int) -> dict[str, int]:
    """Return how many times an account was paid for each gate and has some of it left."""
    found = session.execute(
        select(RewardEvent.subject, LedgerEntry.rule, func.sum(LedgerEntry.points))
        .join(RewardEvent, RewardEvent.id == LedgerEntry.event_id)
        .where(
            LedgerEntry.account_id == account_id,
            LedgerEntry.component.in_((Component.TEAM_PART, Component.TEAM_OUTCOME)),
        )
        .group_by(RewardEvent.subject, LedgerEntry.rule)
    )
    left: Counter[tuple[str, str]] = Counter()
    for subject, rule, points in found:
        if rule.startswith(OF_GATE):
            left[subject, rule.split("_")[1]] += int(points)
    return Counter(gate for (_subject, gate), points in left.items() if points > 0)


def put_right(
    session: Session, account_id: int, decisions: Sequence[Decision]
) -> dict[tuple[int, str], PutRight]:
    """Return what upheld disputes have paid or taken back since, by event and rule."""
    found = session.execute(
        select(
            Dispute.event_id,
            Dispute.rule,
            *(Dispute.id, LedgerEntry.id, LedgerEntry.points, LedgerEntry.at),
        )
        .join(RewardEvent, RewardEvent.key == literal("dispute:") + cast(Dispute.id, String))
        .join(LedgerEntry, LedgerEntry.event_id == RewardEvent.id)
        .where(
            Dispute.event_id.in_([one.event_id for one in decisions]),
            LedgerEntry.account_id == account_id,
            LedgerEntry.component != Component.HELD,
            LedgerEntry.rule.startswith("dispute") | LedgerEntry.rule.startswith("undone"),
        )
        .order_by(LedgerEntry.id.desc())
    )
    return {(row[0], row[1]): PutRight(row[2], row[3], row[4], row[5]) for row in found}


def disputed(session: Session, event: RewardEvent, account_id: int) -> tuple[int, int | None]:
    """Return the dispute that an event has put right, and the last decision that it was about."""
    dispute_id = int(event.key.rpartition(":")[2])
    place = (Decision.event_id == Dispute.event_id) & (Decision.rule == Dispute.rule)
    mine = select(func.max(Decision.id)).join(Dispute, place)
    mine = mine.where(Dispute.id == dispute_id, Decision.account_id == account_id)
    return dispute_id, session.scalar(mine)


def entry(session: Session, entry_id: int) -> Row[LedgerEntry, Account, str] | None:
    """Return a line with its event, its account, and the name of its season."""
    return session.execute(
        select(LedgerEntry, Account, Season.name)
        .join(Account, Account.id == LedgerEntry.account_id)
        .join(Season, Season.id == LedgerEntry.season_id)
        .where(LedgerEntry.id == entry_id)
        .options(joinedload(LedgerEntry.event))
    ).one_or_none()


def decision(session: Session, decision_id: int) -> Row[Decision, Account, datetime] | None:
    """Return a decision with its event, its account, and when it was made."""
    return session.execute(_decisions().where(Decision.id == decision_id)).one_or_none()


def decision_of(session: Session, line: LedgerEntry) -> Row[Decision, Account, datetime] | None:
    """Return what was decided last for the place of a line, with its account and when that was.

    What the cap holds or releases is decided anew with every change: there it is the line's own.
    """
    mine = _decisions().where(
        Decision.event_id == line.event_id,
        Decision.rule == line.rule,
        Decision.account_id == line.account_id,
    )
    if line.component is Component.HELD:
        mine = mine.where(Decision.cause_id == line.cause_id)
    return session.execute(mine.order_by(Decision.id.desc()).limit(1)).one_or_none()


def decision_at(
    session: Session, event_id: int, rule: str, account_id: int
) -> Row[Decision, Account, datetime] | None:
    """Return what was decided last of an event by a rule for an account."""
    place = (Decision.event_id == event_id, Decision.rule == rule)
    mine = _decisions().where(*place, Decision.account_id == account_id)
    return session.execute(mine.order_by(Decision.id.desc()).limit(1)).one_or_none()


def _decisions() -> Select[Decision, Account, datetime]:
    cause = aliased(RewardEvent)
    return (
        select(Decision, Account, cause.recorded_at)
        .join(Account, Account.id == Decision.account_id)
        .join(cause, cause.id == Decision.cause_id)
        .options(joinedload(Decision.event))
    )


def related(session: Session, event_id: int, rule: str, account_id: int) -> Sequence[LedgerEntry]:
    """Return the lines of a place, what reverses or is reversed, and what the team was paid."""
    here = and_(
        LedgerEntry.event_id == event_id,
        LedgerEntry.rule == rule,
        LedgerEntry.account_id == account_id,
    )
    own = select(LedgerEntry.id).where(here)
    reversed_ = select(LedgerEntry.reverses_id).where(here, LedgerEntry.reverses_id.is_not(None))
    shared = and_(
        LedgerEntry.event_id == event_id,
        LedgerEntry.rule == rule,
        LedgerEntry.component == Component.TEAM_OUTCOME,
    )
    either = or_(here, shared, LedgerEntry.reverses_id.in_(own), LedgerEntry.id.in_(reversed_))
    return session.scalars(
        select(LedgerEntry)
        .where(either)
        .options(joinedload(LedgerEntry.event))
        .order_by(LedgerEntry.id)
    ).all()

"""After the outcome: checks on three days, closing, and the way back if the problem returns."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from cxquest.core import audit, outbox
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.measures import analysing, attainment, plotted
from cxquest.measures import queries as measures
from cxquest.measures.models import Metric
from cxquest.measures.periods import end_of
from cxquest.pains import answering
from cxquest.pains import deciding as pains
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests import declaring, facts, policy, suspecting, telling
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Quest
from cxquest.quests.moving import move
from cxquest.quests.reviewing import facts_of, pay
from cxquest.quests.work import HoldCheck, HoldState, Source
from cxquest.rewards import deciding, ledger, paying
from cxquest.rewards.models import LedgerEntry
from cxquest.rewards.rulebook import Gate

HALF = Fraction(1, 2)
REPORTED = _("This return has been reported already.")


def look(session: Session, quest: Quest, *, at: datetime, base_url: str = "") -> str:
    """Do what the day asks of a holding quest; return what was done, or an empty text.

    A check needs a reading since the one before it. With the metric less than half of the way
    to its target the quest slips back to proving; after three passed checks it is closed and
    the last gate paid.
    """
    if quest.metric and not quest.metric.analysis:  # of an earlier version, and not looked at yet
        analysing.refresh(session, quest.metric)
    today = people.today(session, at)
    since = people.today(session, quest.outcome_at) if quest.outcome_at else today
    for check in [c for c in quest.hold_checks if c.due_on > since]:
        if check.state is HoldState.PASSED:
            since = check.due_on
            continue
        if check.state is not HoldState.DUE or check.due_on > today:
            break
        done = _check(session, quest, check, since, at)
        if done != HoldState.PASSED:
            return done
        since = check.due_on
    session.flush()
    if facts.of(quest).hold_checks_passed:
        return _close(session, quest, at, base_url)
    return ""


def _check(session: Session, quest: Quest, check: HoldCheck, since: date, at: datetime) -> str:
    metric = quest.metric
    values = measures.values(session, metric) if metric else []
    seen = [v for v in values if metric and _falls_in(v, metric, since, check.due_on)]
    if metric is None or not seen:
        _remind_owner(session, quest, check, at)
        return ""
    level = attainment.mean(seen[-attainment.FRESH_READINGS :])
    reached = facts.reached_by(metric, level) or Fraction(0)
    share = Decimal(f"{float(reached):.4f}")
    found = f"{level.normalize():f} {metric.unit} ({share:.0%}); {_chart_says(metric, since)}"
    check.level, check.attained = level, share
    check.checked_at = at
    if reached < HALF:
        check.state = HoldState.FAILED
        _drop_due(session, quest)
        move(session, quest, "slip", by=None, at=at, summary=found)
        return "slipped"
    check.state = HoldState.PASSED
    paying.pay(
        session,
        key=f"hold:{check.id}",
        kind="hold_check_passed",
        subject=f"quest:{quest.id}",
        facts={"day": check.day},
        label=quest.title,
        at=at,
        zone=people.zone(session),
    )
    audit.record(session, "hold_passed", quest, by=None, at=at, summary=f"{check.day}: {found}")
    return HoldState.PASSED


def _chart_says(metric: Metric, since: date) -> str:
    """Return what the chart calls the readings after a day, for the record of a check."""
    points = plotted.points(metric.analysis.get("chart", {}))
    found = Counter(point.type for point in points if point.day > since)
    concerns, improvements = found[analysing.WORSE], found[analysing.BETTER]
    return f"chart: {improvements} signals of improvement, {concerns} of concern"


def _falls_in(value: attainment.Value, metric: Metric, since: date, until: date) -> bool:
    """Whether the value's period touches the days after `since` up to `until`."""
    return value.period_start <= until and end_of(value.period_start, metric.period) > since


def _close(session: Session, quest: Quest, at: datetime, base_url: str) -> str:
    declaring.look(session, quest, at)
    move(session, quest, Gate.G4.value, by=None, at=at, facts=facts.of(quest))
    pay(session, quest, Gate.G4, at=at)
    quest.closed_at = at
    pains.resolve(
        session,
        quest.pain,
        outcome=telling.outcome_of(quest),
        by=None,
        at=at,
        summary=quest.title,
        base_url=base_url,
    )
    session.flush()
    return "closed"


@dataclass(frozen=True)
class Back:
    """That a problem is back: who or what says so, on what, and how many days after its proof.

    `figures` fill the sentence in which pages say it; `by` is nobody where the watch found it.
    """

    source: Source
    evidence: str
    days: int
    by: Person | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)


def report_return(
    session: Session,
    quest: Quest,
    evidence: str,
    *,
    by: Person,
    at: datetime,
    base_url: str = "",
) -> Sequence[LedgerEntry]:
    """Say that the problem is back: the quest returns to fixing and part of the points go.

    Said by the team itself it costs half. Raises NotAllowed for others than coaches and team,
    Refusal when that was said already.
    """
    check_report(session, quest, by)
    if not evidence:
        raise BadInput(_("Say what shows that the problem is back."), field="evidence")
    source = Source.TEAM if quest.had_member(by) else Source.COACH
    back = Back(source, evidence, days_since_proof(session, quest, at), by)
    return take_back(session, quest, back, at=at, base_url=base_url)


def check_report(session: Session, quest: Quest, by: Person) -> None:
    """Raise Refusal where the return was said already, NotAllowed for who has no say in it."""
    if policy.may_speak_of_return(by, quest) and is_back(session, quest):
        raise Refusal(REPORTED)
    if not policy.may_report_return(by, quest):
        raise NotAllowed(_("A coach outside the team, or the team itself, says that it is back."))


def is_back(session: Session, quest: Quest) -> bool:
    """Whether the problem is known to have come back since the outcome was verified last."""
    return paying.occurred(session, _key(quest)) is not None


def days_since_proof(session: Session, quest: Quest, at: datetime) -> int:
    """Return the whole days since the outcome that was paid, whatever was proven again later."""
    proven = paying.occurred(session, f"quest:{quest.id}:{Gate.G3.value}")
    return max(0, (at - proven).days) if proven else 0


def take_back(
    session: Session, quest: Quest, back: Back, *, at: datetime, base_url: str = ""
) -> Sequence[LedgerEntry]:
    """Reopen a quest whose problem is back, and take back a part of what was paid, once.

    Two who say so at the same moment are told apart by the quest's version and by the event's
    unique key. Raises Refusal for the later of them.
    """
    if is_back(session, quest):
        raise Refusal(REPORTED)
    suspecting.settle(
        session,
        quest,
        back.source,
        back.evidence,
        figures=back.figures,
        by=back.by,
        at=at,
    )
    _reopen(session, quest, back.evidence, back.by, at, base_url)
    _cancel_unvested(session, quest, at)
    facts = {"days": back.days, "self_reported": back.source is Source.TEAM}
    if back.by:
        facts["reporter"] = ledger.accounts_of(session, [back.by.id])[back.by.id]
    return paying.pay(
        session,
        key=_key(quest),
        kind=deciding.PROBLEM_RETURNED,
        subject=f"quest:{quest.id}",
        facts=facts,
        label=quest.title,
        at=at,
        zone=people.zone(session),
        chain=quest.chain,
    )


def _key(quest: Quest) -> str:
    """Return the key of this outcome's return: there is one for each time that it is verified."""
    return f"quest:{quest.id}:return:{quest.outcome_at.isoformat() if quest.outcome_at else ''}"


def _reopen(
    session: Session,
    quest: Quest,
    evidence: str,
    by: Person | None,
    at: datetime,
    base_url: str,
) -> None:
    """Bring the quest back to fixing; a stopped one stays stopped and is only noted."""
    if quest.state is State.STOPPED:
        audit.record(session, "recur", quest, by=by, at=at, summary=evidence)
        return
    was_closed = quest.state is State.CLOSED
    if quest.waiting:
        session.delete(quest.waiting)
    move(session, quest, "recur", by=by, at=at, summary=evidence)
    _drop_due(session, quest)
    quest.closed_at, quest.customers_told = None, ""
    answering.discard(session, quest.pain)  # a draft says that it is better now
    if was_closed:
        pains.come_back(session, quest.pain, by=by, at=at, summary=evidence, base_url=base_url)
        pains.enter_quest(session, quest.pain, by=by, at=at, summary=quest.title)


def _cancel_unvested(session: Session, quest: Quest, at: datetime) -> None:
    """Note that the last gate will never be paid, if it has not been."""
    paying.pay(
        session,
        key=f"quest:{quest.id}:{Gate.G4.value}",
        kind=deciding.GATE_CANCELLED,
        subject=f"quest:{quest.id}",
        facts=facts_of(session, quest, Gate.G4, at=at),
        label=quest.title,
        at=at,
        zone=people.zone(session),
        chain=quest.chain,
    )


def _drop_due(session: Session, quest: Quest) -> None:
    for check in quest.hold_checks:
        if check.state is HoldState.DUE:
            session.delete(check)


def _remind_owner(session: Session, quest: Quest, check: HoldCheck, at: datetime) -> None:
    owner = quest.metric.owner if quest.metric else None
    if owner:
        outbox.post(
            session,
            key=f"hold:{quest.id}:{check.due_on}",
            recipient=owner.email,
            subject=f"A reading is missing: {quest.title}",
            body=f"Hello {owner.name},\n\nthe check after {check.day} days needs a fresh reading "
            f"of “{quest.metric.name if quest.metric else ''}”.\n",
            at=at,
        )

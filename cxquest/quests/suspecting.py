"""That a problem may be back: noted by the watch, settled once it is sure, or dismissed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from cxquest.core import audit, outbox
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.people.models import Person
from cxquest.quests import policy
from cxquest.quests.lifecycle import RETURNING
from cxquest.quests.models import Quest
from cxquest.quests.work import Recurrence, RecurrenceState, Source

SETTLED = _("This was settled already.")


def suspect(
    session: Session,
    quest: Quest,
    source: Source,
    evidence: str,
    *,
    figures: Mapping[str, Any],
    at: datetime,
    base_url: str = "",
) -> Recurrence | None:
    """Note that a problem may be back, and tell the lead; None where that is noted already."""
    if of(session, quest, source) is not None:
        return None
    found = Recurrence(
        quest_id=quest.id,
        source=source,
        state=RecurrenceState.SUSPECTED,
        evidence=evidence,
        figures=dict(figures),
        found_at=at,
    )
    session.add(found)
    session.flush()
    audit.record(session, "return_suspected", quest, by=None, at=at, summary=evidence)
    outbox.post(
        session,
        key=f"suspicion:{found.id}",
        recipient=quest.lead.email,
        subject=f"Is the problem back? {quest.title}",
        body=f"Hello {quest.lead.name},\n\n{evidence}\n\nA coach will look at it. If the team says "
        f"first that the problem is back, only half is taken back:\n{base_url}/quests/{quest.id}\n",
        at=at,
    )
    return found


def settle(
    session: Session,
    quest: Quest,
    source: Source,
    evidence: str,
    *,
    figures: Mapping[str, Any],
    by: Person | None,
    at: datetime,
) -> None:
    """Note that a problem is back, as `source` says; whatever suspected it is settled with it."""
    waiting = every(session, quest)
    for suspicion in waiting:
        _decide(suspicion, RecurrenceState.CONFIRMED, evidence, by, at)
    if all(suspicion.source is not source for suspicion in waiting):
        sure = Recurrence(
            quest_id=quest.id,
            source=source,
            evidence=evidence,
            figures=dict(figures),
            found_at=at,
        )
        _decide(sure, RecurrenceState.CONFIRMED, "", by, at)
        session.add(sure)
    session.flush()


def dismiss(
    session: Session, quest: Quest, suspicion: Recurrence, reason: str, *, by: Person, at: datetime
) -> None:
    """Say, with the reason, that a problem is not back. Raises NotAllowed but for a coach."""
    check_coach(by, quest, suspicion)
    if not reason:
        raise BadInput(_("Say why it is not back; the team and customers read it."), field="reason")
    _decide(suspicion, RecurrenceState.DISMISSED, reason, by, at)
    audit.record(session, "return_dismissed", quest, by=by, at=at, summary=reason)
    session.flush()


def close(session: Session, quest: Quest, reason: str, *, by: Person, at: datetime) -> None:
    """Let go of what was suspected of an outcome, now that it has been verified anew."""
    for suspicion in every(session, quest):
        _decide(suspicion, RecurrenceState.DISMISSED, reason, by, at)


def check_coach(by: Person, quest: Quest, suspicion: Recurrence) -> None:
    """Raise NotAllowed but for a coach outside the team, Refusal for what is settled."""
    if not policy.may_judge_return(by, quest):
        raise NotAllowed(_("A coach outside the team says whether the problem is back."))
    if suspicion.state is not RecurrenceState.SUSPECTED:
        raise Refusal(SETTLED)


def _decide(
    suspicion: Recurrence, state: RecurrenceState, reason: str, by: Person | None, at: datetime
) -> None:
    suspicion.state, suspicion.reason = state, reason
    suspicion.decided_by_id, suspicion.decided_at = by.id if by else None, at


def every(session: Session, quest: Quest) -> Sequence[Recurrence]:
    """Return what is suspected of a quest, in a stable order."""
    return session.scalars(
        select(Recurrence)
        .where(Recurrence.quest_id == quest.id, Recurrence.decided_at.is_(None))
        .order_by(Recurrence.id)
    ).all()


def of(session: Session, quest: Quest, source: Source) -> Recurrence | None:
    """Return what `source` makes suspect of a quest and nobody has settled."""
    return next((one for one in every(session, quest) if one.source is source), None)


def noted(session: Session, quest: Quest, recurrence_id: int) -> Recurrence | None:
    """Return what was noted of this quest under a number."""
    found = session.get(Recurrence, recurrence_id)
    return found if found and found.quest_id == quest.id else None


def watched(session: Session, since: datetime) -> Sequence[int]:
    """Return the quests verified after `since` of whose outcome no return is known, in order."""
    known = exists().where(
        Recurrence.quest_id == Quest.id,
        Recurrence.state == RecurrenceState.CONFIRMED,
        Recurrence.found_at >= Quest.outcome_at,
    )
    return session.scalars(
        select(Quest.id)
        .where(
            Quest.state.in_(RETURNING),
            Quest.outcome_at > since,
            ~known,
        )
        .order_by(Quest.id)
    ).all()


def dismissed_since(session: Session, quest: Quest, source: Source, day: date) -> bool:
    """Whether what `source` made suspect was dismissed, or let go, on a day after `day`."""
    last = session.scalar(
        select(func.max(Recurrence.decided_at)).where(
            Recurrence.quest_id == quest.id,
            Recurrence.source == source,
            Recurrence.state == RecurrenceState.DISMISSED,
        )
    )
    return last is not None and last.date() > day

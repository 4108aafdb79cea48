"""Granting badges for an event, in the transaction that records it."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.quests.models import Quest
from cxquest.recognition import badges
from cxquest.recognition.models import Badge, BadgeKind
from cxquest.rewards.models import Account, RewardEvent


def grant(session: Session, event: RewardEvent, rulebook_version: int) -> Sequence[Badge]:
    """Write the badges that an event earns and return the new ones; twice changes nothing."""
    found = badges.earned(event.type, event.facts)
    if not found:
        return ()
    holders = _holders(session, {account_id for _kind, account_id in found})
    earned = {(holders[a], BadgeKind(kind)) for kind, a in found if a in holders}
    known = session.execute(
        select(Badge.person_id, Badge.kind).where(Badge.event_id == event.id)
    ).all()
    fresh = earned - {(person_id, kind) for person_id, kind in known}
    return _write(session, event, fresh, rulebook_version)


def _write(
    session: Session,
    event: RewardEvent,
    fresh: Iterable[tuple[int, BadgeKind]],
    rulebook_version: int,
) -> Sequence[Badge]:
    quest_id = _quest_of(session, event)
    made = [
        Badge(
            person_id=person_id,
            kind=kind,
            event_id=event.id,
            quest_id=quest_id,
            rulebook_version=rulebook_version,
            earned_at=event.occurred_at,
        )
        for person_id, kind in sorted(fresh)
    ]
    session.add_all(made)
    session.flush()
    return made


def _holders(session: Session, account_ids: Collection[int]) -> dict[int, int]:
    """Return the person behind each account that is a person's."""
    found = session.execute(
        select(Account.id, Account.person_id).where(Account.id.in_(account_ids))
    )
    return {account_id: person_id for account_id, person_id in found if person_id is not None}


def _quest_of(session: Session, event: RewardEvent) -> int | None:
    """Return the quest that an event is about or rests on, if there is one."""
    kind, _colon, number = event.subject.partition(":")
    named = number if kind == "quest" else str(event.facts.get("quest", ""))
    if not named.isdecimal():
        return None
    return session.scalar(select(Quest.id).where(Quest.id == int(named)))

"""No arson: what a quest continues, whose cause it shares, and what it may still earn."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.pains import merge_queries as pains
from cxquest.pains.models import PainPoint
from cxquest.quests.lifecycle import ACTIVE
from cxquest.quests.models import Membership, Quest
from cxquest.quests.work import Countermeasure, Why
from cxquest.rewards.history import History
from cxquest.rewards.models import RewardEvent
from cxquest.rewards.rulebook import Gate, Rulebook
from cxquest.voice import queries as voice

OWN_CHANGE = timedelta(days=90)
SAME = _(
    "The quest “%(title)s” works on this root cause already. One active quest for each theme and "
    "root cause: join it, or find the cause that is your own."
)


def predecessor(session: Session, pain: PainPoint, rules: Rulebook, at: datetime) -> Quest | None:
    """Return the quest that a new one on this pain point continues; None for a fresh start.

    That is the last quest that passed a gate on the same pain point or on one that became part
    of it, or the last one on the same theme whose outcome was verified within the recurrence
    window.
    """
    since = at - timedelta(days=rules.recurrence_window)
    same = Quest.pain_id.in_(pains.whole_of(pain.id))
    same_pain = same & Quest.root_cause_at.is_not(None)
    related: ColumnElement[bool] = same_pain
    if pain.theme_id is not None:
        same_theme = PainPoint.theme_id.in_(voice.whole_theme(pain.theme_id))
        related = or_(same_pain, same_theme & (Quest.outcome_at >= since))
    return session.scalar(
        select(Quest)
        .join(PainPoint, PainPoint.id == Quest.pain_id)
        .where(related)
        .order_by(Quest.id.desc())
        .limit(1)
    )


def neighbours(session: Session, quest: Quest) -> Sequence[tuple[Quest, Why]]:
    """Return the root causes that other active quests on the same theme have found."""
    if quest.pain.theme_id is None:
        return []
    found = session.execute(
        select(Quest, Why)
        .join(PainPoint, PainPoint.id == Quest.pain_id)
        .join(Why, Why.quest_id == Quest.id)
        .where(
            PainPoint.theme_id.in_(voice.whole_theme(quest.pain.theme_id)),
            Quest.id != quest.id,
            Quest.state.in_(ACTIVE),
            Why.is_root,
        )
        .order_by(Quest.id, Why.id)
    )
    return [(other, why) for other, why in found]


def check_cause(session: Session, quest: Quest, text: str) -> None:
    """Raise Refusal when another active quest on the theme has the very same root cause."""
    plain = " ".join(text.casefold().split())
    for other, why in neighbours(session, quest):
        if " ".join(why.text.casefold().split()) == plain:
            raise Refusal(SAME, title=other.title)


def own_changes(session: Session, quest: Quest, at: datetime) -> Sequence[Countermeasure]:
    """Return what members of this team changed in other quests in the last 90 days.

    The reviewer of the first gate looks at these: a cause that the team made itself pays once.
    """
    people = [member.person_id for member in quest.members]
    theirs = select(Membership.quest_id).where(Membership.person_id.in_(people))
    return session.scalars(
        select(Countermeasure)
        .where(
            Countermeasure.quest_id.in_(theirs),
            Countermeasure.quest_id != quest.id,
            Countermeasure.in_place_on >= (at - OWN_CHANGE).date(),
        )
        .order_by(Countermeasure.in_place_on.desc())
        .limit(20)
    ).all()


def kept(session: Session, quest: Quest, at: datetime) -> dict[Gate, int]:
    """Return what the quests that this one continues have earned and keep, gate by gate."""
    if quest.continues_id is None:
        return {}
    now = RewardEvent(occurred_at=at, key="~")
    earned = History(session, now).earned_by_gate(quest.chain, f"quest:{quest.id}")
    return {gate: earned.get(gate.value, 0) for gate in Gate}

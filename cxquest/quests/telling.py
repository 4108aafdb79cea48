"""Back to the customers: the note about what a quest changed, and who has no hand in its proof."""

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from cxquest.core.errors import NotAllowed
from cxquest.core.errors import marked as _
from cxquest.pains import checking
from cxquest.pains.models import PainNote, PainPoint
from cxquest.people.models import Person
from cxquest.quests import policy
from cxquest.quests.models import Membership, Quest
from cxquest.quests.work import Verdict
from cxquest.rewards.rulebook import Gate


def outcome_of(quest: Quest) -> str:
    """Return the name of what the quest reaches now, as notes to customers know it.

    Each countermeasure that a reviewer finds in place begins another one. So it stays the same
    through the proof, a slip and the checks, and is a new one after the problem came back.
    """
    passed = sum(
        review.gate is Gate.G2 and review.verdict is Verdict.ACCEPT for review in quest.reviews
    )
    return f"quest:{quest.id}:{max(passed, 1)}"


def tell(session: Session, quest: Quest, *, by: Person, at: datetime) -> PainNote:
    """Draft what customers are told of the change; a coach words and sends it.

    Raises NotAllowed but for the team and coaches, and before the change is in place; Refusal
    once customers were told of it.
    """
    if not policy.may_tell(by, quest):
        raise NotAllowed(_("The team, or a coach, prepares this once the change is in place."))
    return checking.prepare_outcome(session, quest.pain, outcome_of(quest), by=by, at=at)


def worked_on(session: Session, pain: PainPoint, person: Person) -> bool:
    """Whether a person is or was on a team that works on a pain point, or sponsors it."""
    was_on = exists().where(Membership.quest_id == Quest.id, Membership.person_id == person.id)
    ours = or_(was_on, Quest.lead_id == person.id, Quest.sponsor_id == person.id)
    return bool(session.scalar(select(exists().where(Quest.pain_id == pain.id, ours))))

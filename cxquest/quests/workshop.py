"""The workshop: which question a team stands before, and what happened on the quest last."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from cxquest.core.models import AuditLine
from cxquest.quests import seating, whys
from cxquest.quests.models import Chair, Membership, Quest
from cxquest.quests.work import Why, WhyComment
from cxquest.voice.models import Comment, Submission


class Ask(StrEnum):
    """The kinds of question."""

    WHY = "why"
    ROOT = "root"
    COMMUNICATION = "communication"
    HEARD = "heard"
    UNNOTICED = "unnoticed"
    SEAT = "seat"


@dataclass(frozen=True)
class Question:
    """One question: about a why (none is the pain itself), or a department's chair."""

    kind: Ask
    why: Why | None = None
    chair: Chair | None = None


def next_question(quest: Quest) -> Question | None:
    """Return the question that comes next; None when every one has its answer.

    First who sits at the table, then one why after the other down to a root, then the rest.
    """
    missing = seating.empty(quest)
    if missing:
        return Question(Ask.SEAT, chair=missing[0])
    return _of_tree(quest) or _of_answers(quest)


def _of_tree(quest: Quest) -> Question | None:
    if not quest.whys:
        return Question(Ask.WHY)
    loose = [why for why in whys.ends(quest.whys) if not why.is_root]
    return Question(Ask.WHY, why=loose[-1]) if loose else None


def _of_answers(quest: Quest) -> Question | None:
    unheard = next((chair for chair in quest.chairs if not chair.heard), None)
    if quest.communication is None or quest.aim is None:
        return Question(Ask.COMMUNICATION)
    if unheard is not None:
        return Question(Ask.HEARD, chair=unheard)
    if not (quest.why_unnoticed and quest.why_unnoticed_evidence):
        return Question(Ask.UNNOTICED)
    return None


def asked(quest: Quest, kind: str, why_id: int | None, chair_id: int | None) -> Question | None:
    """Return the question of an address; None where it names none that this quest has."""
    why = next((why for why in quest.whys if why.id == why_id), None)
    chair = next((chair for chair in quest.chairs if chair.id == chair_id), None)
    if why_id is not None and why is None:
        return None
    match kind:
        case "":
            return _about(why) if why else None
        case Ask.WHY:
            return Question(Ask.WHY, why=why)
        case Ask.ROOT if why:
            return Question(Ask.ROOT, why=why)
        case Ask.HEARD | Ask.SEAT if chair:
            return Question(Ask(kind), chair=chair)
        case Ask.COMMUNICATION | Ask.UNNOTICED:
            return Question(Ask(kind))
    return None


def _about(why: Why) -> Question:
    return Question(Ask.ROOT if why.is_root else Ask.WHY, why=why)


def latest(session: Session, quest_id: int) -> AuditLine | None:
    """Return the last thing that happened on a quest: as long as it is the same, so is the rest."""
    return session.scalar(
        select(AuditLine)
        .where(AuditLine.subject_kind == Quest.__tablename__, AuditLine.subject_id == quest_id)
        .order_by(AuditLine.id.desc())
        .limit(1)
    )


def with_whys(session: Session, quest_id: int) -> Quest | None:
    """Return a quest with its team and its cause tree, and no more."""
    return (
        session.scalars(
            select(Quest)
            .where(Quest.id == quest_id)
            .options(
                joinedload(Quest.pain),
                joinedload(Quest.reviews),
                selectinload(Quest.members).joinedload(Membership.person),
                selectinload(Quest.whys)
                .joinedload(Why.comments)
                .joinedload(WhyComment.comment)
                .joinedload(Comment.submission)
                .options(defer(Submission.original), joinedload(Submission.source)),
            )
        )
        .unique()
        .one_or_none()
    )


def wait_for_turn(session: Session, quest_id: int) -> None:
    """Wait until nobody else writes on this quest, so that of two at once neither is lost.

    SQLite lets one writer in at a time by itself.
    """
    session.execute(select(Quest.id).where(Quest.id == quest_id).with_for_update())

"""Wins: what was proven in a month, the customer's words beside the number that changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from cxquest.core.models import AuditLine
from cxquest.pains.models import PainEvidence
from cxquest.quests import levels
from cxquest.quests.levels import Level
from cxquest.quests.models import Membership, Quest
from cxquest.recognition.models import Thanks
from cxquest.voice.models import Comment, Submission

READABLE = (40, 400)  # letters of a quote that reads well
CAME_BACK = ("recur", "slip")  # deeds of a quest that undo its proof


@dataclass(frozen=True)
class Month:
    """A month of the organisation: `starts_at` belongs to it, `ends_at` does not."""

    first: date
    starts_at: datetime
    ends_at: datetime

    @property
    def name(self) -> str:
        """The month as an address writes it."""
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True)
class Win:
    """A proven outcome; `back` is the deed by which it was undone since."""

    quest: Quest
    quote: Comment | None
    now: Level | None
    thanks: Thanks | None
    back: AuditLine | None

    @property
    def departments(self) -> list[str]:
        """The departments that were on the team."""
        found = {member.department.name for member in self.quest.members if member.department}
        return sorted(found)


def month_of(day: date, zone: ZoneInfo) -> Month:
    """Return the month of a day, from midnight to midnight in `zone`."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return Month(first, _midnight(first, zone), _midnight(after, zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def newest(session: Session) -> datetime | None:
    """Return when an outcome was proven last."""
    return session.scalar(select(func.max(Quest.outcome_at)))


def neighbours(session: Session, month: Month) -> tuple[datetime | None, datetime | None]:
    """Return when the last win before a month and the first one after it were proven."""
    before = select(func.max(Quest.outcome_at)).where(Quest.outcome_at < month.starts_at)
    after = select(func.min(Quest.outcome_at)).where(Quest.outcome_at >= month.ends_at)
    row = session.execute(select(before.scalar_subquery(), after.scalar_subquery())).one()
    return row[0], row[1]


def proven(month: Month) -> Select[Quest]:
    """Return the quests whose outcome was proven in a month, with all that a win shows."""
    return (
        select(Quest)
        .where(Quest.outcome_at >= month.starts_at, Quest.outcome_at < month.ends_at)
        .options(
            joinedload(Quest.pain),
            joinedload(Quest.sponsor),
            joinedload(Quest.metric),
            selectinload(Quest.members).options(
                joinedload(Membership.person), joinedload(Membership.department)
            ),
            joinedload(Quest.whys),
            selectinload(Quest.countermeasures),
        )
        .order_by(Quest.outcome_at.desc(), Quest.id.desc())
    )


def wins(session: Session, quests: Iterable[Quest]) -> list[Win]:
    """Return these quests as wins, in three queries."""
    proven = list(quests)
    quotes = _quotes(session, [quest.pain_id for quest in proven])
    said = _thanks(session, proven)
    undone = _undone(session, proven)
    return [
        Win(
            quest=quest,
            quote=quotes.get(quest.pain_id),
            now=levels.level(quest),
            thanks=said.get(quest.id),
            back=undone.get(quest.id),
        )
        for quest in proven
    ]


def _quotes(session: Session, pain_ids: Sequence[int]) -> dict[int, Comment]:
    """Return a customer's comment on each pain point: one that reads well, the newest of those.

    What says nothing is no quote, and what repeats another comes last.
    """
    again = case((Submission.repeat_of_id.is_(None), 0), else_=1)
    reads_well = case((func.length(Comment.text).between(*READABLE), 0), else_=1)
    order = (again, reads_well, Submission.collected_on.desc().nulls_last(), Comment.id.desc())
    place = func.row_number().over(partition_by=PainEvidence.pain_id, order_by=order)
    ranked = (
        select(PainEvidence.pain_id, PainEvidence.comment_id, place.label("place"))
        .join(Comment, Comment.id == PainEvidence.comment_id)
        .join(Submission, Submission.id == Comment.submission_id)
        .where(PainEvidence.pain_id.in_(pain_ids), Comment.says_nothing.is_(False))
        .subquery()
    )
    found = session.execute(
        select(ranked.c.pain_id, Comment)
        .join(Comment, Comment.id == ranked.c.comment_id)
        .where(ranked.c.place == 1)
        .options(joinedload(Comment.submission).joinedload(Submission.stage))
    )
    return {row[0]: row[1] for row in found}


def _thanks(session: Session, quests: Sequence[Quest]) -> dict[int, Thanks]:
    found = session.scalars(
        select(Thanks)
        .where(Thanks.quest_id.in_([quest.id for quest in quests]))
        .options(joinedload(Thanks.person))
    )
    return {said.quest_id: said for said in found}


def _undone(session: Session, quests: Sequence[Quest]) -> dict[int, AuditLine]:
    """Return the deed that undid each proof after it was given, the latest one."""
    proven_at = {quest.id: quest.outcome_at for quest in quests}
    lines = session.scalars(
        select(AuditLine)
        .where(
            AuditLine.subject_kind == Quest.__tablename__,
            AuditLine.subject_id.in_(proven_at),
            AuditLine.action.in_(CAME_BACK),
        )
        .order_by(AuditLine.id)
    )
    return {
        line.subject_id: line
        for line in lines
        if (at := proven_at[line.subject_id]) is not None and line.at >= at
    }

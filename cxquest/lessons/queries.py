"""What pages ask about lessons."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from cxquest.core.waiting import of_kind
from cxquest.lessons.suggesting import Known, Suggestion, suggested
from cxquest.pains.models import PainPoint
from cxquest.people.models import Department, Person
from cxquest.quests import waiting
from cxquest.quests.learned import Adoption, AdoptionState, Lesson
from cxquest.quests.models import Membership, Quest
from cxquest.quests.work import Countermeasure, Why
from cxquest.rewards.rulebook import Cause, Work
from cxquest.voice import queries as voice

COMPARED = 500  # lessons, the newest, whose causes are compared with a quest's
CAUSES = 6  # whys of a quest that are compared before it has a root cause


@dataclass(frozen=True)
class Filters:
    """What a list of lessons is narrowed to, as the URL says it; nothing means no filter."""

    search: str = ""
    theme: int | None = None
    stage: int | None = None
    work: str = ""
    cause: str = ""
    got_wrong: bool = False

    @property
    def active(self) -> int:
        """How many filters are in force."""
        return sum(value not in ("", None, False) for value in vars(self).values())


def listed(filters: Filters) -> Select[Lesson]:
    """Return the lessons that fit, the newest first, with what their cards show."""
    found = _cards().where(*_conditions(filters))
    return found.order_by(Lesson.written_at.desc(), Lesson.id.desc())


def _cards() -> Select[Lesson]:
    return (
        select(Lesson)
        .join(Lesson.quest)
        .join(Quest.pain)
        .options(
            contains_eager(Lesson.quest).options(
                contains_eager(Quest.pain).joinedload(PainPoint.stage),
                selectinload(Quest.whys),
                selectinload(Quest.countermeasures),
            ),
            selectinload(Lesson.adoptions).joinedload(Adoption.department),
        )
    )


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.search:
        found.append(_says(filters.search))
    if filters.theme is not None:
        found.append(PainPoint.theme_id.in_(voice.whole_theme(filters.theme)))
    if filters.stage is not None:
        found.append(PainPoint.stage_id == filters.stage)
    if _is(Work, filters.work):
        change = (Countermeasure.quest_id == Quest.id, Countermeasure.work == Work(filters.work))
        found.append(exists().where(*change))
    if _is(Cause, filters.cause):
        root = (Why.quest_id == Quest.id, Why.is_root, Why.level == Cause(filters.cause))
        found.append(exists().where(*root))
    if filters.got_wrong:
        found.append(Lesson.got_wrong != "")
    return found


def _says(words: str) -> ColumnElement[bool]:
    """Whether a part of the lesson, its quest or its pain point has these words."""
    texts = (
        Lesson.title,
        Lesson.useful_when,
        Lesson.worked,
        Lesson.did_not,
        Lesson.got_wrong,
        Quest.title,
        PainPoint.title,
    )
    wanted = words.lower()
    return or_(*(func.lower(text).contains(wanted, autoescape=True) for text in texts))


def _is(kind: type[StrEnum], value: str) -> bool:
    return value in {member.value for member in kind}


def lesson(session: Session, lesson_id: int) -> Lesson | None:
    """Return a lesson with its quest, the quest's team and work, and who uses it."""
    return (
        session.scalars(
            select(Lesson)
            .where(Lesson.id == lesson_id)
            .options(
                joinedload(Lesson.written_by),
                joinedload(Lesson.quest).options(
                    joinedload(Quest.pain).options(
                        joinedload(PainPoint.stage), joinedload(PainPoint.theme)
                    ),
                    joinedload(Quest.metric),
                    selectinload(Quest.members).options(
                        joinedload(Membership.person), joinedload(Membership.department)
                    ),
                    selectinload(Quest.whys),
                    selectinload(Quest.countermeasures),
                ),
                selectinload(Lesson.adoptions).options(
                    joinedload(Adoption.department),
                    joinedload(Adoption.by),
                    joinedload(Adoption.decided_by),
                ),
            )
            .execution_options(populate_existing=True)
        )
        .unique()
        .one_or_none()
    )


def quest(session: Session, quest_id: int) -> Quest | None:
    """Return a quest with its pain point and its whys, for which lessons are looked for."""
    return session.scalar(
        select(Quest)
        .where(Quest.id == quest_id)
        .options(joinedload(Quest.pain), selectinload(Quest.whys))
        .execution_options(populate_existing=True)
    )


def fitting(session: Session, quest: Quest) -> list[tuple[Lesson, Suggestion]]:
    """Return the lessons of other quests that fit this one best, each with why."""
    found = suggested(_causes_of(quest), _known(session, quest))
    rows = session.scalars(_cards().where(Lesson.id.in_([one.id for one in found])))
    lessons = {lesson.id: lesson for lesson in rows}
    return [(lessons[one.id], one) for one in found]


def _causes_of(quest: Quest) -> list[str]:
    """Return a quest's root causes; before there is one, the whys that were written last."""
    roots = [why.text for why in quest.whys if why.is_root]
    return roots or [why.text for why in quest.whys][-CAUSES:]


def _known(session: Session, quest: Quest) -> list[Known]:
    """Return the newest lessons of other quests, as they are compared, in two statements."""
    same = PainPoint.theme_id.in_(voice.whole_theme(quest.pain.theme_id or 0))
    rows = session.execute(
        select(Lesson.id, Lesson.quest_id, Lesson.useful_when, func.coalesce(same, False))
        .join(Quest, Quest.id == Lesson.quest_id)
        .join(PainPoint, PainPoint.id == Quest.pain_id)
        .where(Lesson.quest_id != quest.id)
        .order_by(Lesson.written_at.desc(), Lesson.id.desc())
        .limit(COMPARED)
    ).all()
    causes = _roots(session, [row.quest_id for row in rows])
    return [
        Known(key, bool(is_same), (*causes.get(quest_id, ()), *filter(None, (when,))))
        for key, quest_id, when, is_same in rows
    ]


def _roots(session: Session, quest_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    roots = select(Why.quest_id, Why.text).where(Why.quest_id.in_(quest_ids), Why.is_root)
    for quest_id, text in session.execute(roots.order_by(Why.id)):
        found.setdefault(quest_id, []).append(text)
    return found


def waiting_for(coach: Person) -> Select[Any]:
    """Return the adoptions that a coach outside of them can look at, as what waits for them."""
    adoption = {"part": Adoption.id, "detail": Department.name, "since": Adoption.at}
    found = of_kind("adoption", key=Lesson.id, title=Lesson.title, **adoption)
    return (
        found.select_from(Adoption)
        .join(Lesson, Lesson.id == Adoption.lesson_id)
        .join(Department, Department.id == Adoption.department_id)
        .join(Quest, Quest.id == Lesson.quest_id)
        .where(
            Adoption.state == AdoptionState.CLAIMED,
            Adoption.by_id != coach.id,
            Lesson.written_by_id != coach.id,
            *waiting.outside(coach),
        )
    )

"""Who may say that their department uses a lesson, and who looks whether it does."""

from cxquest.people.models import Person
from cxquest.quests import policy as quests
from cxquest.quests.learned import Adoption, AdoptionState, Lesson
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Quest

ADOPTABLE = frozenset({State.HOLDING, State.CLOSED, State.STOPPED})


def can_be_adopted(quest: Quest) -> bool:
    """Whether a quest's lesson can be adopted: its outcome stands, or it was stopped."""
    return quest.state in ADOPTABLE


def departments_of(lesson: Lesson) -> set[int]:
    """Return the departments that the lesson comes from: those of the team, and of its author."""
    quest = lesson.quest
    found = {member.department_id for member in quest.members}
    found |= {member.person.department_id for member in quest.members}
    return {one for one in (*found, lesson.written_by.department_id) if one is not None}


def may_adopt(person: Person, lesson: Lesson) -> bool:
    """Somebody outside the quest, of another department than everybody's who was on it."""
    return (
        person.is_active
        and person.department_id is not None
        and can_be_adopted(lesson.quest)
        and is_outside(person, lesson)
        and person.department_id not in departments_of(lesson)
    )


def adoption_by(person: Person, lesson: Lesson) -> Adoption | None:
    """Return what the person's department has said of the lesson, if it has."""
    own = (a for a in lesson.adoptions if a.department_id == person.department_id)
    return next(own, None)


def may_decide(person: Person, lesson: Lesson, adoption: Adoption) -> bool:
    """A coach who neither claims the adoption nor had a part in the quest or its lesson."""
    return (
        person.is_active
        and person.is_coach
        and is_outside(person, lesson)
        and person.id != adoption.by_id
        and adoption.state is AdoptionState.CLAIMED
    )


def is_outside(person: Person, lesson: Lesson) -> bool:
    """Whether the person had no part in the quest, and did not write its lesson."""
    return quests.is_outside(person, lesson.quest) and person.id != lesson.written_by_id

"""What a gate is judged by: the quest's own facts, and what the rest of the company knows of it."""

from sqlalchemy.orm import Session

from cxquest.pains import check_queries
from cxquest.pains.models import PainClass
from cxquest.people import queries as people
from cxquest.quests import facts, telling
from cxquest.quests.facts import Heard
from cxquest.quests.lifecycle import Facts, State
from cxquest.quests.models import Quest


def known(session: Session, quest: Quest) -> Facts:
    """Return the facts of a quest, with those that its next gate asks of other rooms."""
    names = [person.name for person in people.active_people(session)] if _finds(quest) else []
    return facts.of(quest, names, _heard(session, quest))


def _finds(quest: Quest) -> bool:
    return quest.state is State.DIAGNOSING


def _heard(session: Session, quest: Quest) -> Heard:
    if quest.state is not State.PROVING:
        return Heard()
    outcome = telling.outcome_of(quest)
    needed = quest.pain.pain_class is PainClass.DIFFERENTIATOR
    return Heard(
        bool(quest.customers_told) or check_queries.was_sent(session, outcome),
        needed and check_queries.recognition(session, outcome).is_recognised,
    )

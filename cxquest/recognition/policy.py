"""Who may give, take back, look, thank and take out."""

from datetime import datetime, timedelta

from cxquest.people.models import Person
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Quest
from cxquest.recognition.models import Badge, Kudos

RETRACTABLE = timedelta(hours=24)
PROVEN = frozenset({State.HOLDING, State.CLOSED})


def may_give_to(person: Person, other: Person) -> bool:
    """Anyone gives kudos to any colleague who is here; nobody to themselves."""
    return person.is_active and other.is_active and person.id != other.id


def may_give_to_team(person: Person, quest: Quest) -> bool:
    """Anyone gives kudos to a team that they are not on."""
    return person.is_active and quest.state is not State.STOPPED and not quest.has_member(person)


def may_retract(person: Person, kudos: Kudos, at: datetime) -> bool:
    """The giver takes kudos back within 24 hours."""
    fresh = kudos.retracted_at is None and at - kudos.given_at < RETRACTABLE
    return kudos.giver_id == person.id and fresh


def may_steward(person: Person) -> bool:
    """Coaches and administrators look for closed rings."""
    return person.is_active and (person.is_coach or person.is_administrator)


def may_thank(person: Person, quest: Quest) -> bool:
    """The sponsor thanks the team once its outcome is proven, and while it is."""
    is_sponsor = quest.sponsor_id is not None and quest.sponsor_id == person.id
    return is_sponsor and quest.outcome_at is not None and quest.state in PROVEN


def may_take_out(person: Person, badge: Badge) -> bool:
    """A badge leaves the product with its holder only."""
    return badge.person_id == person.id

"""Who may do what with people and the organisation."""

from cxquest.people.models import Person


def may_administer(person: Person) -> bool:
    """Administrators keep people, departments, stages and imports."""
    return person.is_administrator


def may_sponsor(person: Person) -> bool:
    """Executives sponsor quests."""
    return person.is_executive

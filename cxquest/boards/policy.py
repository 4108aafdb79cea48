"""Who may compare themselves with whom."""

from cxquest.people.models import Organisation, Person


def may_compare(person: Person) -> bool:
    """Everyone but executives, who sponsor and lead the lines of others."""
    return person.is_active and not person.is_executive


def compares_people(organisation: Organisation | None) -> bool:
    """Whether the organisation lets people compare themselves at all."""
    return organisation is None or organisation.ranks_people

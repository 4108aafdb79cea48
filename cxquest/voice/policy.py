"""Who may do what with the customers' voice. Reading it, and tagging, is everybody's."""

from cxquest.people.models import Person


def may_read_original(person: Person) -> bool:
    """Coaches read a text as it came, with the addresses and numbers in it."""
    return person.is_active and person.is_coach

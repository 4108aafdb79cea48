"""Who may do what with the customers' voice. Reading it, and tagging, is everybody's."""

from cxquest.people.models import Person


def may_import(person: Person) -> bool:
    """Administrators bring files of feedback in."""
    return person.is_administrator

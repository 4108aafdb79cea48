"""Who may bring feedback in."""

from cxquest.people.models import Person


def may_import(person: Person) -> bool:
    """Administrators bring files of feedback in."""
    return person.is_administrator

"""Who may do what with surveys. Everybody who is signed in may look at them."""

from cxquest.people.models import Person


def may_ask(person: Person) -> bool:
    """Executives, coaches and administrators ask customers."""
    roles = person.is_executive or person.is_administrator or person.is_coach
    return person.is_active and roles


def may_see_integrity(person: Person) -> bool:
    """Administrators look at what may have been made up or pressed for."""
    return person.is_active and person.is_administrator

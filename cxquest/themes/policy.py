"""Who may do what with themes. Naming and tagging is everybody's."""

from cxquest.people.models import Person


def may_teach(person: Person) -> bool:
    """Coaches ask the program to learn, and say how sure it must be to propose."""
    return person.is_active and person.is_coach


def may_name_groups(person: Person) -> bool:
    """Everybody who tags comments may name a group of them, or drop it."""
    return person.is_active

"""Who may do what with a pain point."""

from cxquest.pains import lifecycle
from cxquest.pains.lifecycle import PainState
from cxquest.pains.models import PainEvidence, PainPoint
from cxquest.people.models import Person


def may_start(person: Person) -> bool:
    """Anyone who can sign in writes down what customers say hurts."""
    return person.is_active


def may_write(person: Person, pain: PainPoint) -> bool:
    """Its author or a coach until a coach has accepted it; then coaches only."""
    if person.is_coach:
        return person.is_active and pain.state in lifecycle.BY_COACH
    return may_start(person) and is_author(person, pain) and pain.state in lifecycle.BY_AUTHOR


def may_add_evidence(person: Person, pain: PainPoint) -> bool:
    """Anyone adds what a customer said once it is open; before that, whoever writes it."""
    return may_write(person, pain) or (person.is_active and pain.state in lifecycle.LIVE)


def may_remove_evidence(person: Person, pain: PainPoint, piece: PainEvidence) -> bool:
    """Whoever writes it, or whoever added this piece."""
    own = piece.added_by_id == person.id
    return may_write(person, pain) or (own and may_add_evidence(person, pain))


def may_decide(person: Person, pain: PainPoint) -> bool:
    """A coach accepts and declines, never what they wrote themselves."""
    return person.is_active and person.is_coach and not is_author(person, pain)


def may_merge(person: Person) -> bool:
    """Coaches make one pain point of two, two of one, and undo that."""
    return person.is_active and person.is_coach


def may_answer(person: Person) -> bool:
    """Coaches word what customers are told, and see whom it can reach."""
    return person.is_active and person.is_coach


def may_support(person: Person, pain: PainPoint) -> bool:
    """Colleagues of the author say what a live pain point costs them."""
    return person.is_active and not is_author(person, pain) and pain.state in lifecycle.LIVE


def is_open(pain: PainPoint) -> bool:
    """Whether a coach's decision is due."""
    return pain.state is PainState.OPEN


def is_author(person: Person, pain: PainPoint) -> bool:
    """Whether the person wrote it."""
    return pain.created_by_id == person.id

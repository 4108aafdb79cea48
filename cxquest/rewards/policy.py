"""Who may write the reward rules, and who may approve what others wrote."""

from collections.abc import Collection
from datetime import datetime

from cxquest.people import policy
from cxquest.people.models import Person
from cxquest.rewards.models import RulebookVersion, VersionState

OPEN = frozenset({VersionState.DRAFT, VersionState.SIMULATED})


def may_write(person: Person) -> bool:
    """Active administrators write versions of the rulebook."""
    return person.is_active and policy.may_administer(person)


def may_change(person: Person, version: RulebookVersion) -> bool:
    """Administrators change what nobody has approved yet."""
    return may_write(person) and version.state in OPEN


def may_approve(person: Person, writers: Collection[int]) -> bool:
    """A second administrator: nobody who wrote on the version approves it."""
    return may_write(person) and person.id not in writers


def may_schedule(person: Person, version: RulebookVersion) -> bool:
    """Administrators say from when on an approved version counts."""
    return may_write(person) and version.state is VersionState.APPROVED


def may_withdraw(person: Person, version: RulebookVersion, at: datetime) -> bool:
    """Administrators withdraw what has not taken effect."""
    since = version.effective_from
    begun = since is not None and since <= at
    return may_write(person) and version.state is not VersionState.WITHDRAWN and not begun

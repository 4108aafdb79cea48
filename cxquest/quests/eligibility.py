"""Who of a team shares in a gate's award: on the team long enough, and with accepted work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cxquest.core.errors import marked as _


@dataclass(frozen=True)
class Stay:
    """A person's time on a team; `left_at` is None while it lasts."""

    joined_at: datetime
    left_at: datetime | None


def judge(
    stays: Iterable[Stay],
    *,
    since: datetime,
    until: datetime,
    accepted: int,
    earlier_quests: int,
    most_quests: int,
) -> str:
    """Return why a person does not share in the award, or an empty text if they do.

    `since` is the previous gate, `until` this one, `accepted` the number of accepted
    contributions, `earlier_quests` the active quests that the person joined before this one.
    """
    if not accepted:
        return _("No accepted contribution yet.")
    if 2 * time_on(stays, since, until) < until - since:
        return _("On the team for less than half of the time since the previous gate.")
    if earlier_quests >= most_quests:
        return _("Earns from two active quests already.")
    return ""


def time_on(stays: Iterable[Stay], since: datetime, until: datetime) -> timedelta:
    """Return how long the stays overlap the span from `since` to `until`."""
    whole = timedelta()
    for stay in stays:
        begin, end = max(stay.joined_at, since), min(stay.left_at or until, until)
        whole += max(end - begin, timedelta())
    return whole

"""What decisions see and say: an event that happened, and a line for each account. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from cxquest.rewards.book import Slot
from cxquest.rewards.engine import Deed, Factor, Measure
from cxquest.rewards.rulebook import Cause, Gate, Impact, MeasureKind, Work
from cxquest.rewards.seasons import day_of, week_of

TEAM_OUTCOME, TEAM_AWARD, TEAM_PART = "team_outcome", "team_award", "team_part"
INDIVIDUAL, HELD = "individual", "held"


@dataclass(eq=False)
class Happened:
    """An event as a decision sees it, and nothing changes. `season_start` begins its season.

    What decisions work out of it is kept on it, since several rulebooks may decide on one event.
    """

    key: str
    kind: str
    subject: str
    chain: str
    facts: Mapping[str, Any]
    at: datetime
    zone: ZoneInfo
    season_start: datetime

    @cached_property
    def deed(self) -> Deed:
        """What a team did."""
        return deed_of(self.facts)

    @cached_property
    def day_start(self) -> datetime:
        """When its day began."""
        return day_of(self.at, self.zone).starts_at

    @cached_property
    def week_start(self) -> datetime:
        """When its week began."""
        return week_of(self.at, self.zone).starts_at


@dataclass(frozen=True)
class Member:
    """A person's account on the team, and why it gets nothing if it does not."""

    account_id: int
    eligible: bool
    reason: str = ""


class Line(NamedTuple):
    """One decision. `asked` is what nothing in its way would have paid.

    Where `points` is less than that, `reason` says why, `values` filling its places; `uses` are
    the limits that it counts against, with the beginning of their windows; `factors` explain it.
    """

    account_id: int
    rule: str
    component: str
    points: int
    asked: int = 0
    reason: str = ""
    values: Mapping[str, Any] = {}
    factors: tuple[Factor, ...] = ()
    reverses: Slot | None = None
    uses: tuple[tuple[str, datetime | None], ...] = ()


# A history asks for the same few words and numbers again and again.
IMPACTS = {one.value: one for one in Impact}
WORKS = {one.value: one for one in Work}
CAUSES = {one.value: one for one in Cause}
GATES = {one.value: one for one in Gate}
MEASURES = {one.value: one for one in MeasureKind}
_number = lru_cache(maxsize=4096)(Fraction)


def deed_of(facts: Mapping[str, Any]) -> Deed:
    """Return the deed that a gate's facts describe."""
    return Deed(
        IMPACTS[facts["impact"]],
        WORKS[facts["work"]],
        CAUSES[facts["cause"]],
        {name: _number(weight) for name, weight in facts["contributions"].items()},
        {
            MEASURES[kind]: Measure(
                _number(measure["baseline"]),
                _number(measure["target"]),
                _number(measure["observed"]),
            )
            for kind, measure in facts["measures"].items()
        },
    )

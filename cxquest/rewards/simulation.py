"""Replaying the same events twice: under the rulebook in force, and under a draft. Pure.

What happened before the simulated seasons is decided once, as it was then, on one book; the
two runs begin with a copy of it each, so that limits, cooling times and vested awards are right.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from cxquest.rewards.book import Memory
from cxquest.rewards.deciding import DISPUTE_UPHELD, PROBLEM_RETURNED, decide, remember
from cxquest.rewards.engine import person_total
from cxquest.rewards.happening import INDIVIDUAL, Happened, Line
from cxquest.rewards.rulebook import Rulebook

PUT_RIGHT = frozenset({PROBLEM_RETURNED, DISPUTE_UPHELD})


# What points were paid for: a type of event, a kind of work or none, and a rule.
Source = tuple[str, str, str]


class Origin(NamedTuple):
    """An event that a later one may come back to, as its points are counted."""

    kind: str
    work: str


class Run:
    """One of the runs: what every account holds at the end, and what was paid for what."""

    def __init__(self, rules: Rulebook, book: Memory) -> None:
        self.rules, self.book = rules, book
        self.points: dict[int, int] = defaultdict(int)
        self.paid: dict[Source, int] = defaultdict(int)
        self._team: dict[int, int] = defaultdict(int)
        self._own: dict[int, int] = defaultdict(int)

    def look(self, event: Happened, origin: Origin, known: Mapping[str, Origin]) -> None:
        """Decide on an event, and count what that pays or takes back."""
        lines = decide(event, self.rules, self.book, explain=False)
        remember(self.book, event, lines)
        puts_right = event.kind in PUT_RIGHT
        for line in lines:
            if line.points:
                of = self._own if line.component == INDIVIDUAL else self._team
                of[line.account_id] += line.points
                source = _corrected(event, line, origin, known) if puts_right else None
                self.paid[source or (*origin, line.rule)] += line.points

    def close(self) -> None:
        """End a season: of own awards only what the cap allows counts."""
        for account_id in self._team.keys() | self._own.keys():
            own, team = self._own.get(account_id, 0), self._team.get(account_id, 0)
            self.points[account_id] += person_total(own, team, self.rules)
        self._team.clear()
        self._own.clear()


def _corrected(
    event: Happened, line: Line, origin: Origin, known: Mapping[str, Origin]
) -> Source | None:
    """Return what the award was paid for that a line takes back or pays after all."""
    if line.reverses:
        return (*known.get(line.reverses.event_key, origin), line.reverses.rule)
    if event.kind == DISPUTE_UPHELD:
        return (*known.get(event.facts["event"], origin), event.facts["rule"])
    return None


class Simulation:
    """Takes every event in canonical order, and fills two runs with those since `begins`.

    `in_force_at` says which rulebook counted at an instant before that.
    """

    def __init__(
        self,
        before: Rulebook,
        after: Rulebook,
        *,
        begins: datetime,
        in_force_at: Callable[[datetime], Rulebook],
        book: Memory,
    ) -> None:
        self.begins, self.in_force_at, self.book = begins, in_force_at, book
        self.before, self.after = Run(before, book), Run(after, book)
        self.titles: dict[int, str] = {}
        self._known: dict[str, Origin] = {}
        self._season: datetime | None = None

    def look(self, event: Happened, label: str) -> None:
        """Take the next event; `label` is what people read of it."""
        origin = Origin(event.kind, event.facts.get("work", ""))
        if self.book.watches(event.key, event.subject, event.chain):
            self._known[event.key] = origin
        if event.at < self.begins:
            rules = self.in_force_at(event.at)
            remember(self.book, event, decide(event, rules, self.book, explain=False))
            return
        if self._season != event.season_start:
            self._turn(event.season_start)
        if "team" in event.facts:
            self.titles[event.facts["team"]] = label
        for run in self.runs:
            run.look(event, origin, self._known)

    def end(self) -> None:
        """Close the last season."""
        for run in self.runs:
            run.close()

    @property
    def runs(self) -> Sequence[Run]:
        """Both runs."""
        return self.before, self.after

    def _turn(self, season_start: datetime) -> None:
        """Begin the next season; the first one parts the runs."""
        if self._season is None:
            self.after.book = self.book.copy()
        else:
            self.end()
        self._season = season_start

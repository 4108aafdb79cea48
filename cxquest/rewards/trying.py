"""A real past event, decided under the rulebook in force and under a draft. Nothing is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core.errors import marked as _
from cxquest.rewards import paying, replaying
from cxquest.rewards.book import Asked, Memory, Vested
from cxquest.rewards.deciding import decide
from cxquest.rewards.engine import Factor
from cxquest.rewards.happening import TEAM_AWARD, TEAM_OUTCOME, Happened, Line
from cxquest.rewards.history import History
from cxquest.rewards.models import LimitUse, RewardEvent
from cxquest.rewards.rulebook import Rulebook
from cxquest.rewards.wording import Said, Word

FORMULA, BACK = _("The formula, at %(gate)s"), _("Taken back, of %(gate)s")
DISPUTE, RULE = _("The dispute"), _("The rule “%(rule)s”")
OF_LIMIT = frozenset({"unit", "per", "window"})  # values that name a choice of a limit
OF_TEAM = frozenset({TEAM_OUTCOME, TEAM_AWARD})


@dataclass(frozen=True)
class Outcome:
    """What so many accounts get by one rule, and why it is not more."""

    points: int
    accounts: int
    reason: Said
    factors: Sequence[Factor]


@dataclass(frozen=True)
class Row:
    """One rule and component under both rulebooks."""

    name: Said
    component: Word
    before: Sequence[Outcome]
    after: Sequence[Outcome]

    @property
    def same(self) -> bool:
        """Whether both rulebooks pay the same."""
        return _paid(self.before) == _paid(self.after)


def _paid(outcomes: Iterable[Outcome]) -> list[tuple[int, int]]:
    return sorted((one.points, one.accounts) for one in outcomes)


@dataclass(frozen=True)
class Tried:
    """An event worked through two rulebooks: its lines, and what the team and people get."""

    event: RewardEvent
    rows: Sequence[Row]
    team: tuple[int, int]
    people: tuple[int, int]


def tried(session: Session, event: RewardEvent, before: Rulebook, after: Rulebook) -> Tried:
    """Decide on a past event twice, on what was really decided before it."""
    _season_id, begins = replaying.spans(session).at(event.occurred_at)
    happened = paying.happened(event, begins)
    book = _Known(session, event, _keys_asked(happened, (before, after)))
    sides = [decide(happened, rules, book) for rules in (before, after)]
    names = {f"rule_{rule.id}": rule.name for rules in (before, after) for rule in rules.rules}
    places = dict.fromkeys((line.rule, line.component) for lines in sides for line in lines)
    return Tried(
        event,
        [
            Row(_name(rule, names), Word(component), *(_of(s, rule, component) for s in sides))
            for rule, component in places
        ],
        team=_sums(sides, of_team=True),
        people=_sums(sides, of_team=False),
    )


def _name(rule: str, names: Mapping[str, str]) -> Said:
    kind, _sign, rest = rule.partition("_")
    if kind == "rule":
        return Said(RULE, {"rule": names.get(rule, rest)})
    if kind in ("dispute", "undone"):
        return Said(DISPUTE)
    gate = rest.partition("_")[0]
    return Said(BACK if kind == "return" else FORMULA, {"gate": Word(gate)})


def _of(lines: Iterable[Line], rule: str, component: str) -> list[Outcome]:
    """Return what a rule gives, accounts that get the same counted together."""
    alike: dict[tuple[int, str, str], list[Line]] = {}
    for line in lines:
        if (line.rule, line.component) == (rule, component):
            key = (line.points, line.reason, repr(sorted(line.values.items())))
            alike.setdefault(key, []).append(line)
    return [
        Outcome(same[0].points, len(same), _reason(same[0]), same[0].factors)
        for same in alike.values()
    ]


def _reason(line: Line) -> Said:
    return Said(line.reason, {name: _word(name, value) for name, value in line.values.items()})


def _word(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    if name in OF_LIMIT:
        return Word(f"limit_{value}")
    if name == "last":
        return date.fromisoformat(value)
    return Said(value) if name == "field" else value


def _sums(sides: Sequence[Sequence[Line]], *, of_team: bool) -> tuple[int, int]:
    before, after = (
        sum(line.points for line in lines if (line.component in OF_TEAM) is of_team)
        for lines in sides
    )
    return before, after


@dataclass
class _Asking(Memory):
    """An empty book that notes which limits are asked about."""

    keys: set[str] = field(default_factory=set)

    def used(self, key: str, since: datetime | None) -> tuple[int, int]:
        """Note the key; nothing was used."""
        self.keys.add(key)
        return 0, 0

    def last_paid(self, key: str) -> datetime | None:
        """Note the key; it was never paid for."""
        self.keys.add(key)
        return None


def _keys_asked(event: Happened, books: Iterable[Rulebook]) -> set[str]:
    """Return the keys of every limit that rules ask about, so that one query finds them all."""
    asking = _Asking()
    for rules in books:
        decide(event, rules, asking, explain=False)
    return asking.keys


class _Known(History):
    """History that has read all uses of some limits at once, and asks nothing twice."""

    def __init__(self, session: Session, event: RewardEvent, keys: set[str]) -> None:
        super().__init__(session, event)
        self._uses = self._read(keys)
        self._earned: dict[tuple[str, str, str], int] = {}
        self._vested: dict[str, list[Vested]] = {}
        self._asked: dict[tuple[str, str, int], Asked] = {}

    def used(self, key: str, since: datetime | None) -> tuple[int, int]:
        """Return times and points that a limit's key was used since an instant, or ever."""
        found = [use for use in self._uses.get(key, ()) if since is None or use[0] >= since]
        return sum(use[1] for use in found), sum(use[2] for use in found)

    def last_paid(self, key: str) -> datetime | None:
        """Return when a cooling key was paid for last."""
        return max((at for at, times, _p in self._uses.get(key, ()) if times > 0), default=None)

    def earned(self, chain: str, before: str, gate: str) -> int:
        """Return what earlier quests of a chain keep for a gate."""
        place = (chain, before, gate)
        if place not in self._earned:
            self._earned[place] = super().earned(chain, before, gate)
        return self._earned[place]

    def vested(self, subject: str) -> list[Vested]:
        """Return the slots of a subject's G3 and G4."""
        if subject not in self._vested:
            self._vested[subject] = super().vested(subject)
        return self._vested[subject]

    def asked(self, event_key: str, rule: str, account_id: int) -> Asked:
        """Return what a decision asked for, paid and still leaves."""
        place = (event_key, rule, account_id)
        if place not in self._asked:
            self._asked[place] = super().asked(event_key, rule, account_id)
        return self._asked[place]

    def _read(self, keys: set[str]) -> dict[str, list[tuple[datetime, int, int]]]:
        if not keys:
            return {}
        uses = (
            select(
                LimitUse.key,
                LimitUse.occurred_at,
                func.sum(LimitUse.times),
                func.sum(LimitUse.points),
            )
            .where(
                LimitUse.key.in_(sorted(keys)),
                self._before(LimitUse.occurred_at, LimitUse.event_key),
            )
            .group_by(LimitUse.key, LimitUse.event_id, LimitUse.occurred_at)
        )
        found: dict[str, list[tuple[datetime, int, int]]] = {}
        for key, at, times, points in self.session.execute(uses):
            found.setdefault(key, []).append((at, int(times), int(points)))
        return found

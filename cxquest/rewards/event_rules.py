"""Rules that administrators write: when, if, give, to, at most, after. No code in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

Value = str | bool | Fraction


class Comparison(StrEnum):
    """How a field of an event is compared with a value."""

    IS = "is"
    IS_NOT = "is_not"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


ORDERED = frozenset({Comparison.AT_LEAST, Comparison.AT_MOST})


class Joint(StrEnum):
    """How many parts of a group have to hold."""

    ALL = "all"
    ANY = "any"
    NOT = "not"


@dataclass(frozen=True)
class Condition:
    """One typed comparison: a declared field of the event with a value of its kind."""

    field: str
    comparison: Comparison
    value: Value


@dataclass(frozen=True)
class Group:
    """Conditions and groups of them. Without parts, `all` and `not` hold, `any` does not."""

    joint: Joint = Joint.ALL
    parts: "tuple[Condition | Group, ...]" = ()


class Unit(StrEnum):
    """What a limit counts."""

    TIMES = "times"
    POINTS = "points"


class Per(StrEnum):
    """Whose the limit is: everyone has their own, every pair, every object or every theme."""

    ACCOUNT = "account"
    PAIR = "pair"
    OBJECT = "object"
    THEME = "theme"


class Window(StrEnum):
    """The span after which a limit begins anew, in the organisation's time zone."""

    DAY = "day"
    WEEK = "week"
    SEASON = "season"
    EVER = "ever"


@dataclass(frozen=True)
class Limit:
    """At most so much in a window. Rules whose limits name the same pool use it up together."""

    pool: str
    amount: int
    unit: Unit
    per: Per
    window: Window


@dataclass(frozen=True)
class EventRule:
    """One rule: when an event of a type is such, give points to somebody, within limits.

    `after_days` is the cooling time: so many days without another payment to the same account.
    """

    id: str
    name: str
    when: str
    give: int
    to: str
    only_if: Group = field(default_factory=Group)
    at_most: tuple[Limit, ...] = ()
    after_days: int = 0


def holds(part: Condition | Group, values: Mapping[str, Value]) -> bool:
    """Whether a condition or a group of them holds; a field that the event lacks never matches."""
    if isinstance(part, Group):
        if part.joint is Joint.NOT:
            return not any(holds(one, values) for one in part.parts)
        found = (holds(one, values) for one in part.parts)
        return any(found) if part.joint is Joint.ANY else all(found)
    if part.field not in values:
        return False
    return _compare(values[part.field], part.comparison, part.value)


def _compare(found: Value, comparison: Comparison, value: Value) -> bool:
    if comparison is Comparison.IS:
        return found == value
    if comparison is Comparison.IS_NOT:
        return found != value
    if not isinstance(found, Fraction) or not isinstance(value, Fraction):
        return False
    return found >= value if comparison is Comparison.AT_LEAST else found <= value


def conditions_of(part: Condition | Group) -> list[Condition]:
    """Return every condition in a group, from left to right."""
    if isinstance(part, Condition):
        return [part]
    return [condition for one in part.parts for condition in conditions_of(one)]


def room(limit: Limit, used_times: int, used_points: int, wanted: int) -> int:
    """Return how many of the points wanted still fit: of counted limits all or none."""
    if limit.unit is Unit.TIMES:
        return wanted if used_times < limit.amount else 0
    return max(0, min(wanted, limit.amount - used_points))

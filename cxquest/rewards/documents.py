"""A rulebook as one JSON document, both ways, with its published schema.

Numbers that are not whole are written as text, so that they stay exact: "0.25" or "1/3".
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.rewards.event_rules import (
    Comparison,
    Condition,
    EventRule,
    Group,
    Joint,
    Limit,
    Per,
    Unit,
    Window,
)
from cxquest.rewards.rulebook import Cause, Gate, Impact, MeasureKind, Rulebook, Work

SCHEMA_ID = "https://cxquest.example/schemas/rulebook-1.json"
SLUG = r"^[a-z][a-z0-9_-]{0,39}$"
LARGEST = 1_000_000


def _exact(given: object) -> Fraction:
    if isinstance(given, bool) or not isinstance(given, (str, int, float, Fraction)):
        raise ValueError('write a number, as text to keep it exact: "0.25"')
    number = number_of(str(given))
    if number is None:
        raise ValueError('write a number like "0.25" or "1/3", with at most nine decimals')
    if number > LARGEST:
        raise ValueError(f"a number from 0 to {LARGEST}")
    return number


NUMBER = re.compile(r"\d{1,9}(\.\d{1,9})?|\d{1,9}/\d{1,9}")


def number_of(text: str) -> Fraction | None:
    """Return the number that a text writes down, if it is one of a bearable length."""
    text = text.strip()
    if not NUMBER.fullmatch(text) or set(text.partition("/")[2]) == {"0"}:
        return None
    return Fraction(text)


def written(number: Fraction) -> str:
    """Return a number as text that keeps it exact: decimal where that ends, else a fraction."""
    whole = number.denominator
    for prime in (2, 5):
        while whole % prime == 0:
            whole //= prime
    if whole != 1:
        return str(number)
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    digits = str((number * 10**places).numerator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


Exact = Annotated[
    Fraction,
    BeforeValidator(_exact),
    PlainSerializer(written, return_type=str),
    Field(json_schema_extra={"type": "string", "pattern": r"^\d+(\.\d+)?(/\d+)?$"}),
]
Whole = Annotated[int, Field(ge=0, le=LARGEST, strict=True)]
Text = Annotated[str, Field(max_length=60)]
Points = Annotated[int, Field(ge=0, le=LARGEST, strict=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class ConditionPart(_Part):
    """A comparison of a declared field with a value of its kind."""

    field: str = Field(pattern=SLUG)
    comparison: Comparison
    value: bool | Whole | Text = Field(description="A choice, yes or no, or a number as text")


class GroupPart(_Part):
    """All, any or none of the parts hold."""

    joint: Joint = Joint.ALL
    parts: list["ConditionPart | GroupPart"] = Field(default=[], max_length=20)


class LimitPart(_Part):
    """At most so much per account, pair, object or theme in a window."""

    pool: str = Field(pattern=SLUG)
    amount: Annotated[int, Field(ge=1, le=LARGEST, strict=True)]
    unit: Unit
    per: Per = Per.ACCOUNT
    window: Window


class RulePart(_Part):
    """One event rule."""

    id: str = Field(pattern=SLUG)
    name: str = Field(min_length=1, max_length=120)
    when: str = Field(pattern=SLUG)
    only_if: GroupPart = GroupPart()
    give: Annotated[int, Field(ge=1, le=10_000, strict=True)]
    to: str = Field(pattern=SLUG)
    at_most: list[LimitPart] = Field(default=[], max_length=4)
    after_days: Annotated[int, Field(ge=0, le=366, strict=True)] = 0


class FormulaPart(_Part):
    """The tables of the quest formula."""

    base: dict[Impact, Points]
    share: dict[Gate, Exact]
    work: dict[Work, Exact]
    cause: dict[Cause, Exact]
    bridge_step: Exact
    bridge_departments: Annotated[int, Field(ge=1, le=9, strict=True)]
    weight: dict[MeasureKind, Exact]
    attainment_floor: Exact
    starter_allowance: Points
    individual_part: Exact
    recurrence_window: Annotated[int, Field(ge=1, le=730, strict=True)]
    active_quests: Annotated[int, Field(ge=1, le=9, strict=True)]


class RulebookDocument(_Part):
    """The reward rules of one version."""

    format: Literal["cxquest-rulebook-1"] = "cxquest-rulebook-1"
    formula: FormulaPart
    rules: list[RulePart] = Field(default=[], max_length=50)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a rulebook document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **RulebookDocument.model_json_schema(),
    }


def read(document: object, version: int = 0) -> Rulebook:
    """Return the rulebook that `document` describes. Raises BadInput naming the place at fault."""
    try:
        found = RulebookDocument.model_validate(document)
    except ValidationError as error:
        place, said = next(faults(error))
        raise BadInput("%(place)s: %(said)s", field=place, place=place, said=said) from error
    _check_depth(found)
    formula = found.formula
    for name in ("base", "share", "work", "cause", "weight"):
        _check_whole(name, getattr(formula, name))
    return Rulebook(
        version=version,
        **{name: getattr(formula, name) for name in FormulaPart.model_fields},
        rules=tuple(_rule(part) for part in found.rules),
    )


def faults(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Return the place of each fault, as "rules.2.give", and what is wrong there."""
    for one in error.errors():
        place = ".".join(str(part) for part in one["loc"]) or "document"
        yield place, one["msg"].removeprefix("Value error, ")


MOST_CONDITIONS, DEEPEST = 200, 4


def _check_depth(found: RulebookDocument) -> None:
    """Raise BadInput for more conditions, or deeper groups, than anybody could read."""
    conditions = 0
    for number, rule in enumerate(found.rules):
        level: list[ConditionPart | GroupPart] = [rule.only_if]
        for _depth in range(DEEPEST + 1):
            groups = [part for part in level if isinstance(part, GroupPart)]
            conditions += len(level) - len(groups)
            level = [part for group in groups for part in group.parts]
        if level or conditions > MOST_CONDITIONS:
            place = f"rules.{number}.only_if"
            text = _("%(place)s: groups at most %(depth)s deep, %(most)s conditions in all.")
            given = {"place": place, "depth": DEEPEST, "most": MOST_CONDITIONS}
            raise BadInput(text, field=place, **given)


TABLES: Mapping[str, type[StrEnum]] = {
    "base": Impact,
    "share": Gate,
    "work": Work,
    "cause": Cause,
    "weight": MeasureKind,
}


def _check_whole(name: str, table: Mapping[Any, Any]) -> None:
    missing = [one.value for one in TABLES[name] if one not in table]
    if missing:
        place, said = f"formula.{name}", f"{', '.join(missing)} is missing"
        raise BadInput("%(place)s: %(said)s", field=place, place=place, said=said)


def _rule(part: RulePart) -> EventRule:
    limits = tuple(
        Limit(**{n: getattr(one, n) for n in LimitPart.model_fields}) for one in part.at_most
    )
    return EventRule(
        id=part.id,
        name=part.name,
        when=part.when,
        give=part.give,
        to=part.to,
        only_if=_group(part.only_if),
        at_most=limits,
        after_days=part.after_days,
    )


def _group(part: GroupPart) -> Group:
    return Group(part.joint, tuple(_condition(one) for one in part.parts))


def _condition(part: ConditionPart | GroupPart) -> Condition | Group:
    if isinstance(part, GroupPart):
        return _group(part)
    value = part.value
    number = None if isinstance(value, bool) else number_of(str(value))
    return Condition(part.field, part.comparison, _plain_value(value) if number is None else number)


def _plain_value(value: bool | int | str) -> bool | str:
    return value if isinstance(value, bool) else str(value)


def document_of(rules: Rulebook) -> dict[str, Any]:
    """Return a rulebook as the JSON values of its document."""
    formula: dict[str, Any] = {}
    for name in FormulaPart.model_fields:
        value = getattr(rules, name)
        if isinstance(value, Mapping):
            formula[name] = {key.value: _plain(one) for key, one in value.items()}
        else:
            formula[name] = _plain(value)
    return {
        "format": "cxquest-rulebook-1",
        "formula": formula,
        "rules": [_rule_document(rule) for rule in rules.rules],
    }


def _plain(value: Any) -> Any:
    return written(value) if isinstance(value, Fraction) else value


def _rule_document(rule: EventRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "when": rule.when,
        "only_if": _part_document(rule.only_if),
        "give": rule.give,
        "to": rule.to,
        "at_most": [
            {
                "pool": one.pool,
                "amount": one.amount,
                "unit": one.unit.value,
                "per": one.per.value,
                "window": one.window.value,
            }
            for one in rule.at_most
        ],
        "after_days": rule.after_days,
    }


def _part_document(part: Condition | Group) -> dict[str, Any]:
    if isinstance(part, Group):
        return {
            "joint": part.joint.value,
            "parts": [_part_document(one) for one in part.parts],
        }
    return {
        "field": part.field,
        "comparison": part.comparison.value,
        "value": _plain(part.value),
    }


def fingerprint(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document's canonical JSON, as hex."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()

"""The editor's rows and a rulebook's document, both ways. Pure: everything typed is text."""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.rewards import documents, wording
from cxquest.rewards.catalogue import CATALOGUE, Kind
from cxquest.rewards.event_rules import Group
from cxquest.rewards.rulebook import DEFAULT

Rows = dict[str, Any]
MOST_RULES, MOST_CONDITIONS, MOST_LIMITS = 50, 20, 4
LARGEST = 1_000_000
WHOLE: Mapping[str, tuple[int, int]] = {
    "bridge_departments": (1, 9),
    "starter_allowance": (0, LARGEST),
    "recurrence_window": (1, 730),
    "active_quests": (1, 9),
}
NEEDED = _("Fill this in.")
NOT_WHOLE = _("Write a whole number from %(least)s to %(most)s.")
NOT_A_NUMBER = _("Write a number from 0 on, like 0.25 or 1/3.")
NO_SLUG = _("Use small letters, digits, - and _, at most 40, a letter first.")
TOO_LONG = _("Use at most %(most)s letters.")
SLUG = re.compile(r"[a-z][a-z0-9_-]{0,39}")
EXACT = re.compile(r"\d{1,7}(\.\d{1,9})?|\d{1,7}/[1-9]\d{0,6}")

Fault = tuple[str, str, Mapping[str, object]]  # the field's name, the sentence, what fills it


def rows_of(document: Mapping[str, Any]) -> Rows:
    """Return a document as rows of text."""
    formula = document["formula"]
    rows: Rows = {
        table.name: {key: str(formula[table.name][key]) for key in table.rows}
        for table in wording.TABLES
    }
    rows |= {name: str(formula[name]) for name in wording.SINGLE}
    rows["rules"] = [_rule_rows(rule) for rule in document["rules"]]
    return rows


def _rule_rows(rule: Mapping[str, Any]) -> Rows:
    group = rule["only_if"]
    nested = any("joint" in part for part in group["parts"])
    return {
        **{name: str(rule[name]) for name in ("id", "name", "when", "give", "to", "after_days")},
        "joint": group["joint"],
        "conditions": [] if nested else [_condition_rows(part) for part in group["parts"]],
        "nested": json.dumps(group, ensure_ascii=False) if nested else "",
        "limits": [{name: str(value) for name, value in one.items()} for one in rule["at_most"]],
    }


def _condition_rows(part: Mapping[str, Any]) -> Rows:
    value = part["value"]
    text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    return {"field": part["field"], "comparison": part["comparison"], "value": text}


def document_of(rows: Mapping[str, Any]) -> dict[str, Any]:
    """Return rows as a document; what is no number stays text, for its reader to refuse."""
    formula: dict[str, Any] = {
        table.name: {
            key: _whole(text) if table.whole else _number(text)
            for key, text in rows[table.name].items()
        }
        for table in wording.TABLES
    }
    for name in wording.SINGLE:
        formula[name] = _whole(rows[name]) if name in WHOLE else _number(rows[name])
    return {
        "format": "cxquest-rulebook-1",
        "formula": formula,
        "rules": [_rule_document(rule) for rule in rows["rules"]],
    }


def _rule_document(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": rule["id"],
        "name": rule["name"],
        "when": rule["when"],
        "only_if": _group_document(rule),
        "give": _whole(rule["give"]),
        "to": rule["to"],
        "at_most": [{**one, "amount": _whole(one["amount"])} for one in rule["limits"]],
        "after_days": _whole(rule["after_days"] or "0"),
    }


def _group_document(rule: Mapping[str, Any]) -> dict[str, Any]:
    nested = nested_of(rule)
    if nested is not None:
        return nested
    parts = [
        {
            "field": one["field"],
            "comparison": one["comparison"],
            "value": _value(rule["when"], one["field"], one["value"]),
        }
        for one in rule["conditions"]
    ]
    return {"joint": rule["joint"], "parts": parts}


def nested_of(rule: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the conditions that the form does not show; None where it shows them all."""
    if not rule["nested"]:
        return None
    try:
        found = json.loads(rule["nested"])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def kind_of(when: str, field: str) -> Kind | None:
    """Return what the values of an event's field are; None for one that it does not declare."""
    event = CATALOGUE.get(when)
    known = event.field(field) if event else None
    return known.kind if known else None


def _value(when: str, field: str, text: str) -> str | bool:
    kind = kind_of(when, field)
    if kind is Kind.YES_NO and text in ("yes", "no"):
        return text == "yes"
    return _number(text) if kind is Kind.NUMBER else text


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text


def _number(text: str) -> str:
    return text.replace(",", ".")


def faults(rows: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what was typed and does not fit, by the name of its field."""
    for table in wording.TABLES:
        for key, text in rows[table.name].items():
            bounds = (0, LARGEST) if table.whole else None
            yield from _figure(f"{table.name}-{key}", text, bounds)
    for name in wording.SINGLE:
        yield from _figure(name, rows[name], WHOLE.get(name))
    for place, rule in enumerate(rows["rules"]):
        yield from _rule_faults(f"rules-{place}", rule)


def _rule_faults(place: str, rule: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _slug(f"{place}-id", rule["id"])
    if not rule["name"]:
        yield f"{place}-name", NEEDED, {}
    elif len(rule["name"]) > 120:
        yield f"{place}-name", TOO_LONG, {"most": 120}
    yield from _figure(f"{place}-give", rule["give"], (1, 10_000))
    yield from _figure(f"{place}-after_days", rule["after_days"] or "0", (0, 366))
    for n, one in enumerate(rule["conditions"]):
        name = f"{place}-conditions-{n}-value"
        if not one["field"]:
            yield f"{place}-conditions-{n}-field", NEEDED, {}
        elif kind_of(rule["when"], one["field"]) is Kind.NUMBER:
            yield from _figure(name, one["value"], None)
        elif not one["value"]:
            yield name, NEEDED, {}
    for n, limit in enumerate(rule["limits"]):
        yield from _figure(f"{place}-limits-{n}-amount", limit["amount"], (1, LARGEST))
        yield from _slug(f"{place}-limits-{n}-pool", limit["pool"])


def _figure(name: str, text: str, bounds: tuple[int, int] | None) -> Iterator[Fault]:
    if not text:
        yield name, NEEDED, {}
    elif bounds is not None:
        number = _whole(text)
        if not isinstance(number, int) or not bounds[0] <= number <= bounds[1]:
            yield name, NOT_WHOLE, {"least": bounds[0], "most": bounds[1]}
    elif not EXACT.fullmatch(_number(text)) or Fraction(_number(text)) > LARGEST:
        yield name, NOT_A_NUMBER, {}


def _slug(name: str, text: str) -> Iterator[Fault]:
    if not SLUG.fullmatch(text):
        yield name, NO_SLUG if text else NEEDED, {}


DEED = re.compile(r"(add|remove|up|down)-(rule|condition|limit)(?:-(\d{1,3}))?(?:-(\d{1,3}))?")
TITLE = "rules-title"  # the heading above all rules
LISTS = {"condition": ("conditions", MOST_CONDITIONS), "limit": ("limits", MOST_LIMITS)}


NEW_RULE = _("New rule")


def changed(rows: Mapping[str, Any], deed: str, name: str = NEW_RULE) -> Rows:
    """Return the rows after a press on one of the editor's buttons, like "up-rule-2".

    A deed that fits nothing changes nothing, but what another event has made impossible;
    everything typed is kept. `name` is what a new rule is called.
    """
    kept: Rows = deepcopy(dict(rows))
    for rule in kept["rules"]:
        _fit(rule)
    found = DEED.fullmatch(deed)
    if not found:
        return kept
    verb, thing = found[1], found[2]
    numbers = [int(n) for n in found.groups()[2:] if n is not None]
    rules = kept["rules"]
    if thing == "rule":
        _move(rules, verb, numbers, lambda: _new_rule(rules, name), MOST_RULES)
    elif numbers and numbers[0] < len(rules):
        rule = rules[numbers[0]]
        rows_of_it, most = LISTS[thing]
        made = _new_condition if thing == "condition" else _new_limit
        _move(rule[rows_of_it], verb, numbers[1:], lambda: made(rule), most)
    return kept


def _fit(rule: Rows) -> None:
    """Choose anew what the rule's event does not offer: whom it pays, how choices compare."""
    event = CATALOGUE.get(rule["when"])
    names = [one.name for one in event.recipients] if event else []
    if names and rule["to"] not in names:
        rule["to"] = names[0]
    for one in rule["conditions"]:
        kind = kind_of(rule["when"], one["field"])
        if kind not in (None, Kind.NUMBER) and one["comparison"] not in ("is", "is_not"):
            one["comparison"] = "is"


def place_of(deed: str, rows: Mapping[str, Any]) -> str:
    """Return where the eye should be after a press on a button, as a place on the page."""
    found = DEED.fullmatch(deed)
    if not found:
        return ""
    verb, thing, count = found[1], found[2], len(rows["rules"])
    if not found[3]:
        return f"rule-{count - 1}"
    place = int(found[3])
    if thing == "rule":
        place += {"up": -1, "down": 1}.get(verb, 0)
        return f"rule-{place}" if place < count else TITLE
    if verb == "add" and place < count:
        name, first = ("conditions", "field") if thing == "condition" else ("limits", "amount")
        return f"rules-{place}-{name}-{len(rows['rules'][place][name]) - 1}-{first}"
    return f"rule-{place}"


def _move(rows: list[Rows], verb: str, numbers: list[int], made: Any, most: int) -> None:
    if verb == "add":
        if len(rows) < most:
            rows.append(made())
        return
    if not numbers or numbers[0] >= len(rows):
        return
    place = numbers[0]
    row = rows.pop(place)
    if verb != "remove":
        rows.insert(max(0, place - 1) if verb == "up" else place + 1, row)


def _new_rule(rules: list[Rows], called: str) -> Rows:
    taken = {rule["id"] for rule in rules}
    free = next(name for n in range(1, 1000) if (name := f"rule-{n}") not in taken)
    rule: Rows = {
        "id": free,
        "name": called,
        "when": "pain_accepted",
        "give": "5",
        "to": "finder",
        "after_days": "0",
        "joint": "all",
        "conditions": [],
        "nested": "",
    }
    return {**rule, "limits": [_new_limit(rule)]}


def _new_condition(rule: Mapping[str, Any]) -> Rows:
    event = CATALOGUE.get(rule["when"])
    first = event.fields[0] if event and event.fields else None
    value = first.choices[0] if first and first.choices else ""
    return {"field": first.name if first else "", "comparison": "is", "value": str(value)}


def _new_limit(rule: Mapping[str, Any]) -> Rows:
    return {
        "amount": "1",
        "unit": "times",
        "per": "account",
        "window": "week",
        "pool": rule["id"],
    }


def parse(text: str) -> dict[str, Any]:
    """Return the JSON object in a text. Raises BadInput that says where it is none."""
    try:
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except json.JSONDecodeError as error:
        raise BadInput(
            _("This is not JSON: line %(line)s, column %(column)s: %(error)s"),
            field="text",
            line=error.lineno,
            column=error.colno,
            error=error.msg,
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(_("This is not JSON that can be kept."), field="text") from error
    if not isinstance(found, dict) or "\\u0000" in json.dumps(found):
        raise BadInput(_("Write one JSON object, as the schema describes it."), field="text")
    return found


def told(refusal: BadInput) -> Iterator[tuple[str, str]]:
    """Yield every place of a document that was refused, and what is wrong there."""
    if isinstance(refusal.__cause__, ValidationError):
        yield from documents.faults(refusal.__cause__)
    elif "." in refusal.field:
        yield refusal.field, str(refusal)


def name_of(place: str) -> str:
    """Return the name of the editor's field for a place of the document."""
    name = place.removeprefix("formula.").replace(".at_most.", ".limits.")
    return name.replace(".only_if.parts.", ".conditions.").replace(".", "-")


def nested_groups(rows: Mapping[str, Any]) -> dict[int, Group]:
    """Return the conditions that the form does not show, by the place of their rule."""
    found: dict[int, Group] = {}
    plain = documents.document_of(DEFAULT)
    for place, rule in enumerate(rows["rules"]):
        group = nested_of(rule)
        if group is not None:
            one = {**plain["rules"][0], "only_if": group}
            found[place] = documents.read({**plain, "rules": [one]}).rules[0].only_if
    return found

"""A line of the ledger, or a decision that paid nothing, in the reader's words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from cxquest.rewards import deciding
from cxquest.rewards.catalogue import CATALOGUE
from cxquest.rewards.disputing import ANSWERS
from cxquest.rewards.explaining import CAP, Way
from cxquest.rewards.line_queries import Held, PutRight
from cxquest.rewards.models import Decision, LedgerEntry, RewardEvent
from cxquest.rewards.rulebook import Gate, Rulebook
from cxquest.web.filters import day, percent
from cxquest.web.labels import label

LIMIT_WORDS = ("unit", "per", "window")
ANCHORS = {"G1": "whys", "G2": "countermeasures", "G3": "metric", "G4": "metric"}


def award_of(entry: LedgerEntry) -> dict[str, Any]:
    """Return a line as every page shows it: what it is for, its factors, where it is explained."""
    return {
        "points": entry.points,
        "label": f"{title_of(entry.event, entry.rule, entry.points)} · {entry.label}",
        "at_label": _(
            "%(day)s · rulebook version %(version)s",
            day=day(entry.at),
            version=entry.rulebook_version,
        ),
        "lines": [] if _corrects(entry) else factor_lines(entry.explanation),
        "entry": entry,
        "url": url_for("points.entry", entry_id=entry.id),
    }


def _corrects(entry: LedgerEntry) -> bool:
    """Whether a line is a difference or what the cap holds: no product of its factors."""
    is_return = entry.rule.startswith("return_")
    return entry.rule == CAP or (entry.points < 0 and not is_return)


def factor_lines(explanation: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return kept factors with their names and notes in words."""
    return [
        {"name": label(line["name"]), "value": line["value"], "note": _noted(line)}
        for line in explanation
    ]


def _noted(line: Mapping[str, str]) -> str:
    if line["name"] in ("work", "cause", "share"):
        return label(line["note"])
    if line["name"] in ("team", "rule") and line["note"]:
        return str(_(line["note"]))
    if line["name"] == "attainment":
        parts = (part.partition(" ") for part in line["note"].split(" · ") if part)
        return " · ".join(f"{label(kind)} {percent(value)}" for kind, _space, value in parts)
    return line["note"]


def title_of(event: RewardEvent, rule: str, points: int = 0) -> str:
    """Return what a rule paid or took back for, in words; `points` are those of a line."""
    if rule == CAP:
        return str(_("Held back") if points < 0 else _("Released"))
    if rule.startswith("return_"):
        return str(_("Taken back: %(gate)s", gate=gate_name(rule.split("_")[1])))
    if rule.startswith(ANSWERS):
        return str(_("After a dispute"))
    is_gate = rule.startswith("gate_")
    paid = gate_name(rule.removeprefix("gate_")) if is_gate else _(CATALOGUE[event.type].title)
    return str(_("Corrected: %(title)s", title=paid) if points < 0 else paid)


def gate_name(gate: str) -> str:
    """Return a gate's name; the last one must not read as what the cap holds back."""
    return str(_("Held for 90 days")) if gate == Gate.G4 else label(gate)


def reason_of(decision: Decision) -> str:
    """Return why a decision paid less than was asked, or nothing."""
    if not decision.reason:
        return "" if decision.points else str(_("The award comes to 0 points."))
    return str(_(decision.reason, **worded(decision.reason_values)))


def unpaid_of(decision: Decision, right: PutRight | None = None) -> dict[str, Any]:
    """Return a decision that paid less than was asked, its words, and what put it right since."""
    title = title_of(decision.event, decision.rule)
    return {"decision": decision, "title": title, "reason": reason_of(decision), "right": right}


def worded(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of a marked text as a page writes them."""
    return {name: _word(name, value) for name, value in values.items()}


def _word(name: str, value: Any) -> str:
    if name in LIMIT_WORDS:
        return label(f"limit_{value}")
    if name == "last":
        return day(date.fromisoformat(value))
    if name in ("field", "rule"):
        return str(_(value))
    if isinstance(value, date):
        return day(value)
    return label(value) if isinstance(value, Enum) else str(value)


def cap_words(rules: Rulebook) -> str:
    """Return the rule that holds own awards back, in words."""
    return str(
        _(
            "Own awards count up to %(allowance)s points, or %(part)s of what your teams earned in "
            "the season, whichever is more. What is above that is held back, and released as your "
            "teams earn more.",
            allowance=rules.starter_allowance,
            part=percent(rules.individual_part),
        )
    )


def held_words(held: Held, rules: Rulebook) -> str:
    """Return how much of one's own awards of a season is held back, and by which rule."""
    said = _(
        "Held back in %(season)s: %(held)s of %(individual)s points of own awards.",
        season=held.season,
        held=abs(held.held),
        individual=held.individual,
    )
    return f"{said} {cap_words(rules)}"


def ways_of(ways: Sequence[Way]) -> list[dict[str, Any]]:
    """Return what would have changed a decision, in words."""
    return [{"text": _(way.text, **worded(way.values)), "points": way.points} for way in ways]


def evidence_of(event: RewardEvent) -> list[tuple[str, str]]:
    """Return the places that show what an event rests on: words and address."""
    kind, _colon, number = event.subject.partition(":")
    quest_id = number if kind == "quest" else event.facts.get("quest")
    if kind == "pain":
        return [(_("The pain point with its evidence"), url_for("pains.show", pain_id=number))]
    if kind == "lesson":
        lesson = url_for("lessons.show", lesson_id=number, _anchor="used")
        return [(_("The lesson, and who uses it"), lesson)]
    if quest_id is None:
        return []
    gate = event.facts.get("gate", "")
    anchor = "reviews" if kind == "review" else ANCHORS.get(gate, "proof")
    proof = url_for("quests.show", quest_id=quest_id, _anchor=anchor)
    found = [(_("The quest: %(title)s", title=event.label), proof)]
    if event.type == deciding.GATE_PASSED and gate != "G4":
        verdict = url_for("quests.show", quest_id=quest_id, _anchor="reviews")
        found.append((_("The review and its reason"), verdict))
    return found

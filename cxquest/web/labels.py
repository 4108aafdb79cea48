"""The product's words for its states and kinds, in the reader's language."""

from enum import Enum

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

LABELS = {
    "employee": _l("Employee"),
    "executive": _l("Executive"),
    "administrator": _l("Administrator"),
    "internal": _l("Inside the company"),
    "partner": _l("Partner"),
    "draft": _l("Draft"),
    "open": _l("Open"),
    "accepted": _l("Accepted"),
    "in_quest": _l("In quest"),
    "resolved": _l("Resolved"),
    "declined": _l("Declined"),
    "reopened": _l("Reopened"),
    "table_stake": _l("Table stake"),
    "performance": _l("Performance"),
    "differentiator": _l("Differentiator"),
    "proposed": _l("Proposed"),
    "chartering": _l("Chartering"),
    "diagnosing": _l("Diagnosing"),
    "fixing": _l("Fixing"),
    "proving": _l("Proving"),
    "holding": _l("Holding"),
    "closed": _l("Closed"),
    "stopped": _l("Stopped"),
    "recovery": _l("Recovery"),
    "resolution": _l("Resolution"),
    "detection": _l("Detection"),
    "prevention": _l("Prevention"),
    "symptom": _l("Symptom"),
    "contributing": _l("Contributing"),
    "systemic": _l("Systemic"),
    "make": _l("Makes money"),
    "save": _l("Saves money"),
    "both": _l("Makes and saves money"),
    "exempt": _l("Exempt, by the sponsor"),
    "under": _l("Too little was said"),
    "over": _l("Too much was said"),
    "withheld": _l("It was known and withheld"),
    "wrong": _l("What was said was wrong"),
    "misleading": _l("What was said misled"),
    "none": _l("Communication played no part"),
    "policy": _l("Policy"),
    "process": _l("Process"),
    "procedure": _l("Procedure"),
    "system": _l("System"),
    "guideline": _l("Guideline"),
    "work_instruction": _l("Work instruction"),
    "increase": _l("More is better"),
    "decrease": _l("Less is better"),
    "day": _l("Day"),
    "week": _l("Week"),
    "month": _l("Month"),
    "theme": _l("Negative share of the theme"),
    "survey": _l("Survey rating"),
    "action": _l("Action metric"),
    "accept": _l("Accepted"),
    "decline": _l("Declined"),
    "due": _l("Due"),
    "passed": _l("Passed"),
    "failed": _l("Failed"),
    "uploaded": _l("Uploaded"),
    "mapped": _l("Mapped"),
    "previewed": _l("Previewed"),
    "done": _l("Done"),
    "awarded": _l("Paid"),
    "clipped": _l("Clipped"),
    "held": _l("Held"),
    "skipped": _l("Not paid"),
    "team_outcome": _l("Team outcome"),
    "team_part": _l("Shared team outcome"),
    "S": "S",
    "M": "M",
    "L": "L",
    "XL": "XL",
    "G1": _l("Root cause"),
    "G2": _l("Countermeasure"),
    "G3": _l("Outcome"),
    "G4": _l("Held"),
    "base": _l("Base"),
    "share": _l("Share of the gate"),
    "work": _l("Kind of work"),
    "cause": _l("Depth of the cause"),
    "bridge": _l("Bridge between departments"),
    "attainment": _l("Attainment"),
}

TONES = {
    "accepted": "pain",
    "open": "waiting",
    "draft": "neutral",
    "in_quest": "active",
    "resolved": "proven",
    "reopened": "pain",
    "declined": "stopped",
    "proposed": "neutral",
    "chartering": "waiting",
    "diagnosing": "active",
    "fixing": "active",
    "proving": "active",
    "holding": "proven",
    "closed": "proven",
    "stopped": "stopped",
    "passed": "proven",
    "failed": "pain",
    "due": "waiting",
    "accept": "proven",
    "decline": "pain",
    "done": "proven",
}


def label(value: object) -> str:
    """Return the word for a state or kind; an unknown one as it is."""
    if value is None:
        return gettext("Not chosen yet")
    key = str(value.value) if isinstance(value, Enum) else str(value)
    return str(LABELS.get(key, key))


def tone(value: object) -> str:
    """Return the tone that a state is shown in."""
    return TONES.get(str(value), "neutral")

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
        return str(gettext("Not chosen yet"))
    key = str(value.value) if isinstance(value, Enum) else str(value)
    return str(LABELS.get(key, key))


def tone(value: object) -> str:
    """Return the tone that a state is shown in."""
    return TONES.get(str(value), "neutral")


DEEDS = {
    "proposed": _l("Quest proposed"),
    "joined": _l("Joined the team"),
    "left": _l("Left the team"),
    "open_charter": _l("Charter opened"),
    "charter_written": _l("Charter written"),
    "size_agreed": _l("Size agreed"),
    "signature_asked": _l("Signature asked for"),
    "sent_back": _l("Charter sent back"),
    "sign": _l("Charter signed"),
    "why_added": _l("Why added"),
    "why_changed": _l("Why changed"),
    "why_dropped": _l("Why taken out"),
    "root_marked": _l("Root cause marked"),
    "root_unmarked": _l("No longer marked as root cause"),
    "communication_answered": _l("Communication branch answered"),
    "department_heard": _l("Department heard"),
    "countermeasure_written": _l("Countermeasure written"),
    "countermeasure_dropped": _l("Countermeasure taken out"),
    "metric_defined": _l("Metric defined"),
    "baseline_frozen": _l("Baseline frozen"),
    "reading_added": _l("Reading added"),
    "reading_corrected": _l("Reading corrected"),
    "side_declared": _l("Measure declared"),
    "side_observed": _l("Measure observed"),
    "customers_told": _l("Customers told"),
    "contributed": _l("Work written down"),
    "review_asked": _l("Review asked for"),
    "declined": _l("Gate declined"),
    "G1": _l("Root cause accepted"),
    "G2": _l("Countermeasure accepted"),
    "G3": _l("Outcome proven"),
    "G4": _l("Held for 90 days, closed"),
    "hold_passed": _l("Check passed"),
    "slip": _l("Check failed, back to proving"),
    "recur": _l("The problem is back"),
    "stop": _l("Quest stopped"),
}


def deed(action: str) -> str:
    """Return what was done, in words, for a quest's timeline."""
    return str(DEEDS.get(action, action))

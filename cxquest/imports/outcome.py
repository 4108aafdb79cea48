"""What came of a file of feedback: read = created + updated + unchanged + rejected."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field
from typing import Any

from cxquest.imports.intake import Doubt, Record, Rejection
from cxquest.voice import masking

SHOWN_ROWS = 20
SHOWN_SAMPLES = 5
SHOWN_TEXT = 300


@dataclass
class Outcome:
    """The count of an import run, with what a person should look at before it is kept.

    Of rejected and doubtful rows only the first are held here: there may be a million.
    """

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    doubtful: int = 0
    comments: int = 0
    dated: int = 0
    undated: int = 0
    misdated: int = 0
    unknown_stages: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    first_rejected: list[dict[str, Any]] = field(default_factory=list)
    first_doubtful: list[dict[str, Any]] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)

    @property
    def dates(self) -> dict[str, int]:
        """How many rows have a day, have none, and were rejected for it."""
        return {"parsed": self.dated, "empty": self.undated, "rejected": self.misdated}

    def reject(self, rejection: Rejection, date_column: str) -> None:
        """Count a row that was not taken."""
        self.read += 1
        self.rejected += 1
        self.misdated += bool(date_column) and rejection.column == date_column
        self.reasons[rejection.reason] += 1
        if len(self.first_rejected) < SHOWN_ROWS:
            self.first_rejected.append(_row(rejection.line, rejection))

    def take(self, record: Record) -> None:
        """Count what a row holds that was taken; what it did to the database is apart."""
        self.read += 1
        self.comments += len(record.comments)
        self.dated += record.collected_on is not None
        self.undated += record.collected_on is None
        self.doubtful += bool(record.doubts)
        for doubt in record.doubts:
            self.reasons[doubt.reason] += 1
            if len(self.first_doubtful) < SHOWN_ROWS:
                self.first_doubtful.append(_row(record.line, doubt))
        if record.unknown_stage:
            self.unknown_stages[record.unknown_stage] += 1
        if len(self.samples) < SHOWN_SAMPLES and record.comments:
            self.samples.append(_sample(record))

    def findings(self) -> dict[str, Any]:
        """Return, as JSON, what the preview shows beside the counts."""
        return {
            "dates": self.dates,
            "unknown_stages": self.unknown_stages.most_common(10),
            "reasons": self.reasons.most_common(),
            "samples": self.samples,
            "rejected": self.first_rejected,
            "doubtful": self.first_doubtful,
        }

    @classmethod
    def gone_on(cls, counts: Pairs[str, int], findings: Pairs[str, Any]) -> "Outcome":
        """Return the outcome of a run so far, from what was kept of it."""
        dates = findings.get("dates", {})
        return cls(
            **counts,
            dated=dates.get("parsed", 0),
            undated=dates.get("empty", 0),
            misdated=dates.get("rejected", 0),
            unknown_stages=Counter(dict(findings.get("unknown_stages", ()))),
            reasons=Counter(dict(findings.get("reasons", ()))),
            first_rejected=list(findings.get("rejected", ())),
            first_doubtful=list(findings.get("doubtful", ())),
            samples=list(findings.get("samples", ())),
        )


def sort_out(
    chunk: Iterable[Record], known: Pairs[str, tuple[int, str]], outcome: Outcome
) -> tuple[list[Record], list[tuple[int, Record]]]:
    """Return the records that are new and, with their ids, those that have changed.

    `known` gives id and fingerprint by identity. A record that comes twice is unchanged the
    second time.
    """
    fresh: list[Record] = []
    changed: list[tuple[int, Record]] = []
    for record in chunk:
        outcome.take(record)
        found = known.get(record.identity)
        if record.again or (found and found[1] == record.fingerprint):
            outcome.unchanged += 1
        elif found:
            outcome.updated += 1
            changed.append((found[0], record))
        else:
            outcome.created += 1
            fresh.append(record)
    return fresh, changed


def _sample(record: Record) -> dict[str, Any]:
    return {
        "line": record.line,
        "day": record.collected_on.isoformat() if record.collected_on else "",
        "raw": record.collected_raw,
        "external_id": record.external_id,
        "comments": [[question, _short(text)] for question, text in record.comments],
        "ratings": [[rated.question, rated.raw] for rated in record.ratings],
    }


def _row(line: int, at_fault: Rejection | Doubt) -> dict[str, Any]:
    return {
        "line": line,
        "column": at_fault.column,
        "value": _short(at_fault.value),
        "reason": at_fault.reason,
    }


def _short(text: str) -> str:
    text = masking.masked(text)
    return text if len(text) <= SHOWN_TEXT else f"{text[:SHOWN_TEXT]}…"

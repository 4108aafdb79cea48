"""What came of a file of feedback: read = created + updated + unchanged + rejected."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field
from typing import Any

from cxquest.voice.dates import Reading
from cxquest.voice.intake import Record, Rejection

SHOWN_REJECTIONS = 20
SHOWN_SAMPLES = 5
SHOWN_TEXT = 300


@dataclass
class Outcome:
    """The count of an import run, with what a person should look at before it is kept."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    comments: int = 0
    dated: int = 0
    undated: int = 0
    misdated: int = 0
    eaten_ids: int = 0
    unknown_stages: Counter[str] = field(default_factory=Counter)
    rejections: list[Rejection] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)
    orders: list[Reading] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """How many rows were not taken."""
        return len(self.rejections)

    @property
    def dates(self) -> dict[str, int]:
        """How many rows have a day, have none, and were rejected for it."""
        return {"parsed": self.dated, "empty": self.undated, "rejected": self.misdated}

    def reject(self, rejection: Rejection, date_column: str) -> None:
        """Count a row that was not taken."""
        self.read += 1
        self.misdated += bool(date_column) and rejection.column == date_column
        self.rejections.append(rejection)

    def take(self, record: Record) -> None:
        """Count what a row holds that was taken; what it did to the database is apart."""
        self.read += 1
        self.comments += len(record.comments)
        self.dated += record.collected_on is not None
        self.undated += record.collected_on is None
        self.eaten_ids += record.eaten_id
        if record.unknown_stage:
            self.unknown_stages[record.unknown_stage] += 1
        if len(self.samples) < SHOWN_SAMPLES and record.comments:
            self.samples.append(_sample(record))

    def findings(self) -> dict[str, Any]:
        """Return, as JSON, what the preview shows beside the counts."""
        return {
            "dates": self.dates,
            "eaten_ids": self.eaten_ids,
            "unknown_stages": self.unknown_stages.most_common(10),
            "samples": self.samples,
            "rejected": [_row(one) for one in self.rejections[:SHOWN_REJECTIONS]],
            "orders": [_order(reading) for reading in self.orders],
        }


def sort_out(
    chunk: Iterable[Record], known: Pairs[str, tuple[int, str]], outcome: Outcome
) -> tuple[list[Record], list[tuple[int, Record]]]:
    """Return the records that are new and, with their ids, those that have changed.

    `known` gives id and fingerprint by identity. A record that comes twice is unchanged the
    second time.
    """
    fresh: list[Record] = []
    changed: list[tuple[int, Record]] = []
    seen: set[str] = set()
    for record in chunk:
        outcome.take(record)
        found = known.get(record.identity)
        if record.identity in seen or (found and found[1] == record.fingerprint):
            outcome.unchanged += 1
        elif found:
            outcome.updated += 1
            changed.append((found[0], record))
        else:
            outcome.created += 1
            fresh.append(record)
        seen.add(record.identity)
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


def _row(rejection: Rejection) -> dict[str, Any]:
    return {
        "line": rejection.line,
        "column": rejection.column,
        "value": _short(rejection.value),
        "reason": rejection.reason,
    }


def _order(reading: Reading) -> dict[str, Any]:
    return {
        "order": reading.order.value,
        "parsed": reading.parsed,
        "ambiguous": reading.ambiguous,
        "earliest": reading.earliest.isoformat() if reading.earliest else "",
        "latest": reading.latest.isoformat() if reading.latest else "",
    }


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_TEXT else f"{text[:SHOWN_TEXT]}…"

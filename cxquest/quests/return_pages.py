"""That a problem may be back, as a quest's page says it: what shows it, and what it would cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from cxquest.quests.models import Quest
from cxquest.quests.watching import SENTENCES
from cxquest.quests.work import Recurrence, RecurrenceState
from cxquest.rewards import engine
from cxquest.rewards.models import LedgerEntry
from cxquest.rewards.rulebook import Gate, Rulebook
from cxquest.web.filters import day

PAID = (f"gate_{Gate.G3.value}", f"gate_{Gate.G4.value}")


@dataclass(frozen=True)
class Suspicion:
    """What is suspected, in words, and what the team loses: said now by itself, or confirmed."""

    recurrence: Recurrence
    text: str
    own: int
    confirmed: int


def shown(
    quest: Quest, entries: Sequence[LedgerEntry], rules: Rulebook, at: datetime
) -> list[Suspicion]:
    """Return what is suspected of a quest; `entries` are those of its team's account."""
    return [
        Suspicion(
            one,
            said(one),
            cost(entries, rules, at, self_reported=True),
            cost(entries, rules, one.found_at, self_reported=False),
        )
        for one in quest.recurrences
        if one.state is RecurrenceState.SUSPECTED
    ]


def cost(
    entries: Sequence[LedgerEntry], rules: Rulebook, at: datetime, *, self_reported: bool
) -> int:
    """Return the points that a return on the day of `at` takes back of a team's G3 and G4."""
    paid = [entry for entry in entries if entry.rule in PAID and entry.points > 0]
    proven = min((e.event.occurred_at for e in paid if e.rule == PAID[0]), default=at)
    days = max(0, (at - proven).days)
    gone = {entry.reverses_id: 0 for entry in entries if entry.reverses_id}
    for entry in entries:
        if entry.reverses_id:
            gone[entry.reverses_id] += -entry.points
    return sum(
        min(
            engine.taken_back(entry.points, days, rules, self_reported=self_reported),
            entry.points - gone.get(entry.id, 0),
        )
        for entry in paid
    )


def said(recurrence: Recurrence) -> str:
    """Return in the reader's language what shows that a problem is back, or may be."""
    sentence = SENTENCES.get(recurrence.source)
    if sentence is None or not recurrence.figures:
        return recurrence.evidence
    return str(_(sentence, **_spoken(recurrence.figures)))


def _spoken(figures: Mapping[str, Any]) -> dict[str, Any]:
    days = {
        name: day(date.fromisoformat(figures[name])) for name in ("since", "day") if name in figures
    }
    return {**figures, **days}

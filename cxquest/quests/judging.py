"""What lies before the reviewer of an outcome: whether it speaks for itself, what is kept of it.

Kept with the verdict, it stays what was judged, whatever is corrected later.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.measures.attainment import FRESH_READINGS, Value
from cxquest.measures.models import Metric
from cxquest.measures.verdicts import Finding, Verdict
from cxquest.quests import facts
from cxquest.quests.models import Quest
from cxquest.quests.work import Review
from cxquest.quests.work import Verdict as Answer
from cxquest.rewards.rulebook import Gate

UNJUDGED = _(
    "The figures do not speak for themselves. The page says why; write how you judge them."
)
CHANGED = _(
    "The figures have changed since you opened this page. Nothing of yours was saved; load the "
    "page and look again."
)


def finding_of(metric: Metric | None) -> Finding | None:
    """Return what chart and estimate say together; None while nothing has been changed."""
    found = metric.analysis.get("finding") if metric else None
    return Finding.from_json(found) if found else None


def is_plain(metric: Metric | None) -> bool:
    """Whether the figures say by themselves that it is better."""
    found = finding_of(metric)
    return found is not None and found.plain and found.verdict is Verdict.IMPROVED


def check(
    metric: Metric | None, verdict: Answer, *, gate: Gate, judgement: str, next_step: str
) -> None:
    """Raise BadInput for a decline without a next step, or for figures that nobody judged."""
    if verdict is Answer.DECLINE and not next_step:
        raise BadInput(_("Say what the team does next; they go on from there."), field="next_step")
    if verdict is Answer.DECLINE or gate is not Gate.G3 or judgement or is_plain(metric):
        return
    raise BadInput(UNJUDGED, field="judgement")


def check_stamp(metric: Metric | None, seen: str | None) -> None:
    """Raise Refusal where the figures are others than those whose stamp a page had."""
    if seen is not None and metric is not None and seen != stamp(metric):
        raise Refusal(CHANGED)


def stamp(metric: Metric) -> str:
    """Return a word that changes with whatever the figures are worked out from."""
    sides = [
        (side.kind, str(side.baseline), str(side.target), str(side.observed), side.n, side.refusal)
        for side in metric.sides
    ]
    level = [str(figure) for figure in (metric.baseline, metric.target)]
    read = [metric.standing, metric.analysis.get("finding")]
    text = json.dumps([read, level, sides], sort_keys=True, default=str)
    return sha256(text.encode()).hexdigest()[:16]


def kept(metric: Metric, values: Sequence[Value]) -> dict[str, Any]:
    """Return the figures as a verdict keeps them; `values` are the metric's, oldest first."""
    stands = metric.standing
    reached = facts.reached_by(metric, stands.observed)
    last = values[-FRESH_READINGS:]
    return {
        "stamp": stamp(metric),
        "finding": metric.analysis.get("finding"),
        "effect": metric.analysis.get("effect"),
        "neighbour": metric.analysis.get("neighbour"),
        "n": stands.n,
        "fresh": stands.fresh,
        "observed": None if stands.observed is None else str(stands.observed),
        "baseline": None if metric.baseline is None else str(metric.baseline),
        "target": None if metric.target is None else str(metric.target),
        "attained": None if reached is None else f"{float(reached):.4f}",
        "unit": metric.unit,
        "last": [
            {"id": one.id, "day": one.period_start.isoformat(), "value": str(one.value)}
            for one in last
        ],
        "sides": [
            {"label": side.label, "observed": str(side.observed), "n": side.n}
            for side in metric.sides
        ],
    }


def asked_again(quest: Quest, gate: Gate | None) -> Review | None:
    """Return the last verdict on a gate if it declined: what the team does next stands there."""
    decided = [review for review in quest.reviews if review.verdict and review.gate is gate]
    last = decided[-1] if decided else None
    return last if last and last.verdict is Answer.DECLINE else None

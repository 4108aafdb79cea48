"""A verdict that was given, with the figures that lay before its reviewer."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from cxquest.measures.verdicts import Finding
from cxquest.quests.work import Review
from cxquest.web.filters import day, number, percent
from cxquest.web.labels import label


def kept(review: Review) -> list[tuple[str, str]]:
    """Return the figures that a reviewer had, as terms and what they were; none of early verdicts.

    They are as they were then: readings that were corrected since do not change them.
    """
    figures = review.figures
    if not figures:
        return []
    finding = Finding.from_json(figures["finding"]) if figures["finding"] else None
    return [
        (_("What the figures said"), label(finding.verdict) if finding else _("Nothing yet")),
        *([(_("Estimated effect"), _effect(figures["effect"]))] if figures["effect"] else []),
        (_("Baseline"), _level(figures, "baseline")),
        (_("Target"), _level(figures, "target")),
        (_("The last readings"), _readings(figures["last"])),
        (_("Their mean"), _level(figures, "observed")),
        (
            _("Of the way to the target"),
            percent(figures["attained"]) if figures["attained"] else "–",
        ),
        (
            _("Readings"),
            _("%(n)s, of them %(fresh)s since the change", n=figures["n"], fresh=figures["fresh"]),
        ),
    ]


def _level(figures: dict[str, Any], name: str) -> str:
    figure = figures[name]
    return f"{number(figure)} {figures['unit']}" if figure is not None else "–"


def _effect(effect: dict[str, Any]) -> str:
    return str(
        _(
            "%(estimate)s (95 %% confidence: %(low)s to %(high)s)",
            **{name: number(_exact(effect[name])) for name in ("estimate", "low", "high")},
        )
    )


def _readings(last: Sequence[dict[str, Any]]) -> str:
    return " · ".join(
        f"{day(date.fromisoformat(one['day']), 'd MMM')}: {number(one['value'])}" for one in last
    )


def _exact(figure: float) -> Decimal:
    return Decimal(str(round(figure, 4)))

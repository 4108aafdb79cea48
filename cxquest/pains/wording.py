"""How pages and files say pain points: the timeline's sentences and the columns of the export."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from cxquest.core.models import AuditLine
from cxquest.pains import queries
from cxquest.pains.models import PainPoint
from cxquest.web.filters import moment

DEEDS = {
    "drafted": _l("Written down"),
    "changed": _l("Changed"),
    "added_evidence": _l("Evidence added"),
    "removed_evidence": _l("Evidence taken away"),
    "opened": _l("Opened to everyone"),
    "accepted": _l("Accepted"),
    "declined": _l("Declined"),
    "reopened": _l("Put forward again"),
    "supported": _l("Supported"),
    "changed_support": _l("Support reworded"),
    "withdrew_support": _l("Support withdrawn"),
    "entered_quest": _l("Taken up by a quest"),
    "resolved": _l("Resolved: the cause is gone"),
    "given_back": _l("Given back: its quest was stopped"),
    "came_back": _l("It is back: customers say it again"),
}

COLUMNS = (
    "id",
    "title",
    "state",
    "hunch",
    "stage",
    "theme",
    "class",
    "opportunity",
    "reach_per_month",
    "severity",
    "confidence",
    "effort",
    "supporters",
    "evidence",
    "submissions",
    "interviews",
    "expected",
    "experienced",
    "consequence",
    "author",
    "created_at",
)


def story(lines: Iterable[AuditLine]) -> list[dict[str, str]]:
    """Return the timeline's lines as the template shows them."""
    return [
        {"text": _said(line), "who": line.actor_name, "at_label": moment(line.at)} for line in lines
    ]


def _said(line: AuditLine) -> str:
    deed = str(DEEDS.get(line.action, line.action))
    return f"{deed}: {line.summary}" if line.summary else deed


def row(pain: PainPoint, figures: queries.Figures) -> Sequence[Any]:
    """Return a pain point's cells, in the order of COLUMNS."""
    return (
        pain.id,
        pain.title,
        pain.state.value,
        "yes" if queries.is_hunch(pain, figures) else "no",
        pain.stage.name if pain.stage else "",
        pain.theme.name if pain.theme else "",
        pain.pain_class.value if pain.pain_class else "",
        queries.opportunity(pain),
        pain.reach_per_month,
        pain.severity,
        pain.confidence,
        pain.effort,
        figures.supporters,
        figures.comments,
        figures.submissions,
        pain.interviews,
        pain.expected,
        pain.experienced,
        pain.consequence,
        pain.created_by.name,
        pain.created_at.isoformat(),
    )

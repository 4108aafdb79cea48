"""How pages and files say pain points: the timeline's sentences and the columns of the export."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import format_timedelta
from flask_babel import gettext as _
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
    "weighed_evidence": _l("Evidence weighed"),
    "costed": _l("Cost of leaving it worked out"),
    "merged": _l("Made part of another one"),
    "unmerged": _l("One of its own again, no part any more of"),
    "took_in": _l("Another one became part of this"),
    "gave_up": _l("No part of this any more"),
    "split": _l("A part became one of its own"),
    "split_off": _l("Split off from"),
    "prepared_note": _l("Note to customers prepared"),
    "worded_note": _l("Note to customers worded"),
    "sent_note": _l("Customers told"),
    "took_out_contacts": _l("List of customers to answer taken out"),
    "asked_customers": _l("Customers asked by mail whether it is better"),
    "took_out_links": _l("Customers' own links taken out"),
    "wrote_answer": _l("A customer's answer written down"),
    "supported": _l("Supported"),
    "changed_support": _l("Support reworded"),
    "withdrew_support": _l("Support withdrawn"),
    "entered_quest": _l("Taken up by a quest"),
    "resolved": _l("Resolved: the cause is gone"),
    "given_back": _l("Given back: its quest was stopped"),
    "came_back": _l("It is back: customers say it again"),
}

# What the sum of the cost is made of.
INPUTS = {
    "reach": _l("customers who meet it in a month"),
    "leaving": _l("the share that leaves"),
    "worth": _l("what a customer is worth in a year"),
    "minutes": _l("minutes of work for each case"),
    "hour": _l("what an hour costs"),
    "direct": _l("direct cost of each case"),
}

COLUMNS = (
    "id",
    "title",
    "state",
    "hunch",
    "stage",
    "origin_stage",
    "theme",
    "class",
    "kind",
    "opportunity",
    "reach_per_month",
    "severity",
    "value",
    "confidence",
    "effort",
    "supporters",
    "evidence",
    "submissions",
    "decisive_evidence",
    "first_voiced",
    "interviews",
    "cost_per_month",
    "cost_per_year",
    "expected",
    "experienced",
    "consequence",
    "author",
    "created_at",
    "merged_into",
)


def age(since: date | None, today: date) -> str:
    """Return how long ago a day was, roughly and in words: in months below two years."""
    if since is None:
        return ""
    days = min((since - today).days, 0)
    return str(
        format_timedelta(
            timedelta(days=days), threshold=2 if days <= -60 else 1, add_direction=True
        )
        if days
        else _("today")
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
    cost = queries.cost(pain)
    return (
        pain.id,
        pain.title,
        pain.state.value,
        "yes" if queries.is_hunch(pain, figures) else "no",
        pain.stage.name if pain.stage else "",
        pain.origin_stage.name if pain.origin_stage else "",
        pain.theme.name if pain.theme else "",
        pain.pain_class.value if pain.pain_class else "",
        pain.kind.value if pain.kind else "",
        queries.opportunity(pain),
        pain.reach_per_month,
        pain.severity,
        pain.value,
        pain.confidence,
        pain.effort,
        figures.supporters,
        figures.comments,
        figures.submissions,
        figures.decisive,
        figures.first_voiced,
        pain.interviews,
        cost.month,
        cost.year,
        pain.expected,
        pain.experienced,
        pain.consequence,
        pain.created_by.name,
        pain.created_at.isoformat(),
        pain.merged_into_id,
    )

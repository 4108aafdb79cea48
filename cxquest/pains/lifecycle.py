"""The life of a pain point: what a coach's acceptance needs, and when evidence is enough."""

from dataclasses import dataclass

from cxquest.core.errors import Missing
from cxquest.core.errors import marked as _

EVIDENCE_COMMENTS = 5
EVIDENCE_SUBMISSIONS = 3
EVIDENCE_INTERVIEWS = 3

AUTHOR, ANYONE = _("whoever wrote it, or a coach"), _("anyone who heard a customer")


@dataclass(frozen=True)
class Facts:
    """What acceptance is judged by."""

    stage: bool
    expected: bool
    experienced: bool
    consequence: bool
    pain_class: bool
    comments: int
    submissions: int
    interviews: int


def enough_evidence(facts: Facts) -> bool:
    """Whether there are 5 comments from 3 submissions, or 3 observed interviews."""
    written = (
        facts.comments >= EVIDENCE_COMMENTS and facts.submissions >= EVIDENCE_SUBMISSIONS
    )
    return written or facts.interviews >= EVIDENCE_INTERVIEWS


def checklist(facts: Facts) -> list[Missing]:
    """Return what acceptance needs, met or not."""
    return [
        Missing(_("The stage of the journey"), AUTHOR, "words", facts.stage),
        Missing(_("What the customer expected"), AUTHOR, "words", facts.expected),
        Missing(_("What the customer experienced"), AUTHOR, "words", facts.experienced),
        Missing(_("What it led to"), AUTHOR, "words", facts.consequence),
        Missing(
            _("Table stake, performance or differentiator"), AUTHOR, "words", facts.pain_class
        ),
        Missing(
            _("Five comments from three submissions, or three observed interviews"),
            ANYONE,
            "evidence",
            enough_evidence(facts),
        ),
    ]


def opportunity(reach_per_month: int, severity: int, confidence: int, effort: int) -> int:
    """Return (customers a month × severity × confidence) / effort, rounded down.

    Severity, confidence and effort are 1 to 5; the larger the result, the more a quest on
    this pain point would give for what it takes.
    """
    return reach_per_month * severity * confidence // max(effort, 1)

"""Metrics of the field to begin with: what each counts, what to beware of. Pure."""

from dataclasses import dataclass
from typing import Literal

from cxquest.core.errors import marked as _

Chart = Literal["xmr", "p", "u"]


@dataclass(frozen=True)
class Template:
    """A metric that others have used. `kind`, `direction`, `period` and `chart` are the values of
    the metric's own choices; `per` is what a share or a rate is said out of.
    """

    key: str
    name: str
    definition: str
    unit: str
    beware: str
    chart: Chart = "p"
    per: int = 100
    direction: Literal["increase", "decrease"] = "increase"
    period: Literal["day", "week", "month"] = "week"
    kind: Literal["operational", "behavioural"] = "operational"


TEMPLATES = (
    Template(
        "on-time",
        _("On-time delivery"),
        _(
            "Deliveries that arrive within the window that the customer was first promised, out of "
            "all deliveries that were due in the period."
        ),
        "%",
        _(
            "Count against the first promise. When a moved date counts as kept, moving dates is "
            "what improves."
        ),
    ),
    Template(
        "first-time-right",
        _("First-time-right"),
        _(
            "Jobs that needed no second visit, no rework and no question back within 14 days, out "
            "of all jobs finished in the period."
        ),
        "%",
        _("The last 14 days are not known yet: enter a period when they have passed."),
    ),
    Template(
        "hand-over",
        _("Hand-over time"),
        _(
            "Median of the working hours from the moment one department is done until the next one "
            "has begun, over all cases handed over in the period."
        ),
        _("hours"),
        _(
            "Use the median, or say that it is the mean: a few cases that lie for weeks move a "
            "mean. Measure from done to begun, not from sent to read."
        ),
        chart="xmr",
        per=1,
        direction="decrease",
    ),
    Template(
        "escalations",
        _("Escalations per 100 contacts"),
        _("Contacts that went up to another level, for each 100 contacts of the period."),
        _("per 100 contacts"),
        _("It also falls when people are told not to escalate. Keep the rule for it unchanged."),
        chart="u",
        direction="decrease",
    ),
    Template(
        "repeat-contacts",
        _("Repeat contacts"),
        _(
            "Customers who got in touch again about the same matter within 7 days, out of all "
            "customers who got in touch in the period, on any channel."
        ),
        "%",
        _("Count all channels: else a caller who writes the second time seems to be content."),
        direction="decrease",
    ),
    Template(
        "backlog-age",
        _("Backlog age"),
        _("Median age, in working days, of the cases that are open at the end of the period."),
        _("working days"),
        _("It jumps when old cases are closed unsolved. Look at repeat contacts beside it."),
        chart="xmr",
        per=1,
        direction="decrease",
    ),
    Template(
        "first-response",
        _("First response within the target"),
        _(
            "Requests with an answer by a person within the time that we promise, out of all "
            "requests that came in the period."
        ),
        "%",
        _(
            "An automatic receipt is no answer. A quick answer that solves nothing counts too: "
            "take first-time-right where you can."
        ),
    ),
    Template(
        "callbacks",
        _("Callbacks kept"),
        _("Promised callbacks that were made by the promised hour, out of all that were due."),
        "%",
        _("Only promises that are written down can be counted: watch that they go on being made."),
        kind="behavioural",
    ),
    Template(
        "order-accuracy",
        _("Order accuracy"),
        _(
            "Orders delivered complete, with the right goods, unharmed and with the right papers, "
            "out of all orders delivered in the period."
        ),
        "%",
        _("Count what customers receive, not what the last check let through."),
    ),
    Template(
        "missed-appointments",
        _("Missed appointments"),
        _(
            "Appointments at which nobody came, or that we moved later than 48 hours before, out "
            "of all appointments of the period."
        ),
        "%",
        _("Keep those missed by the customer apart, and count them too."),
        direction="decrease",
    ),
    Template(
        "bill-corrections",
        _("Bills corrected after sending"),
        _("Bills that were corrected or credited after sending, for each 1,000 bills sent."),
        _("per 1,000 bills"),
        _("Corrections come weeks later: set each against the period in which the bill was sent."),
        chart="u",
        per=1000,
        direction="decrease",
        period="month",
    ),
    Template(
        "touches",
        _("Hands that a case passes through"),
        _("Mean number of departments that worked on a case, over all cases closed in the period."),
        _("departments per case"),
        _("A case that is closed and opened again under a new number looks as if it were two."),
        chart="xmr",
        per=1,
        direction="decrease",
    ),
    Template(
        "told-first",
        _("Told before they had to ask"),
        _(
            "Delays of which we told the customer before the promised time had passed, out of all "
            "delays of the period."
        ),
        "%",
        _("Fewer delays leave fewer cases: look at how many stand behind each share."),
        kind="behavioural",
    ),
    Template(
        "complete-handover",
        _("Complete hand-overs"),
        _("Hand-overs with all that the next department needs, out of those that were checked."),
        "%",
        _("Let the department that receives judge it, on a sample chosen by chance."),
        kind="behavioural",
    ),
    Template(
        "days-to-resolve",
        _("Time until it is solved"),
        _(
            "Days within which 9 of 10 matters are solved, from the customer's first word until "
            "they say that it works, over all matters solved in the period."
        ),
        _("days"),
        _(
            "What is still open is not in it: look at backlog age beside it. The clock does not "
            "stop while we wait for the customer unless that is said here."
        ),
        chart="xmr",
        per=1,
        direction="decrease",
        period="month",
    ),
)
BY_KEY = {template.key: template for template in TEMPLATES}

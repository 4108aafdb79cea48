"""Forms about quests."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired, NumberRange

from cxquest.measures.models import Direction, Period, SideKind
from cxquest.quests.models import Communication, Size
from cxquest.quests.work import StandardKind, Verdict
from cxquest.rewards.rulebook import Cause, Work
from cxquest.web.forms import (
    CHOOSE,
    Choice,
    Day,
    Figure,
    Form,
    Line,
    Paragraph,
    Whole,
    choices,
)
from cxquest.web.labels import LABELS

POSITIVE = NumberRange(min=0, message=_l("Use a number of 0 or more."))


def worded(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Return an enumeration's members with the product's words for them."""
    return [(member.value, LABELS[member.value]) for member in kind]


class ProposeForm(Form):
    """What the quest promises, on which pain point."""

    pain_id = Choice(_l("Pain point"))
    title = Line(
        _l("What the team promises"),
        description=_l("Begin with a verb or with what will be true: “Nobody waits for nothing”."),
    )


class CharterForm(Form):
    """The charter."""

    title = Line(_l("What the team promises"))
    shared_goal = Paragraph(
        _l("The one customer goal that all departments share"), most=600, needed=False, rows=2
    )
    customer_change = Paragraph(
        _l("What customers will do differently"), most=600, needed=False, rows=2
    )
    value_kind = Choice(_l("How it pays for itself"), needed=False)
    value_amount = Figure(_l("Worth a year"), needed=False, validators=[POSITIVE])
    value_reason = Paragraph(
        _l("How that was worked out, or why the sponsor exempts it"),
        most=1000,
        needed=False,
        rows=2,
    )
    sponsor_id = Choice(
        _l("Sponsor"),
        needed=False,
        description=_l("An executive who signs, clears what is in the way and answers in time."),
    )


class ChairForm(Form):
    """A department's own goal."""

    own_goal = Paragraph(_l("This department's own goal"), most=600, rows=2)
    conflict = Paragraph(
        _l("Where it conflicts with the others"),
        most=600,
        rows=2,
        description=_l("If nowhere, say so and why."),
    )


class AddChairForm(Form):
    """A department that the problem touches."""

    department_id = Choice(_l("Department"))


class HandOverForm(Form):
    """Who leads from now on."""

    lead_id = Choice(_l("New lead"))


class SponsorForm(Form):
    """Who sponsors from now on."""

    sponsor_id = Choice(_l("New sponsor"))


class SizeForm(Form):
    """The size that a coach agrees."""

    size = RadioField(
        _l("Size"),
        choices=[
            (Size.S.value, _l("S: days of work, in one place")),
            (Size.M.value, _l("M: weeks, for two or three departments")),
            (Size.L.value, _l("L: months, across several departments")),
            (Size.XL.value, _l("XL: the company works another way afterwards")),
        ],
        validators=[InputRequired(CHOOSE)],
        description=_l("How much has to change. It also sets the base of the points."),
    )


class ReasonForm(Form):
    """A reason."""

    reason = Paragraph(_l("Reason"), most=2000, rows=3)


class WhyForm(Form):
    """A step of the cause tree."""

    parent_id = Choice(_l("Why did that happen?"), needed=False)
    text = Paragraph(_l("Because"), most=600, rows=2)
    evidence = Paragraph(
        _l("What shows it"),
        most=2000,
        needed=False,
        rows=2,
        description=_l(
            "A figure, a document, what was seen where and when. Never a person's name."
        ),
    )


class RootForm(Form):
    """The check of a root cause."""

    level = RadioField(
        _l("How deep it lies"), choices=worded(Cause), validators=[InputRequired(CHOOSE)]
    )
    without_it = Paragraph(
        _l("Without it, this would not have happened, because"), most=1000, rows=2
    )
    fixed_stops = Paragraph(_l("With it fixed, it stops, because"), most=1000, rows=2)


class CommunicationForm(Form):
    """The communication branch, and the kind of work aimed at."""

    kind = RadioField(
        _l("What part did communication play?"),
        choices=worded(Communication),
        validators=[InputRequired(CHOOSE)],
    )
    note = Paragraph(_l("What was said or not said, to whom, and when"), most=2000, rows=3)
    aim = RadioField(
        _l("Which kind of work do you aim for?"),
        choices=worded(Work),
        validators=[InputRequired(CHOOSE)],
        description=_l("The coach looks at it with the root cause; it counts for the first gate."),
    )


class HeardForm(Form):
    """What a department said."""

    heard = Paragraph(_l("What this department said"), most=2000, rows=3)


class CountermeasureForm(Form):
    """What is changed, and what stays."""

    why_id = Choice(_l("Root cause"))
    title = Line(_l("What is changed"))
    work = RadioField(_l("Kind of work"), choices=worded(Work), validators=[InputRequired(CHOOSE)])
    description = Paragraph(_l("How"), most=2000, needed=False, rows=3)
    in_place_on = Day(_l("In place since"), needed=False)
    standard_kind = Choice(
        _l("The standard that stays"),
        needed=False,
        choices=choices(worded(StandardKind), _l("None")),
    )
    standard = Paragraph(
        _l("Where it is written and what it says"), most=2000, needed=False, rows=2
    )
    no_standard_reason = Paragraph(
        _l("If none: why it holds without one"), most=1000, needed=False, rows=2
    )


class MetricForm(Form):
    """The action metric."""

    name = Line(
        _l("Name"),
        description=_l("Something that the team can move: never a survey score as the target."),
    )
    definition = Paragraph(_l("What is counted, and out of what"), most=1000, rows=2)
    unit = Line(_l("Unit"), most=60)
    direction = Choice(_l("Which way is better"), choices=worded(Direction))
    period = Choice(_l("One reading for each"), choices=worded(Period))
    data_source = Line(_l("Where the figures come from"), most=200)
    owner_id = Choice(_l("Owner of the metric"), description=_l("Not the lead."), needed=False)
    target = Figure(_l("Target"), needed=False)
    target_on = Day(_l("To be reached by"), needed=False)


class FreezeForm(Form):
    """The baseline's window."""

    baseline_from = Day(_l("First day"))
    baseline_to = Day(_l("Last day"))


class ReadingForm(Form):
    """A value of a period."""

    day = Day(_l("A day of the period"))
    value = Figure(_l("Value"))
    n = Whole(
        _l("Out of how many"),
        needed=False,
        validators=[POSITIVE],
        description=_l("If it is a share."),
    )


class CorrectionForm(Form):
    """Another value for a period that has one."""

    value = Figure(_l("The right value"))
    n = Whole(_l("Out of how many"), needed=False, validators=[POSITIVE])
    reason = Line(_l("Why the first was wrong"), most=500)


class SideForm(Form):
    """A measure beside the action metric."""

    kind = Choice(_l("Kind"), choices=worded(SideKind))
    label = Line(_l("What it is"))
    baseline = Figure(_l("Before"))
    target = Figure(_l("Target"))


class ObservedForm(Form):
    """Where a side measure stands."""

    observed = Figure(_l("Now"))
    n = Whole(_l("Number of observations"), validators=[POSITIVE])


class ToldForm(Form):
    """How customers were told."""

    customers_told = Paragraph(_l("How customers were told what changed"), most=2000, rows=3)


class ContributionForm(Form):
    """A piece of one's own work."""

    what = Paragraph(_l("What you did for this quest"), most=1000, rows=2)
    size = Choice(
        _l("How much it was"),
        choices=[("1", _l("Small")), ("2", _l("Medium")), ("3", _l("Large"))],
    )


class MessageForm(Form):
    """A word on the quest."""

    text = Paragraph(_l("Message"), most=4000, rows=3, description=_l("Markdown is understood."))


class ReviewForm(Form):
    """A verdict."""

    verdict = RadioField(
        _l("Verdict"),
        choices=[
            (Verdict.ACCEPT.value, _l("Accept: the proof is there")),
            (Verdict.DECLINE.value, _l("Decline: something is missing")),
        ],
        validators=[InputRequired(CHOOSE)],
    )
    reason = Paragraph(
        _l("Reason"),
        most=2000,
        rows=4,
        description=_l("What convinced you, or what the next step is. The team reads it."),
    )


class RootReviewForm(ReviewForm):
    """A verdict on a root cause: also whose change it was, and whether somebody is on it."""

    own_change = BooleanField(
        _l("The team itself made the change that causes this, in the last 90 days"),
        description=_l("Then only this gate pays: nobody earns by mending what they broke."),
    )
    same_cause = Choice(
        _l("Another active quest works on this same root cause"),
        needed=False,
        default="",
        description=_l("Then it cannot be accepted: one active quest for each theme and cause."),
    )


class StopForm(Form):
    """Why a quest is stopped, and what is learned."""

    reason = Paragraph(_l("Why it is stopped"), most=2000, rows=3)
    lesson = Paragraph(_l("What another team can learn"), most=4000, rows=4)


class LessonForm(Form):
    """What another team can reuse."""

    lesson = Paragraph(_l("When it is useful, what worked, what did not"), most=4000, rows=6)


class ReturnForm(Form):
    """What shows that the problem is back."""

    evidence = Paragraph(_l("What shows that the problem is back"), most=2000, rows=4)
    sure = BooleanField(
        _l("I have looked at the figures and at what customers say"),
        validators=[InputRequired(_l("Look first."))],
    )

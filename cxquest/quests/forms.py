"""Forms about quests."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired, NumberRange

from cxquest.quests.models import Communication, Size
from cxquest.rewards.rulebook import Cause, Work
from cxquest.web.forms import (
    CHOOSE,
    Choice,
    Figure,
    Form,
    Line,
    Paragraph,
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


class StopForm(Form):
    """Why a quest is stopped, and what is learned."""

    reason = Paragraph(_l("Why it is stopped"), most=2000, rows=3)
    lesson = Paragraph(_l("What another team can learn"), most=4000, rows=4)


class LessonForm(Form):
    """What another team can reuse."""

    title = Line(_l("The lesson in one line"))
    useful_when = Paragraph(
        _l("When it is useful"),
        most=2000,
        rows=2,
        description=_l("What another team sees, by which it knows that this is for them."),
    )
    worked = Paragraph(_l("What worked"), needed=False)
    did_not = Paragraph(_l("What did not work"), needed=False)
    got_wrong = Paragraph(
        _l("What we got wrong"),
        needed=False,
        description=_l(
            "It is worth more than what went well: it saves the next team the way round. It "
            "stands on the lesson as a mark of honour. Say what happened, never who it was."
        ),
    )


class ReturnForm(Form):
    """What shows that the problem is back."""

    evidence = Paragraph(_l("What shows that the problem is back"), most=2000, rows=4)
    sure = BooleanField(
        _l("I have looked at the figures and at what customers say"),
        validators=[InputRequired(_l("Look first."))],
    )

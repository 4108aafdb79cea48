"""Forms about a team's work: the workshop's questions, countermeasures, standards, tasks."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from cxquest.quests.forms import worded
from cxquest.quests.work import StandardKind
from cxquest.rewards.rulebook import Work
from cxquest.web.forms import CHOOSE, Choice, Day, Form, Line, Paragraph, choices


class UnnoticedForm(Form):
    """The escape cause."""

    why_unnoticed = Paragraph(
        _l("Because"),
        most=1000,
        rows=2,
        description=_l("Which check, figure or question would have shown it before the customer?"),
    )
    why_unnoticed_evidence = Paragraph(
        _l("What shows it"), most=2000, rows=2, description=_l("Never a person's name.")
    )


class SeatForm(Form):
    """Who sits for a department."""

    person_id = Choice(_l("Who sits there"))


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
    standard_version = Line(
        _l("Its version"), most=40, needed=False, description=_l("As the document says it: “3.1”.")
    )
    standard_owner_id = Choice(
        _l("Owner of the standard"),
        needed=False,
        description=_l("Who keeps it right, and looks at it again on its day."),
    )
    review_on = Day(_l("Looked at again on"), needed=False)
    affected_roles = Paragraph(
        _l("Roles that work by it"),
        most=600,
        needed=False,
        rows=2,
        description=_l("Who has to know of it: planners, fitters, the night shift."),
    )
    no_standard_reason = Paragraph(
        _l("If none: why it holds without one"), most=1000, needed=False, rows=2
    )


class ReviewedForm(Form):
    """That a standard was looked at."""

    standard_version = Line(
        _l("The version that is in force now"),
        most=40,
        description=_l("The same as before if nothing had to change."),
    )
    review_on = Day(_l("Looked at again on"))


class TaskForm(Form):
    """A piece of work."""

    text = Line(_l("What is to be done"), most=300)
    person_id = Choice(_l("Who does it"), needed=False)
    due_on = Day(_l("By when"), needed=False)

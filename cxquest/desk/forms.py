"""Forms of the desk."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from cxquest.web.forms import CHOOSE, Choice, Day, Form, Line, Paragraph


class MeForm(Form):
    """What a person chooses for themselves."""

    time_zone = Choice(_l("My time zone"), needed=False)


class SeasonForm(Form):
    """A season to come: it begins where the last one ends."""

    name = Line(_l("Name"), most=40)
    last_day = Day(_l("Last day"))


class DisputeForm(Form):
    """What is not right about a decision, and what shows it."""

    text = Paragraph(_l("What is not right, and what shows it"), most=2000)


class AnswerForm(Form):
    """The answer to a dispute; the view says what a correction would do."""

    verdict = RadioField(_l("Your answer"), validators=[InputRequired(CHOOSE)])
    answer = Paragraph(_l("Why"), most=2000)

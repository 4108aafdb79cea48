"""Forms about the customers' voice: words heard, and what they are about."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms.validators import InputRequired, NumberRange

from cxquest.web.forms import NEEDED, Choice, Form, Line, Paragraph, Whole


class HeardForm(Form):
    """What a customer said to a colleague."""

    text = Paragraph(
        _l("What the customer said"),
        most=4000,
        rows=5,
        description=_l("Their own words, as near as you remember. No names."),
    )
    question = Line(_l("What they were asked"), most=300, needed=False)
    stage = Choice(_l("Where on the journey"), needed=False, default="")
    on = DateField(_l("Day"), validators=[InputRequired(NEEDED)])
    customers = Whole(
        _l("How many customers said this"),
        default=1,
        validators=[NumberRange(1, 1000, _l("A number from 1 to 1000."))],
        description=_l("One report counts once; the number is kept beside it."),
    )


class TagForm(Form):
    """A theme that is known, or the name of a new one."""

    theme = Choice(_l("A theme that exists"), needed=False, default="")
    name = Line(_l("Or a new one"), most=120, needed=False)

"""Forms of the desk."""

from flask_babel import lazy_gettext as _l

from cxquest.web.forms import Choice, Day, Form, Line


class MeForm(Form):
    """What a person chooses for themselves."""

    time_zone = Choice(_l("My time zone"), needed=False)


class SeasonForm(Form):
    """A season to come: it begins where the last one ends."""

    name = Line(_l("Name"), most=40)
    last_day = Day(_l("Last day"))

"""Forms of the desk."""

from flask_babel import lazy_gettext as _l

from cxquest.web.forms import Choice, Form


class MeForm(Form):
    """What a person chooses for themselves."""

    time_zone = Choice(_l("My time zone"), needed=False)

"""The form about a key of the API."""

from flask_babel import lazy_gettext as _l

from cxquest.web.forms import Form, Line


class KeyForm(Form):
    """What a key is for, and whose feedback it brings."""

    name = Line(
        _l("Name"),
        most=120,
        description=_l("Which program holds it, so that you know later what stops without it."),
        render_kw={"autocomplete": "off"},
    )
    source = Line(
        _l("Source"),
        most=120,
        description=_l("All that comes with this key belongs to this source. A new one is added."),
        render_kw={"list": "sources", "autocomplete": "off"},
    )

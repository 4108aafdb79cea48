"""Forms of kudos and thanks."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from cxquest.recognition.models import Behaviour
from cxquest.web.forms import CHOOSE, Choice, Form, Paragraph
from cxquest.web.labels import LABELS


def worded(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Return an enumeration's members with the product's words for them."""
    return [(member.value, LABELS[member.value]) for member in kind]


class KudosForm(Form):
    """Kudos: to whom, for what behaviour, and why."""

    to = Choice(
        _l("To"),
        description=_l(
            "People of other departments stand first: customers fall into the gaps between "
            "departments, and thanks help to close them."
        ),
    )
    behaviour = RadioField(
        _l("What they did"), choices=worded(Behaviour), validators=[InputRequired(CHOOSE)]
    )
    reason = Paragraph(
        _l("Why"),
        most=1000,
        rows=3,
        description=_l(
            "What they did, and whom it helped. At least 20 letters; they will read it."
        ),
    )


class ThanksForm(Form):
    """A sponsor's thanks."""

    text = Paragraph(
        _l("What you thank them for"),
        most=2000,
        rows=4,
        description=_l("Everybody reads it beside the win."),
    )

"""Forms about lessons that departments use."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from cxquest.quests.learned import AdoptionState
from cxquest.web.forms import CHOOSE, Day, Form, Paragraph


class AdoptForm(Form):
    """What a department changed by a lesson, and since when."""

    what = Paragraph(
        _l("What your department changed"),
        most=2000,
        rows=4,
        description=_l("What is done in another way now, and where somebody can see it."),
    )
    since = Day(_l("Since"))


class VerdictForm(Form):
    """Whether a coach has seen that a department uses a lesson."""

    verdict = RadioField(
        _l("Verdict"),
        choices=[
            (AdoptionState.CONFIRMED.value, _l("Confirm: I have seen that they work by it")),
            (AdoptionState.DECLINED.value, _l("Decline: it cannot be seen yet")),
        ],
        validators=[InputRequired(CHOOSE)],
    )
    reason = Paragraph(
        _l("Reason"),
        most=2000,
        rows=3,
        description=_l("What you saw, and where. The department and the author read it."),
    )

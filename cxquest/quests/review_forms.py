"""Forms about verdicts: on a gate, and on what is suspected of a proven quest."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.validators import InputRequired

from cxquest.quests.work import Verdict
from cxquest.web.forms import CHOOSE, Choice, Form, Paragraph


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
        rows=3,
        description=_l("What convinced you, or what is missing. The team reads it."),
    )
    next_step = Paragraph(
        _l("If you decline: what the team does next"),
        needed=False,
        most=1000,
        rows=2,
        description=_l("It stands at the top of the quest until the gate is passed."),
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


class OutcomeReviewForm(ReviewForm):
    """A verdict on an outcome: also how its figures are judged; `seen` are those on the page."""

    judgement = Paragraph(
        _l("How you judge the figures"),
        needed=False,
        most=2000,
        rows=3,
        description=_l("Kept with the figures as they are now, whatever is corrected later."),
    )
    seen = HiddenField()


class DismissForm(Form):
    """Why a problem is not back."""

    reason = Paragraph(
        _l("Why it is not back"),
        most=2000,
        rows=3,
        description=_l("What you looked at, and what it showed. The team reads it."),
    )

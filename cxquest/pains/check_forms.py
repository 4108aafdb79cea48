"""Forms about whether it is better: the one that customers fill in, and a coach's of a call."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from cxquest.pains.check_words import Words
from cxquest.pains.checking import MOST_SAID
from cxquest.pains.models import Answer
from cxquest.web.forms import CHOOSE, Form, Paragraph, stripped


class CheckForm(Form):
    """What a customer fills in. The link that it is sent to says who they are."""

    class Meta:
        """No session, no cookie."""

        csrf = False

    answer = RadioField(choices=[(one.value, one.value) for one in Answer], validate_choice=False)
    text = TextAreaField(filters=[stripped], render_kw={"rows": 3, "maxlength": MOST_SAID})

    def check(self, words: Words) -> bool:
        """Say what does not fit, in the customer's language; return whether all fits."""
        if self.answer.data not in set(Answer):
            self.refuse("answer", words.choose)
        if len(self.text.data or "") > MOST_SAID:
            self.refuse("text", words.too_long)
        return not self.errors


class WrittenForm(Form):
    """An answer that came by another way than a customer's link."""

    answer = RadioField(
        _l("What the customer said"),
        choices=[
            (Answer.BETTER.value, _l("It is better")),
            (Answer.SAME.value, _l("It is the same")),
            (Answer.WORSE.value, _l("It is worse")),
        ],
        validators=[InputRequired(CHOOSE)],
    )
    text = Paragraph(
        _l("In their words, and how it came"),
        most=MOST_SAID,
        rows=3,
        description=_l("For example: “On the telephone: …”. Write no names."),
    )

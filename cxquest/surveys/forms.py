"""Forms about surveys: those of the people who ask, and the one that customers fill in."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import NumberRange

from cxquest.surveys import questions
from cxquest.surveys.answering import Answers, is_address
from cxquest.surveys.asking import BATCH
from cxquest.surveys.models import Access
from cxquest.surveys.questions import HIGH, LOW, MOST_SAID, SAID, SUPPORT, TEXTS, Text
from cxquest.surveys.words import LANGUAGES, Words
from cxquest.web.forms import Choice, Form, Line, Paragraph, Whole, stripped


class SurveyForm(Form):
    """A new survey: its name, its stage, who may answer, in which language."""

    name = Line(
        _l("Name"), most=100, description=_l("For colleagues. The answers come under this name.")
    )
    stage = Choice(_l("Where on the journey"))
    access = RadioField(
        _l("Who may answer"),
        choices=[
            (Access.OPEN.value, _l("Whoever has the address or scans the code")),
            (Access.ONE_USE.value, _l("Whoever gets a link, each link once")),
        ],
        default=Access.OPEN.value,
    )
    language = Choice(
        _l("Language"),
        choices=[(code, words.name) for code, words in LANGUAGES.items()],
        default="en",
    )


class LinksForm(Form):
    """Links that work once: how many, and what they are for."""

    count = Whole(
        _l("How many"),
        default=20,
        validators=[NumberRange(1, BATCH, _l("A number from 1 to 500."))],
    )
    label = Line(
        _l("What they are for"),
        most=120,
        needed=False,
        description=_l("For you, to tell one lot from another. Customers do not see it."),
    )


def _control(text: Text) -> Any:
    if text.most <= 120:
        return Line(_l(text.purpose), most=text.most)
    return Paragraph(_l(text.purpose), most=text.most, rows=2)


class TextsForm(Form):
    """The texts of a survey that can be changed, in the order of its page."""

    def said(self) -> dict[str, str]:
        """Return what was typed, by the name of the text."""
        return {text.name: self[text.name].data or "" for text in TEXTS}


for _text in TEXTS:
    setattr(TextsForm, _text.name, _control(_text))


def _answer(rows: int = 3) -> TextAreaField:
    return TextAreaField(filters=[stripped], render_kw={"rows": rows, "maxlength": MOST_SAID})


class AnswerForm(Form):
    """What a customer fills in. It has a token of its own in place of a session's."""

    class Meta:
        """No session, no cookie."""

        csrf = False

    token = HiddenField()
    goal = _answer()
    support = RadioField(
        choices=[(str(n), str(n)) for n in range(LOW, HIGH + 1)], validate_choice=False
    )
    helped = _answer()
    hindered = _answer()
    next = _answer()
    consent = BooleanField()
    address = StringField(filters=[stripped])
    asked = BooleanField()
    website = StringField()  # nobody sees it; programs fill it in

    def check(self, words: Words) -> bool:
        """Say what does not fit, in the survey's language; return whether all fits."""
        answers = self.answers()
        if answers.is_empty:
            self.refuse(questions.GOAL.name, words.say_something)
        for name in (n for n, text in answers.said.items() if len(text) > MOST_SAID):
            self.refuse(name, words.too_long)
        if answers.support is not None and not LOW <= answers.support <= HIGH:
            self.refuse(SUPPORT.name, words.not_on_scale)
        if answers.consent and not is_address(answers.address):
            self.refuse("address", words.address_wrong)
        return not self.errors

    def answers(self) -> Answers:
        """Return what was filled in; a number that is none is one beside the scale."""
        chosen = self.support.data or ""
        return Answers(
            support=(int(chosen) if chosen in "1234567" else LOW - 1) if chosen else None,
            said={name: self[name].data or "" for name in SAID},
            asked_for_score=bool(self.asked.data),
            consent=bool(self.consent.data),
            address=self.address.data or "",
        )

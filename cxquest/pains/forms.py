"""Forms about pain points."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectMultipleField
from wtforms.validators import NumberRange, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from cxquest.pains.lifecycle import RANGES
from cxquest.pains.models import PainClass, PainKind
from cxquest.web.forms import Choice, Figure, Form, Line, Paragraph, Whole, choices

CLASSES = {
    PainClass.TABLE_STAKE: _l("Table stake: taken for granted, and noticed only when missing"),
    PainClass.PERFORMANCE: _l("Performance: the better it is, the happier customers are"),
    PainClass.DIFFERENTIATOR: _l("Differentiator: customers would tell a friend about it"),
}
KINDS = {
    PainKind.PROCESS: _l("Process: how the work runs, so that nobody could have served them well"),
    PainKind.SERVICE: _l("Service: how somebody served them"),
    PainKind.EXPERIENCE: _l("Experience: it worked, and felt wrong"),
}
SEVERITY = {
    1: _l("1: a nuisance"),
    2: _l("2: costs them a little time"),
    3: _l("3: costs them effort or money"),
    4: _l("4: makes them think of leaving"),
    5: _l("5: makes them leave, or harms them"),
}
VALUE = {
    1: _l("1: next to nothing"),
    2: _l("2: a little work saved"),
    3: _l("3: work or money worth counting"),
    4: _l("4: customers who stay or buy more"),
    5: _l("5: customers whom the company lives on"),
}
CONFIDENCE = {
    1: _l("1: a guess"),
    2: _l("2: a few have said so"),
    3: _l("3: several sources agree"),
    4: _l("4: counted once"),
    5: _l("5: counted regularly"),
}
EFFORT = {
    1: _l("1: days, one department"),
    2: _l("2: weeks, one department"),
    3: _l("3: weeks, several departments"),
    4: _l("4: months, several departments"),
    5: _l("5: months, and money to be granted"),
}
IMPORTANCE = {
    0: _l("0: only mentioned"),
    1: _l("1: it bothered them"),
    2: _l("2: it cost them time or money"),
    3: _l("3: it is why they left"),
}


class Marks(SelectMultipleField):
    """Several of what is listed, as ticks; `choices` are handed in by the view."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _range(name: str) -> NumberRange:
    least, most = RANGES[name]
    return NumberRange(
        least, most, _l("Choose a whole number from %(least)s to %(most)s.", least=least, most=most)
    )


def _scale(label: Any, words: dict[int, Any], hint: Any) -> Choice:
    return Choice(label, coerce=int, default=3, choices=list(words.items()), description=hint)


class PainForm(Form):
    """A pain point in the customer's words, with the factors of its rank."""

    title = Line(
        _l("Name"), description=_l("As a customer would say it. Name the problem, no solution.")
    )
    stage_id = Choice(_l("Stage of the journey"), description=_l("Where customers feel it."))
    origin_stage_id = Choice(
        _l("Stage where it begins"),
        needed=False,
        default="",
        description=_l("Where its cause may lie; often an earlier one."),
    )
    theme_id = Choice(_l("Theme"), needed=False, default="")
    expected = Paragraph(_l("What did the customer expect?"), needed=False, rows=3)
    experienced = Paragraph(_l("What did the customer experience?"), needed=False, rows=3)
    consequence = Paragraph(_l("What did it lead to?"), needed=False, rows=3)
    pain_class = Choice(
        _l("Class"),
        needed=False,
        default="",
        choices=choices(CLASSES.items(), _l("Not chosen yet")),
    )
    kind = Choice(
        _l("Kind"),
        needed=False,
        default="",
        choices=choices(KINDS.items(), _l("Not chosen yet")),
    )
    interviews = Whole(
        _l("Observed interviews"),
        needed=False,
        default=0,
        validators=[_range("interviews")],
        description=_l("Talks with customers about this, with a colleague listening."),
    )
    reach_per_month = Whole(
        _l("Customers who meet this in a month"),
        needed=False,
        default=0,
        validators=[_range("reach_per_month")],
    )
    severity = _scale(_l("Severity"), SEVERITY, _l("How much it hurts a customer who meets it."))
    value = _scale(_l("Value"), VALUE, _l("What it is worth to us once it is gone."))
    confidence = _scale(_l("Confidence"), CONFIDENCE, _l("How sure we are of these."))
    effort = _scale(_l("Effort"), EFFORT, _l("What removing its cause may take."))


class NewPainForm(PainForm):
    """A new pain point with the comments that were chosen for it."""

    comment = Marks(_l("Evidence"), coerce=int)
    open_now = BooleanField(
        _l("Open it to everyone at once"),
        description=_l("Otherwise it stays a draft until you open it."),
    )


class EvidenceForm(Form):
    """Comments to add, ticked in a list or typed by their numbers."""

    comment = SelectMultipleField(_l("Comments"), coerce=int, validate_choice=False)
    numbers = Line(
        _l("Numbers or addresses of comments"),
        most=500,
        needed=False,
        description=_l("With a space or comma between them, such as 12, 15."),
    )

    def validate_numbers(self, field: Line) -> None:
        """Refuse what is neither a number nor ends in one."""
        wrong = [word for word in _words(field.data) if not _number(word)]
        if wrong:
            raise ValidationError(_("“%(word)s” is not the number of a comment.", word=wrong[0]))

    @property
    def chosen(self) -> set[int]:
        """The ids of all comments that were ticked or typed."""
        typed = {int(_number(word)) for word in _words(self.numbers.data)}
        return typed | set(self.comment.data or [])


class WeighForm(Form):
    """How much one piece of evidence weighs."""

    importance = Choice(_l("Importance"), coerce=int, choices=list(IMPORTANCE.items()))


class CostForm(Form):
    """What is known of the cost of leaving it; a blank one is left out of the sum."""

    leaving = Figure(
        _l("Share that leaves because of it, in %"),
        needed=False,
        description=_l("Of the customers who meet it in a month."),
    )
    worth = Figure(_l("What a customer is worth in a year"), needed=False)
    minutes = Figure(_l("Minutes of work for each case"), needed=False)
    hour = Figure(_l("What an hour of this work costs"), needed=False)
    direct = Figure(
        _l("Direct cost of each case"),
        needed=False,
        description=_l("Credits, refunds, parts, journeys."),
    )


class MergeForm(Form):
    """The pain point that another one is to be part of: one of the likest, or any other."""

    into = RadioField(_l("Which one says the same?"), validate_choice=False)
    other = Line(_l("Or the number or address of another one"), most=200, needed=False, default="")

    @property
    def chosen(self) -> int:
        """The id that was typed, else the one that was chosen; 0 where neither is one."""
        return int(_number(self.other.data or "") or _number(self.into.data or "") or 0)


class SplitForm(Form):
    """What a part of the evidence shows, and which part."""

    title = Line(
        _l("Name of the new pain point"), description=_l("As the customers of these would say it.")
    )
    comment = SelectMultipleField(_l("Comments"), coerce=int, validate_choice=False)


class NoteForm(Form):
    """What customers who agreed to hear back will read."""

    text = Paragraph(_l("What customers will read"), rows=8)


class AcceptForm(Form):
    """A coach's acceptance."""

    note = Paragraph(_l("Why this one"), most=2000, needed=False, rows=2)


class DeclineForm(Form):
    """A coach's refusal."""

    reason = Paragraph(
        _l("Reason"),
        most=2000,
        rows=3,
        description=_l("Its author and everyone who supported it will read this."),
    )


class SupportForm(Form):
    """A colleague's support."""

    cost = Paragraph(
        _l("What it costs you"),
        most=1000,
        rows=2,
        description=_l("Hours, calls, money, a customer lost: what you see of it in your work."),
    )


def _words(text: str | None) -> list[str]:
    return re.split(r"[\s,;]+", text.strip(" ,;\n")) if text and text.strip(" ,;\n") else []


def _number(word: str) -> str:
    """Return the number that a word is, or that the address in it ends in; else nothing."""
    found = re.fullmatch(r"(?:#|\S*/)?([0-9]{1,9})", word)
    return found.group(1) if found else ""

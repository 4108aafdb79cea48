"""The form that all forms are, and the field kinds that the rooms share."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DecimalField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

# What every column of figures holds.
LEAST, MOST = Decimal("0.0001"), Decimal(10_000_000_000)
NEEDED = _l("Fill this in.")
CHOOSE = _l("Choose one.")


class Form(FlaskForm):
    """A form with its token. `message_for` puts a service's refusal on the field at fault."""

    def refuse(self, field: str, message: str) -> None:
        """Add `message` to the errors of `field`, or of the whole form if it has no such field."""
        target = self._fields.get(field)
        if target is None:
            self.form_errors.append(message)
        else:
            target.errors = [*target.errors, message]


def stripped(value: object) -> str:
    """Return the text without space around it and with plain line ends; a file is no text."""
    return (
        (value if isinstance(value, str) else "").replace("\r\n", "\n").replace("\x00", "").strip()
    )


class Line(StringField):
    """One line of text, trimmed; empty text where nothing was typed."""

    data: str

    def __init__(self, label: str, *, most: int = 160, needed: bool = True, **kw: Any) -> None:
        first = DataRequired(NEEDED) if needed else Optional()
        extra = kw.pop("validators", [])
        super().__init__(
            label,
            validators=[first, Length(max=most), *extra],
            filters=[stripped],
            render_kw={"maxlength": most, **kw.pop("render_kw", {})},
            **kw,
        )


class Paragraph(TextAreaField):
    """Several lines of text, trimmed; empty text where nothing was typed."""

    data: str

    def __init__(
        self, label: str, *, most: int = 4000, needed: bool = True, rows: int = 4, **kw: Any
    ) -> None:
        first = DataRequired(NEEDED) if needed else Optional()
        super().__init__(
            label,
            validators=[first, Length(max=most)],
            filters=[stripped],
            render_kw={"maxlength": most, "rows": rows},
            **kw,
        )


class Choice(SelectField):
    """One of several; `choices` are handed in by the view."""

    data: str

    def __init__(self, label: str, *, needed: bool = True, **kw: Any) -> None:
        validators = [InputRequired(CHOOSE)] if needed else []
        super().__init__(label, validators=validators, **kw)


class Figure(DecimalField):
    """A decimal number, exact; a comma is taken for the decimal sign."""

    data: Any

    def __init__(self, label: str, *, needed: bool = True, **kw: Any) -> None:
        first = InputRequired(NEEDED) if needed else Optional()
        extra = kw.pop("validators", [])
        super().__init__(
            label, validators=[first, *extra], places=None, render_kw={"inputmode": "decimal"}, **kw
        )

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the number with either decimal sign; refuse NaN and infinity."""
        super().process_formdata([value.strip().replace(",", ".") for value in valuelist])
        if self.data is not None and not _fits(self.data):
            self.data = None
            raise ValueError(self.gettext("Not a valid decimal value."))


def _fits(figure: Decimal) -> bool:
    """Whether a column of figures holds it: finite, not too large, not too near to nothing."""
    return figure.is_finite() and (not figure or LEAST <= figure.copy_abs() < MOST)


class Whole(IntegerField):
    """A whole number."""

    data: Any

    def __init__(self, label: str, *, needed: bool = True, **kw: Any) -> None:
        first = InputRequired(NEEDED) if needed else Optional()
        extra = kw.pop("validators", [])
        small = NumberRange(max=2_000_000_000, message=_l("Use a smaller number."))
        super().__init__(label, validators=[first, *extra, small], **kw)


class Day(DateField):
    """A day."""

    data: Any

    def __init__(self, label: str, *, needed: bool = True, **kw: Any) -> None:
        need = InputRequired(NEEDED) if needed else Optional()
        super().__init__(label, validators=[need, _of_our_time], **kw)


def _of_our_time(_form: FlaskForm, field: Day) -> None:
    """Refuse a day that nobody can mean, and that no calendar of a zone can reckon with."""
    if field.data and not 1900 <= field.data.year <= 2200:
        raise ValidationError(_l("Choose a day between 1900 and 2200."))


def choices(pairs: Iterable[tuple[Any, str]], blank: str | None = None) -> list[tuple[str, str]]:
    """Return choices as text pairs, with a blank one first when it has a label."""
    made = [(str(value), label) for value, label in pairs]
    return [("", blank), *made] if blank is not None else made

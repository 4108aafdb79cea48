"""Forms about themes: what one is, which other it is part of, what is taken out of it."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from cxquest.web.forms import Choice, Form, Line, Paragraph, stripped


class ThemeForm(Form):
    """A new theme's name and what belongs under it."""

    name = Line(_l("Name"), most=120, description=_l("As a customer would say it."))
    definition = Paragraph(
        _l("Definition"),
        most=1000,
        rows=2,
        needed=False,
        description=_l("What a comment must say to belong here, so that all tag alike."),
    )


class DescriptionForm(ThemeForm):
    """All that people say about a theme."""

    phrases = Paragraph(
        _l("Key phrases"),
        rows=4,
        needed=False,
        description=_l(
            "One a line, as customers write them. Comments with one of them are proposed."
        ),
    )
    owner_id = Choice(
        _l("Owner"),
        needed=False,
        default="",
        description=_l("Who looks after its name and definition."),
    )

    @property
    def lines(self) -> list[str]:
        """Return the key phrases, one a line."""
        return stripped(self.phrases.data).split("\n")


class MergeForm(Form):
    """The theme that another one is to be part of."""

    into = Choice(_l("Make it part of"), default="")


class Ticks(SelectMultipleField):
    """Several of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SplitForm(Form):
    """The name of a theme to be taken out of another, and which comments go."""

    name = Line(_l("Name of the new theme"), most=120)
    phrase = Line(
        _l("Comments with these words"),
        most=200,
        needed=False,
        description=_l("As in the search: “in quotes” as they stand, deliver* for beginnings."),
    )
    comment = Ticks(_l("Or these of its newest comments"), coerce=int)

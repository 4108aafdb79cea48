"""Forms about people."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, PasswordField
from wtforms.validators import DataRequired, EqualTo, Length, Regexp

from cxquest.people.models import DepartmentKind, Role
from cxquest.web.forms import NEEDED, Choice, Form, Line
from cxquest.web.labels import LABELS

CURRENCY = _l("Three letters, such as EUR.")


class SignInForm(Form):
    """Address and password."""

    email = Line(_l("E-mail"), most=320, render_kw={"type": "email", "autocomplete": "username"})
    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(NEEDED)],
        render_kw={"autocomplete": "current-password"},
    )


class ForgottenForm(Form):
    """The address to send a reset link to."""

    email = Line(_l("E-mail"), most=320, render_kw={"type": "email", "autocomplete": "username"})


class PasswordForm(Form):
    """A new password, typed twice; the address is there for programs that keep passwords."""

    email = Line(
        _l("E-mail"),
        most=320,
        render_kw={"type": "email", "autocomplete": "username", "readonly": True},
    )
    password = PasswordField(
        _l("New password"),
        description=_l("Ten characters or more. A short sentence works well."),
        validators=[DataRequired(NEEDED), Length(max=256)],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("The same again"),
        validators=[EqualTo("password", _l("The two are not the same."))],
        render_kw={"autocomplete": "new-password"},
    )


class PersonForm(Form):
    """What an administrator says about a person."""

    name = Line(_l("Name"), most=200)
    email = Line(_l("E-mail"), most=320, render_kw={"type": "email"})
    title = Line(_l("Job title"), most=120, needed=False)
    department_id = Choice(_l("Department"), needed=False)
    role = Choice(_l("Role"), choices=[(role.value, LABELS[role]) for role in Role])
    is_coach = BooleanField(
        _l("Coach"),
        description=_l("Accepts pain points, agrees sizes, reviews gates of other teams."),
    )


class NewPersonForm(PersonForm):
    """A new person, who may get an invitation at once."""

    invite = BooleanField(_l("Send an invitation now"), default=True)


class DepartmentForm(Form):
    """A department's name and kind."""

    name = Line(_l("Name"), most=120)
    kind = Choice(_l("Kind"), choices=[(kind.value, LABELS[kind]) for kind in DepartmentKind])


class PeopleFileForm(Form):
    """A list of people to add or update."""

    file = FileField(
        _l("CSV file"),
        description=_l(
            "Columns: email, name (or given_name and family_name), department, role, coach, "
            "title. Known addresses are updated; departments that are new are added."
        ),
        validators=[FileRequired(_l("Choose a file."))],
    )
    invite = BooleanField(_l("Send an invitation to everyone who is new"))


class OrganisationForm(Form):
    """The organisation's own settings."""

    name = Line(_l("Name of the organisation"), most=120)
    time_zone = Choice(
        _l("Time zone"), description=_l("Seasons begin and end at midnight in this zone.")
    )
    currency = Line(
        _l("Currency"),
        most=3,
        description=CURRENCY,
        validators=[Regexp(r"^[A-Za-z]{3}\Z", message=CURRENCY)],
    )
    fiscal_month = Choice(
        _l("Month in which the fiscal year begins"),
        default="1",
        description=_l("Seasons are its quarters. One in which points were paid keeps its days."),
    )
    ranks_people = BooleanField(
        _l("People may compare their own points with colleagues who chose to"),
        description=_l("Without it, nobody's points are ranked anywhere."),
    )

"""Forms about a metric: what it is, who moves it, its readings, files of them, its keys."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired, NumberRange

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.measures import shares
from cxquest.measures.columns import Columns
from cxquest.measures.filing import Choice as FileChoice
from cxquest.measures.models import Direction, Metric, MetricKind, Period, SideKind, SideOrigin
from cxquest.measures.spc import ChartKind
from cxquest.quests.forms import POSITIVE, worded
from cxquest.tables.dates import DateOrder
from cxquest.web.forms import CHOOSE, Choice, Day, Figure, Form, Line, Paragraph, Whole

CHARTS = [
    (ChartKind.XMR.value, _l("Single values: one figure a period, such as hours or days")),
    (ChartKind.P.value, _l("A share of cases: how many out of so many, such as 95 of 100 visits")),
    (
        ChartKind.U.value,
        _l("A rate: how many for so many, of which one case can have several"),
    ),
    (
        ChartKind.P_PRIME.value,
        _l("A share of very many cases, thousands in a period"),
    ),
    (ChartKind.U_PRIME.value, _l("A rate over very many cases, thousands in a period")),
]
PER = [
    ("1", _l("1: as a part of one, 0.95")),
    ("100", _l("100: in percent, or per 100")),
    ("1000", _l("1,000")),
    ("10000", _l("10,000")),
    ("1000000", _l("1,000,000")),
]
ORDERS = [
    ("", _l("As the file makes clear")),
    (DateOrder.YMD.value, _l("year, month, day")),
    (DateOrder.DMY.value, _l("day, month, year")),
    (DateOrder.MDY.value, _l("month, day, year")),
]
DECIMALS = [
    ("", _l("As the file makes clear")),
    (".", _l("point, as in 4.5")),
    (",", _l("comma, as in 4,5")),
]
Offer = list[tuple[str, str]]
AT_LEAST_ONE = NumberRange(min=1, message=_l("Use a number of 1 or more."))
NO_ORDER = _("Choose in which order “%(column)s” writes year, month and day.")
NO_DECIMAL = _("Choose the decimal sign of “%(column)s”: its numbers read both ways.")
NO_CASES = _("Choose the column that says out of how many: this metric is a share or a rate.")
TWICE = _("Each column can be one thing only.")
NO_REASON = _("Say why the values that are known were wrong; it stays with each of them.")


class MetricForm(Form):
    """The action metric."""

    name = Line(
        _l("Name"),
        description=_l("Something that the team can move: never a survey score as the target."),
    )
    kind = Choice(_l("What it looks at"), choices=worded(MetricKind))
    definition = Paragraph(
        _l("What is counted, and out of what"),
        most=1000,
        rows=3,
        description=_l("So that two people who count it come to the same figure."),
    )
    chart = Choice(_l("What one figure is"), choices=CHARTS)
    per = Choice(
        _l("A share or a rate is said out of"),
        choices=PER,
        needed=False,
        default="100",
        description=_l("Without meaning for single values."),
    )
    unit = Line(_l("Unit"), most=60)
    direction = Choice(_l("Which way is better"), choices=worded(Direction))
    period = Choice(_l("One reading for each"), choices=worded(Period))
    data_source = Line(_l("Where the figures come from"), most=200)
    owner_id = Choice(_l("Owner of the metric"), description=_l("Not the lead."), needed=False)
    target = Figure(_l("Target"), needed=False)
    target_on = Day(_l("To be reached by"), needed=False)
    red_limit = Figure(
        _l("Red limit"),
        needed=False,
        description=_l("From here on somebody reacts at once, by the plan below."),
    )
    reaction = Paragraph(_l("What is done when it is red"), most=1000, needed=False, rows=2)
    reaction_by_id = Choice(_l("Who does it"), needed=False)
    reaction_hours = Whole(
        _l("Within how many hours"), needed=False, validators=[NumberRange(1, 720, _l("1 to 720."))]
    )


class NeighbourForm(Form):
    """A series that the change should not move."""

    name = Line(
        _l("What it is"),
        description=_l("Such as the same figure of another branch, which changes nothing."),
    )


class RebaseForm(Form):
    """From when the limits begin anew, and why."""

    on_day = Day(_l("From which day"))
    reason = Paragraph(
        _l("Why"),
        most=1000,
        rows=3,
        description=_l("What changed for good. It stands under the chart from now on."),
    )


class FreezeForm(Form):
    """The baseline's window."""

    baseline_from = Day(_l("First day"))
    baseline_to = Day(_l("Last day"))


class ReadingForm(Form):
    """A value of a period."""

    day = Day(_l("A day of the period"))
    value = Figure(_l("Value"))
    n = Whole(
        _l("Out of how many"),
        needed=False,
        validators=[POSITIVE],
        description=_l("If you know it: on how many cases the figure rests."),
    )


class CountForm(Form):
    """How many of how many in a period."""

    day = Day(_l("A day of the period"))
    count = Whole(_l("How many of them"), validators=[POSITIVE])
    n = Whole(_l("Out of how many"), validators=[AT_LEAST_ONE])


class CorrectionForm(Form):
    """Another value for a period that has one."""

    value = Figure(_l("The right value"))
    n = Whole(_l("Out of how many"), needed=False, validators=[POSITIVE])
    reason = Line(_l("Why the first was wrong"), most=500)


class RecountForm(Form):
    """Another count for a period that has one."""

    count = Whole(_l("How many of them it really were"), validators=[POSITIVE])
    n = Whole(_l("Out of how many"), validators=[AT_LEAST_ONE])
    reason = Line(_l("Why the first was wrong"), most=500)


class WithdrawForm(Form):
    """Why a reading is taken back."""

    reason = Line(_l("Why it is taken back"), most=500)


class ReactedForm(Form):
    """What was done about a red reading."""

    done = Paragraph(_l("What was done"), most=2000, rows=3)


class KeyForm(Form):
    """What a key is for."""

    name = Line(
        _l("Name"),
        most=120,
        description=_l("Which program holds it, so that you know later what stops without it."),
        render_kw={"autocomplete": "off"},
    )


class ReadingFileForm(Form):
    """A file of readings."""

    file = FileField(
        _l("File"),
        validators=[FileRequired(_l("Choose a file."))],
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx,.xls,.ods,text/csv"},
    )


class ColumnsForm(Form):
    """Which column of a file is what; `columns_form` hands the choices in."""

    day = Choice(_l("The column with the day or the period"))
    order = Choice(_l("Its days are written"), choices=ORDERS, needed=False)
    figure = Choice(_l("The column with the figure"))
    figure_is = RadioField(
        _l("The figure is"),
        choices=[
            ("value", _l("the share or the rate itself")),
            ("count", _l("how many of them: the share is worked out")),
        ],
        validators=[InputRequired(CHOOSE)],
    )
    decimal = Choice(_l("Its decimal sign"), choices=DECIMALS, needed=False)
    n = Choice(_l("The column that says out of how many"), needed=False)
    correct = BooleanField(
        _l("Correct what has another value"),
        description=_l("Without it a row with another value than the known one is rejected."),
    )
    reason = Line(_l("Why the known values were wrong"), most=500, needed=False)

    def choice(self, known: Sequence[Mapping[str, Any]], *, counted: bool) -> FileChoice:
        """Return what was chosen. Raises BadInput for what only the sender can tell."""
        about = {one["name"]: one for one in known}
        taken = [name for name in (self.day.data, self.figure.data, self.n.data) if name]
        if len(set(taken)) < len(taken):
            raise BadInput(TWICE, field="figure" if self.day.data == self.figure.data else "n")
        if counted and not self.n.data:
            raise BadInput(NO_CASES, field="n")
        if self.correct.data and not self.reason.data:
            raise BadInput(NO_REASON, field="reason")
        columns = Columns(
            day=self.day.data,
            figure=self.figure.data,
            n=self.n.data or "",
            order=DateOrder(_sure(self.order, about[self.day.data], "orders", NO_ORDER)),
            decimal=_sure(self.decimal, about[self.figure.data], "decimals", NO_DECIMAL),
            counted=counted and self.figure_is.data == "count",
        )
        return FileChoice(columns, self.reason.data if self.correct.data else "")


def _sure(field: Choice, about: Mapping[str, Any], what: str, open_question: str) -> str:
    """Return what was chosen, or what the column leaves no doubt of. Raises BadInput."""
    possible = about[what]
    if field.data:
        return field.data
    if len(possible) > 1:
        raise BadInput(open_question, field=field.short_name, column=about["name"])
    return str(possible[0])


def mover_of(department_id: int) -> str:
    """Return the name of the field that says who of a department moves the metric."""
    return f"department-{department_id}"


def movers_form(offered: Mapping[int, tuple[str, Offer]], now: Mapping[int, int]) -> Form:
    """Return the form with a field for each department: its name, and who is offered."""
    fields = {
        mover_of(key): Choice(name, needed=False, choices=people)
        for key, (name, people) in offered.items()
    }
    kind: type[Form] = type("MoversForm", (Form,), fields)
    return kind(data={mover_of(key): str(person_id) for key, person_id in now.items()})


def plain(figure: Decimal | None) -> Decimal | None:
    """Return a figure as people write it: 10, neither 10.0000 nor 1E+1."""
    return None if figure is None else Decimal(f"{figure.normalize():f}")


def reading_form(metric: Metric) -> ReadingForm | CountForm:
    """Return the form for a reading: a count out of so many for a share or a rate."""
    return CountForm() if metric.is_counted else ReadingForm()


def figures_of(form: Any, metric: Metric) -> tuple[Decimal, int | None]:
    """Return the value that a form of readings says, and on how many cases it rests."""
    if not metric.is_counted:
        return form.value.data, form.n.data
    return shares.value_of(form.count.data, form.n.data, metric.per), form.n.data


class SideForm(Form):
    """A measure beside the action metric."""

    kind = Choice(_l("Kind"), choices=worded(SideKind))
    origin = RadioField(
        _l("Who reads it"),
        choices=[
            ("read", _l("The program: from the theme's comments, or from the stage's surveys")),
            (SideOrigin.HAND.value, _l("The team, by hand")),
        ],
        default="read",
        description=_l(
            "The program looks at the last 28 days, needs 30 observations, and takes today's "
            "level as the baseline."
        ),
    )
    target = Figure(
        _l("Target"),
        description=_l("A share is of 100 comments; support of the goal is from 1 to 7."),
    )
    label = Line(_l("What it is"), needed=False, description=_l("By hand only."))
    baseline = Figure(_l("Before"), needed=False, description=_l("By hand only."))


class ObservedForm(Form):
    """Where a side measure stands."""

    observed = Figure(_l("Now"))
    n = Whole(_l("Number of observations"), validators=[POSITIVE])


class ToldForm(Form):
    """How customers were told."""

    customers_told = Paragraph(_l("How customers were told what changed"), most=2000, rows=3)

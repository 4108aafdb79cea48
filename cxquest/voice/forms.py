"""Forms about the customers' voice: words heard, themes, files and what their columns are."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField
from wtforms.validators import InputRequired, NumberRange

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.voice.dates import DateOrder
from cxquest.voice.intake import Mapping, Scale
from cxquest.web.forms import NEEDED, Choice, Figure, Form, Line, Paragraph, Whole

KINDS = (
    ("", _l("Keep as it is")),
    ("comment", _l("Comment")),
    ("external_id", _l("The source's own id")),
    ("collected_at", _l("Date")),
    ("rating", _l("Rating")),
    ("stage", _l("Journey stage")),
)
ORDERS = (
    ("", _l("Choose if there is a date")),
    (DateOrder.YMD.value, _l("year, month, day")),
    (DateOrder.DMY.value, _l("day, month, year")),
    (DateOrder.MDY.value, _l("month, day, year")),
)


class HeardForm(Form):
    """What a customer said to a colleague."""

    text = Paragraph(
        _l("What the customer said"),
        most=4000,
        rows=5,
        description=_l("Their own words, as near as you remember. No names."),
    )
    question = Line(_l("What they were asked"), most=300, needed=False)
    stage = Choice(_l("Where on the journey"), needed=False, default="")
    on = DateField(_l("Day"), validators=[InputRequired(NEEDED)])
    customers = Whole(
        _l("How many customers said this"),
        default=1,
        validators=[NumberRange(1, 1000, _l("A number from 1 to 1000."))],
        description=_l("One report counts once; the number is kept beside it."),
    )


class ThemeForm(Form):
    """A theme's name and what belongs under it."""

    name = Line(_l("Name"), most=120, description=_l("As a customer would say it."))
    definition = Paragraph(
        _l("Definition"),
        most=1000,
        rows=2,
        needed=False,
        description=_l("What a comment must say to belong here, so that all tag alike."),
    )


class TagForm(Form):
    """A theme that is known, or the name of a new one."""

    theme = Choice(_l("A theme that exists"), needed=False, default="")
    name = Line(_l("Or a new one"), most=120, needed=False)


class UploadForm(Form):
    """A file of feedback and where it comes from."""

    source = Line(
        _l("Source"),
        most=120,
        description=_l("A file of a known source updates what came from it before."),
        render_kw={"list": "sources", "autocomplete": "off"},
    )
    file = FileField(
        _l("CSV file"),
        description=_l("Up to 25 MB. Encoding and delimiter are detected."),
        validators=[FileRequired(_l("Choose a file."))],
        render_kw={"accept": ".csv,.tsv,.txt,text/csv"},
    )


class MappingForm(Form):
    """What the columns of a file are; `mapping_form` adds a choice for each column."""

    date_order = Choice(_l("The date is written"), choices=list(ORDERS), needed=False)
    low = Figure(_l("Lowest rating of the scale"), needed=False)
    high = Figure(_l("Highest rating of the scale"), needed=False)
    best = Choice(
        _l("The best rating"),
        choices=[("high", _l("is the highest")), ("low", _l("is the lowest"))],
        needed=False,
        default="high",
    )

    def column(self, place: int) -> Any:
        """Return the field of the column at this place."""
        return self._fields[f"column_{place}"]

    def mapping(self, header: Sequence[str]) -> Mapping:
        """Return what was chosen. Raises BadInput where a column can be only once what it is."""
        chosen: dict[str, list[str]] = {kind: [] for kind, _label in KINDS}
        for place, name in enumerate(header):
            chosen[self.column(place).data or ""].append(name)
        for kind in ("external_id", "collected_at", "stage"):
            if len(chosen[kind]) > 1:
                raise BadInput(
                    _("Two columns are chosen for one thing: %(columns)s. Keep one of them."),
                    field=f"column_{list(header).index(chosen[kind][1])}",
                    columns=", ".join(chosen[kind]),
                )
        return Mapping(
            comments=tuple(chosen["comment"]),
            ratings=tuple(chosen["rating"]),
            external_id="".join(chosen["external_id"]),
            collected_at="".join(chosen["collected_at"]),
            stage="".join(chosen["stage"]),
            date_order=DateOrder(self.date_order.data) if self.date_order.data else None,
            scale=self._scale(),
        )

    def _scale(self) -> Scale | None:
        low, high = self.low.data, self.high.data
        if low is None or high is None:
            return None
        if low >= high:
            raise BadInput(_("The highest rating must be above the lowest."), field="high")
        return Scale(low, high, self.best.data != "low")


def mapping_form(header: Sequence[str], kept: Mapping) -> MappingForm:
    """Return the form for a file with this header, filled with the mapping that was kept."""
    kinds = dict.fromkeys(kept.comments, "comment")
    kinds |= dict.fromkeys(kept.ratings, "rating")
    kinds |= {kept.external_id: "external_id", kept.collected_at: "collected_at"}
    kinds |= {kept.stage: "stage"}
    fields = {
        f"column_{place}": Choice(
            name, choices=list(KINDS), needed=False, default=kinds.get(name, "") if name else ""
        )
        for place, name in enumerate(header)
    }
    form: MappingForm = type("ColumnsForm", (MappingForm,), fields)(
        date_order=kept.date_order.value if kept.date_order else "",
        low=kept.scale.low if kept.scale else None,
        high=kept.scale.high if kept.scale else None,
        best="high" if kept.scale is None or kept.scale.best_is_high else "low",
    )
    return form

"""Forms about files of feedback: where one comes from, how it is read, what its columns are."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Pairs
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField
from wtforms.validators import NumberRange, Optional

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.imports.mapping import Column, Mapping, Role, Scale
from cxquest.tables.dates import DateOrder
from cxquest.tables.how import MAX_HEADER_ROWS, How, Kind
from cxquest.web.forms import Choice, Figure, Form, Line, Whole

ROLES = (
    (Role.KEEP.value, _l("Keep as it is")),
    (Role.COMMENT.value, _l("Comment: the customer's words")),
    (Role.RATING.value, _l("Rating")),
    (Role.DATE.value, _l("Date")),
    (Role.EXTERNAL_ID.value, _l("The source's own id")),
    (Role.STAGE.value, _l("Journey stage")),
    (Role.LANGUAGE.value, _l("Language")),
    (Role.CONTACT.value, _l("Contact data: not kept")),
    (Role.CONSENT.value, _l("Consent to be contacted")),
)
ORDERS = {
    DateOrder.YMD: _l("year, month, day"),
    DateOrder.DMY: _l("day, month, year"),
    DateOrder.MDY: _l("month, day, year"),
}
BEST = (("high", _l("The highest is the best")), ("low", _l("The lowest is the best")))
DECIMALS = ((".", _l("point, as in 4.5")), (",", _l("comma, as in 4,5")))
DELIMITERS = {
    ",": _l("comma"),
    ";": _l("semicolon"),
    "\t": _l("tab"),
    "|": _l("vertical bar"),
    "": _l("nothing: it has one column"),
}
# What stands in the form for signs that forms trim.
UNSEEN = {"\t": "tab", "": "none"}
MOST_ABOVE = 1000
# What is not asked of a kind of file, since it has none of it.
NOT_ASKED = {
    Kind.DELIMITED: ("sheet",),
    Kind.WORKBOOK: ("encoding", "delimiter"),
    Kind.JSON: ("delimiter", "sheet", "skip", "header_rows", "footer"),
}
PARTS = ("role", "order", "low", "high", "best", "decimal")


class UploadForm(Form):
    """A file of feedback and where it comes from."""

    source = Line(
        _l("Source"),
        most=120,
        description=_l("A file of a known source updates what came from it before."),
        render_kw={"list": "sources", "autocomplete": "off"},
    )
    file = FileField(
        _l("File"),
        validators=[FileRequired(_l("Choose a file."))],
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx,.xls,.ods,.json,.jsonl,.ndjson,text/csv"},
    )


class ReadingForm(Form):
    """How a file is read; `reading_form` hands in what may be chosen."""

    encoding = Choice(_l("Encoding"))
    delimiter = Choice(_l("What stands between two cells"))
    sheet = Choice(_l("Sheet"))
    skip = Whole(
        _l("Lines above the header"),
        default=0,
        description=_l("Titles that somebody wrote above the table, empty lines too."),
        validators=[NumberRange(0, MOST_ABOVE, _l("A number from 0 to 1000."))],
    )
    header_rows = Choice(
        _l("Rows of the header"),
        choices=[(str(n), str(n)) for n in range(MAX_HEADER_ROWS + 1)],
        description=_l("Some tools write two or three. 0 where the first row is an answer."),
    )
    footer = Whole(
        _l("Lines left out at the end"),
        default=0,
        description=_l("Sums and remarks below the table. Empty lines are not counted."),
        validators=[NumberRange(0, MOST_ABOVE, _l("A number from 0 to 1000."))],
    )

    def how(self, before: How) -> How:
        """Return how the file is to be read from now on. Raises BadInput."""
        chosen: dict[str, Any] = {field.short_name: field.data for field in self}
        chosen.pop("csrf_token", None)
        if "delimiter" in chosen:
            signs = {name: sign for sign, name in UNSEEN.items()}
            chosen["delimiter"] = signs.get(chosen["delimiter"], chosen["delimiter"])
        if "header_rows" in chosen:
            chosen["header_rows"] = int(chosen["header_rows"])
        return replace(before, **chosen)


def reading_form(how: How, *, encodings: Sequence[str], sheets: Sequence[str]) -> ReadingForm:
    """Return the form for a file that is read like this; what it cannot have is not asked."""
    now = {**how.as_json(), "delimiter": _named(how.delimiter), "header_rows": str(how.header_rows)}
    form = ReadingForm(data=now)
    signs = {**DELIMITERS, how.delimiter: DELIMITERS.get(how.delimiter, how.delimiter)}
    form.encoding.choices = [(name, name) for name in dict.fromkeys([how.encoding, *encodings])]
    form.delimiter.choices = [(_named(sign), label) for sign, label in signs.items()]
    form.sheet.choices = [(name, name) for name in dict.fromkeys([how.sheet, *sheets])]
    for name in NOT_ASKED[how.kind]:
        delattr(form, name)
    return form


def _named(sign: str) -> str:
    return UNSEEN.get(sign, sign)


class MappingForm(Form):
    """What the columns of a file are; `mapping_form` adds the fields of each column."""

    names: Sequence[str] = ()
    titles: Sequence[str] = ()

    def at(self, place: int) -> dict[str, Any]:
        """Return the fields of the column at this place by what they ask."""
        return {part: self._fields[f"{part}_{place}"] for part in PARTS}

    def mapping(self) -> Mapping:
        """Return what was chosen. Raises BadInput, with the column at fault."""
        columns = [self._column(place, name) for place, name in enumerate(self.names)]
        return Mapping(tuple(column for column in columns if column.role is not Role.KEEP))

    def blame(self, refusal: BadInput, message: str) -> None:
        """Put a refusal on the field of the column that it names."""
        part, _sign, name = refusal.field.partition(":")
        place = self.names.index(name) if name in self.names else ""
        self.refuse(f"{part}_{place}", message)

    def _column(self, place: int, name: str) -> Column:
        chosen = {part: field.data for part, field in self.at(place).items()}
        role = Role(chosen["role"])
        column = Column(name, role, question=self._question(role, place))
        if role is Role.DATE:
            return replace(column, order=DateOrder(chosen["order"]) if chosen["order"] else None)
        if role is Role.RATING:
            return replace(column, scale=self._scale(name, chosen), decimal=chosen["decimal"])
        return column

    def _question(self, role: Role, place: int) -> str:
        title = self.titles[place]
        asked = role in (Role.COMMENT, Role.RATING) and title != self.names[place]
        return title if asked else ""

    def _scale(self, name: str, chosen: Pairs[str, Any]) -> Scale | None:
        low, high = chosen["low"], chosen["high"]
        if low is None or high is None:
            return None
        if low >= high:
            text = _("The highest rating must be above the lowest.")
            raise BadInput(text, field=f"high:{name}")
        return Scale(low, high, chosen["best"] != "low")


def mapping_form(
    columns: Sequence[Pairs[str, Any]],
    proposed: Mapping,
    orders: Pairs[str, Sequence[tuple[str, str]]],
    ready: Iterable[Column],
) -> MappingForm:
    """Return the form for these columns, filled with what is proposed.

    `orders` gives the choices of the columns whose dates were counted; `ready` has the settings
    that are sure of columns for which nothing is proposed.
    """
    known = {column.name: column for column in (*ready, *proposed.columns)}
    fields: dict[str, Any] = {
        "names": tuple(column["name"] for column in columns),
        "titles": tuple(column["title"] for column in columns),
    }
    for place, name in enumerate(fields["names"]):
        now = known.get(name, Column(name, Role.KEEP))
        fields |= _fields(place, name, now, orders.get(name))
    form: MappingForm = type("ColumnsForm", (MappingForm,), fields)()
    return form


def _fields(
    place: int, name: str, now: Column, orders: Sequence[tuple[str, str]] | None
) -> dict[str, Any]:
    """Return the fields of one column, each with what is chosen now."""
    scale, order = now.scale, now.order
    low, high = (scale.low, scale.high) if scale else (None, None)
    best = "low" if scale and not scale.best_is_high else "high"
    fields: dict[str, Any] = {
        "role": Choice(name, choices=list(ROLES), needed=False, default=now.role.value),
        "order": RadioField(
            _l("The date is written"),
            choices=list(orders or _every_order()),
            validators=[Optional()],
            default=order.value if order else None,
        ),
        "low": Figure(_l("Lowest rating"), needed=False, default=low),
        "high": Figure(_l("Highest rating"), needed=False, default=high),
        "best": Choice(_l("Which is best"), choices=list(BEST), needed=False, default=best),
        "decimal": Choice(
            _l("Decimal sign"), choices=list(DECIMALS), needed=False, default=now.decimal
        ),
    }
    return {f"{part}_{place}": field for part, field in fields.items()}


def _every_order() -> list[tuple[str, str]]:
    return [(order.value, label) for order, label in ORDERS.items()]

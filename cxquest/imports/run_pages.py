"""What the page of a run says of its file: every doubt, and what each column looks like."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cxquest.imports.forms import DELIMITERS, ORDERS, MappingForm, mapping_form
from cxquest.imports.found import Contact, Found
from cxquest.imports.mapping import Column, Role, Scale
from cxquest.imports.models import ImportRun
from cxquest.imports.suggesting import Proposal, wordiest
from cxquest.tables.columns import ColumnKind
from cxquest.tables.how import How, Kind
from cxquest.voice.masking import masked
from cxquest.web.filters import number

SETTINGS = {Role.DATE.value: ("order",), Role.RATING.value: ("low", "high", "best", "decimal")}
KINDS = {
    Kind.DELIMITED: _l("Text table"),
    Kind.WORKBOOK: _l("Workbook"),
    Kind.JSON: _l("JSON records"),
}
DIRTY = 0.2  # of a column's cells are no numbers, at most, where numbers are meant
SHOWN_LINES = 10
SHOWN_VALUES = 3


def form_for(run: ImportRun, proposed: Proposal) -> MappingForm:
    """Return the form of a run's columns, with what was counted of their dates and numbers."""
    found = Found(run.columns, run.inspection)
    orders = {one["name"]: _orders(found, one["name"]) for one in run.columns}
    counted = {name: choices for name, choices in orders.items() if choices}
    return mapping_form(run.columns, proposed.mapping, counted, _ready(found))


def _ready(found: Found) -> list[Column]:
    """Return the settings of each column that its cells speak for."""
    return [
        Column(
            one["name"],
            Role.KEEP,
            order=found.sure_order(one["name"]),
            scale=observed(found, one["name"]),
            decimal=_numbers(found, one["name"]).get("decimal", "."),
        )
        for one in found.columns
    ]


def observed(found: Found, name: str) -> Scale | None:
    """Return the range of a column's numbers where they may be ratings on one scale."""
    numbers = _numbers(found, name)
    if len(numbers.get("scales", ())) != 1 or not numbers["integers"]:
        return None
    low, high = Decimal(numbers["low"]), Decimal(numbers["high"])
    return Scale(low, high) if low < high else None


def columns(run: ImportRun, form: MappingForm) -> list[dict[str, Any]]:
    """Return the rows of the mapping: names, samples, looks, and the settings that are asked."""
    found = Found(run.columns, run.inspection)
    likely = "" if Role.COMMENT in _roles(run, form).values() else wordiest(found)
    return [
        {
            **one,
            "examples": [masked(text) for text in found.about(one["name"]).get("examples", ())],
            "looks": looks(found, one["name"]),
            "is_likely": one["name"] == likely,
            **_asked(found, one["name"], form.at(place)),
        }
        for place, one in enumerate(run.columns)
    ]


def read_as(run: ImportRun) -> str:
    """Say in one line how the file is read."""
    how = How.from_json(run.how)
    said = [KINDS[how.kind]]
    if how.kind is Kind.DELIMITED:
        said.append(DELIMITERS.get(how.delimiter, how.delimiter))
    said += [part for part in (how.encoding, how.sheet) if part]
    if how.kind is not Kind.JSON:
        said.append(ngettext("%(num)s header row", "%(num)s header rows", how.header_rows))
    said.append(ngettext("%(num)s column", "%(num)s columns", len(run.columns)))
    return " · ".join(str(part) for part in said)


def looks(found: Found, name: str) -> str:
    """Say what a column looks like."""
    about, numbers, contact = found.about(name), _numbers(found, name), found.contact(name)
    if contact is Contact.EMAIL or found.shows_addresses(name):
        return str(_("Looks like e-mail addresses."))
    if contact is Contact.PHONE:
        return str(_("Looks like telephone numbers."))
    if numbers:
        low, high = number(numbers["low"]), number(numbers["high"])
        return str(_("Looks like numbers from %(low)s to %(high)s.", low=low, high=high))
    if found.kind(name) is ColumnKind.CHOICE:
        return _choices(about["distinct"])
    if about.get("repeats") and found.kind(name) is ColumnKind.TEXT:
        text = ngettext(
            "Looks like free text; %(n)s says the same as an earlier one.",
            "Looks like free text; %(n)s say the same as an earlier one.",
            about["repeats"],
            n=number(about["repeats"]),
        )
        return str(text)
    return _plainly(found.kind(name))


def _choices(different: int) -> str:
    if different == 1:
        return str(_("Always the same."))
    text = ngettext(
        "A few answers that come again: %(n)s different one.",
        "A few answers that come again: %(n)s different ones.",
        different,
        n=number(different),
    )
    return str(text)


def _plainly(kind: ColumnKind) -> str:
    said = {
        ColumnKind.DATE: _("Looks like dates."),
        ColumnKind.ID: _("Looks like ids."),
        ColumnKind.TEXT: _("Looks like free text."),
    }
    return str(said.get(kind, _("Empty in the rows looked at.")))


def doubts(run: ImportRun, form: MappingForm) -> list[str]:
    """Return, in words, everything about a file that somebody should know before it is taken.

    `form` tells what its columns are chosen to be.
    """
    found, inspection = Found(run.columns, run.inspection), run.inspection
    said, roles = list(_of_rows(inspection, run.how.get("encoding", ""))), _roles(run, form)
    has_id = Role.EXTERNAL_ID in roles.values()
    for name, role in roles.items():
        is_id = role == Role.EXTERNAL_ID or not has_id
        texts = [*_of_contact(found, name, role), *_of_column(found, name, is_id)]
        said += [f"{name}: {text}" for text in texts]
    return said


def _roles(run: ImportRun, form: MappingForm) -> dict[str, str]:
    """Return what each column is chosen to be."""
    return {one["name"]: form.at(place)["role"].data for place, one in enumerate(run.columns)}


def _of_contact(found: Found, name: str, role: str) -> Iterator[str]:
    if role == Role.KEEP and (found.contact(name) or found.shows_addresses(name)):
        yield str(
            _("These cells look like contact data, and are kept in clear. Choose “Contact data”.")
        )


def _of_rows(inspection: Mapping[str, Any], encoding: str) -> Iterator[str]:
    n = inspection.get("repeated_rows", 0)
    if n:
        text = ngettext(
            "%(n)s row is exactly the same as an earlier one.",
            "%(n)s rows are exactly the same as an earlier one.",
            n,
            n=number(n),
        )
        yield f"{text} {_('All are taken; afterwards you can let repeats count once.')}"
    n = inspection.get("undecodable_cells", 0)
    if n:
        text = ngettext(
            "%(n)s cell holds bytes that are not %(encoding)s (lines: %(lines)s).",
            "%(n)s cells hold bytes that are not %(encoding)s (lines: %(lines)s).",
            n,
            n=number(n),
            encoding=encoding,
            lines=_lines(inspection["undecodable_lines"]),
        )
        yield f"{text} {_('They are shown as � and kept.')}"
    if inspection.get("incomplete_lines"):
        text = _(
            "A row is cut off: line %(lines)s. It will be rejected with this reason, so that "
            "it can be sent again.",
            lines=_lines(inspection["incomplete_lines"]),
        )
        yield str(text)


def _of_column(found: Found, name: str, is_id: bool) -> Iterator[str]:
    about, numbers = found.about(name), _numbers(found, name)
    yield from (str(gettext(reason)) for reason in about.get("id_reasons", ()) if is_id)
    for reason, n in about.get("doubtful", {}).items():
        yield f"{gettext(reason)} ({number(n)})"
    scales = numbers.get("scales", ())
    if len(scales) > 1:
        text = _(
            "Two scales seem to be mixed: most numbers go up to %(small)s, and %(n)s up to "
            "%(large)s.",
            small=number(scales[0]["high"]),
            n=number(scales[1]["count"]),
            large=number(scales[1]["high"]),
        )
        yield str(text)
    if 0 < numbers.get("no_numbers", 0) <= about["filled"] * DIRTY:
        values = ", ".join(f"“{masked(text)}”" for text in numbers["examples"][:SHOWN_VALUES])
        n = numbers["no_numbers"]
        text = ngettext(
            "%(n)s cell is no number: %(values)s.",
            "%(n)s cells are no numbers: %(values)s.",
            n,
            n=number(n),
            values=values,
        )
        yield str(text)


def _asked(found: Found, name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a column's fields; its settings where it may need them, open where it does."""
    role = fields["role"].data
    kinds = {Role.DATE.value: bool(found.orders(name))}
    kinds[Role.RATING.value] = bool(_numbers(found, name))
    asked = [part for one, parts in SETTINGS.items() if kinds[one] or role == one for part in parts]
    return {
        "role": fields["role"],
        "settings": [fields[part] for part in asked],
        "opens_for": " ".join(one for one in SETTINGS if kinds[one] or role == one),
        "observed": _proposed_scale(found, name, fields),
        "is_open": role in SETTINGS or any(fields[part].errors for part in asked),
    }


def _proposed_scale(found: Found, name: str, fields: Mapping[str, Any]) -> str:
    """Say where the ends of a scale come from that nobody has chosen."""
    scale = observed(found, name)
    ends = (fields["low"].data, fields["high"].data)
    if not scale or ends != (scale.low, scale.high) or fields["role"].data == Role.RATING:
        return ""
    return str(
        _(
            "%(low)s and %(high)s are the lowest and the highest number in the rows looked at. "
            "Put in the ends of the scale that customers saw, where they are others.",
            low=number(scale.low),
            high=number(scale.high),
        )
    )


def _orders(found: Found, name: str) -> list[tuple[str, str]]:
    """Return the orders in which a column reads as dates, each with its counts."""
    return [
        (
            one["order"],
            _(
                "%(order)s: %(parsed)s dates, %(ambiguous)s ambiguous, %(impossible)s impossible",
                order=ORDERS[one["order"]],
                parsed=number(one["parsed"]),
                ambiguous=number(one["ambiguous"]),
                impossible=number(one["impossible"]),
            ),
        )
        for one in (found.about(name)["dates"] if found.orders(name) else ())
    ]


def _numbers(found: Found, name: str) -> Mapping[str, Any]:
    return found.about(name).get("numbers") or {}


def _lines(lines: Sequence[int]) -> str:
    said = ", ".join(str(line) for line in lines[:SHOWN_LINES])
    return f"{said} …" if len(lines) > SHOWN_LINES else said

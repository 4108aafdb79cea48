"""The body of a call: JSON, read within bounds, down to the list of its records. Pure."""

import json
from decimal import Decimal, InvalidOperation

from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _

MOST_BYTES = 10 * 1024 * 1024
MOST_RECORDS = 1_000
MOST_MEMBERS = 200  # of one object
LONGEST_NUMBER = 40  # characters
NO_NUMBER = Decimal("NaN")


class Unreadable(Refusal):
    """The body of a call is no JSON."""

    status = 400


def listed(body: bytes, member: str = "records") -> list[object]:
    """Return what the one `member` of a body lists, not looked at yet; its numbers are Decimal.

    Raises Unreadable for what is no JSON in UTF-8, BadInput for JSON that is no call.
    """
    document = _document(body)
    if not isinstance(document, dict) or set(document) != {member}:
        raise BadInput(
            _('The body is an object with one member: {"%(member)s": [...]}.'), member=member
        )
    found = document[member]
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_RECORDS:
        raise BadInput(
            _("“%(member)s” is a list of 1 to %(most)s."),
            field=member,
            member=member,
            most=MOST_RECORDS,
        )
    return found


def _document(body: bytes) -> object:
    try:
        text = body.decode("utf-8-sig")
        return json.loads(
            text,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_number,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise Unreadable(_("The body is not in UTF-8.")) from error
    except json.JSONDecodeError as error:
        text = _("The body is no JSON: line %(line)s, column %(column)s.")
        raise Unreadable(text, line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise BadInput(_("The body is nested too deeply.")) from error


def _number(text: str) -> Decimal:
    """Return a number exactly; one that nobody can mean is none, and fits no field."""
    if len(text) > LONGEST_NUMBER:
        return NO_NUMBER
    try:
        return Decimal(text)
    except InvalidOperation:
        return NO_NUMBER


def _object(members: list[tuple[str, object]]) -> dict[str, object]:
    if len(members) > MOST_MEMBERS:
        raise BadInput(_("An object of the body has at most %(most)s members."), most=MOST_MEMBERS)
    return dict(members)

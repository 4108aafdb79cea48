"""Layouts that are known by their exact header, each with what its columns are.

The names are those that the tools write; where a tool lets people choose, as with the order of
dates in Google Forms, what the file itself leaves no doubt of is taken, and nothing else.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.imports import mapping as mappings
from cxquest.imports.found import Found
from cxquest.imports.mapping import Column, Role, Scale
from cxquest.tables.dates import DateOrder

Columns = Sequence[Mapping[str, Any]]
Inspection = Mapping[str, Any]

PARTS = re.compile(r"[-–:]\s*(?=[^-–:]*$)")
WHO = re.compile(
    r"(?:your |first |last |full )?name|surname|(?:your )?e-?mail(?: address)?|"
    r"(?:tele|mobile )?phone(?: number)?|mobile|(?:mailing |postal )?address|"
    r"(?:vor|nach)name|e-mail-adresse|telefon(?:nummer)?|anschrift|adresse|"
    r"(?:pré)?nom|courriel|téléphone|nombre|apellidos?|correo(?: electrónico)?|teléfono",
    re.IGNORECASE,
)
STARS = Scale(Decimal(1), Decimal(5))
YMD, MDY = DateOrder.YMD, DateOrder.MDY


@dataclass(frozen=True)
class Profile:
    """A known layout: whether some columns are it, and the mapping of a file that is."""

    name: str
    title: str
    fits: Callable[[Columns], bool]
    mapping: Callable[[Columns, Inspection], mappings.Mapping]


def recognised(columns: Columns, inspection: Inspection) -> Profile | None:
    """Return the layout that the columns are, None where they are none."""
    return next((one for one in PROFILES if one.fits(columns)), None)


def named(name: str) -> Profile:
    """Return a layout by name. Raises BadInput for an unknown one."""
    found = next((one for one in PROFILES if one.name == name), None)
    if found is None:
        raise BadInput(
            _("There is no layout “%(name)s”. There are: %(names)s."),
            field="profile",
            name=name,
            names=", ".join(one.name for one in PROFILES),
        )
    return found


def _kept(*names: str) -> list[Column]:
    return [Column(name, Role.KEEP) for name in names]


def _contacts(*names: str) -> list[Column]:
    return [Column(name, Role.CONTACT) for name in names]


def _comments(*names: str) -> list[Column]:
    return [Column(name, Role.COMMENT) for name in names]


def _id(name: str) -> Column:
    return Column(name, Role.EXTERNAL_ID)


def _date(name: str, order: DateOrder | None = YMD) -> Column:
    return Column(name, Role.DATE, order=order)


def _stars(name: str) -> Column:
    return Column(name, Role.RATING, scale=STARS)


def _listed(name: str, title: str, needed: Iterable[str], columns: Sequence[Column]) -> Profile:
    """Return a layout whose columns have always the same names; those not named are kept."""
    least, known = frozenset(needed), {column.name: column for column in columns}

    def fits(given: Columns) -> bool:
        return least <= set(_names(given))

    def mapping(given: Columns, inspection: Inspection) -> mappings.Mapping:
        found = Found(given, inspection)
        there = [known[one] for one in _names(given) if one in known]
        return mappings.Mapping(tuple(_settled(found, column, column.name) for column in there))

    return Profile(name, title, fits, mapping)


def _survey(
    name: str,
    title: str,
    fits: Callable[[Columns], bool],
    columns: Sequence[Column],
    *,
    part: str = "name",
) -> Profile:
    """Return a layout with columns of its own and, beside them, one for each question.

    Of the questions those are comments whose answers are free texts. `part` says whether its
    own columns are known by their name or by their title.
    """
    known = {_plain(column.name): column for column in columns}

    def mapping(given: Columns, inspection: Inspection) -> mappings.Mapping:
        found = Found(given, inspection)
        made: list[Column] = []
        for one in given:
            own = known.get(_plain(one[part]))
            if own is None:
                made += _question(found, one["name"], one["title"])
            elif own.role is not Role.KEEP:
                made.append(_settled(found, own, one["name"]))
        return mappings.Mapping(tuple(_one_date(made)))

    return Profile(name, title, fits, mapping)


def _question(found: Found, name: str, title: str) -> list[Column]:
    if not found.is_text(name) or asks_who(title):
        return []
    return [Column(name, Role.COMMENT, question=title if title != name else "")]


def asks_who(title: str) -> bool:
    """Say whether a question asks for a name or an address, as its last words tell."""
    last = PARTS.split(title.strip(" :*?"))[-1]
    return WHO.fullmatch(last.strip()) is not None


def _one_date(columns: Sequence[Column]) -> list[Column]:
    """Leave the last date only: the tools write when somebody began, and then when they ended."""
    dates = [column for column in columns if column.role is Role.DATE]
    return [column for column in columns if column.role is not Role.DATE or column is dates[-1]]


def _settled(found: Found, column: Column, name: str) -> Column:
    """Return the column under the file's name for it; a date in an order that the file allows."""
    if column.role is not Role.DATE:
        return replace(column, name=name)
    return replace(column, name=name, order=found.order(name, column.order))


def _names(columns: Columns) -> list[str]:
    return [column["name"] for column in columns]


def _plain(name: str) -> str:
    """Return a name without what versions of a tool write differently: capitals and spaces."""
    return "".join(name.split()).lower()


def _begins(
    *firsts: str, part: str = "name", rest: Iterable[str] = ()
) -> Callable[[Columns], bool]:
    """Return whether the first column has one of these names, and `rest` are there too."""
    wanted, more = {_plain(first) for first in firsts}, {_plain(one) for one in rest}

    def fits(columns: Columns) -> bool:
        there = [_plain(column[part]) for column in columns]
        return len(there) > 1 and there[0] in wanted and more <= set(there)

    return fits


def _is_qualtrics(columns: Columns) -> bool:
    """Qualtrics has written the names of its own columns in two ways."""
    names = set(_names(columns))
    newer, older = {"ResponseId", "RecordedDate"}, {"ResponseID", "ResponseSet"}
    return {"StartDate", "EndDate"} <= names and (newer <= names or older <= names)


def _is_surveymonkey(columns: Columns) -> bool:
    """Without a collector, the first column is told by its older spelling alone."""
    names = _names(columns)
    return len(names) > 1 and (
        names[0] == "RespondentID" or (names[0] == "Respondent ID" and "Collector ID" in names)
    )


QUALTRICS = (
    _id("ResponseId"),
    _date("StartDate"),
    _date("EndDate"),
    _date("RecordedDate"),
    Column("UserLanguage", Role.LANGUAGE),
    *_contacts("IPAddress", "RecipientLastName", "RecipientFirstName", "RecipientEmail"),
    *_contacts("Name", "EmailAddress"),
    *_kept("ResponseSet", "Status", "Progress", "Duration (in seconds)", "Finished"),
    *_kept("ExternalReference", "ExternalDataReference", "DistributionChannel"),
    *_kept("LocationLatitude", "LocationLongitude", "LocationAccuracy"),
)

SURVEYMONKEY = (
    _id("Respondent ID"),
    *(_date(name, MDY) for name in ("Start Date", "Date Created", "End Date", "Date Modified")),
    *_contacts("IP Address", "Email Address", "First Name", "Last Name"),
    *_kept("Collector ID", "Custom Data", "Custom Data 1"),
)

TIMESTAMPS = (
    *("Timestamp", "Zeitstempel", "Horodateur", "Marca temporal", "Informazioni cronologiche"),
    *("Carimbo de data/hora", "Tijdstempel", "Tidsstämpel", "Tidsstempel", "Sygnatura czasowa"),
)
GOOGLE_FORMS = (
    *(_date(name, None) for name in TIMESTAMPS),
    *_contacts("Email Address", "Email address", "Username", "E-Mail-Adresse", "Nutzername"),
    *_kept("Score", "Punktzahl"),
)

GOOGLE_PLAY = (
    _id("Review Link"),
    _date("Review Last Update Date and Time"),
    _stars("Star Rating"),
    *_comments("Review Title", "Review Text"),
    Column("Reviewer Language", Role.LANGUAGE),
)

ZENDESK_VIEW = (
    _id("Id"),
    _date("Created at"),
    *_comments("Subject"),
    *_contacts("Requester email", "Requester", "Submitter", "Assignee"),
)

ZENDESK_TICKETS = (
    _id("id"),
    _date("created_at"),
    *_comments("subject", "description", "satisfaction_rating.comment"),
    *_contacts("requester.email", "requester.name", "submitter.email", "submitter.name"),
    *_contacts("assignee.email", "assignee.name"),
    *_contacts("via.source.from.address", "via.source.from.name", "via_source_from_address"),
    *_contacts("via.source.to.address", "via.source.to.name", "via_source_to_address"),
    *_contacts("via_source_from_name", "via_source_to_name", "recipient"),
)

CHATWOOT = (
    _date("Recorded date"),
    _stars("Rating"),
    *_comments("Feedback Comment"),
    *_contacts("Contact Email Address", "Contact Phone Number", "Contact Name", "Agent Name"),
)

APP_STORE = (
    _id("id"),
    _date("createdDate"),
    _stars("rating"),
    *_comments("title", "body"),
    *_contacts("reviewerNickname"),
)
APP_STORE_CONNECT = tuple(
    column if column.name == "id" else replace(column, name=f"attributes.{column.name}")
    for column in APP_STORE
)
APP_STORE_FEED = (
    _id("id.label"),
    _date("updated.label"),
    _stars("im:rating.label"),
    *_comments("title.label", "content.label"),
    *_contacts("author.name.label", "author.uri.label"),
)

# Ours, to download and fill in: one row an answer.
TEMPLATE = (
    _id("id"),
    _date("date (year-month-day)"),
    Column("stage", Role.STAGE),
    Column("comment", Role.COMMENT),
    _stars("rating (1-5)"),
    Column("language", Role.LANGUAGE),
    Column("e-mail", Role.CONTACT),
    Column("may we contact you", Role.CONSENT),
)

PROFILES: tuple[Profile, ...] = (
    _listed("template", _("our own template"), [c.name for c in TEMPLATE], TEMPLATE),
    _survey("qualtrics", "Qualtrics", _is_qualtrics, QUALTRICS),
    _survey(
        "qualtrics_legacy",
        _("Qualtrics, legacy format"),
        _begins("ResponseID", part="title", rest=("ResponseSet", "StartDate", "EndDate")),
        QUALTRICS,
        part="title",
    ),
    _survey("surveymonkey", "SurveyMonkey", _is_surveymonkey, SURVEYMONKEY),
    _survey("google_forms", "Google Forms", _begins(*TIMESTAMPS), GOOGLE_FORMS),
    _listed(
        "google_play",
        "Google Play",
        ("Package Name", "Star Rating", "Review Text", "Review Last Update Date and Time"),
        GOOGLE_PLAY,
    ),
    _listed(
        "zendesk_view",
        _("Zendesk, view"),
        ("Id", "Requester", "Subject", "Status", "Created at", "Satisfaction Score"),
        ZENDESK_VIEW,
    ),
    _listed(
        "zendesk_tickets",
        _("Zendesk, tickets"),
        ("id", "created_at", "subject", "description", "requester_id", "submitter_id", "status"),
        ZENDESK_TICKETS,
    ),
    _listed(
        "chatwoot_csat",
        _("Chatwoot, customer satisfaction"),
        ("Agent Name", "Rating", "Feedback Comment", "Contact Name", "Recorded date"),
        CHATWOOT,
    ),
    _listed(
        "app_store",
        "App Store",
        ("id", "rating", "title", "body", "reviewerNickname", "createdDate"),
        APP_STORE,
    ),
    _listed(
        "app_store_connect",
        "App Store Connect",
        ("id", "attributes.rating", "attributes.body", "attributes.createdDate"),
        APP_STORE_CONNECT,
    ),
    _listed(
        "app_store_feed",
        _("App Store, feed of reviews"),
        ("id.label", "im:rating.label", "title.label", "content.label"),
        APP_STORE_FEED,
    ),
)

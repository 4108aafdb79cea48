"""The menu, and what every page's frame needs to know."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.people import queries
from cxquest.people.models import Organisation


@dataclass(frozen=True)
class Place:
    """An entry of the menu."""

    label: str
    url: str
    icon: str
    current: bool
    in_bar: bool


def organisation() -> Organisation | None:
    """Return the organisation, asked once a request."""
    if "organisation" not in g:
        g.organisation = queries.organisation(db.session)
    found: Organisation | None = g.organisation
    return found


def currency() -> str:
    """Return the three letters of the organisation's currency."""
    known = organisation()
    return known.currency if known else ""


def today() -> date:
    """Return the day that it is for the organisation."""
    known = organisation()
    return clock.now().astimezone(ZoneInfo(known.time_zone if known else "UTC")).date()


def init_app(app: Flask) -> None:
    """Give every template the menu, the person and the organisation's name."""

    @app.context_processor
    def _frame() -> dict[str, Any]:
        if request.endpoint and request.endpoint.startswith("health."):
            return {}
        person = current_user._get_current_object() if current_user.is_authenticated else None
        known = organisation() if person else None
        return {
            "signed_in": person,
            "nav": _places(person) if person else [],
            "organisation_name": known.name if known else "",
            "currency": known.currency if known else "",
        }


# What belongs to an entry of the menu besides its own page.
STEMS = {
    "voice.index": ("/voice", "/surveys"),
    "boards.teams": ("/boards", "/rules", "/badges", "/kudos", "/points", "/disputes"),
    "lessons.index": ("/lessons", "/wins"),
}


def _places(person: Any) -> list[Place]:
    asked = request.path
    entries = [
        (_("Home"), "desk.home", "home", True, True),
        (_("Journey"), "desk.journey", "journey", True, True),
        (_("Voice"), "voice.index", "voice", True, True),
        (_("Themes"), "themes.index", "themes", False, True),
        (_("Pain points"), "pains.index", "pain", False, True),
        (_("Quests"), "quests.index", "quests", True, True),
        (_("Boards"), "boards.teams", "boards", True, True),
        (_("Learn"), "lessons.index", "learn", False, True),
        (_("Sponsor desk"), "desk.sponsor", "desk", False, person.is_executive),
        (_("Administration"), "desk.admin", "settings", False, person.is_administrator),
    ]
    places = []
    for label, endpoint, icon, in_bar, shown in entries:
        if shown:
            url = url_for(endpoint)
            current = any(_lies_under(asked, stem) for stem in STEMS.get(endpoint, (url,)))
            places.append(Place(label, url, icon, current, in_bar))
    return places


def _lies_under(path: str, stem: str) -> bool:
    return path == stem or (stem != "/" and path.startswith(stem + "/"))
